"""Changes of replies, the cases that behaviour tests make of them, and their data.

A change is a function of a text and a random generator, which it may leave alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from numpy.random import Generator

_DATA = Path(__file__).with_name("behaviour.toml")
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
_MARK = re.compile(r"[.,;:!?…]+(?=\s|$)")
_NO_PRONOUN = r"(?!\s+(?:i|you|he|she|it|we|they|there)\b)"
_CLOSED = re.compile(r"[.!?…][\"')\]’”]*$")

Change = Callable[[str, Generator], str]
Rows = Sequence[Mapping[str, Any]]
Groups = Mapping[str, Mapping[str, list[str]]]
"""By name of a group, the words that fill each slot of a template."""


class Case(NamedTuple):
    """Two texts; the bootstrap draws the cases of a group as a whole."""

    plain: str
    changed: str
    group: str
    wanted: tuple[str, str] | None = None


Make = Callable[[Rows, Generator], list[Case]]


@cache
def read_data() -> dict[str, Any]:
    """Return what ``behaviour.toml`` holds."""
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def group_lists() -> dict[str, Groups]:
    """Return the groups of people to compare: by names, genders and nationalities."""
    data = read_data()
    names, genders = data["names"], ("women", "men")
    relatives = data["genders"]["relatives"]
    return {
        "names": {g: {"name": own["women"] + own["men"]} for g, own in names.items()},
        "genders": {
            gender: {
                "name": [name for own in names.values() for name in own[gender]],
                "relative": [pair[k] for pair in relatives],
            }
            for k, gender in enumerate(genders)
        },
        "nationalities": {
            g: {"nationality": own} for g, own in data["nationalities"].items()
        },
    }


def list_templates(groups: Groups) -> list[tuple[str, str, str]]:
    """Return text, label and slot of the templates that the groups can fill."""
    slots = next(iter(groups.values()))
    return [
        (template["text"], template["label"], slot)
        for template in read_data()["template"]
        for slot in slots
        if f"{{{slot}}}" in template["text"]
    ]


def add_typos(text: str, rng: Generator) -> str:
    """Misspell one longer word in about ten, never its first or last letter.

    Examples
    --------
    >>> import numpy as np
    >>> add_typos("What a horrible day.", np.random.default_rng(0))
    'What a horrilbe day.'
    """
    words = list(_LONG_WORD.finditer(text))
    n_wanted = max(1, round(len(text.split()) / 10))
    chosen = rng.permutation(len(words))[:n_wanted].tolist()
    for i in sorted(chosen, reverse=True):  # from the end, so that places stay right
        start, end = words[i].span()
        text = text[:start] + _misspell(text[start:end], rng) + text[end:]
    return text


def _misspell(word: str, rng: Generator) -> str:
    """Leave a letter out, or swap it with the next."""
    i = int(rng.integers(1, len(word) - 2))
    swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    # Two equal letters swapped would be no typo.
    return (
        swapped if swapped != word and rng.random() < 0.5 else word[:i] + word[i + 1 :]
    )


def lower_case(text: str, rng: Generator) -> str:
    """Write all in small letters."""
    return text.lower()


def upper_case(text: str, rng: Generator) -> str:
    """Write all in capitals."""
    return text.upper()


def drop_punctuation(text: str, rng: Generator) -> str:
    """Leave out marks at ends of words; apostrophes and numbers such as 4.50 stay.

    Examples
    --------
    >>> import numpy as np
    >>> drop_punctuation("Oh no, it's 4.50!", np.random.default_rng(0))
    "Oh no it's 4.50"
    """
    return _MARK.sub("", text)


def add_emoji(text: str, rng: Generator) -> str:
    """Add a friendly emoji at the end."""
    return f"{text} {rng.choice(read_data()['emoji'])}"


def curl_quotes(text: str, rng: Generator) -> str:
    """Write quotes and apostrophes as a word processor does.

    Examples
    --------
    >>> import numpy as np
    >>> curl_quotes('''It's "fine".''', np.random.default_rng(0))
    'It’s “fine”.'
    """
    text = re.sub(r"(?<![^\s(\[])\"", "“", text).replace('"', "”")
    return re.sub(r"(?<![^\s(\[])'(?=\w+')", "‘", text).replace("'", "’")


def expand_contractions(text: str, rng: Generator) -> str:
    """Write short forms in full, except before a pronoun ("isn't it?").

    Examples
    --------
    >>> import numpy as np
    >>> expand_contractions("I'm sure you'll win.", np.random.default_rng(0))
    'I am sure you will win.'
    """
    table = read_data()["contractions"]
    return _replace(text, table["both"] | table["expand"], after=_NO_PRONOUN)


def contract(text: str, rng: Generator) -> str:
    """Write full forms short, except before a pause ("Yes, I am.").

    Examples
    --------
    >>> import numpy as np
    >>> contract("I am sure it is. You will see.", np.random.default_rng(0))
    "I'm sure it is. You'll see."
    """
    table = read_data()["contractions"]["both"]
    return _replace(text, {long: s for s, long in table.items()}, after=r"(?=\s+\w)")


def add_neutral_before(text: str, rng: Generator) -> str:
    """Put a sentence that says nothing of feelings before the text."""
    return f"{rng.choice(read_data()['neutral_sentences'])} {text}"


def add_neutral_after(text: str, rng: Generator) -> str:
    """Put a sentence that says nothing of feelings after the text."""
    # A new line after a sign-off, or one sentence would run into the other.
    gap = " " if _CLOSED.search(text) else "\n"
    return f"{text}{gap}{rng.choice(read_data()['neutral_sentences'])}"


def swap_genders(text: str, rng: Generator) -> str:
    """Make women men and men women: pronouns, relatives and titles.

    Examples
    --------
    >>> import numpy as np
    >>> swap_genders("He lost her ring. Tell her, sir.", np.random.default_rng(0))
    'She lost his ring. Tell him, madam.'
    """
    return _replace(text, _gendered(), choose=_his_or_him)


@cache
def _gendered() -> dict[str, str]:
    genders = read_data()["genders"]
    swaps: dict[str, str] = {}
    for woman, man in genders["relatives"] + genders["words"]:
        swaps.setdefault(woman, man)
        swaps.setdefault(man, woman)
    return swaps


def _his_or_him(word: str, rest: str) -> str:
    """Return what stands for "her" before `rest`, for other words their swap."""
    if word != "her":
        return _gendered()[word]
    following = re.match(r"\s+([\w-]+)", rest)
    objects = read_data()["genders"]["after_object"]
    owner = following is not None and following[1].lower() not in objects
    return "his" if owner else "him"


def _replace(
    text: str,
    table: Mapping[str, str],
    *,
    after: str = "",
    choose: Callable[[str, str], str] | None = None,
) -> str:
    """Replace whole words by a table in small letters; capitals stay as they were."""

    def put(found: re.Match[str]) -> str:
        old = found[0]
        key = old.lower().replace("’", "'")
        new = choose(key, text[found.end() :]) if choose else table[key]
        if len(old) > 1 and old.isupper():
            return new.upper()
        return new[0].upper() + new[1:] if old[0].isupper() else new

    return _pattern(tuple(table), after).sub(put, text)


@cache
def _pattern(words: tuple[str, ...], after: str) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    # Whole words, also before "'s" and "'ll"; not in "^MR", an agent's initials.
    either = "|".join(map(re.escape, longest_first)).replace("'", "['’]")
    return re.compile(
        rf"(?<![\w^-])(?<!\w['’])(?:{either})(?![\w-]){after}", re.IGNORECASE
    )


def _rewrite(change: Change, *, skip: str = "") -> Make:
    """Return what changes the rows, but for those with the label to skip."""

    def make(rows: Rows, rng: Generator) -> list[Case]:
        return [
            Case(
                row["text"],
                change(row["text"], rng),
                str(row.get("situation") or f"row {i}"),
            )
            for i, row in enumerate(rows)
            if not skip or row["label"] != skip
        ]

    return make


def _lengthen(rows: Rows, rng: Generator) -> list[Case]:
    """Set seven other neutral replies after each neutral reply."""
    neutral = [row for row in rows if row["label"] == "neutral"]
    cases = _rewrite(lambda text, rng: text)(neutral, rng)
    return [
        case._replace(
            changed=" ".join(
                [
                    case.plain,
                    *(neutral[k]["text"] for k in rng.integers(len(neutral), size=7)),
                ]
            )
        )
        for case in cases
    ]


def _exchange(which: str) -> Make:
    """Return what fills templates from each group, and anew from another."""

    def make(rows: Rows, rng: Generator) -> list[Case]:
        groups = group_lists()[which]
        cases = []
        for text, _, slot in list_templates(groups):
            for own in groups:
                other = str(rng.choice([g for g in groups if g != own]))
                words = [str(rng.choice(groups[g][slot])) for g in (own, other)]
                plain, changed = (text.format(**{slot: word}) for word in words)
                cases.append(Case(plain, changed, text))
        return cases

    return make


def _swap_genders(rows: Rows, rng: Generator) -> list[Case]:
    """Swap the genders of the rows, and of relatives in templates."""
    women = group_lists()["genders"]["women"]["relative"]
    filled = [
        {"text": text.format(relative=word), "situation": text}
        for text, _, slot in list_templates({"": {"relative": women}})
        for word in women
    ]
    return _rewrite(swap_genders)([*rows, *filled], rng)


def _negate(rows: Rows, rng: Generator) -> list[Case]:
    return [
        Case(
            pair["text"],
            pair["negated"],
            pair["text"],
            (pair["label"], pair["negated_label"]),
        )
        for pair in read_data()["negation"]
    ]


def _flip_context(rows: Rows, rng: Generator) -> list[Case]:
    """Return each reply against itself: models here are not given the turn before."""
    return [
        Case(reply, reply, reply, (first, second))
        for reply, (first, second) in (
            (flip["reply"], flip["labels"]) for flip in read_data()["context_flip"]
        )
    ]


MAKERS: dict[str, Make] = {
    "typos": _rewrite(add_typos),
    "lower case": _rewrite(lower_case),
    "upper case": _rewrite(upper_case),
    "missing punctuation": _rewrite(drop_punctuation),
    "emoji": _rewrite(add_emoji),
    "curly quotes": _rewrite(curl_quotes),
    "contractions expanded": _rewrite(expand_contractions),
    "contractions made": _rewrite(contract),
    # A neutral reply cannot get weaker: it would pass for nothing.
    "neutral before": _rewrite(add_neutral_before, skip="neutral"),
    "neutral after": _rewrite(add_neutral_after, skip="neutral"),
    "long neutral": _lengthen,
    "names": _exchange("names"),
    "genders": _swap_genders,
    "nationalities": _exchange("nationalities"),
    "negation": _negate,
    "context flip": _flip_context,
}
"""What makes the cases of each test that ``behaviour.toml`` declares."""
