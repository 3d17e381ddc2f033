"""What a slower teacher says of each sentence, turned into targets for a linear model.

Labels are those of whole texts; the teacher says which sentence they come from. Its
probabilities are conditioned on the label of the text: in a text of empathy, that a
sentence is the empathic one is its probability over that of any being so (the
expectation step of multiple-instance learning, with the teacher's probabilities in
place of the model's). Turns without a label get the teacher's probabilities as they
are. The teacher's word is committed, so that the shipped model can be built without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import safe_open

from ._types import Bools, Floats, Ints
from .corpora import Example
from .corpora.catalog import CorpusError
from .corpora.formats import read_json_lines
from .rollup import split_sentences, take_texts

POOLS = ("unlabelled_dialogue_turns", "unlabelled_task_turns")
TEACHER = Path(__file__).parent / "corpora" / "labels" / "teacher.safetensors"
CLASSES = ("empathy", "neutral", "sympathy")
_E, _N, _S = range(3)
_FLOOR = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """Sentences of labelled texts, then of turns without a label.

    Attributes
    ----------
    text : list of str
    bounds : ndarray of intp, shape (n_texts + 1,)
        Where the sentences of each text begin.
    labels : ndarray of intp, shape (n_texts,)
        Index in `CLASSES`; -1 without a label.
    """

    text: list[str]
    bounds: Ints
    labels: Ints

    @property
    def checksum(self) -> str:
        """SHA-256 of all sentences, in their order."""
        whole = "\0".join(self.text).encode("utf-8", "surrogatepass")
        return hashlib.sha256(whole).hexdigest()

    def take(self, texts: Bools) -> tuple[Sentences, Ints]:
        """Return the sentences of some of the texts, and their places among all."""
        chosen = texts.nonzero()[0]
        rows, bounds = take_texts(self.bounds, chosen)
        text = [self.text[i] for i in rows]
        return Sentences(text, bounds, self.labels[chosen]), rows


def read_sentences(
    examples: list[Example], root: str | Path, known: set[str] | None = None
) -> Sentences:
    """Return the sentences of labelled texts and of the pools in a folder.

    Parameters
    ----------
    examples : list of Example
    root : str or Path
        Folder with the pools.
    known : set of str, default=None
        Turns to leave out; None is those that are labelled texts too.
    """
    if known is None:
        known = {example.text for example in examples}
    pool = [text for text in _read_pools(Path(root)) if text not in known]
    text, bounds = split_sentences([e.text for e in examples] + pool)
    labels = np.full(len(bounds) - 1, -1, dtype=np.intp)
    labels[: len(examples)] = [CLASSES.index(e.label) for e in examples]
    return Sentences(text, bounds, labels)


def _read_pools(folder: Path) -> Iterator[str]:
    for name in POOLS:
        rows = read_json_lines(folder / f"{name}.jsonl", ("text",))
        yield from (row["text"] for row in rows)


def read_teacher(sentences: Sentences) -> Floats:
    """Return the teacher's probabilities, shape (n_sentences, 3).

    Parameters
    ----------
    sentences : Sentences
        Those that the teacher was asked about.

    Raises
    ------
    CorpusError
        If they are others.
    """
    with safe_open(TEACHER, framework="numpy") as file:
        expected = file.metadata()["checksum"]
        share = file.get_tensor("proba").astype(float) / 255
    if sentences.checksum != expected:
        raise CorpusError(
            f"{TEACHER.name}: the texts are not those that the teacher labelled. Read "
            "the same files, or label them with `python -m benchmarks.teacher`."
        )
    rest = 1 - share.sum(axis=1)
    return np.column_stack([share[:, 0], rest, share[:, 1]]).clip(0, 1)


def condition(proba: Floats, bounds: Ints, labels: Ints) -> Floats:
    """Return what the teacher says of sentences, given the labels of their texts.

    Parameters
    ----------
    proba : ndarray of float, shape (n_sentences, 3)
        Columns follow `CLASSES`.
    bounds : ndarray of intp, shape (n_texts + 1,)
    labels : ndarray of intp, shape (n_texts,)

    Returns
    -------
    ndarray of float, shape (n_sentences, 3)

    Examples
    --------
    >>> proba = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.3, 0.7, 0.0]])
    >>> condition(proba, np.array([0, 2, 3]), np.array([0, 1])).round(2).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]
    """
    sizes = np.diff(bounds)
    label = np.repeat(labels, sizes)
    empathy = _share(proba[:, _E], bounds)
    inside = proba[:, _N] + proba[:, _S]
    sorrow = proba[:, _S] / np.maximum(inside, _FLOOR)
    sympathy = _share(sorrow, bounds)
    found = proba.copy()
    found[label == _N] = (0, 1, 0)
    of_e, of_s = label == _E, label == _S
    rest = (1 - empathy)[of_e]
    found[of_e] = np.column_stack(
        [empathy[of_e], rest * (1 - sorrow[of_e]), rest * sorrow[of_e]]
    )
    zero = np.zeros(int(of_s.sum()))
    found[of_s] = np.column_stack([zero, 1 - sympathy[of_s], sympathy[of_s]])
    return found


def _share(proba: Floats, bounds: Ints) -> Floats:
    """Return the chance of each sentence, given that one of its text is so."""
    proba = np.maximum(proba, _FLOOR)  # some sentence it must be
    none = np.exp(np.add.reduceat(np.log1p(-np.minimum(proba, 1 - 1e-9)), bounds[:-1]))
    found: Floats = np.minimum(proba / np.repeat(1 - none, np.diff(bounds)), 1)
    return found


def spread(target: Floats, sentences: Sentences, constructs: Ints, n: int) -> Floats:
    """Return targets by construct: what is warm in a text is of the text's construct.

    Parameters
    ----------
    target : ndarray of float, shape (n_sentences, 3)
        As `condition` returns it.
    sentences : Sentences
    constructs : ndarray of intp, shape (n_texts,)
        Which of `n` constructs each text is of; that of neutral texts is where what is
        neutral in other texts goes too. -1 for texts to be left out.
    n : int

    Returns
    -------
    ndarray of float, shape (n_sentences, n)
    """
    text = np.repeat(np.arange(len(constructs)), np.diff(sentences.bounds))
    found = np.zeros((len(text), n))
    rows = (constructs[text] >= 0).nonzero()[0]
    neutral = constructs[sentences.labels == _N].max()
    found[rows, neutral] = target[rows, _N]
    warm = rows[sentences.labels[text[rows]] != _N]
    label = sentences.labels[text[warm]]
    found[warm, constructs[text[warm]]] = target[warm, label]
    return found


def merge_repeats(sentences: Iterable[str], target: Floats) -> tuple[list[str], Floats]:
    """Return sentences without repeats, and the sums of their targets."""
    place: dict[str, int] = {}
    index = np.array([place.setdefault(text, len(place)) for text in sentences])
    merged: Floats = np.column_stack(
        [np.bincount(index, t, len(place)).astype(float) for t in target.T]
    )
    return list(place), merged
