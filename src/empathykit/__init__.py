"""Tell empathy, sympathy and neutral replies apart, and say which words decided.

Documentation: README.md. Everything runs offline.
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

__version__ = version("empathykit")

from .classifier import EmpathyClassifier
from .corpora import load_corpus
from .explain import explain
from .features import EmpathyFeaturizer
from .persistence import load_model, save_model

if TYPE_CHECKING:
    from .evaluation import evaluate

__all__ = [
    "EmpathyClassifier",
    "EmpathyFeaturizer",
    "__version__",
    "evaluate",
    "explain",
    "load_corpus",
    "load_model",
    "save_model",
]


def __getattr__(name: str) -> Any:
    """Load the evaluation when it is asked for: scoring replies does not need it."""
    if name == "evaluate":
        from .evaluation import evaluate

        return evaluate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
