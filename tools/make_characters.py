"""Write the character tables of the tokeniser from Python's Unicode database.

    python tools/make_characters.py

The tables are committed, so tokens and hashes do not change with the Unicode version
of the Python that runs: a saved model finds the same words everywhere.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import numpy as np

OUT = Path(__file__).parents[1] / "src" / "empathykit" / "data" / "characters.npz"
SPACE, LETTER, DIGIT, MARK, QUOTE, JOINER = range(6)

APOSTROPHES = "'\u2018\u2019\u201b\u02bc`\uff40\xb4\u2032\uff07"  # ‘ ’ ‛ ʼ ` ´ ′ ＇
QUOTES = '"\u201c\u201d\u201e\u201f\xab\xbb\u2033\uff02'  # “ ” „ ‟ « » ″ ＂
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"  # ‐ ‑ ‒ – — ― −
JOINERS = "\xad\u200c\u200d\u2060"  # soft hyphen, ZWNJ, ZWJ, word joiner
EMOJI = range(0x1F000, 0x1FB00)  # unassigned ones too: they will be assigned
SKIN_TONES = range(0x1F3FB, 0x1F400)


def kind(code: int) -> int:
    """Class of a folded character."""
    char = chr(code)
    category = unicodedata.category(char)
    if char == "'":
        return QUOTE
    if char in JOINERS:
        return JOINER
    if code in SKIN_TONES or 0xFE00 <= code <= 0xFE0F:  # variation selectors
        return SPACE
    if category == "Nd":
        return DIGIT
    if category[0] in "LMN":
        return LETTER
    if category[0] in "PS" or code in EMOJI:
        return MARK
    return SPACE


def fold(code: int) -> int:
    """One character for one: quotes, dashes, full-width forms, then case."""
    char = chr(code)
    for target, family in (("'", APOSTROPHES), ('"', QUOTES), ("-", DASHES)):
        if char in family:
            return ord(target)
    if 0xFF01 <= code <= 0xFF5E:
        char = chr(code - 0xFEE0)
    lower = char.lower()
    return ord(lower) if len(lower) == 1 else code


def main() -> None:
    """Write runs of equal class, and the characters that fold to another."""
    folded = np.array([fold(c) for c in range(sys.maxunicode + 1)], dtype=np.uint32)
    own = np.array([kind(c) for c in range(sys.maxunicode + 1)], dtype=np.uint8)
    kinds = own[folded]
    starts = np.flatnonzero(np.diff(kinds, prepend=255)).astype(np.uint32)
    changed = np.flatnonzero(folded != np.arange(len(folded))).astype(np.uint32)
    np.savez_compressed(
        OUT,
        run_start=starts,
        run_kind=kinds[starts],
        fold_from=changed,
        fold_to=folded[changed],
    )
    print(
        f"{OUT.name}: {len(starts)} runs, {len(changed)} folds, "
        f"Unicode {unicodedata.unidata_version}"
    )


if __name__ == "__main__":
    main()
