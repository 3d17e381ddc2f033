"""A damaged folder is refused by name, and a crash leaves one whole model."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from empathykit import EmpathyClassifier, load_model, save_model
from empathykit import persistence as module
from empathykit._format import checksum
from empathykit.persistence import ModelFormatError

TEXTS = ["so sorry", "you are upset", "order 12 ships"]
CONFIG, ARRAYS = "config.json", "model.safetensors"


def fit(**settings):
    model = EmpathyClassifier(min_df=1, calibration_folds=0, **settings)
    return model.fit(TEXTS, ["s", "e", "n"])


@pytest.fixture(scope="module")
def model():
    return fit(cues="en")


@pytest.fixture(scope="module")
def other():
    return fit(cues=None, C=30.0)


@pytest.fixture
def folder(model, tmp_path):
    return save_model(model, tmp_path / "mine")


def check_refused(folder, match):
    with pytest.raises(ModelFormatError, match=match):
        load_model(folder)


def edit_config(folder, **changes):
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8")) | changes
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")


def forge(folder, edit):
    """Change config and arrays, then make size and checksum fit again."""
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    arrays = load_file(folder / ARRAYS)
    edit(config, arrays)
    save_file(arrays, folder / ARRAYS)
    config["arrays_bytes"] = (folder / ARRAYS).stat().st_size
    config["checksum"] = checksum(config, folder / ARRAYS)
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")


def test_a_missing_folder_is_named(tmp_path):
    check_refused(tmp_path / "nowhere", "nowhere: no such folder; .*'default'")


def test_a_file_is_no_folder(folder):
    check_refused(folder / CONFIG, "no such folder")


@pytest.mark.parametrize("name", [CONFIG, ARRAYS])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    check_refused(folder, f"{name}: missing")


@pytest.mark.parametrize("size", [0, 1, 100, -1])
def test_truncated_arrays_are_refused(folder, size):
    (folder / ARRAYS).write_bytes((folder / ARRAYS).read_bytes()[:size])
    check_refused(folder, r"model\.safetensors: must be .* bytes .*truncated")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999])
def test_one_changed_byte_is_noticed(folder, share):
    content = bytearray((folder / ARRAYS).read_bytes())
    content[int(share * len(content))] ^= 1
    (folder / ARRAYS).write_bytes(content)
    check_refused(folder, "checksum differs")


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": ["n", "e", "s"]},
        {"temperature": 2.0},
        {"metrics": {"kappa": 0.99}},
        {"checksum": "0" * 64},
    ],
)
def test_an_edited_config_is_noticed(folder, changes):
    edit_config(folder, **changes)
    check_refused(folder, "checksum differs")


@pytest.mark.parametrize("version", [0, 3, 99])
def test_another_format_says_what_to_do(folder, version):
    edit_config(folder, format=version)
    check_refused(folder, f"model format {version} is not supported.*Upgrade")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "not valid JSON"),
        (b'{"format": 1', "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"format": ' + b"9" * 5000 + b"}", "config.json"),
        (b"[]", "not the configuration"),
        (b"{}", "not the configuration"),
        (b'{"format": "1"}', "not the configuration"),
        (b'{"format": 1}', "is missing or of the wrong type"),
    ],
)
def test_a_config_that_is_none(folder, content, match):
    (folder / CONFIG).write_bytes(content)
    check_refused(folder, match)


@pytest.mark.parametrize("key", ["classes", "settings", "n_ngrams", "checksum"])
def test_a_key_of_the_wrong_type_is_named(folder, key):
    edit_config(folder, **{key: None})
    check_refused(folder, f"'{key}' is missing or of the wrong type")


def test_an_oversized_config_is_not_read(folder, monkeypatch):
    monkeypatch.setattr("empathykit._format.MAX_CONFIG", 1000)
    monkeypatch.setattr("json.loads", lambda text: pytest.fail("it was read"))
    check_refused(folder, r"config\.json: larger than 1,000 bytes")


def test_oversized_arrays_are_not_read(folder, monkeypatch):
    monkeypatch.setattr("empathykit._format.MAX_ARRAYS", 1000)
    monkeypatch.setattr("empathykit._format.checksum", lambda *_: pytest.fail("read"))
    check_refused(folder, "at most 1,000")


def make_nan(name):
    def edit(config, arrays):
        arrays[name].flat[0] = np.nan

    return edit


def drop(name):
    return lambda config, arrays: arrays.pop(name)


def settle(**changes):
    return lambda config, arrays: config.update(changes)


def cut_coef(config, arrays):
    arrays["coef"] = arrays["coef"][:, :-1].copy()


def reverse_ngrams(config, arrays):
    arrays["ngrams"] = np.array([*b"a b c\na"], dtype=np.uint8)


def spoil_ngrams(config, arrays):
    arrays["ngrams"] = np.array([255, 254], dtype=np.uint8)


def point_outside(config, arrays):
    arrays["cues.node_element"][0] = 30_000


@pytest.mark.parametrize(
    ("edit", "match"),
    [
        (cut_coef, r"coef must have shape \[3, \d+\]; got"),
        (settle(classes=["e", "s"]), r"coef must have shape \[2, \d+\]; got \[3"),
        (make_nan("coef"), "must be finite"),
        (make_nan("intercept"), "must be finite"),
        (drop("coef"), "not a readable safetensors"),
        (drop("ngrams"), "ngrams"),
        (drop("cues.symbol"), "cannot be built"),
        (spoil_ngrams, "cannot be built"),
        (reverse_ngrams, "cannot be built"),
        (point_outside, "arrays of the cues do not fit"),
        (settle(settings={}), "cannot be built"),
        (settle(class_dtype="V8"), "class_dtype"),
        (settle(class_dtype="f8"), "cannot be built"),
    ],
)
def test_a_folder_that_another_program_wrote(folder, edit, match):
    forge(folder, edit)
    check_refused(folder, match)


def test_a_forged_folder_without_a_change_loads(folder):
    forge(folder, lambda config, arrays: None)
    assert load_model(folder).predict(TEXTS).tolist() == ["s", "e", "n"]


def fail_at(monkeypatch, owner, name, nth, error):
    """Let the nth call of a function raise."""
    real, calls = getattr(owner, name), []

    def failing(*args, **kwargs):
        calls.append(args)
        if len(calls) == nth:
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, failing)


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt("killed")])
@pytest.mark.parametrize(
    ("owner", "name", "nth"),
    [
        (module, "save_file", 1),
        (Path, "write_text", 1),
        (Path, "write_text", 2),
        (Path, "chmod", 1),
        (os, "rename", 1),
        (os, "rename", 2),
    ],
)
def test_a_crash_leaves_the_old_model(
    monkeypatch, model, other, folder, owner, name, nth, error
):
    with monkeypatch.context() as patch:
        fail_at(patch, owner, name, nth, error)
        with pytest.raises(type(error), match=str(error)):
            save_model(other, folder)
    assert (load_model(folder).coef_ == model.coef_).all()
    save_model(other, folder)
    assert (load_model(folder).coef_ == other.coef_).all()
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def test_a_crash_of_a_first_save_leaves_nothing(monkeypatch, model, tmp_path):
    fail_at(monkeypatch, os, "rename", 1, OSError("disk full"))
    with pytest.raises(OSError, match="disk full"):
        save_model(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())
