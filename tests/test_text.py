"""The tokeniser, against a loop over characters."""

from __future__ import annotations

import importlib.util
import sys
import unicodedata
from itertools import product
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import empathykit.text
from empathykit.text import FOLD, KIND, fold, ngram_hash, tokenize

from . import reference

SEPARATOR_LIKE = "\n\r\x0b\x1c\x85\u2028\0"
TRICKY = (
    "aBé1٣'’`-_ .,!?…\xad\u200d\u0301👍🏽\ufe0fשﬁＡ０ßİ\ud83d\ude00" + SEPARATOR_LIKE
)
ANY_TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from(TRICKY))
BATCH = st.lists(ANY_TEXT, max_size=8)
examples = settings(max_examples=100, deadline=None)


def columns(table):
    """One tuple a token: index of the text, start, end, hash."""
    parts = (table.text_index, table.start, table.end, table.hash)
    return list(zip(*(part.tolist() for part in parts), strict=True))


def tokens_of(text):
    return [fold(text[start:end]) for _, start, end, _ in columns(tokenize([text]))]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("That’s a lot!", ["that's", "a", "lot", "!"]),
        ("I`m fine, y´all", ["i'm", "fine", ",", "y'all"]),
        ("the cats' ’til 'no'", ["the", "cats", "'", "'", "til", "'", "no", "'"]),
        ("o''clock rock'n'roll", ["o", "'", "'", "clock", "rock'n'roll"]),
        ("so-called – 3.5", ["so", "-", "called", "-", "3", ".", "5"]),
        ("4U 1st abc123", ["4u", "1st", "abc123"]),
        ("2'3 a'3", ["2", "'", "3", "a", "'", "3"]),
        ("well...…", ["well", ".", ".", ".", "…"]),
        ("a_b", ["a", "_", "b"]),
        ("“Hi„ «no»", ['"', "hi", '"', '"', "no", '"']),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("co\xadop a\xad \xad", ["co\xadop", "a"]),
        ("👍🏽👍 ❤\ufe0f", ["👍", "👍", "❤"]),
        ("👨\u200d👩\u200d👧", ["👨", "👩", "👧"]),
        ("שלום, עולם", ["שלום", ",", "עולם"]),
        ("ＯＫ！ ３", ["ok", "!", "3"]),
        ("one\ntwo\0three\u2028four", ["one", "two", "three", "four"]),
        ("\ud83d\ude00 \udfff", []),
        ("", []),
        (" \t\r\n", []),
    ],
)
def test_tokens_of_known_texts(text, tokens):
    assert tokens_of(text) == tokens


@examples
@given(BATCH)
def test_tokens_spans_and_hashes_equal_the_slow_reference(texts):
    expected = [
        (i, start, end, reference.token_hash(token))
        for i, text in enumerate(texts)
        for token, start, end in reference.tokenize(text)
    ]
    assert columns(tokenize(texts)) == expected


@examples
@given(ANY_TEXT)
def test_spans_lie_inside_the_text_and_ascend_without_overlap(text):
    last = 0
    for _, start, end, _ in columns(tokenize([text])):
        assert last <= start < end <= len(text)
        last = end


@examples
@given(ANY_TEXT)
def test_a_token_cut_out_and_folded_is_the_same_token(text):
    for _, start, end, hashed in columns(tokenize([text])):
        written = fold(text[start:end])
        assert columns(tokenize([written])) == [(0, 0, len(written), hashed)]


@examples
@given(BATCH, st.randoms(use_true_random=False))
def test_batching_and_order_change_nothing(texts, random):
    order = list(range(len(texts)))
    random.shuffle(order)
    together = columns(tokenize([texts[i] for i in order]))
    alone = [
        (row, *token[1:])
        for row, i in enumerate(order)
        for token in columns(tokenize([texts[i]]))
    ]
    assert together == alone


def test_an_empty_batch_has_no_token():
    table = tokenize([])
    assert (columns(table), table.n_texts, table.edges.tolist()) == ([], 0, [0])
    assert table.has_word.tolist() == []


@pytest.mark.parametrize(("char", "n_tokens"), [("a", 1), ("!", 2**20), (" ", 0)])
def test_a_megabyte_of_one_character_and_what_follows_it(char, n_tokens):
    found = columns(tokenize([char * 2**20, "so kind"]))
    assert len(found) == n_tokens + 2
    assert [(1, *token[1:]) for token in columns(tokenize(["so kind"]))] == found[-2:]
    if n_tokens:
        length = 2**20 // n_tokens
        assert found[n_tokens - 1][1:3] == (2**20 - length, 2**20)


