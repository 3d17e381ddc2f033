"""Corpora: our labels joined to texts that the user has, by id and checksum."""

from .support import CorpusError, Example, load_support

__all__ = ["CorpusError", "Example", "load_support"]
