"""The pattern language: what each item means, and what is refused."""

from __future__ import annotations

import pytest

from empathykit.cues.pattern import MAX_TOKENS, PatternError, expand, words

CLASSES = {"WARM": frozenset({"kind", "warm*"}), "BAD": frozenset({"bad"})}


def written(pattern):
    """Variants as text: alternatives of a token joined by |, tokens by a space."""
    variants = expand(pattern, CLASSES)
    return [" ".join("|".join(sorted(e)) for e in variant) for variant in variants]


@pytest.mark.parametrize(
    ("pattern", "variants"),
    [
        ("so sorry", ["so sorry"]),
        ("i don't", ["i don't"]),
        ("so-called", ["so - called"]),
        ("naïve 3rd", ["naïve 3rd"]),
        ("  so   sorry ", ["so sorry"]),
        ("(so|very) sorry", ["so|very sorry"]),
        ("(so much|lots) pain", ["lots pain", "so much pain"]),
        ("(so much|too much)", ["so much", "too much"]),
        ("so? sorry", ["so sorry", "sorry"]),
        ("(so|very)? sorry", ["so|very sorry", "sorry"]),
        ("(so very)? sorry", ["so very sorry", "sorry"]),
        ("apolog*", ["apolog*"]),
        ("(apolog*|sorry)", ["apolog*|sorry"]),
        ("<WARM> you", ["kind|warm* you"]),
        ("(<WARM>|<BAD>) you", ["bad|kind|warm* you"]),
        ("<WARM>? you", ["kind|warm* you", "you"]),
        ("<NUMBER> days", ["<NUMBER> days"]),
        ("(<NUMBER>|few) days", ["<NUMBER>|few days"]),
        ("so ~1 sorry", ["so sorry", "so <ANY> sorry"]),
        ("so ~2 sad", ["so sad", "so <ANY> sad", "so <ANY> <ANY> sad"]),
        ("^ sorry", ["<EDGE> sorry"]),
        ("sorry $", ["sorry <EDGE>"]),
        ("well , sorry", ["well , sorry"]),
        ("why ?", ["why ?"]),
        ("* hugs *", ["* hugs *"]),
        ("so? so? sad", ["so so sad", "so sad", "sad"]),
    ],
)
def test_a_pattern_means_these_variants(pattern, variants):
    assert written(pattern) == variants


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("so <COLD>", r"class <COLD> is not defined"),
        ("so <warm>", r"class <warm> is not defined"),
        ("so <ANY>", r"class <ANY> is not defined"),
        ("so <EDGE>", r"class <EDGE> is not defined"),
        ("so ~0 sad", r"a gap is ~1 to ~5; got '~0'"),
        ("so ~6 sad", r"a gap is ~1 to ~5; got '~6'"),
        ("so ~ sad", r"a gap is ~1 to ~5; got '~'"),
        ("so ~x sad", r"a gap is ~1 to ~5; got '~x'"),
        ("so ~-1 sad", r"a gap is ~1 to ~5; got '~-1'"),
        ("a ~5 b ~5 c ~5 d ~5 e", r"has 1296 variants, at most 256 may be"),
        ("", r"'' can match without any word"),
        ("~2", r"'~2' can match without any word"),
        ("^ ~2 $", r"can match without any word"),
        ("so?", r"'so\?' can match without any word"),
        ("(!|$)", r"can match without any word"),
        ("so ()", r"'\(\)' has an empty branch"),
        ("so (a|)", r"'\(a\|\)' has an empty branch; write '\(...\)\?' instead"),
        ("(|a) b", r"'\(\|a\)' has an empty branch"),
        ("so (a b", r"'so \(a b' cannot be read at '\(a b'"),
        ("so a) b", r"cannot be read at '\) b'"),
        ("((a|b)|c)", r"cannot be read at '\(\(a\|b\)\|c\)'"),
        ("(a)b", r"cannot be read at '\(a\)b'"),
        ("(a)* b", r"cannot be read at '\(a\)\* b'"),
        ("so Sorry", r"'Sorry' is not a word in lower case with plain quotes"),
        ("i’m sorry", r"'i’m' is not a word in lower case with plain quotes"),
        ("don'* so", r"\"don'\*\" is not a word"),
        ("so-call* x", r"'so-call\*' is not a word"),
        ("so ...", r"'\.\.\.' is not a word"),
        ("so \u200b", r"is not a word"),
        ("so $ sad", r"'so \$ sad': \^ and \$ may stand at the ends only"),
        ("so ^ sad", r"\^ and \$ may stand at the ends only"),
        ("so? (^|oh) sad", r"\^ and \$ may stand at the ends only"),
    ],
)
def test_a_wrong_pattern_is_refused_with_the_reason(pattern, reason):
    with pytest.raises(PatternError, match=reason):
        expand(pattern, CLASSES)


@pytest.mark.parametrize(
    "pattern",
    ["so ^$ sad", "(so|~2 sad)", "(so? sad|bad)", "~2? sad", "(a|b?) c", "<SO"],
)
def test_what_the_language_cannot_say_is_not_read_as_something_else(pattern):
    with pytest.raises(PatternError, match=r"cannot stand here"):
        expand(pattern, CLASSES)


def test_a_pattern_may_have_as_many_variants_as_the_limit():
    assert len(expand("~3 a ~3 b ~3 c ~3 d", {})) == 256


def test_a_pattern_may_be_as_long_as_the_limit():
    longest = " ".join("abcdefghijklmnop")
    assert len(longest.split()) == MAX_TOKENS == 16
    assert len(expand(longest, {})[0]) == 16
    with pytest.raises(PatternError, match="longer than 16 tokens"):
        expand(longest + " q", {})


@pytest.mark.parametrize("item", ["", " ", "SO", "’", "a'* b"])
def test_a_class_word_is_checked_as_an_item_is(item):
    with pytest.raises(PatternError, match=r"is not a word|cannot stand here"):
        words(item)
