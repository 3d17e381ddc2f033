"""Tell empathy, sympathy and neutral replies apart, and say which words decided.

Documentation: README.md. Everything runs offline.
"""

from importlib.metadata import version

__version__ = version("empathykit")

from .classifier import EmpathyClassifier
from .corpora import load_corpus
from .explain import explain
from .features import EmpathyFeaturizer
from .persistence import load_model, save_model

__all__ = [
    "EmpathyClassifier",
    "EmpathyFeaturizer",
    "__version__",
    "explain",
    "load_corpus",
    "load_model",
    "save_model",
]
