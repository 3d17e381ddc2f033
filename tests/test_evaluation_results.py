"""Results as table, Markdown, JSON and plot."""

from __future__ import annotations

import json
import math

import pytest

from empathykit.evaluation import Result, Results, Score, evaluate


def row(model, value, task="triads"):
    score = Score(value, round(value - 0.1, 4), round(value + 0.1, 4), 1066)
    scores = {"macro_f1": score, "accuracy": score}
    return Result(task, 1, model, "macro_f1", scores, {"plain": {"accuracy": 1.0}}, 1)


@pytest.fixture
def results():
    rows = (row("a", 0.5), row("b", 0.7), row("b", 0.6, "epitome-er-random"))
    return Results(rows, {"seed": 0})


def test_frame(results):
    frame = results.to_frame()
    assert list(frame) == ["task", "model", "metric", "value", "low", "high", "n"]
    assert len(frame) == 6
    assert frame.query("model == 'a' and metric == 'macro_f1'").value.item() == 0.5


def test_markdown_has_the_best_first_and_published_rows_apart(results):
    text = results.to_markdown()
    assert text == str(results)
    assert "| b | 0.700 | 0.600–0.800 | 1,066 |" in text
    assert text.index("| b | 0.700") < text.index("| a | 0.500")
    published = next(line for line in text.splitlines() if "*0.764*" in line)
    assert published.endswith("| published | |")
    assert "not published" in text  # how comparable the row is


def test_json_comes_back(results, tmp_path):
    path = tmp_path / "results.json"
    text = results.to_json(path)
    assert path.read_text(encoding="utf-8") == text
    assert Results.from_json(path) == results


def test_a_run_is_described(tmp_path):
    whole = json.loads(evaluate("majority", "triads", seed=4).to_json())
    run = whole["run"]
    assert run["seed"] == 4
    assert run["versions"].keys() >= {"empathykit", "numpy", "scikit-learn"}
    assert len(whole["rows"][0]["checksum"]) == 64
    assert "cores" in run["machine"]


def test_figures_without_value_are_null_in_json(tmp_path):
    score = Score(math.nan, math.nan, math.nan, 3)
    one = Result("triads", 1, "a", "macro_f1", {"macro_f1": score}, {}, 1)
    path = tmp_path / "r.json"
    text = Results((one,), {}).to_json(path)
    assert json.loads(text, parse_constant=pytest.fail)
    assert math.isnan(Results.from_json(path).rows[0].main.value)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 9}', '{"format": 1}'])
def test_other_files_are_refused(tmp_path, text):
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"results\.json: not results of a benchmark"):
        Results.from_json(path)


def test_later_rows_replace_earlier_ones(results):
    merged = results.merge(Results((row("a", 0.9), row("c", 0.1)), {"seed": 1}))
    found = {(r.task, r.model): r.main.value for r in merged.rows}
    assert found["triads", "a"] == 0.9
    assert len(found) == 4
    assert merged.run == {"seed": 1}


def test_plot_shows_one_task(results):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    display = results.plot()
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert set(names) == {"a", "b"}
    with pytest.raises(ValueError, match="task must be one of"):
        results.plot("nothing")


def test_a_notebook_shows_a_table(results):
    assert results._repr_html_().count("<tr") == 4  # the main metric alone
