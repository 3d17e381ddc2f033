"""The hash index, against a dict."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from empathykit._hashindex import HashIndex

LAST = 2**64 - 1
# Small and large numbers share their top bits, so they crowd the first and last slot.
KEYS = st.lists(
    st.integers(0, LAST) | st.integers(0, 60) | st.integers(LAST - 60, LAST),
    max_size=80,
    unique=True,
)


def found(keys, asked):
    index = HashIndex(np.array(keys, dtype=np.uint64))
    return index.find(np.array(asked, dtype=np.uint64)).tolist()


@settings(max_examples=150, deadline=None)
@given(KEYS, KEYS)
def test_answers_as_a_dict_does(keys, others):
    positions = {key: i for i, key in enumerate(keys)}
    asked = keys[::-1] + others + others
    assert found(keys, asked) == [positions.get(key, -1) for key in asked]


def test_zero_is_unknown_until_it_is_a_key():
    assert found([7, 9], [0]) == [-1]
    assert found([7, 0, 9], [0]) == [1]


def test_an_index_without_keys_knows_nothing():
    assert found([], [0, 1, LAST]) == [-1, -1, -1]


def test_no_question_has_no_answer():
    assert found([1, 2], []) == []


def test_keys_that_all_want_the_last_slot_are_found():
    keys = list(range(LAST - 299, LAST + 1))
    assert found(keys, keys) == list(range(300))
    assert found(keys, [LAST - 300]) == [-1]


def test_asking_does_not_change_the_question():
    asked = np.array([1, 2, LAST], dtype=np.uint64)
    HashIndex(asked[:1]).find(asked)
    assert asked.tolist() == [1, 2, LAST]


def test_many_random_keys_are_found_and_others_are_not():
    drawn = np.random.default_rng(0).integers(0, LAST, 100_000, dtype=np.uint64)
    keys, others = drawn[:60_000], drawn[60_000:]
    index = HashIndex(keys)
    assert np.array_equal(index.find(keys), np.arange(60_000))
    assert set(index.find(others).tolist()) == {-1}
