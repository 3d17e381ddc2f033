"""``empathykit score``: what is written, where, and that bad input leaves nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import sys

import pytest

from empathykit.cli import main

CLASSES = ["empathy", "neutral", "sympathy"]
NEW = ["label", *(f"p_{name}" for name in CLASSES)]
COMMAND = [sys.executable, "-m", "empathykit", "score"]
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such thing")


@pytest.fixture
def model(tiny_folder):
    return str(tiny_folder)


@pytest.fixture
def run(cli, model):
    """Score and return exit code, standard output and standard error."""
    return lambda *args: cli("score", *args, "--model", model)


def parse(text, format_):
    if format_ == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    delimiter = {"csv": ",", "tsv": "\t"}[format_]
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_columns_are_kept_in_order_and_the_new_ones_follow(run, write, tiny_model):
    path = write("a.csv", "id,text,who\n7,I'm so sorry to hear that.,Ann\n8,Hello,\n")
    code, out, err = run(path)
    rows = parse(out, "csv")
    assert (code, err) == (0, "")
    assert list(rows[0]) == ["id", "text", "who", *NEW]
    assert [(r["id"], r["who"]) for r in rows] == [("7", "Ann"), ("8", "")]
    proba = tiny_model.predict_proba([r["text"] for r in rows])
    for row, expected in zip(rows, proba, strict=True):
        shares = [float(row[name]) for name in NEW[1:]]
        assert shares == pytest.approx(expected, abs=6e-5)
        assert sum(shares) == pytest.approx(1, abs=2e-4)
        assert row["label"] == CLASSES[shares.index(max(shares))]


@pytest.mark.parametrize("columns", [["label"], ["label", "input_label", "p_neutral"]])
def test_columns_named_like_new_ones_are_kept_under_another_name(run, write, columns):
    header = ["text", *columns]
    cells = ["Hello", *(f"old {name}" for name in columns)]
    code, out, _ = run(write("a.csv", f"{','.join(header)}\n{','.join(cells)}\n"))
    (row,) = parse(out, "csv")
    assert code == 0
    assert len(row) == len(header) + len(NEW)
    assert row["input_label"].startswith("old ")
    assert row["label"] in CLASSES
    assert list(row.values())[: len(cells)] == cells


def test_scoring_twice_loses_no_column(run, write):
    once = run(write("a.csv", "text,label\nHello,mine\n"))[1]
    twice = run(write("b.csv", once))[1]
    (row,) = parse(twice, "csv")
    assert "mine" in row.values()
    assert len(row) == 2 + 2 * len(NEW)


def test_awkward_cells_come_out_as_they_went_in(run, write):
    texts = ['"no", she said', "two\r\nlines\n", "a\rb", "😀\t‘é’", "", " , "]
    table = io.StringIO(newline="")
    csv.writer(table).writerows([["text", "n"], *([t, t] for t in texts)])
    code, out, _ = run(write("a.csv", "\ufeff" + table.getvalue()))
    assert code == 0
    assert [(r["text"], r["n"]) for r in parse(out, "csv")] == [(t, t) for t in texts]


def test_json_values_stay_what_they_are(run, write):
    line = r'{"a": {"b": [1, null]}, "text": "caf\u00e9 \ud800 \ud83d\ude00"}'
    code, out, _ = run(write("a.jsonl", line))
    (row,) = parse(out, "jsonl")
    assert code == 0
    assert list(row) == ["a", "text", *NEW]
    assert (row["a"], row["text"]) == ({"b": [1, None]}, "café \ud800 😀")
    assert "é" in out
    code, out, _ = run(write("a.jsonl", line), "--format", "csv")
    assert parse(out, "csv")[0]["a"] == '{"b": [1, null]}'


def test_a_table_cannot_silently_lose_a_key_of_a_later_row(run, write, tmp_path):
    path = write("a.jsonl", '{"text": "a"}\n{"text": "b", "extra": 1}\n')
    code, _, err = run(path, "-o", tmp_path / "out.csv")
    assert code == 2
    assert "extra" in err
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("a.txt", [], "tsv"),
        ("a.csv", [], "csv"),
        ("a.tsv", [], "tsv"),
        ("a.jsonl", [], "jsonl"),
        ("a.csv", ["--format", "jsonl"], "jsonl"),
        ("a.jsonl", ["-o", "out.csv"], "csv"),
        ("a.csv", ["-o", "out.TSV"], "tsv"),
        ("a.csv", ["-o", "out.txt"], "csv"),
        ("a.txt", ["-o", "out"], "tsv"),
        ("a.csv", ["-o", "out.tsv", "--format", "jsonl"], "jsonl"),
    ],
)
def test_the_output_format(run, write, monkeypatch, tmp_path, name, options, expected):
    monkeypatch.chdir(tmp_path)
    data = {"a.txt": "Hi", "a.jsonl": '{"text": "Hi"}'}.get(name, "text\nHi")
    code, out, _ = run(write(name, data), *options)
    if "-o" in options:
        assert out == ""
        out = (tmp_path / options[1]).read_text(encoding="utf-8")
    assert code == 0
    (row,) = parse(out, expected)
    assert (list(row), row["text"]) == (["text", *NEW], "Hi")


@pytest.mark.parametrize(
    ("data", "options", "expected"),
    [
        ("Hi\nHo", [], "tsv"),
        ('{"text": "Hi"}\n{"text": "Ho"}', [], "jsonl"),
        ("text,n\nHi,1\nHo,2", [], "csv"),
        ("n\ttext\n1\tHi\n2\tHo", [], "tsv"),
        ("text\nHi\nHo", ["--input-format", "csv"], "csv"),
        ("n,reply\n1,Hi\n2,Ho", ["--text-column", "reply"], "csv"),
    ],
)
def test_standard_input(run, monkeypatch, data, options, expected):
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(data.encode())))
    monkeypatch.setattr(sys, "stdin", stdin)
    code, out, _ = run("-", *options)
    rows = parse(out, expected)
    column = "reply" if "reply" in options else "text"
    assert (code, [row[column] for row in rows]) == (0, ["Hi", "Ho"])


def test_input_format_outranks_the_suffix(run, write):
    code, out, _ = run(write("a.txt", "text\nHi\n"), "--input-format", "csv")
    assert (code, [row["text"] for row in parse(out, "csv")]) == (0, ["Hi"])


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
def test_an_empty_file_gives_an_empty_file(run, write, tmp_path, name):
    assert run(write(name, ""), "-o", tmp_path / "out.csv") == (0, "", "")
    assert (tmp_path / "out.csv").read_text() == ""


def test_skipping_writes_all_good_rows_and_warns_of_the_others(run, write, tmp_path):
    lines = ["one", "\udcff", "two", "\udcff", "three"]
    path = write("a.txt", "\n".join(lines).encode(errors="surrogateescape"))
    code, _, err = run(path, "--on-error", "skip", "-o", tmp_path / "out.jsonl")
    rows = parse((tmp_path / "out.jsonl").read_text(), "jsonl")
    assert (code, [row["text"] for row in rows]) == (0, ["one", "two", "three"])
    warnings = err.splitlines()
    assert [w.partition(": is not")[0] for w in warnings] == [
        f"empathykit: skipped {path}, line {n}" for n in (2, 4)
    ]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["missing.txt"], "missing.txt"),
        (["."], "directory"),
        (["a.txt", "--wrong"], "--wrong"),
        (["a.txt", "--format", "xml"], "xml"),
        (["a.txt", "--on-error", "ignore"], "ignore"),
        (["a.txt", "-o", "missing/out.csv"], f"missing{os.sep}out.csv"),
        (["a.csv", "--text-column", "reply"], "'reply'"),
        ([], "file"),
    ],
)
def test_wrong_use_ends_with_2(run, write, monkeypatch, tmp_path, args, said):
    monkeypatch.chdir(tmp_path)
    write("a.txt", "Hi\n")
    write("a.csv", "text\nHi\n")
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert said in err
    assert {p.name for p in tmp_path.iterdir()} == {"a.txt", "a.csv"}


def test_an_unknown_model_ends_with_2(write, capsys):
    assert main(["score", str(write("a.txt", "Hi")), "--model", "no-such"]) == 2
    assert "no-such: no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["1.5", "-1", "often"])
def test_a_confidence_out_of_range_is_refused(cli, write, value):
    path = write("in.txt", "Oh dear.\n")
    code, out, err = cli("score", path, f"--min-confidence={value}")
    assert (code, out) == (2, "")
    assert f"must be from 0 to 1; got {value}" in err


def test_unsure_labels_are_called_uncertain(cli, write):
    path = write(
        "in.txt", "I'm so sorry to hear that.\nHm, it is what it is for you.\n"
    )
    code, sure, _ = cli("score", path)
    assert (code, "uncertain" in sure) == (0, False)
    code, out, _ = cli("score", path, "--min-confidence", "0.999999")
    assert code == 0
    assert [line.split("\t")[1] for line in out.splitlines()[1:]] == ["uncertain"] * 2
