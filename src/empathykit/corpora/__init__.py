"""Corpora: the bundled benchmark, and every public corpus behind one door."""

from .catalog import Corpus, CorpusError, list_corpora, read_data_card
from .load import load_corpus
from .support import Example, load_support

__all__ = [
    "Corpus",
    "CorpusError",
    "Example",
    "list_corpora",
    "load_corpus",
    "load_support",
    "read_data_card",
]