def test_a_word_hashes_alike_wherever_it_stands_in_a_large_batch():
    table = tokenize(["padding " * 9_000 + "sorry"] * 4)  # some 288,000 characters
    assert set(table.hash.tolist()) == {
        reference.token_hash("padding"),
        reference.token_hash("sorry"),
    }


def test_texts_with_a_word_are_known():
    table = tokenize(["12 !", "", "ok", "7 é", "👍", "4U"])
    assert table.has_word.tolist() == [False, False, True, True, False, False]


def test_edges_stand_around_every_text():
    table = tokenize(["so kind", "", "!"])
    assert table.edges.tolist() == [0, 3, 4, 6]
    assert table.stream_text.tolist() == [0, 0, 0, 1, 2, 2, 3]
    assert len(set(table.stream_hash[table.edges].tolist())) == 1


def test_prefix_hash_is_the_hash_of_the_prefix_as_a_word():
    table = tokenize(["Sorrow", "disCOMFORT"])
    at = table.edges[:-1] + 1
    assert table.prefix_hash(at, np.array([5, 3])).tolist() == [
        reference.token_hash("sorro"),
        reference.token_hash("dis"),
    ]


@pytest.mark.parametrize(
    ("word", "hashed"),
    [
        ("sorry", 0x4DAF638BAEBA8EDB),
        ("I’m", 0x893AA5A5F5AEC122),
        ("!", 0xB408D5C091DF01DA),
        ("naïve", 0xCA43352EDBCFC7B5),
        ("👍", 0xB594C55B20F24BC3),
    ],
)
def test_hashes_never_change(word, hashed):
    assert tokenize([word]).hash.tolist() == [hashed]


def test_hashes_of_edges_and_ngrams_never_change():
    table = tokenize(["so sorry"])
    assert table.stream_hash[0] == 0xA24BAED4963EE407
    assert ngram_hash(table, 1).tolist() == table.stream_hash.tolist()
    assert ngram_hash(table, 2).tolist() == [
        0xCE415B24E2FABD27,
        0x400C7236CD180E47,
        0xE1CD7A53481821D6,
    ]
    assert ngram_hash(table, 4).tolist() == [0x724A662D9EA144F5]


def test_hashes_are_equal_only_for_equal_folded_tokens():
    letters = [
        "".join(p) for n in (1, 2, 3) for p in product(ascii_lowercase, repeat=n)
    ]
    numbers = [str(n) for n in range(100_000)]
    marked = [f"{word}{mark}{word}" for word in letters for mark in ("'", "é", "0")]
    words = letters + numbers + marked
    lower, upper = tokenize(words), tokenize([word.upper() for word in words])
    assert len(lower.hash) == len(words) == len(np.unique(lower.hash))
    assert lower.hash.tolist() == upper.hash.tolist()


class TestEveryCodePoint:
    every = "".join(map(chr, range(sys.maxunicode + 1)))

    def test_fold_keeps_the_length_and_is_what_the_table_says(self):
        assert list(map(ord, fold(self.every))) == FOLD.tolist()

    def test_fold_is_idempotent(self):
        assert np.flatnonzero(FOLD[FOLD] != FOLD).tolist() == []

    def test_fold_keeps_the_class(self):
        assert np.flatnonzero(KIND[FOLD] != KIND).tolist() == []

    def test_fold_lowers_case(self):
        assert fold("ÀÉÎØ ΑΒΓ ЖЩ ＡＺ") == "àéîø αβγ жщ az"


def test_the_committed_tables_are_what_the_tool_writes(tmp_path, monkeypatch):
    tool = Path(__file__).parents[1] / "tools" / "make_characters.py"
    if unicodedata.unidata_version != "14.0.0":
        pytest.skip("the tables were made with Unicode 14, this Python has another")
    if not tool.is_file():
        pytest.skip("the tools are not part of this distribution")
    spec = importlib.util.spec_from_file_location("make_characters", tool)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "OUT", tmp_path / "characters.npz")
    module.main()
    committed = Path(empathykit.text.__file__).parent / "data" / "characters.npz"
    with np.load(committed) as old, np.load(module.OUT) as new:
        assert sorted(old.files) == sorted(new.files)
        assert [n for n in old.files if not np.array_equal(old[n], new[n])] == []
