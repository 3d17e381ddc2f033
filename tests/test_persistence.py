"""Models survive the disk: same predictions, no program inside, no half states."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from empathykit import EmpathyClassifier, load_model, save_model
from empathykit.persistence import find_model, read_card

FROZEN = Path(__file__).parent / "data" / "models" / "format-1"
TEXTS = ["so sorry!", "you are upset", "order 12 ships", "so sad", "why upset?", "ok 3"]
LEXICON = """
[[cue]]
name = "sorry"
construct = "S1"
patterns = ["so ~1 sorry"]
examples = ["so sorry", "so very sorry"]
counter_examples = ["sorry", "so"]
source = "invented"
"""


def fit(labels, **settings):
    plain = {"min_df": 1, "cues": None, "calibration_folds": 2}
    return EmpathyClassifier(**plain | settings).fit(TEXTS * 2, labels * 2)


@pytest.fixture(scope="module")
def model():
    return fit(["s", "e", "n"] * 2)


@pytest.fixture(scope="module")
def other():
    return fit(["s", "e", "n"] * 2, C=30.0)


@pytest.fixture
def folder(model, tmp_path):
    return save_model(model, tmp_path / "mine")


def check_same(model, copy):
    texts = [*TEXTS, "so very sorry", "", "123"]
    assert (copy.predict_proba(texts) == model.predict_proba(texts)).all()
    assert copy.predict(texts).tolist() == model.predict(texts).tolist()
    assert copy.classes_.dtype == model.classes_.dtype
    assert (copy.coef_ == model.coef_).all()
    assert copy.temperature_ == model.temperature_
    assert copy.n_texts_ == model.n_texts_


@pytest.mark.parametrize(
    "labels",
    [
        ["a", "b", "c"],
        [1, -1, 20],
        [True, False, True],
        [1.0, 2.0, 3.0],
        ["ärger", "好", "\N{GRINNING FACE}"],
        [np.uint8(1), np.uint8(2), np.uint8(1)],
    ],
)
@pytest.mark.parametrize("series", [False, True])
def test_any_labels_come_back(labels, series, tmp_path):
    y = pd.Series(labels * 4) if series else np.array(labels * 4)
    model = EmpathyClassifier(min_df=1, cues=None, calibration_folds=2)
    model.fit(TEXTS * 2, y)
    copy = load_model(save_model(model, tmp_path / "m"))
    check_same(model, copy)
    assert [type(c) for c in copy.classes_] == [type(c) for c in model.classes_]


@pytest.mark.parametrize(
    "settings",
    [
        {"ngram_range": (2, 3)},
        {"class_weight": "balanced"},
        {"class_weight": {1: 2.0, 2: 1.0, 10: 0.5}},
        {"max_features": 3},
        {"cues": "en", "cue_weight": 2.0},
        {"cues": "en", "min_df": 99},  # no n-gram at all
        {"min_df": np.int64(1), "C": np.float64(0.3)},
        {"ngram_range": (np.int64(1), np.int64(2))},
    ],
)
def test_settings_come_back(settings, tmp_path):
    model = fit([1, 2, 10] * 2, **settings)
    copy = load_model(save_model(model, tmp_path / "m"))
    check_same(model, copy)
    assert copy.get_params() == model.get_params()


def test_a_loaded_model_can_be_fitted_again(folder, model):
    again = load_model(folder).fit(TEXTS * 2, ["s", "e", "n"] * 4)
    check_same(model, again)


@pytest.mark.parametrize("kind", [str, Path])
def test_own_cues_live_in_the_model(tmp_path, kind):
    lexicon = tmp_path / "cues.toml"
    lexicon.write_text(LEXICON, encoding="utf-8")
    model = fit(["s", "e", "n"] * 2, cues=kind(lexicon))
    save_model(model, tmp_path / "m")
    lexicon.unlink()
    copy = load_model(tmp_path / "m")
    check_same(model, copy)
    assert copy.featurizer_.get_feature_names_out()[-1] == "cue:sorry"
    proba = copy.predict_proba(["so very sorry", "very sorry so"])
    assert proba[0].tolist() != proba[1].tolist()


def test_the_best_model_of_a_search_can_be_saved(tmp_path):
    grid = {"C": np.logspace(-1, 1, 2), "min_df": np.arange(1, 3)}
    plain = EmpathyClassifier(cues=None, calibration_folds=0)
    search = GridSearchCV(plain, grid, cv=2, error_score="raise")
    search.fit(TEXTS * 2, ["a", "b"] * 6)
    best = search.best_estimator_
    check_same(best, load_model(save_model(best, tmp_path / "m")))


def test_parameters_set_after_the_fit_do_not_reach_the_copy(tmp_path):
    (tmp_path / "cues.toml").write_text(LEXICON, encoding="utf-8")
    model = fit(["s", "e", "n"] * 2, cues=tmp_path / "cues.toml", cue_weight=8.0)
    model.set_params(cue_weight=1.0, ngram_range=(1, 1))
    check_same(model, load_model(save_model(model, tmp_path / "m")))


def test_the_folder_holds_three_files_and_no_pickle(folder):
    names = ["README.md", "config.json", "model.safetensors"]
    assert sorted(path.name for path in folder.iterdir()) == names
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["format"] == 2
    assert config["classes"] == ["e", "n", "s"]
    arrays = load_file(folder / "model.safetensors")
    assert not [a.dtype for a in arrays.values() if a.dtype.kind == "O"]


def test_metrics_and_card_are_kept(model, tmp_path):
    metrics = {"macro_f1": [0.5, 0.4, 0.6], 2: "two", 10: None}
    folder = save_model(model, tmp_path / "m", metrics=metrics, card="# Mine é\n")
    assert read_card(folder) == "# Mine é\n"
    check_same(model, load_model(folder))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["metrics"]["macro_f1"] == [0.5, 0.4, 0.6]


def test_a_plain_card_names_classes_and_metrics(model, tmp_path):
    card = read_card(save_model(model, tmp_path / "m", metrics={"kappa": 0.61}))
    assert "e, n, s" in card
    assert "kappa: 0.61" in card


def test_the_same_model_gives_the_same_bytes(model, tmp_path):
    one, two = (save_model(model, tmp_path / name) for name in "ab")
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()


def test_load_model_without_argument_is_the_shipped_one(shipped_model):
    model = load_model()
    assert model.classes_.tolist() == ["empathy", "neutral", "sympathy"]
    assert model.predict(["My condolences, I'm so sorry."]).tolist() == ["sympathy"]
    assert (load_model("default").coef_ == shipped_model.coef_).all()
    assert find_model(None) == find_model("default")


def test_the_frozen_model_of_format_1_predicts_as_ever():
    expected = json.loads((FROZEN / "expected.json").read_text(encoding="utf-8"))
    model = load_model(FROZEN)
    assert model.classes_.tolist() == expected["classes"]
    proba = model.predict_proba(expected["texts"])
    np.testing.assert_allclose(proba, expected["probabilities"], atol=1e-6)
    names = model.featurizer_.get_feature_names_out().tolist()
    assert [name for name in names if name.startswith("cue:")] == expected["cues"]
    assert model.get_params()["class_weight"] == {"empathy": 2.0}


def test_an_unfitted_model_is_not_saved(tmp_path):
    with pytest.raises(NotFittedError, match="EmpathyClassifier"):
        save_model(EmpathyClassifier(), tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_saving_again_replaces_the_model(folder, other):
    assert save_model(other, folder) == folder
    check_same(other, load_model(folder))
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def test_an_empty_folder_and_new_parents_are_fine(model, tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("empty", "new/parents/m"):
        check_same(model, load_model(save_model(model, tmp_path / name)))


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "README.md", "sub/x"])
def test_a_folder_with_other_files_is_left_alone(name, model, tmp_path):
    path = tmp_path / "m" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="holds other files than a model"):
        save_model(model, tmp_path / "m")
    assert path.read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_model_with_other_files_beside_it_is_left_alone(folder, model, other):
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"notes\.txt"):
        save_model(other, folder)
    assert (folder / "notes.txt").read_text() == "mine"
    check_same(model, load_model(folder))


@pytest.mark.parametrize("name", ["notes.txt", "config.json"])
def test_a_file_is_not_replaced_by_a_folder(name, model, tmp_path):
    (tmp_path / name).write_text("mine")
    with pytest.raises(FileExistsError, match=name):
        save_model(model, tmp_path / name)
    assert (tmp_path / name).read_text() == "mine"
