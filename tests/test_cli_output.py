"""Where results go: whole files or none, row by row, a progress bar where wanted."""

from __future__ import annotations

import os
import select
import stat
import subprocess
import sys

import pytest

from empathykit.cli import score

COMMAND = [sys.executable, "-m", "empathykit", "score"]
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such thing")


@pytest.fixture
def model(tiny_folder):
    return str(tiny_folder)


@pytest.fixture
def run(cli, model):
    """Score and return exit code, standard output and standard error."""
    return lambda *args: cli("score", *args, "--model", model)


BAD = {
    "a.txt": b"fine\nb\xffd\nfine\n",
    "a.csv": b"text,n\nfine\nfine,1\n",
    "b.csv": b'text,n\n"open,1\nfine,2\n',
    "a.tsv": b"text\tn\nb\xffd\t1\nfine\t2\n",
    "a.jsonl": b'{"text": "fine"}\n{"text": 5}\n{"text": "fine"}\n',
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_leaves_no_file(run, write, tmp_path, name):
    path = write(name, BAD[name])
    code, out, err = run(path, "-o", tmp_path / "out.csv")
    assert (code, out) == (2, "")
    assert f"empathykit: error: {path}, line 2: " in err
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_leaves_the_old_output_alone(run, write, name):
    path, old = write(name, BAD[name]), write("old.csv", "precious")
    assert run(path, "-o", old)[0] == 2
    assert old.read_text() == "precious"
    assert len(list(old.parent.iterdir())) == 2


def test_a_stopped_run_leaves_no_file(run, write, tmp_path, monkeypatch):
    def interrupted(model, rows, *args, **options):
        yield next(score_rows(model, rows))
        raise KeyboardInterrupt

    score_rows = score.score_rows
    monkeypatch.setattr(score, "score_rows", interrupted)
    assert run(write("a.txt", "Hi\n"), "-o", tmp_path / "out.csv")[0] == 130
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_the_input_may_be_the_output(run, write):
    path = write("a.csv", "text\nHi\nHo\n")
    assert run(path, "-o", path)[0] == 0
    assert [line.split(",")[0] for line in path.read_text().split()] == [
        "text",
        "Hi",
        "Ho",
    ]


def test_rows_are_written_long_before_all_are_read(run, write, tmp_path, monkeypatch):
    n_read, n_read_at_writes = 0, []

    def counting_read(*args):
        nonlocal n_read
        for n_read, row in enumerate(read_rows(*args), start=1):  # noqa: B007
            yield row

    def counting_write(*args):
        write_row = make_writer(*args)
        return lambda row: (n_read_at_writes.append(n_read), write_row(row))

    read_rows, make_writer = score.read_rows, score.make_writer
    monkeypatch.setattr(score, "read_rows", counting_read)
    monkeypatch.setattr(score, "make_writer", counting_write)
    run(write("a.txt", "Hi\n" * 10_000), "-o", tmp_path / "out.csv")
    assert len(n_read_at_writes) == n_read == 10_000
    assert n_read_at_writes[0] <= 2_048


@POSIX
def test_only_the_owner_may_read_the_output_if_the_umask_says_so(run, write, tmp_path):
    old = os.umask(0o077)
    try:
        run(write("a.txt", "Hi\n"), "-o", tmp_path / "out.csv")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600


@POSIX
def test_a_pipe_as_output_is_written_to_and_not_replaced(run, write, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    run(write("a.txt", "Hi\n"), "-o", tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()
    assert os.read(reader, 4) == b"text"
    os.close(reader)


@pytest.fixture
def terminal():
    """Return what opens a stream on a terminal, and what was shown there."""
    termios = pytest.importorskip("termios", reason="Windows has no such thing")
    controller, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (24, 80))

    def shown():
        parts = []  # what was written may arrive in pieces; a second of silence ends it
        while select.select([controller], [], [], 1.0)[0]:
            parts.append(os.read(controller, 10_000))
        return b"".join(parts).decode()

    yield lambda: os.fdopen(os.dup(terminal), "w", buffering=1), shown
    os.close(controller)
    os.close(terminal)


def test_no_progress_bar_in_a_pipe(run, write, tmp_path):
    path = write("a.txt", "Hi\n" * 3000)
    assert run(path, "-o", tmp_path / "out.csv") == (0, "", "")


def test_a_progress_bar_on_a_terminal(run, write, tmp_path, monkeypatch, terminal):
    stream, shown = terminal
    path = write("a.txt", "Hi\n" * 3000)
    with stream() as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        run(path, "-o", tmp_path / "out.csv")
    assert "100%" in shown()


def test_no_progress_bar_between_results_on_a_terminal(
    run, write, monkeypatch, terminal
):
    stream, shown = terminal
    with stream() as stdout, stream() as stderr:
        monkeypatch.setattr(sys, "stdout", stdout)
        monkeypatch.setattr(sys, "stderr", stderr)
        run(write("a.txt", "Hi\n"))
    text = shown()
    assert "p_empathy" in text
    assert "%" not in text


@POSIX
@pytest.mark.parametrize("n_rows", [1, 20_000])
def test_a_reader_that_leaves_early_is_no_error(write, model, n_rows):
    gone, out = os.pipe()
    os.close(gone)
    path = write("a.txt", "Hi\n" * n_rows)
    env = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [*COMMAND, path, "--model", model], stdout=out, stderr=subprocess.PIPE, env=env
    )
    os.close(out)
    assert (done.returncode, done.stderr) == (0, b"")
