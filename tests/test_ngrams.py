"""The n-gram vocabulary, against scikit-learn's CountVectorizer."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from empathykit._ngrams import NgramVocabulary, fit_vocabulary
from empathykit.text import tokenize

from . import reference

WORDS = st.sampled_from(["so", "So", "sorry", "don’t", "!", "?", "<s>", "👍", "x1"])
TEXTS = st.lists(st.lists(WORDS, max_size=7).map(" ".join), min_size=1, max_size=12)
RANGES = st.sampled_from([(1, 1), (1, 2), (1, 3), (2, 2), (2, 4)])
examples = settings(max_examples=100, deadline=None)


def make_texts(n):
    """Texts in which some words are common and some are rare."""
    rng = np.random.default_rng(3)
    words = np.array([f"w{i}" for i in range(60)])
    picks = np.minimum(rng.geometric(0.08, size=(n, 6)), 60) - 1
    return [" ".join(row) for row in words[picks]]


def counted(texts, ngram_range, min_df=1):
    """Names, and the matrix of which text holds which, by scikit-learn."""
    orders = range(ngram_range[0], ngram_range[1] + 1)
    vectorizer = CountVectorizer(
        analyzer=partial(reference.ngrams, orders=orders), binary=True, min_df=min_df
    )
    matrix = vectorizer.fit_transform([*texts, "never"]).toarray()[:-1]
    return vectorizer.get_feature_names_out().tolist(), matrix


def matrix_of(vocabulary, texts):
    table = tokenize(texts)
    at, column = vocabulary.find(table)
    matrix = np.zeros((len(texts), len(vocabulary.names)), dtype=int)
    matrix[table.stream_text[at], column] = 1
    return matrix


@examples
@given(TEXTS, RANGES, st.integers(2, 4))
def test_names_and_matrix_equal_those_of_scikit_learn(texts, ngram_range, min_df):
    texts = ["so sorry"] * min_df + texts
    names, matrix = counted(texts, ngram_range, min_df)
    vocabulary = fit_vocabulary(texts, ngram_range, min_df, None)
    assert sorted(vocabulary.names) == names
    order = np.argsort(vocabulary.names)
    assert matrix_of(vocabulary, texts)[:, order].tolist() == matrix.tolist()


def test_counts_hold_across_batches():
    texts = make_texts(2_500)
    names, matrix = counted(texts, (1, 2), min_df=40)
    vocabulary = fit_vocabulary(texts, (1, 2), 40, None)
    assert sorted(vocabulary.names) == names
    df = matrix.sum(axis=0)
    assert len(names) > 60
    assert df.max() > 1_024  # more than one batch holds


def test_names_of_a_small_corpus_in_order():
    texts = ["Oh no!", "oh dear", "no, no", ""]
    assert fit_vocabulary(texts, (1, 2), 1, None).names == [
        *("no", "oh", "!", ",", "dear"),
        *("<s> oh", "! <s>", ", no", "<s> no", "dear <s>"),
        *("no !", "no ,", "no <s>", "oh dear", "oh no"),
    ]


def test_an_edge_stands_only_at_one_end_of_a_run():
    names = fit_vocabulary(["fine", "oh dear"], (3, 4), 1, None).names
    assert names == ["<s> oh dear", "oh dear <s>"]


def test_an_edge_written_in_a_text_is_three_marks():
    vocabulary = fit_vocabulary(["a <s> b"], (2, 2), 1, None)
    assert "< s" in vocabulary.names
    assert "a <s>" not in vocabulary.names


@examples
@given(TEXTS, RANGES, st.integers(1, 25))
def test_max_features_keeps_the_commonest(texts, ngram_range, max_features):
    every = fit_vocabulary(texts, ngram_range, 1, None)
    kept = fit_vocabulary(texts, ngram_range, 1, max_features).names
    df = matrix_of(every, texts).sum(axis=0).tolist()
    ranked = sorted(zip(every.names, df, strict=True), key=lambda item: -item[1])
    best = {name for name, _ in ranked[:max_features]}  # ties: the shorter, then a–z
    assert kept == [name for name in every.names if name in best]


def test_max_features_counts_texts_as_scikit_learn_does():
    texts = make_texts(400)
    names, matrix = counted(texts, (1, 2))
    df = np.sort(matrix.sum(axis=0))[::-1]
    n = int(np.flatnonzero(df[:-1] > df[1:])[20]) + 1  # no tie at this rank
    kept = fit_vocabulary(texts, (1, 2), 1, n).names
    best = np.array(names)[matrix.sum(axis=0) >= df[n - 1]]
    assert sorted(kept) == best.tolist()


def test_a_larger_max_features_than_there_are_names_is_no_limit():
    every = fit_vocabulary(["oh no"], (1, 2), 1, None).names
    assert fit_vocabulary(["oh no"], (1, 2), 1, 10**6).names == every


@examples
@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_names_tokenise_to_themselves_and_find_the_same_places(texts):
    fitted = fit_vocabulary(texts, (1, 3), 1, None)
    for name in fitted.names:
        words = [word for word in name.split(" ") if word != "<s>"]
        assert [t for t, _, _ in reference.tokenize(" ".join(words))] == words
    read = NgramVocabulary(fitted.names)  # from names alone, as a loaded model
    table = tokenize(texts)
    for mine, theirs in zip(read.find(table), fitted.find(table), strict=True):
        assert mine.tolist() == theirs.tolist()


def test_each_occurrence_is_found_where_it_starts():
    vocabulary = NgramVocabulary(["no", "oh no", "no <s>"])
    at, column = vocabulary.find(tokenize(["Oh no no", "no"]))
    # Stream: edge oh no no edge no edge
    assert sorted(zip(at.tolist(), column.tolist(), strict=True)) == [
        *((1, 1), (2, 0), (3, 0), (3, 2)),
        *((5, 0), (5, 2)),
    ]


def test_a_run_over_two_texts_is_not_found():
    vocabulary = NgramVocabulary(["oh no"])
    assert vocabulary.find(tokenize(["oh", "no"]))[0].tolist() == []


def test_the_order_of_a_column_is_its_number_of_tokens():
    vocabulary = NgramVocabulary(["no", "!", "oh no", "<s> oh", "oh no !"])
    assert vocabulary.order_of(np.arange(5)).tolist() == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("texts", [["", " "], ["once", "twice"]])
def test_a_vocabulary_may_be_empty(texts):
    vocabulary = fit_vocabulary(texts, (1, 3), 2, None)
    assert vocabulary.names == []
    assert vocabulary.find(tokenize(["once"]))[0].tolist() == []


def test_more_names_than_a_batch_are_all_found():
    names = sorted(f"w{i}" for i in range(3_000))
    vocabulary = NgramVocabulary(names)
    _, column = vocabulary.find(tokenize([" ".join(names)]))
    assert column.tolist() == list(range(3_000))
