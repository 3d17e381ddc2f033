"""``empathykit bench`` and ``empathykit evaluate``."""

from __future__ import annotations

import json
import re

import pytest
from sklearn.metrics import accuracy_score, precision_score

from empathykit.evaluation import Results

HEADER = "text,label,talk\n"


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch):
    monkeypatch.setattr("empathykit.evaluation.metrics.N_RESAMPLES", 50)


def test_bench_prints_tables_and_writes_results(cli, tmp_path, tiny_folder):
    out_file = tmp_path / "results.json"
    models = f"majority,cues,shipped,{tiny_folder}"
    code, out, err = cli(
        "bench", "--tasks", "triads,triads-hard", "--models", models, "--out", out_file
    )
    assert (code, err) == (0, "")
    results = Results.from_json(out_file)
    assert [row.task for row in results.rows] == ["triads"] * 4 + ["triads-hard"] * 4
    assert [row.model for row in results.rows[:4]] == models.split(",")
    assert out.strip() == results.to_markdown()
    assert results.rows[2].main.value > results.rows[0].main.value


def test_bench_twice_gives_the_same_figures(cli, tmp_path):
    found = []
    for name in ("a.json", "b.json"):
        path = tmp_path / name
        cli("bench", "--models", "tf-idf", "--seed", "3", "--out", path)
        whole = json.loads(path.read_text())
        found.append([row["scores"] for row in whole["rows"]])
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tasks", "triad"], "Closest: triads"),
        (["--models", "minlm"], "Closest: minilm"),
        (["--tasks", "epitome-er", "--root", "."], "epitome"),
        (["--tasks", ","], "--tasks must name at least one"),
        (["--models", ""], "--models must name at least one"),
    ],
)
def test_bench_says_what_is_wrong(cli, tmp_path, options, message):
    out_file = tmp_path / "results.json"
    code, out, err = cli("bench", *options, "--out", out_file)
    assert code == 2
    assert (out, err.count("\n")) == ("", 1)
    assert message in err
    assert not out_file.exists()


def test_bench_knows_where_results_go_before_it_works(cli, tmp_path):
    code, out, err = cli("bench", "--out", tmp_path / "no" / "results.json")
    assert (code, out) == (2, "")
    assert "no" in err


def test_evaluate_measures_a_model_on_a_file(cli, write, tiny_folder, tiny_model):
    texts = [
        "I'm so sorry to hear that.",
        "We close at eight.",
        "It is blue.",
        "Shame!",
    ]
    labels = ["sympathy", "neutral", "neutral", "sympathy"]
    rows = "".join(
        f"{t},{y},{k // 2}\n"
        for k, (t, y) in enumerate(zip(texts, labels, strict=True))
    )
    path = write("own.csv", HEADER + rows)
    code, out, err = cli("evaluate", tiny_folder, path, "--group-column", "talk")
    assert (code, err) == (0, "")
    said = tiny_model.predict(texts)
    expected = accuracy_score(labels, said)
    assert re.search(rf"^accuracy +{expected:.3f} \(.*n = 4$", out, re.MULTILINE)
    precision = precision_score(labels, said, labels=["sympathy"], average="macro")
    assert re.search(rf"^sympathy +precision {precision:.3f} ", out, re.MULTILINE)
    assert "seed 0" in out


def test_evaluate_reads_standard_names(cli, write):
    path = write("own.jsonl", '{"said": "Poor you!", "is": "sympathy"}\n')
    options = ["--text-column", "said", "--label-column", "is"]
    code, out, _ = cli("evaluate", "default", path, *options)
    assert code == 0
    assert re.search(r"^accuracy +1\.000", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("text,label\nPoor you!,pity\n", [], "got ['pity']"),
        ("text,label\nPoor you!,\n", [], "label"),
        ("text,label\n", [], "no labelled row"),
        ("text,label\nOh.,neutral\n", ["--group-column", "talk"], "talk"),
    ],
)
def test_evaluate_says_what_is_wrong(cli, write, content, options, message):
    code, out, err = cli("evaluate", "default", write("own.csv", content), *options)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_evaluate_needs_a_model(cli, write):
    path = write("own.csv", "text,label\nOh.,neutral\n")
    code, _, err = cli("evaluate", "nothing", path)
    assert code == 2
    assert "nothing" in err
