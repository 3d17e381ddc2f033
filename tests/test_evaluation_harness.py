"""Models measured on tasks: what is fitted, what is refused, what the figures are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import f1_score

from empathykit import EmpathyClassifier
from empathykit.corpora import load_corpus
from empathykit.evaluation import (
    Protocol,
    evaluate,
    find_peer,
    find_task,
    list_peers,
    register_task,
)
from empathykit.evaluation.rationale_task import find_quotes, token_spans
from empathykit.evaluation.tasks import _OWN

ROWS = [
    {"text": f"it is {label} {k}", "label": label, "talk": k, "from": "xy"[k % 2]}
    for k in range(30)
    for label in ("good", "bad")
]


class Spy(ClassifierMixin, BaseEstimator):
    """Knows the label from the text, and tells a list what it was fitted on."""

    def __init__(self, seen=None):
        self.seen = seen

    def __sklearn_clone__(self):
        return Spy(self.seen)  # the list is shared

    def fit(self, X, y):
        self.seen.append(list(X))
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.array([self.classes_ == text.split()[2] for text in X], float)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("empathykit.evaluation.metrics.N_RESAMPLES", 50)
    yield
    _OWN.clear()


@pytest.fixture
def own():
    return register_task("mine", ROWS, group="talk", n_folds=3, by="from")


def test_a_model_is_fitted_on_the_train_part_of_every_split(own):
    seen = []
    (row,) = evaluate(Spy(seen), own).rows
    assert [len(texts) for texts in seen] == [40, 40, 40]
    assert row.main.value == 1
    assert (row.main.n, row.n_splits, row.model) == (60, 3, "Spy")
    assert row.by == {key: {"accuracy": 1.0, "n": 30} for key in "xy"}


def test_a_fitted_model_is_measured_as_it_is(own):
    seen = []
    model = Spy(seen).fit(["it is good 1", "it is bad 2"], ["good", "bad"])
    assert evaluate(model, own).rows[0].main.value == 1
    assert len(seen) == 1


def test_texts_predicted_in_several_rounds_count_once():
    task = register_task("mine", ROWS, n_folds=2, rounds=3)
    (row,) = evaluate("majority", task).rows
    assert row.main.n == 60
    assert row.n_splits == 6


def test_figures_are_those_of_the_predictions(tiny_model):
    rows = [r for r in load_corpus("triads") if r["split"] == "test"]
    said = tiny_model.predict([r["text"] for r in rows])
    expected = f1_score([r["label"] for r in rows], said, average="macro")
    (row,) = evaluate(tiny_model, "triads").rows
    assert row.main.value == pytest.approx(expected)
    assert row.main.n == len(rows)
    assert row.main.low < row.main.value < row.main.high
    assert sum(cell["n"] for cell in row.by.values()) == len(rows)


def test_models_by_name_and_several_tasks(own):
    asked = []
    models = {"prior": DummyClassifier(), "peer": find_peer("tf-idf")}
    results = evaluate(models, ["mine", own], say=asked.append)
    assert [row.model for row in results.rows] == ["prior", "peer"] * 2
    assert asked[:2] == ["prior on mine", "peer on mine"]
    assert results.rows[1].main.value > results.rows[0].main.value


def test_the_same_seed_gives_the_same_figures(own):
    def scores(seed):
        rows = evaluate(["tf-idf", "empathykit"], own, seed=seed).rows
        return [row.scores for row in rows]

    assert scores(3) == scores(3)


@pytest.mark.parametrize(
    ("models", "task", "message"),
    [
        ("majority", "triad", "Closest: triads"),
        ("majorty", "triads", "Closest: majority"),
        ([DummyClassifier(), DummyClassifier()], "triads", "pass a dict"),
    ],
)
def test_unknown_names_are_told(models, task, message):
    with pytest.raises(ValueError, match=message):
        evaluate(models, task)


def test_labels_that_a_task_lacks_are_told(own, tiny_model):
    with pytest.raises(ValueError, match=r"'empathy'.*cannot be right"):
        evaluate(tiny_model, own)


def test_a_model_that_lacks_a_label_gives_it_nothing(own):
    model = DummyClassifier(strategy="prior").fit(["a"], ["good"])
    (row,) = evaluate(model, own).rows
    assert row.scores["accuracy"].value == 0.5


@pytest.fixture
def numbers():
    words = ("bad", "so so", "good", "very good")
    rows = tuple({"text": words[k % 4], "label": float(k % 4)} for k in range(40))
    return replace(
        register_task("mine", ROWS),
        kind="values",
        metric="pearson",
        protocol=Protocol("folds", n_splits=4),
        rows=rows,
    )


def test_values_are_predicted_by_regressors_alone(numbers):
    models = {name: find_peer(name) for name in ("tf-idf", "empathykit", "cues")}
    results = evaluate(models | {"c": DummyClassifier()}, numbers)
    assert [row.model for row in results.rows] == ["tf-idf", "empathykit"]
    assert results.rows[1].main.value > 0.8


def test_a_regressor_of_ones_own(numbers):
    fitted = DummyRegressor().fit(["a"], [1.0])
    (row,) = evaluate({"mine": fitted}, numbers).rows
    assert np.isnan(row.main.value)  # all predictions are equal


@pytest.mark.parametrize("name", ["majority", "cues", "tf-idf", "nb-svm", "empathykit"])
def test_peers_on_the_bundled_task(name):
    (row,) = evaluate(name, "triads").rows
    floor = {"majority": 0.1, "cues": 0.5}.get(name, 0.7)
    assert floor < row.main.value < 0.95


def test_cue_rules_know_three_labels_only(own):
    assert evaluate("cues", own).rows == ()


def test_peers_are_listed_with_what_they_are():
    assert {p.name for p in list_peers()} >= {"fasttext", "vader+nrclex", "minilm"}
    assert all(
        peer.description and (peer.labels or peer.values) for peer in list_peers()
    )


def _missing(module):
    name = module.partition(".")[0]
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize("name", ["fasttext", "vader+nrclex", "minilm", "setfit"])
def test_a_peer_whose_package_is_missing_says_what_to_install(name, own, monkeypatch):
    monkeypatch.setattr("empathykit._checks.import_module", _missing)
    with pytest.raises(ImportError, match=r"empathykit\[bench\]"):
        evaluate(name, own)


def test_behaviour_is_a_task():
    (row,) = evaluate("cues", "behaviour").rows
    assert 0.3 < row.main.value <= 1
    assert len(row.scores) > 8


def test_quotes_are_found_as_tokens():
    text = "Oh no. I'm so sorry, Ann!"
    (span,) = find_quotes(text, ["I'm so sorry"])
    assert text[slice(*span)] == "I'm so sorry"
    assert token_spans(text, [span]) == [(3, 6)]
    assert find_quotes(text, ["never said"]) == []


def test_rationales_need_a_model_of_sentences():
    rows = []
    for k in range(20):
        sorry = f"I am so sorry. Form {k} is online."
        rows.append(
            {"text": sorry, "er": 1, "rationales": {"er": [sorry.split(". ")[0]]}}
        )
        rows.append({"text": f"Form {k} is online.", "er": 0, "rationales": {"er": []}})
    task = replace(
        find_task("epitome-rationales"),
        rows=tuple(rows),
        protocol=Protocol("folds", n_splits=2),
    )
    (row,) = evaluate(["empathykit", "tf-idf"], task).rows
    assert row.model == "empathykit"
    assert row.main.value > 0.9


def test_an_unfitted_classifier_of_ours_can_be_passed(own):
    (row,) = evaluate(EmpathyClassifier(min_df=1, calibration_folds=3), own).rows
    assert row.model == "EmpathyClassifier"
    assert row.main.value > 0.9
