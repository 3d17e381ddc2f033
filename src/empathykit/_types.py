"""Names for the array types that cross module borders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Texts = Iterable[str]
"""Any iterable of strings: list, tuple, array, pandas Series, generator."""

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
Hashes = NDArray[np.uint64]
Labels = NDArray[Any]
