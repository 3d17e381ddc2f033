"""Texts to columns: which n-grams and cues become features, and what they hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from empathykit import EmpathyFeaturizer

LEXICON = """
[[cue]]
name = "so_sorry"
construct = "S1"
patterns = ["so ~1 sorry"]
examples = ["I am so sorry", "so very sorry"]
counter_examples = ["sorry so", "a sorry sight"]
source = "invented"

[[cue]]
name = "upset"
construct = "E1"
patterns = ["upset*"]
examples = ["you are upset", "how upsetting"]
counter_examples = ["set up", "you are fine"]
source = "invented"
"""
WORDLESS = ["", "  ", "!!!", "123", "\N{GRINNING FACE}", "?! 4 , \n\t"]


@pytest.fixture
def lexicon(tmp_path):
    path = tmp_path / "cues.toml"
    path.write_text(LEXICON, encoding="utf-8")
    return path


def make(**settings):
    return EmpathyFeaturizer(**{"min_df": 1, "cues": None} | settings)


def names(featurizer):
    return featurizer.get_feature_names_out().tolist()


def test_words_hold_one_where_they_occur():
    featurizer = make(ngram_range=(1, 1)).fit(["Oh no!", "Oh dear, no."])
    assert names(featurizer) == ["no", "oh", "!", ",", ".", "dear"]
    assert featurizer.transform(["No, no, NO", "dear cat", ""]).toarray().tolist() == [
        [1, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0],
    ]


def test_longer_ngrams_keep_punctuation_and_touch_the_ends():
    assert names(make(ngram_range=(2, 2)).fit(["Oh no!"])) == [
        "! <s>",
        "<s> oh",
        "no !",
        "oh no",
    ]
    assert names(make(ngram_range=(3, 3)).fit(["Oh no!"])) == [
        "<s> oh no",
        "no ! <s>",
        "oh no !",
    ]


def test_edges_match_only_at_the_ends_of_a_text():
    featurizer = make(ngram_range=(2, 2)).fit(["Oh no"])
    assert names(featurizer) == ["<s> oh", "no <s>", "oh no"]
    rows = featurizer.transform(["oh no", "well oh no more", "no", "oh"]).toarray()
    assert rows.tolist() == [[1, 1, 1], [0, 0, 1], [0, 1, 0], [1, 0, 0]]


def test_ngrams_do_not_cross_from_one_text_to_the_next():
    featurizer = make(ngram_range=(2, 2)).fit(["oh no"])
    assert featurizer.transform(["well oh", "no more"]).nnz == 0


def test_ngrams_come_by_length_then_by_frequency_then_by_name():
    featurizer = make(ngram_range=(1, 2)).fit(["b", "b", "c", "a"])
    assert names(featurizer)[:3] == ["b", "a", "c"]
    assert names(featurizer)[3:5] == ["<s> b", "b <s>"]


@pytest.mark.parametrize(
    ("min_df", "kept"),
    [
        (1, ["a", "b", "c"]),
        (2, ["a", "b"]),
        (np.int64(3), ["a"]),
        (0.3, ["a", "b", "c"]),
        (0.5, ["a", "b"]),  # 1.5 of 3 texts, so 2
        (1.0, ["a"]),
    ],
)
def test_min_df_is_a_number_or_a_share_of_texts(min_df, kept):
    texts = ["a b", "a b b", "a c c c"]
    assert names(make(ngram_range=(1, 1), min_df=min_df).fit(texts)) == kept


def test_a_share_is_not_missed_by_rounding():
    texts = ["a b"] * 7 + ["a"] * 93  # 0.07 * 100 is 7.000000000000001
    assert names(make(ngram_range=(1, 1), min_df=0.07).fit(texts)) == ["a", "b"]


def test_max_features_keeps_the_commonest_of_all_lengths():
    texts = ["a b", "a b", "a b c"]
    featurizer = make(ngram_range=(1, 2), max_features=4).fit(texts)
    assert names(featurizer) == ["a", "b", "<s> a", "a b"]


def test_max_features_leaves_the_cues_alone(lexicon):
    featurizer = make(ngram_range=(1, 1), max_features=1, cues=lexicon).fit(["a"])
    assert names(featurizer) == ["a", "cue:so_sorry", "cue:upset"]


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_cues_of_an_own_file_hold_the_cue_weight(lexicon, kind):
    featurizer = make(ngram_range=(1, 1), cues=kind(lexicon), cue_weight=2.5)
    matrix = featurizer.fit(["ok"]).transform(
        ["ok", "So sorry, so very sorry!", "How upsetting, so sorry"]
    )
    assert matrix.toarray().tolist() == [[1, 0, 0], [0, 2.5, 0], [0, 2.5, 2.5]]


def test_without_cues_there_are_ngrams_only():
    assert names(make(ngram_range=(1, 1)).fit(["so sorry"])) == ["so", "sorry"]


def test_bundled_cues_follow_the_ngrams():
    featurizer = make(cues="en", ngram_range=(1, 1)).fit(["hello"])
    first, *cues = names(featurizer)
    assert first == "hello"
    assert len(cues) >= 60
    assert all(name.startswith("cue:") for name in cues)
    assert featurizer.transform(["I'm so sorry to hear that."])[:, 1:].nnz > 0


def test_the_number_of_columns_is_that_of_the_names(lexicon):
    featurizer = make(cues=lexicon).fit(["oh no", "so sorry"])
    width = len(names(featurizer))
    assert featurizer.transform(["x"]).shape == (1, width)
    assert featurizer.n_features_out_ == width


def test_the_matrix_is_canonical_csr():
    featurizer = make(cues="en").fit(["so sorry, so sorry", "c b a"])
    matrix = featurizer.transform(["c b a, so sorry", "", "so sorry so sorry"])
    assert matrix.format == "csr"
    assert matrix.dtype == np.float64
    for row in range(3):
        columns = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        assert (np.diff(columns) > 0).all()


def test_indices_have_32_bits_as_liblinear_and_others_demand():
    matrix = make().fit(["a b"]).transform(["a", "b"])
    assert (matrix.indices.dtype, matrix.indptr.dtype) == (np.int32, np.int32)


@pytest.mark.parametrize("text", WORDLESS)
def test_a_text_without_letters_has_no_feature(text):
    featurizer = make().fit(["Oh!!! 123 ? , 4", "\N{GRINNING FACE} a"])
    assert featurizer.transform([text]).nnz == 0
    bounds = featurizer.transform(["a", text, "a"]).indptr
    assert bounds.tolist() == [0, 2, 2, 4]


def test_no_text_gives_an_empty_matrix():
    assert make().fit(["a"]).transform([]).shape == (0, 3)


def test_batches_join_to_the_same_rows():
    featurizer = make().fit(["a b", "b c"])
    matrix = featurizer.transform(["a b", "b c", "c"] * 1000).toarray()
    assert matrix.shape == (3000, 3 + 6 + 4)
    assert (matrix == np.tile(matrix[:3], (1000, 1))).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text() | st.text("ab!' \n")), st.randoms(use_true_random=False))
def test_a_row_depends_on_its_text_alone(texts, random):
    featurizer = make().fit(["a b! a'b", "b a"])
    order = random.sample(range(len(texts)), len(texts))
    matrix = featurizer.transform(texts).toarray()
    shuffled = featurizer.transform([texts[i] for i in order]).toarray()
    assert (matrix[order] == shuffled).all()


def test_a_generator_is_enough():
    featurizer = make().fit(text for text in ["a b", "b"])
    assert featurizer.transform(iter(["b"])).toarray().sum() == 3  # b, <s> b, b <s>


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"min_df": 0}, "min_df must be .* got 0"),
        ({"min_df": 1.5}, "min_df must be .* got 1.5"),
        ({"min_df": float("nan")}, "min_df must be .* got nan"),
        ({"min_df": "2"}, "min_df must be .* got '2'"),
        ({"ngram_range": (0, 1)}, "ngram_range must be .* got \\(0, 1\\)"),
        ({"ngram_range": (3, 2)}, "ngram_range must be .* got \\(3, 2\\)"),
        ({"ngram_range": (1, 2.0)}, "ngram_range must be"),
        ({"ngram_range": 2}, "ngram_range must be .* got 2"),
        ({"ngram_range": (1, 2, 3)}, "ngram_range must be"),
        ({"max_features": 0}, "max_features must be .* got 0"),
        ({"max_features": 1.5}, "max_features must be .* got 1.5"),
        ({"cue_weight": 0}, "cue_weight must be .* got 0"),
        ({"cue_weight": float("inf")}, "cue_weight must be .* got inf"),
        ({"cue_weight": "8"}, "cue_weight must be .* got '8'"),
    ],
)
def test_a_parameter_out_of_range_is_named(settings, match):
    with pytest.raises((TypeError, ValueError), match=match):
        make(**settings).fit(["a b"])


def test_a_lexicon_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"found no file at .*nowhere\.toml"):
        make(cues="nowhere.toml").fit(["a"])


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(ValueError, match="at least one text"):
        make().fit([])
    with pytest.raises(ValueError, match="no n-gram occurs in 2 of the 2 texts"):
        make(min_df=2).fit(["a", "b"])


@pytest.mark.parametrize("method", ["transform", "get_feature_names_out"])
def test_unfitted_use_is_refused(method):
    arguments = [["a"]] if method == "transform" else []
    with pytest.raises(NotFittedError, match="EmpathyFeaturizer"):
        getattr(make(), method)(*arguments)
