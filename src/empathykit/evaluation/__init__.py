"""Honest numbers: metrics with intervals."""

from .metrics import Score, score_predictions

__all__ = ["Score", "score_predictions"]
