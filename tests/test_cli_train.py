"""``empathykit train``: held-out quality, a saved model, and data that will not do."""

from __future__ import annotations

import csv
import json
import re
from itertools import product

import pytest

from empathykit import EmpathyClassifier, load_model
from empathykit.evaluation import metrics

# 5 openings, 5 middles and an end per class give 25 rows a class.
OPENINGS = ["Hi.", "Okay,", "Right,", "Thanks,", "Well,"]
MIDDLES = {
    "praise": ["great work", "lovely idea", "what a win", "bravo", "so well done"],
    "blame": ["bad work", "poor idea", "what a mess", "shame", "so badly done"],
}
ENDS = {"praise": "keep it up!", "blame": "do it over."}
FAST = ["--cues", "none", "--folds", "2"]


@pytest.fixture
def run(cli):
    return cli


def labelled():
    """Rows of text, label and customer; each customer wrote five texts a class."""
    for label, middles in MIDDLES.items():
        for (n, opening), middle in product(enumerate(OPENINGS), middles):
            yield f"{opening} {middle}, {ENDS[label]}", label, f"customer {n}"


def save(path, rows, header=("text", "label", "who")):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch):
    """A thousand per metric, as users get, take seconds."""
    monkeypatch.setattr(metrics, "N_RESAMPLES", 50)


@pytest.fixture
def data(tmp_path):
    return save(tmp_path / "data.csv", labelled())


def test_train_prints_held_out_quality_and_saves_a_model(run, data, tmp_path):
    code, out, err = run("train", data, "-o", tmp_path / "model", "--folds", "3")
    assert (code, err) == (0, "")
    value = r"(\d\.\d{3}) \((\d\.\d{3})–(\d\.\d{3})\)  n = 50"
    for name in ("accuracy", "macro_f1", "kappa"):
        (found,) = re.findall(rf"^{name} +{value}$", out, re.MULTILINE)
        middle, low, high = map(float, found)
        assert 0.8 < low <= middle <= high <= 1
    assert "3 folds, seed 0" in out
    model = load_model(tmp_path / "model")
    assert model.classes_.tolist() == ["blame", "praise"]
    new = ["Oh, what a mess, do it over.", "Oh, bravo, keep it up!"]
    assert model.predict(new).tolist() == ["blame", "praise"]
    config = json.loads((tmp_path / "model" / "config.json").read_text())
    assert config["metrics"]["accuracy"]["n"] == 50
    assert config["metrics"]["protocol"] == "3-fold cross-validation, seed 0"


def test_train_takes_other_columns_formats_and_settings(run, tmp_path):
    lines = [json.dumps({"reply": t, "kind": y}) + "\n" for t, y, _ in labelled()]
    path = tmp_path / "data.jsonl"
    path.write_text("".join(lines))
    columns = ["--text-column", "reply", "--label-column", "kind"]
    settings = [*FAST, "--C", "0.5", "--min-df", "3", "--balanced", "--seed", "7"]
    assert run("train", path, "-o", tmp_path / "m", *columns, *settings)[0] == 0
    found = load_model(tmp_path / "m").get_params()
    expected = {"C": 0.5, "min_df": 3, "class_weight": "balanced", "cues": None}
    assert {k: found[k] for k in expected} == expected
    assert found["random_state"] == 7


@pytest.mark.parametrize("options", [[], ["--group-column", "who"]])
def test_a_group_is_never_cut_by_a_fold(run, data, tmp_path, monkeypatch, options):
    group = {text: who for text, _, who in labelled()}
    learned = []

    def fit(self, X, y, sample_weight=None):
        learned.append(set(X))
        return original(self, X, y, sample_weight)

    original = EmpathyClassifier.fit
    monkeypatch.setattr(EmpathyClassifier, "fit", fit)
    assert run("train", data, "-o", tmp_path / "m", *FAST, *options)[0] == 0
    *folds, last = learned
    assert (len(folds), last) == (2, set(group))
    cut = [
        {group[t] for t in texts} & {group[t] for t in set(group) - texts}
        for texts in folds
    ]
    assert all(map(bool, cut)) is (not options)
    assert any(map(bool, cut)) is (not options)


def test_training_again_replaces_the_model(run, data, tmp_path):
    for seed in ("1", "2"):
        assert run("train", data, "-o", tmp_path / "m", *FAST, "--seed", seed)[0] == 0
    assert load_model(tmp_path / "m").random_state == 2


ROWS = list(labelled())


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([], [], "no labelled row"),
        (ROWS[:25], [], "two classes"),
        (ROWS[:26], [], r"2 folds and \{'blame': 1, 'praise': 25\}"),
        (ROWS, ["--folds", "1"], "1 folds"),
        (ROWS, ["--folds", "26"], "26 folds"),
        ([*ROWS, ("Hi", "", "Ann")], [], "line 52: needs 'label'"),
        (ROWS, ["--label-column", "kind"], "line 2: needs 'kind'"),
        ([*ROWS, ("Hi", "blame", "")], ["--group-column", "who"], "52: needs 'who'"),
        (ROWS, ["--group-column", "label"], "two classes|lacks a class"),
        ([*ROWS, ("Hi", "blame")], [], "line 52: has 2 cells"),
        (ROWS, ["--text-column", "reply"], "line 1: needs a column 'reply'"),
        (ROWS, ["--C", "-1"], "C"),
        (ROWS, ["--C", "much"], "--C"),
        (ROWS, ["--cues", "no-such.toml"], "no-such.toml"),
    ],
)
def test_data_that_cannot_be_learned_from(run, tmp_path, rows, options, said):
    path = save(tmp_path / "data.csv", rows)
    code, _, err = run("train", path, "-o", tmp_path / "m", *FAST, *options)
    assert code == 2
    assert re.search(said, err)
    assert not (tmp_path / "m").exists()


def test_a_folder_with_other_files_is_not_touched(run, data, tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "thesis.txt").write_text("years of work")
    code, _, err = run("train", data, "-o", tmp_path / "m", *FAST)
    assert code == 2
    assert "holds other files" in err
    assert [p.name for p in (tmp_path / "m").iterdir()] == ["thesis.txt"]


def test_train_needs_an_output(run, data):
    code, _, err = run("train", data)
    assert code == 2
    assert "--output" in err
