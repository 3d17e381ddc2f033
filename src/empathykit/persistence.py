"""Save and load models as a folder that no program is hidden in."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.utils.validation import check_is_fitted

from ._card import render_card
from ._checks import share_as_new
from ._format import (
    ARRAYS,
    CARD,
    CONFIG,
    FORMAT,
    ModelFormatError,
    checksum,
    read_arrays,
    read_config,
)
from ._ngrams import NgramVocabulary
from .classifier import EmpathyClassifier
from .cues import CompiledCues

SHIPPED = Path(__file__).parent / "data" / "models"

__all__ = [
    "ModelFormatError",
    "find_model",
    "load_model",
    "read_card",
    "read_config",
    "save_model",
]


def save_model(
    model: EmpathyClassifier,
    folder: str | Path,
    *,
    metrics: Mapping[str, Any] | None = None,
    card: str | None = None,
) -> Path:
    """Write a fitted model to a folder; an older model there is replaced as a whole.

    Parameters
    ----------
    model : EmpathyClassifier
        Fitted.
    folder : str or Path
        Must not exist, be empty, or hold a model and nothing else.
    metrics : mapping, default=None
        Measured quality, to be kept with the model; must be valid JSON.
    card : str, default=None
        Text of the model card, Markdown; a plain one is written if None.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    NotFittedError
        If the model has not been fitted.
    FileExistsError
        If the folder holds anything but a model.

    Examples
    --------
    >>> model = load_model()
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     folder = save_model(model, Path(parent) / "mine")
    ...     sorted(path.name for path in folder.iterdir())
    ['README.md', 'config.json', 'model.safetensors']
    """
    folder = Path(folder)
    as_read = json.loads(json.dumps(metrics or {}))  # number keys become strings
    config, arrays = _describe(model, as_read)
    check_target(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        # safetensors writes the buffer as it lies in memory, whatever the strides say.
        save_file(
            {k: np.ascontiguousarray(v) for k, v in arrays.items()}, fresh / ARRAYS
        )
        config["arrays_bytes"] = (fresh / ARRAYS).stat().st_size
        config["checksum"] = checksum(config, fresh / ARRAYS)
        text = json.dumps(config, indent=1, ensure_ascii=False, sort_keys=True)
        (fresh / CONFIG).write_text(text + "\n", encoding="utf-8")
        (fresh / CARD).write_text(card or render_card(config), encoding="utf-8")
        for path in (fresh, *fresh.iterdir()):
            share_as_new(path)
        _replace(folder, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def load_model(folder: str | Path | None = None) -> EmpathyClassifier:
    """Read a model; without an argument, the one that comes with the package.

    Parameters
    ----------
    folder : str or Path, default=None
        A folder that `save_model` wrote, or the name of a shipped model.

    Returns
    -------
    EmpathyClassifier
        Predicts exactly as the model that was saved.

    Raises
    ------
    ModelFormatError
        If a file is missing, damaged, too large or of a newer format.

    Examples
    --------
    >>> model = load_model()
    >>> model.predict(["I'm so sorry to hear that.", "Your order is 12."]).tolist()
    ['sympathy', 'neutral']
    """
    folder = find_model(folder)
    config = read_config(folder)
    arrays = read_arrays(folder / ARRAYS, config)
    try:
        model = _build(config, arrays)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # The checksum was right, so another program wrote this.
        raise ModelFormatError(f"{folder}: cannot be built: {error!r}") from error
    return model


def _build(
    config: dict[str, Any], arrays: dict[str, NDArray[Any]]
) -> EmpathyClassifier:
    settings = dict(config["settings"])
    settings["ngram_range"] = tuple(settings["ngram_range"])
    if settings.get("precedence") is not None:
        settings["precedence"] = tuple(settings["precedence"])
    if isinstance(settings["class_weight"], list):
        settings["class_weight"] = dict(map(tuple, settings["class_weight"]))
    model = EmpathyClassifier(**settings)
    model.classes_ = np.array(config["classes"], dtype=config["class_dtype"])
    names = arrays["ngrams"].tobytes().decode("utf-8").split("\n")
    vocabulary = NgramVocabulary(names if config["n_ngrams"] else [])
    if len(set(config["classes"])) < len(config["classes"]):
        raise ValueError("classes must differ")
    featurizer = model._make_featurizer()
    featurizer._check_parameters()
    featurizer._set_state(vocabulary, _unpack_cues(config["cues"], arrays))
    found = len(vocabulary.names), featurizer.n_features_out_
    expected = config["n_ngrams"], config["n_ngrams"] + config["n_cues"]
    if found != expected:
        raise ValueError(f"n-grams and features must be {expected}; got {found}")
    return model._set_state(
        featurizer,
        arrays["coef"].astype(np.float64),
        arrays["intercept"].astype(np.float64),
        config["temperature"],
        config["n_texts"],
        arrays.get("nonconformity", np.empty(0)).astype(np.float64),
    )


def find_model(folder: str | Path | None) -> Path:
    """Return the folder of a saved or shipped model."""
    shipped = SHIPPED / ("default" if folder is None else str(folder))
    path = shipped if folder is None else Path(folder)
    if not path.exists() and _previous(path).exists():
        return _previous(path)  # a crash struck between the two renames of a save
    if not path.exists() and shipped.is_dir():
        return shipped
    if not path.is_dir():
        names = sorted(p.name for p in SHIPPED.iterdir()) if SHIPPED.is_dir() else []
        raise ModelFormatError(
            f"{path}: no such folder; pass the path of a saved model or one of {names}."
        )
    return path


def read_card(folder: Path) -> str:
    """Return the model card of a model folder."""
    return (folder / CARD).read_text(encoding="utf-8")


def _describe(
    model: EmpathyClassifier, metrics: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    check_is_fitted(model)
    classes = model.classes_.tolist()
    if not all(isinstance(c, str | int | float | bool) for c in classes):
        raise TypeError(
            f"classes must be strings or numbers to be saved; got {classes}."
        )
    kind = model.classes_.dtype.kind
    featurizer = model.featurizer_
    matcher = featurizer.matcher_
    # A parameter set after the fit is not part of what was fitted.
    parameters = model.get_params() | featurizer.get_params()
    settings = {k: _plain(v) for k, v in parameters.items()}
    names = featurizer.vocabulary_.names
    config = {
        "format": FORMAT,
        "versions": {p: version(p) for p in ("empathykit", "numpy", "scikit-learn")},
        "classes": classes,
        "class_dtype": "O" if kind == "O" else model.classes_.dtype.str[1:],
        "settings": settings,
        "temperature": float(model.temperature_),
        "n_texts": model.n_texts_,
        "n_ngrams": len(names),
        "n_cues": featurizer.n_features_out_ - len(names),
        "cues": None if matcher is None else _lists(matcher.compiled),
        "metrics": metrics,
    }
    arrays = {} if matcher is None else _pack_cues(matcher.compiled)
    arrays |= {
        "coef": model.coef_.astype(np.float32),
        "intercept": model.intercept_.astype(np.float32),
        "nonconformity": model.nonconformity_.astype(np.float32),
        "ngrams": np.frombuffer("\n".join(names).encode("utf-8"), dtype=np.uint8),
    }
    return config, arrays


def _plain(value: Any) -> Any:
    """Return a setting as JSON can hold it."""
    if isinstance(value, Mapping):  # keys may be numbers
        return [[_plain(k), float(v)] for k, v in value.items()]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return str(value) if isinstance(value, Path) else value


def _lists(cues: CompiledCues) -> dict[str, list[str]]:
    """Return the parts of compiled cues that are strings."""
    values = {f.name: getattr(cues, f.name) for f in fields(cues)}
    return {name: list(v) for name, v in values.items() if isinstance(v, tuple)}


def _pack_cues(cues: CompiledCues) -> dict[str, NDArray[Any]]:
    """Return the arrays of compiled cues: a model keeps its cues when ours grow."""
    values = {f.name: getattr(cues, f.name) for f in fields(cues)}
    arrays = {f"cues.{k}": v for k, v in values.items() if not isinstance(v, tuple)}
    element, symbol = arrays.pop("cues.accepts").nonzero()  # few accept many
    arrays["cues.n_accepted"] = np.bincount(element, minlength=len(cues.accepts))
    arrays["cues.accepted"] = symbol.astype(cues.symbol.dtype)
    return arrays


def _unpack_cues(
    lists: dict[str, list[str]] | None, arrays: dict[str, NDArray[Any]]
) -> CompiledCues | None:
    if lists is None:
        return None
    values: dict[str, Any] = {k: tuple(v) for k, v in lists.items()}
    values |= {
        k.removeprefix("cues."): v for k, v in arrays.items() if k.startswith("cues.")
    }
    n_symbols = int(values["symbol"].astype(np.int16).max()) + 1
    if "accepts" in values:  # format 1
        bits = np.unpackbits(values["accepts"], axis=1, count=n_symbols)
        values["accepts"] = bits.astype(bool)
    else:
        sizes, symbol = values.pop("n_accepted"), values.pop("accepted")
        accepts = np.zeros((len(sizes), n_symbols), dtype=bool)
        accepts[np.repeat(np.arange(len(sizes)), sizes), symbol] = True
        values["accepts"] = accepts
    cues = CompiledCues(**values)
    cues.check()
    return cues


def _previous(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.previous"


def check_target(folder: Path) -> None:
    """Raise FileExistsError if a model must not be written to this folder."""
    if not folder.exists():
        return
    names = {p.name for p in folder.iterdir()} if folder.is_dir() else {"a file"}
    ours = CONFIG in names and _is_ours(folder / CONFIG)
    if names - {CONFIG, ARRAYS, CARD} or (names and not ours):
        raise FileExistsError(
            f"{folder}: holds other files than a model ({sorted(names)[:5]}); nothing "
            "was written. Choose another folder."
        )


def _is_ours(path: Path) -> bool:
    """Whether a model of any format has written this configuration."""
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(config, dict) and {"format", "arrays_bytes"} <= config.keys()


def _replace(folder: Path, fresh: Path) -> None:
    """Move the fresh folder into place; whenever this stops, one model is whole."""
    old = _previous(folder)
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
