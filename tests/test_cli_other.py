"""``empathykit explain`` and ``models``, and how the program is started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

import empathykit
from empathykit import save_model

SORRY = "I'm so sorry to hear that."
ESCAPE = "\033["


@pytest.fixture
def run(cli):
    return cli


@pytest.fixture(scope="module")
def tiny(tiny_model, tmp_path_factory):
    return save_model(tiny_model, tmp_path_factory.mktemp("model") / "tiny")


def test_explain_says_label_shares_words_and_features(run, tiny):
    code, out, err = run("explain", SORRY, "--model", tiny)
    assert (code, err) == (0, "")
    first, second, *features = out.splitlines()
    assert re.fullmatch(
        r"sympathy  sympathy 0\.\d\d · \w+ 0\.\d\d · \w+ 0\.\d\d · S\d [a-z ,]+", first
    )
    assert "](sympathy)" in second
    assert re.sub(r"\[|\]\(\w+\)", "", second) == SORRY
    assert features
    assert all(re.match(r"  \+\d\.\d\d  \S", line) for line in features)


def test_explain_uses_the_shipped_model_unless_told(run):
    assert run("explain", SORRY)[1].startswith("sympathy  ")


@pytest.mark.parametrize("text", ["", " \n", "12", "\udcff 😀"])
def test_explain_takes_any_text(run, tiny, text):
    assert run("explain", text, "--model", tiny)[0] == 0


@pytest.mark.parametrize(
    ("options", "is_terminal", "no_color", "expected"),
    [
        ([], False, None, False),
        ([], True, None, True),
        ([], True, "", True),  # no-color.org: only when it is not empty
        ([], True, "1", False),
        (["--color", "auto"], True, "1", False),
        (["--color", "never"], True, None, False),
        (["--color", "always"], False, None, True),
        (["--color", "always"], False, "1", True),
    ],
)
def test_colour(run, tiny, monkeypatch, options, is_terminal, no_color, expected):
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    code, out, _ = run("explain", SORRY, "--model", tiny, *options)
    assert (code, ESCAPE in out) == (0, expected)
    assert ("](sympathy)" in out) is not expected


def test_models_lists_what_is_shipped(run):
    code, out, _ = run("models")
    assert code == 0
    end = r"; [\d,]+ features, \d\.\d MB, learned from [\d,]{6} texts"
    assert re.search(rf"^default: empathy, neutral, sympathy{end}$", out, re.MULTILINE)
    assert re.search(rf"^constructs: E1, .*, S5{end}$", out, re.MULTILINE)


def test_models_shows_the_card_of_a_shipped_model(run):
    code, out, _ = run("models", "default")
    assert code == 0
    assert "\n# empathykit default: empathy, sympathy, neutral\n" in out


def test_models_shows_the_card_of_a_folder(run, tiny):
    code, out, _ = run("models", tiny)
    assert code == 0
    assert "\n# Text classifier: empathy, neutral, sympathy\n" in out


@pytest.mark.parametrize("command", [["models"], ["explain", "Hi", "--model"]])
def test_an_unknown_model_ends_with_2(run, command):
    code, out, err = run(*command, "no-such")
    assert (code, out) == (2, "")
    assert "no-such: no such folder" in err


@pytest.mark.parametrize("args", [[], ["dance"], ["explain"], ["models", "--wrong"]])
def test_wrong_use_ends_with_2_and_shows_the_usage(run, args):
    code, _, err = run(*args)
    assert code == 2
    assert err.startswith("usage: empathykit")


def test_version_and_help(run):
    assert run("--version") == (0, f"{empathykit.__version__}\n", "")
    code, out, _ = run("--help")
    assert code == 0
    assert all(name in out for name in ("score", "explain", "train", "models"))


def test_python_dash_m_runs_the_program():
    done = subprocess.run(
        [sys.executable, "-m", "empathykit", "explain", SORRY],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},  # a poor terminal
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"sympathy  ")


def test_the_installed_script_passes_on_the_exit_code():
    script = shutil.which("empathykit", path=os.path.dirname(sys.executable))
    if script is None:
        pytest.skip("the package is not installed with its script")
    done = subprocess.run([script, "models", "no-such"], capture_output=True)
    assert done.returncode == 2
