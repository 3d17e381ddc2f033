"""Find the files of a corpus in a folder, and make sure that they are right."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from .catalog import Corpus, CorpusError, Layout, Part

ROOT_VARIABLE = "EMPATHYKIT_CORPORA"
_PACKAGE = Path(__file__).parent


def find_root(root: str | Path | None) -> Path | None:
    """Return the folder with the corpora: as given, else of the environment."""
    value = root or os.environ.get(ROOT_VARIABLE)
    return Path(value) if value else None


def find_layout(corpus: Corpus, root: Path | None) -> tuple[Layout, Path]:
    """Return the first layout whose files are all there, and the folder they are in.

    A folder of the corpus's own name inside `root` goes before `root` itself.

    Raises
    ------
    CorpusError
        If there is no root, or no layout is whole; the message says where to look.
    """
    if corpus.bundled:
        return corpus.layouts[0], _PACKAGE
    if root is None:
        raise CorpusError(
            f"{corpus.name}: pass root, or set {ROOT_VARIABLE}, to the folder with its "
            f"files. Get them from {corpus.source}."
        )
    for folder in (root / corpus.name, root):
        for layout in corpus.layouts:
            if all((folder / p).is_file() for p in _paths(layout)):
                return layout, folder
    wanted = "; or ".join(", ".join(_paths(layout)) for layout in corpus.layouts)
    raise CorpusError(
        f"{root}: no such file of {corpus.name!r}. Looked there and in "
        f"{root / corpus.name} for {wanted}. Get them from {corpus.source}."
    )


def _paths(layout: Layout) -> list[str]:
    return [path for part in layout.parts for path in part.files]


def check_files(corpus: Corpus, part: Part, folder: Path) -> list[Path]:
    """Return the paths of a part after comparing each with its checksum, if it has one.

    Raises
    ------
    CorpusError
        If a file is not the one on record.
    """
    for name, expected in part.files.items():
        found = sha256(folder / name)
        if expected and found != expected:
            raise CorpusError(
                f"{folder / name}: checksum differs; must be SHA-256 {expected}, got "
                f"{found}. Get the file again from {corpus.source}."
            )
    return [folder / name for name in part.files]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
