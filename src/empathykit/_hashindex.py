"""From 64-bit hashes to positions in a vocabulary, for whole arrays at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class HashIndex:
    """Open addressing with linear probing; built and asked with array operations.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n_keys,)
        Distinct, well-mixed hashes. The position of a key is its answer.

    Examples
    --------
    >>> index = HashIndex(np.array([11 << 60, 5 << 60], dtype=np.uint64))
    >>> index.find(np.array([5 << 60, 7 << 60], dtype=np.uint64)).tolist()
    [1, -1]
    """

    def __init__(self, keys: NDArray[np.uint64]) -> None:
        # Thin tables: most questions are about unknown keys, and end at a free slot.
        bits = max(12, len(keys).bit_length() + 3)
        self._keys = np.append(keys, np.uint64(0))  # for the -1 of a free slot
        self._shift = np.uint64(64 - bits)
        # Probes run past the last slot instead of around: one comparison less.
        self._ids = np.full(2**bits + len(keys) + 1, -1, dtype=np.int32)
        pending = np.arange(len(keys), dtype=np.int32)
        slots = self._slots(keys)
        while pending.size:
            free = self._ids[slots] < 0
            # Of rivals the first key gets the slot: NumPy lets the last write win.
            self._ids[slots[free][::-1]] = pending[free][::-1]
            lost = self._ids[slots] != pending
            pending, slots = pending[lost], slots[lost] + 1

    def _slots(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        return (keys >> self._shift).view(np.intp)

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the position of each key, -1 where it is unknown."""
        slots = self._slots(keys)
        ids: NDArray[np.int32] = self._ids.take(slots)
        pending = ((self._keys.take(ids) != keys) & (ids >= 0)).nonzero()[0]
        slots = slots.take(pending)
        while pending.size:
            slots += 1
            ids[pending] = found = self._ids.take(slots)
            other = self._keys.take(found) != keys.take(pending)
            other &= found >= 0
            pending, slots = pending[other], slots[other]
        return ids
