"""The cue lexicon and its matcher: named phrases that hint at empathy or sympathy."""

from .compile import CompiledCues, compile_lexicon, load_compiled
from .lexicon import CONSTRUCTS, LABELS, Cue, Lexicon, LexiconError, load_lexicon
from .matcher import CueMatcher, Hits

__all__ = [
    "CONSTRUCTS",
    "LABELS",
    "CompiledCues",
    "Cue",
    "CueMatcher",
    "Hits",
    "Lexicon",
    "LexiconError",
    "compile_lexicon",
    "load_compiled",
    "load_lexicon",
]
