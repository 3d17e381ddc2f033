"""What a model folder must hold, checked before it is believed.

``config.json`` holds everything that is not an array, ``model.safetensors`` the arrays,
``README.md`` the model card. One checksum covers the first two.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

FORMAT = 2
READABLE = (1, FORMAT)
"""Format 1 kept the words that cues accept as a matrix of bits."""
CONFIG, ARRAYS, CARD = "config.json", "model.safetensors", "README.md"
MAX_CONFIG, MAX_ARRAYS = 2**25, 2**31  # bytes

_KEYS = {
    "format": int,
    "versions": dict,
    "classes": list,
    "class_dtype": str,
    "settings": dict,
    "temperature": float,
    "n_texts": int,
    "n_ngrams": int,
    "n_cues": int,
    "cues": (dict, type(None)),
    "metrics": dict,
    "arrays_bytes": int,
    "checksum": str,
}


class ModelFormatError(ValueError):
    """A model folder that is incomplete, damaged or of a newer format."""


def read_config(folder: Path) -> dict[str, Any]:
    """Return the checked ``config.json`` of a model folder.

    Raises
    ------
    ModelFormatError
        If it is missing, too large, not valid, or of another format.
    """
    path = folder / CONFIG
    config = _read_json(path)
    if config is None:
        raise ModelFormatError(f"{path}: larger than {MAX_CONFIG:,} bytes.")
    if not isinstance(config, dict) or not isinstance(config.get("format"), int):
        raise ModelFormatError(f"{path}: not the configuration of an empathykit model.")
    if config["format"] not in READABLE:
        raise ModelFormatError(
            f"{path}: model format {config['format']} is not supported; this version "
            f"reads formats {READABLE}. Upgrade empathykit, or train the model again."
        )
    for key, kind in _KEYS.items():
        if not isinstance(config.get(key), kind):  # type: ignore[arg-type]
            raise ModelFormatError(f"{path}: {key!r} is missing or of the wrong type.")
    if not 0 < config["temperature"] < np.inf:
        raise ModelFormatError(f"{path}: temperature must be above 0.")
    if not re.fullmatch(r"O|U\d+|[iufb]\d", config["class_dtype"]):
        raise ModelFormatError(f"{path}: class_dtype is {config['class_dtype']!r}.")
    return config


def _read_json(path: Path) -> Any:
    try:
        size = path.stat().st_size
        return (
            None if size > MAX_CONFIG else json.loads(path.read_text(encoding="utf-8"))
        )
    except FileNotFoundError as error:
        raise ModelFormatError(f"{path}: missing.") from error
    except (ValueError, RecursionError) as error:
        raise ModelFormatError(f"{path}: not valid JSON (damaged?): {error}") from error


def checksum(config: Mapping[str, Any], arrays: Path) -> str:
    """Return the SHA-256 of the configuration (less its checksum) and the arrays."""
    rest = {k: v for k, v in config.items() if k != "checksum"}
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode())
    with arrays.open("rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def read_arrays(path: Path, config: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """Read the arrays; sizes and checksum are looked at before memory is taken.

    Raises
    ------
    ModelFormatError
        If the file is missing, damaged, or not what `config` announces.
    """
    _check_file(path, config)
    n_classes = len(config["classes"])
    n_features = config["n_ngrams"] + config["n_cues"]
    shapes = {"coef": [n_classes, n_features], "intercept": [n_classes]}
    try:
        with safe_open(path, framework="numpy") as file:
            for name, shape in shapes.items():
                found = file.get_slice(name).get_shape()
                if found != shape:
                    raise ModelFormatError(
                        f"{path}: {name} must have shape {shape}; got {found}."
                    )
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ModelFormatError(
            f"{path}: not a readable safetensors file: {error}"
        ) from error
    if not all(np.isfinite(arrays[name]).all() for name in shapes):
        raise ModelFormatError(f"{path}: coefficients must be finite.")
    return arrays


def _check_file(path: Path, config: dict[str, Any]) -> None:
    if not path.is_file():
        raise ModelFormatError(f"{path}: missing.")
    size = path.stat().st_size
    if size != config["arrays_bytes"] or size > MAX_ARRAYS:
        raise ModelFormatError(
            f"{path}: must be {config['arrays_bytes']:,} bytes and at most "
            f"{MAX_ARRAYS:,}; got {size:,} (truncated?)."
        )
    if checksum(config, path) != config["checksum"]:
        raise ModelFormatError(
            f"{path.parent}: checksum differs; the files were changed."
        )
