"""README, cards and notebooks say what is true."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PYTHON_BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


def run(code):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102
    return out.getvalue()


def test_the_quickstart_prints_what_the_readme_shows():
    shown = re.search(r"```text\n(.*?)```", README, re.DOTALL)[1]
    assert run(PYTHON_BLOCKS[0]) == shown
    assert len(PYTHON_BLOCKS[0].strip().splitlines()) <= 15


@pytest.mark.parametrize("code", PYTHON_BLOCKS[1:])
def test_every_other_python_block_of_the_readme_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(code)


def test_figures_are_those_of_the_results_files(monkeypatch):
    monkeypatch.syspath_prepend(REPOSITORY)
    from benchmarks.readme import pages

    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, "run benchmarks.readme"


def test_the_quality_figures_are_of_the_model_in_the_wheel():
    import json

    from empathykit.persistence import SHIPPED, read_config

    results = REPOSITORY / "benchmarks" / "results" / "shipped.json"
    quality = json.loads(results.read_text(encoding="utf-8"))
    checksum = read_config(SHIPPED / "default")["checksum"]
    assert quality["model_checksum"] == checksum, "run benchmarks.shipped"


def test_quality_is_measured_again_with_the_same_figures(shared_corpora, monkeypatch):
    import json

    monkeypatch.syspath_prepend(REPOSITORY)
    from benchmarks.shipped import RESULTS, measure

    committed = json.loads(RESULTS.read_text(encoding="utf-8"))
    measured = measure(str(shared_corpora))
    assert measured["confusion"] == committed["confusion"]
    assert measured["scores"]["macro_f1"]["value"] >= 0.77
    assert measured["scores"]["kappa"]["value"] >= 0.65


def test_the_readme_names_both_set_up_commands():
    assert "python -m pip install . && empathykit score examples/replies.txt" in README
    assert 'python -m pip install -e ".[all,dev]" && python -m pytest' in README


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default")  # of the notebook machinery, not of ours
def test_notebooks_run_from_top_to_bottom(path):
    notebook = nbformat.read(path, as_version=4)
    env = os.environ | {"PYTHONWARNINGS": "error::DeprecationWarning:empathykit"}
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute(env=env, cwd=str(path.parent))
    assert sys.version_info >= (3, 11)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_as_they_ran_from_top_to_bottom(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [o for o in outputs if o.output_type == "error"]
    assert not [o.text for o in outputs if o.get("name") == "stderr"]
    assert path.stat().st_size < 150_000, "draw fewer or smaller pictures"
