"""Show an explanation: HTML for a notebook, plain or coloured text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any
from unicodedata import category

if TYPE_CHECKING:
    from .explain import Explanation, Span

# Told apart by people who see red and green alike (Okabe and Ito, 2008).
_PALETTE = ("0,158,115", "86,180,233", "230,159,0", "204,121,167", "0,114,178")
_TERMINAL = (32, 36, 33, 35, 34)
_TOP = 5
_HARMLESS = "\n\t\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}"


def _pieces(explanation: Explanation) -> Iterator[tuple[str, Span | None]]:
    """Cut the text into stretches with a span and without one."""
    at = 0
    for span in explanation.spans:
        yield explanation.text[at : span.start], None
        yield span.text, span
        at = span.end
    yield explanation.text[at:], None


def _index(explanation: Explanation, label: Any, size: int) -> int:
    return list(explanation.probabilities).index(label) % size


def _ranked(explanation: Explanation) -> list[tuple[Any, float]]:
    return sorted(explanation.probabilities.items(), key=lambda item: -item[1])


def _top(explanation: Explanation) -> list[tuple[str, float]]:
    """Return the features that raise the label most, with what they add to it."""
    values = [
        (c.feature, c.values[explanation.label]) for c in explanation.contributions
    ]
    return sorted((v for v in values if v[1] > 0), key=lambda v: -v[1])[:_TOP]


def _how(explanation: Explanation) -> str:
    """Return what follows the shares: the construct in words, or nothing."""
    found = explanation.construct
    return f" · {found.code} {found.meaning}" if found else ""


def _printable(text: str) -> str:
    """Put a mark where a character would steer the terminal."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if category(c)[0] == "C" and c not in _HARMLESS
        else c
        for c in text
    )


def render_html(explanation: Explanation) -> str:
    """Return an HTML fragment; everything that comes from the text is escaped."""
    heaviest = max((s.weight for s in explanation.spans), default=1.0)
    words = []
    for text, span in _pieces(explanation):
        if span is None:
            words.append(escape(text))
            continue
        colour = _PALETTE[_index(explanation, span.label, len(_PALETTE))]
        shade = 0.15 + 0.5 * span.weight / heaviest
        title = f"{span.label} {span.weight:+.2f}"
        if span.cues:
            title += f" ({', '.join(span.cues)})"
        words.append(
            f'<mark title="{escape(title)}" style="color:inherit;border-radius:3px;'
            f'padding:0 2px;background:rgba({colour},{shade:.2f})">'
            f"{escape(text)}</mark>"
        )
    top = ", ".join(f"<code>{escape(f)}</code> {v:+.2f}" for f, v in _top(explanation))
    legend = " · ".join(
        f'<span style="border-bottom:3px solid '
        f'rgb({_PALETTE[_index(explanation, label, len(_PALETTE))]})">'
        f"{escape(str(label))}</span> {p:.2f}"
        for label, p in _ranked(explanation)
    )
    return (
        '<div style="font-family:sans-serif;line-height:1.7">'
        f"<b>{escape(str(explanation.label))}</b> &nbsp; {legend}"
        f"{escape(_how(explanation))}"
        f'<div style="white-space:pre-wrap">{"".join(words)}</div>'
        f'<div style="opacity:.7;font-size:85%">{top}</div></div>'
    )


def render_text(explanation: Explanation, *, color: bool) -> str:
    """Return lines for a terminal; without colour, spans stand in brackets."""
    words = []
    for text, span in _pieces(explanation):
        text = _printable(text)
        if span is None:
            words.append(text)
        elif color:
            code = _TERMINAL[_index(explanation, span.label, len(_TERMINAL))]
            words.append(f"\033[1;{code}m{text}\033[0m")
        else:
            words.append(f"[{text}]({_printable(str(span.label))})")
    shares = " · ".join(f"{label} {p:.2f}" for label, p in _ranked(explanation))
    head = _printable(f"{explanation.label}  {shares}")
    lines = [head + _how(explanation), "".join(words)]
    lines += [f"  {value:+.2f}  {feature}" for feature, value in _top(explanation)]
    return "\n".join(lines)
