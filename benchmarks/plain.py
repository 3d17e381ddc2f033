"""Figures as the results files hold them: plain numbers, rounded to four places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from empathykit.evaluation import Score


def plain(scores: Mapping[str, Score]) -> dict[str, dict[str, float]]:
    """Return scores as JSON has them."""
    return {
        name: {k: round(v, 4) for k, v in asdict(score).items()}
        for name, score in scores.items()
    }


def share_right(values: Sequence[str], right: Any) -> dict[str, dict[str, float]]:
    """Return the accuracy of each source or construct, with its number of texts."""
    own = np.array(values)
    return {
        value: {"accuracy": round(float(right[own == value].mean()), 4), "n": n}
        for value, n in sorted(Counter(values).items())
    }
