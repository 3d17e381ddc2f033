"""The cue matcher, against trying every variant at every place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from empathykit.cues import Cue, CueMatcher, Lexicon, compile_lexicon, load_lexicon
from empathykit.cues.pattern import PatternError, expand
from empathykit.text import tokenize

from . import reference

CLASSES = {"WARM": frozenset({"kind", "warm*"})}
TOKENS = ["so", "Sad", "sadly", "saddened", "kind", "warmth", "don't", "don'ts"]
TOKENS += ["7", "72", "3rd", ",", ".", "!", "?", "…"]
ITEMS = "so sad sad* sadd* s* don't don't* kind (so|sad) so? (sad|7)? (kind|s*)"
ITEMS += " ~1 ~2 <WARM> <NUMBER> (<NUMBER>|so) 7* , ? (,|!) (.|sad)"


def readable(pattern):
    try:
        return bool(expand(pattern, CLASSES))
    except PatternError:
        return False


PATTERNS = st.builds(
    lambda *parts: " ".join(filter(None, parts)),
    st.sampled_from(["", "", "^", "(,|^)"]),
    st.lists(
        st.sampled_from([*ITEMS.split(), "(so sad|kind)", "(don't|so ,)?"]),
        min_size=1,
        max_size=4,
    ).map(" ".join),
    st.sampled_from(["", "", "$", "(!|$)", "(so|$)?"]),
).filter(readable)
CUES = st.lists(
    st.tuples(st.lists(PATTERNS, min_size=1, max_size=3), st.booleans()),
    min_size=1,
    max_size=4,
)
TEXTS = st.lists(
    st.lists(st.sampled_from(TOKENS), max_size=9).map(" ".join), max_size=5
)


def make_lexicon(*patterns, cancels=()):
    """One cue a pattern, named by it."""
    cues = [Cue(p, "E1", (p,), cancels=p in cancels) for p in patterns]
    return Lexicon(CLASSES, tuple(cues))


def hits(lexicon, texts):
    """Each hit once: name of the cue, index of the text, start and end in the text."""
    return hits_of(CueMatcher(compile_lexicon(lexicon)), texts)


def hits_of(matcher, texts):
    table = tokenize(texts)
    found = matcher.match(table)
    columns = (found.cue, found.text_index, *found.spans(table))
    names = matcher.compiled.names
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {(names[cue], *rest) for cue, *rest in rows}


def slices(pattern, text):
    """What a pattern hits in a text."""
    found = hits(make_lexicon(pattern), [text])
    return sorted(text[start:end] for _, _, start, end in found)


@settings(max_examples=200, deadline=None)
@given(CUES, TEXTS)
def test_hits_equal_those_of_the_slow_reference(cues, texts):
    lexicon = Lexicon(
        CLASSES,
        tuple(
            Cue(f"cue {i}", "E1", tuple(patterns), cancels=cancels)
            for i, (patterns, cancels) in enumerate(cues)
        ),
    )
    assert hits(lexicon, texts) == reference.cue_hits(lexicon, texts)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("so sorry", "So SORRY, so sorry; so, sorry", ["So SORRY", "so sorry"]),
        ("i'm sorry", "I’m sorry. I`m sorry.", ["I`m sorry", "I’m sorry"]),
        ("sad*", "sad Saddened sadly Saudi", ["Saddened", "sad", "sadly"]),
        ("(sad*|warm*) day", "a warmish day", ["warmish day"]),
        ("<WARM> words", "warmest words, kind words", ["kind words", "warmest words"]),
        ("kin* words", "kind words", ["kind words"]),
        ("<NUMBER> days", "3 days, 3rd days, ٣ days", ["3 days", "3rd days", "٣ days"]),
        ("<NUMBER> days", "three days of a3 days", []),
        ("so ~1 sad", "so sad so very sad", ["so sad", "so very sad"]),
        ("so ~1 sad", "so very very sad", []),
        ("so ~2 sad", "so , very sad", ["so , very sad"]),
        ("so ~2 sad", "so. Very sad", []),
        ("so ~2 sad", "so; sad … so … sad", []),
        ("~1 sad", "Bad. Sad", ["Sad"]),
        ("sorry ?", "Sorry? Sorry.", ["Sorry?"]),
        ("sorry", "  sorry  ", ["sorry"]),
        ("so? sad", "so sad", ["sad", "so sad"]),
    ],
)
def test_a_pattern_hits_these_stretches(pattern, text, expected):
    assert slices(pattern, text) == expected


@pytest.mark.parametrize("end", [".", "!", "?", "…", ";", ""])
def test_a_sentence_ends_with_a_mark_or_the_text(end):
    assert slices("so sad $", f"so sad{end}") == ["so sad"]


@pytest.mark.parametrize("text", ["so sad, yes", "so sad day", "so sad -", "so sad :"])
def test_a_sentence_does_not_end_elsewhere(text):
    assert slices("so sad $", text) == []


def test_a_sentence_starts_the_text_or_follows_an_end():
    text = "Sorry, sorry. Sorry!\nSorry - sorry"
    found = hits(make_lexicon("^ sorry"), [text])
    assert sorted(start for _, _, start, _ in found) == [0, 14, 21]
    assert slices("^ sorry", text) == ["Sorry", "Sorry", "Sorry"]


def test_a_mark_or_an_edge():
    texts = ["sorry!", "sorry  ", "sorry, no", "sorry no", "no; sorry."]
    found = hits(make_lexicon("sorry (!|$)"), texts)
    assert {text for _, text, _, _ in found} == {0, 1, 4}
    assert ("sorry (!|$)", 1, 0, 5) in found


def test_an_edge_among_words_is_no_part_of_the_hit():
    assert slices("(so|^) sorry", "Sorry") == ["Sorry"]
    assert slices("(so|^) sorry", "Oh no. Sorry") == ["Sorry"]
    assert slices("(so|^) sorry", "oh so sorry") == ["so sorry"]


def test_the_longest_stem_decides_and_shorter_ones_still_fire():
    lexicon = make_lexicon("dis*", "disap*", "disappear", "disappoint*", "d")
    assert {name for name, *_ in hits(lexicon, ["disappoints"])} == {
        *("dis*", "disap*", "disappoint*")
    }
    assert {name for name, *_ in hits(lexicon, ["disappear"])} == {
        *("dis*", "disap*", "disappear")
    }
    assert {name for name, *_ in hits(lexicon, ["disappears", "di"])} == {
        *("dis*", "disap*")
    }


def test_stems_with_an_apostrophe_or_a_digit():
    lexicon = make_lexicon("don't*", "well*", "2*", "<NUMBER> days")
    texts = ["don't wellness", "20 days", "won't"]
    assert {(name, text) for name, text, _, _ in hits(lexicon, texts)} == {
        *(("don't*", 0), ("well*", 0), ("2*", 1), ("<NUMBER> days", 1))
    }


def test_a_lexicon_without_a_stem():
    assert hits(make_lexicon("so sad"), ["so sad", "saddest"]) == {("so sad", 0, 0, 6)}


def test_a_cancelling_hit_removes_those_it_overlaps_and_no_other():
    lexicon = make_lexicon("so sorry", "sorry but", "sad", cancels={"sorry but"})
    texts = ["So sorry but sad", "so sorry, sad"]
    assert hits(lexicon, texts) == {
        *(("sorry but", 0, 3, 12), ("sad", 0, 13, 16)),
        *(("so sorry", 1, 0, 8), ("sad", 1, 10, 13)),
    }


def test_cancelling_hits_do_not_remove_each_other():
    lexicon = make_lexicon("so sad", "sad", cancels={"so sad", "sad"})
    assert hits(lexicon, ["so sad"]) == {("so sad", 0, 0, 6), ("sad", 0, 3, 6)}


@pytest.mark.parametrize("pattern", ["^ sorry but", "(so|^) sorry but"])
def test_a_cancelling_hit_does_not_reach_the_sentence_or_text_before(pattern):
    lexicon = make_lexicon("bad (.|!)", "bad (!|$)", pattern, cancels={pattern})
    for texts in (["That is bad. Sorry but no"], ["That is bad.", "Sorry but no"]):
        names = {name for name, *_ in hits(lexicon, texts)}
        assert names == {"bad (.|!)", "bad (!|$)", pattern}


def test_no_text_and_no_token_have_no_hit():
    assert hits(make_lexicon("sad"), []) == set()
    assert hits(make_lexicon("^ sad", "sad $"), ["", " ", ""]) == set()


def test_batching_changes_nothing_for_the_shipped_cues():
    lexicon = load_lexicon("en")
    matcher = CueMatcher(compile_lexicon(lexicon))
    texts = [text for cue in lexicon.cues for text in cue.examples]
    alone = {
        (name, i, start, end)
        for i, text in enumerate(texts)
        for name, _, start, end in hits_of(matcher, [text])
    }
    assert hits_of(matcher, texts) == alone
    assert all(0 <= start < end <= len(texts[i]) for _, i, start, end in alone)


def shifted(counts):
    """Make one of the last counts negative; the sum stays."""
    return np.concatenate((counts[:-2], [counts[-2] - 9, counts[-1] + 9]))


CHANGES = {
    "symbol past accepts": lambda c: {"symbol": c.symbol + c.accepts.shape[1]},
    "negative symbol": lambda c: {"symbol": c.symbol - 1},
    "symbol missing": lambda c: {"symbol": c.symbol[1:]},
    "word missing": lambda c: {"words": c.words[1:]},
    "element past accepts": lambda c: {"node_element": c.node_element + 99},
    "negative element": lambda c: {"node_element": -1 - c.node_element},
    "element missing": lambda c: {"node_element": c.node_element[1:]},
    "far offset": lambda c: {"node_offset": c.node_offset + 99},
    "children missing": lambda c: {"node_children": c.node_children[1:]},
    "negative children": lambda c: {"node_children": shifted(c.node_children)},
    "more children than nodes": lambda c: {"node_children": c.node_children + 1},
    "ends missing": lambda c: {"node_ends": c.node_ends[1:]},
    "ends too many": lambda c: {"node_ends": np.append(c.node_ends, 0)},
    "more ends than cues": lambda c: {"node_ends": np.append(c.node_ends[:-1], 2)},
    "negative ends": lambda c: {"node_ends": shifted(c.node_ends)},
    "ends in the first level": lambda c: {"node_ends": c.node_ends[::-1]},
    "cue past names": lambda c: {"end_cue": c.end_cue + len(c.names)},
    "negative cue": lambda c: {"end_cue": c.end_cue - 1},
    "first missing": lambda c: {"end_first": c.end_first[1:]},
    "far first": lambda c: {"end_first": c.end_first - 99},
    "far last": lambda c: {"end_last": c.end_last + 99},
    "construct missing": lambda c: {"constructs": c.constructs[1:]},
    "cancels missing": lambda c: {"cancels": c.cancels[1:]},
}


@pytest.mark.parametrize("change", CHANGES)
def test_check_refuses_arrays_that_do_not_fit(change):
    compiled = compile_lexicon(make_lexicon("so sad", "so ~1 kind", "warm* $"))
    compiled.check()
    broken = replace(compiled, **CHANGES[change](compiled))
    with pytest.raises(ValueError, match="the arrays of the cues do not fit together"):
        broken.check()


def test_common_words_change_no_hit(tiny_texts):
    lexicon = load_lexicon("en")
    assert len(lexicon.common) == 1000
    table = tokenize(tiny_texts)
    with_list, without = (
        CueMatcher(compile_lexicon(replace(lexicon, common=common))).match(table)
        for common in (lexicon.common, ())
    )
    found = [
        sorted(zip(h.cue.tolist(), h.first.tolist(), h.last.tolist(), strict=True))
        for h in (with_list, without)
    ]
    assert found[0] == found[1] != []
