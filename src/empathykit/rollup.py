"""From sentences to texts: one sentence of a stronger class is enough.

A text is cut into sentences, the linear model scores each, and the classes are rolled
up in an order of precedence: a text is of the strongest class if any sentence is, of
the second if any sentence is of that and none of the first, and so on. In probabilities
that is a *noisy-or* (Pearl 1988, Probabilistic Reasoning in Intelligent Systems, 4.3);
fitting through it from labels of whole texts is multiple-instance learning (Dietterich
et al. 1997, Artificial Intelligence 89).

Small doubts about many plain sentences would add up to a warm text. So the more
sentences a text has, the less likely each is taken to be the warm one: the odds of all
classes but the weakest are divided by ``n_sentences ** length_prior``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from ._types import Floats, Ints
from .text import TokenTable, tokenize

_TINY = 1e-12


def kept_sentences(table: TokenTable) -> tuple[Ints, Ints]:
    """Return the rows of a table by sentence that count, and their bounds by text.

    Rows without a word are left out, unless a text has no other: then its first counts.
    """
    keep = table.has_word.copy()
    first = table.bounds[:-1]
    wordless = np.add.reduceat(keep.astype(np.intp), first) == 0
    keep[first[wordless]] = True
    bounds = np.concatenate([[0], keep.cumsum()]).astype(np.intp)[table.bounds]
    return keep.nonzero()[0], bounds


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each sentence that has a word; else those of the text.

    Examples
    --------
    >>> text = "Oh no! :-) Your card is blocked, sorry."
    >>> [text[a:b] for a, b in sentence_spans(text)]
    ['Oh no!', ':-) Your card is blocked, sorry.']
    """
    table = tokenize([text], by_sentence=True)
    if not table.has_word.any():
        return [(0, len(text))]
    rows, _ = kept_sentences(table)
    start = table.stream_start[table.edges[rows] + 1] - 1  # after the first edge
    end = table.stream_end[table.edges[rows + 1] - 1] - 1
    return list(zip(start.tolist(), end.tolist(), strict=True))


def split_sentences(texts: Sequence[str]) -> tuple[list[str], Ints]:
    """Return the sentences of all texts, and where those of each text begin.

    Returns
    -------
    sentences : list of str
    bounds : ndarray of intp, shape (n_texts + 1,)
        ``sentences[bounds[i]:bounds[i + 1]]`` are those of text i, at least one.
    """
    parts = [[text[a:b] for a, b in sentence_spans(text)] for text in texts]
    bounds = np.zeros(len(parts) + 1, dtype=np.intp)
    np.cumsum([len(part) for part in parts], out=bounds[1:])
    return [sentence for part in parts for sentence in part], bounds


def take_texts(bounds: Ints, texts: Ints) -> tuple[Ints, Ints]:
    """Return the sentences of some texts, and their own bounds."""
    sizes = np.diff(bounds)[texts]
    own = np.concatenate([[0], sizes.cumsum()]).astype(np.intp)
    rows = np.repeat(bounds[:-1][texts] - own[:-1], sizes) + np.arange(own[-1])
    return rows, own


def roll_up(
    proba: Floats, bounds: Ints, order: Ints, length_prior: float = 0.0
) -> Floats:
    """Return the probabilities of texts from those of their sentences.

    Parameters
    ----------
    proba : ndarray of float, shape (n_sentences, n_classes)
    bounds : ndarray of intp, shape (n_texts + 1,)
    order : ndarray of intp, shape (n_classes,)
        Classes, the strongest first.
    length_prior : float, default=0.0

    Examples
    --------
    >>> proba = np.array([[0.5, 0.5], [0.5, 0.5], [0.1, 0.9]])
    >>> roll_up(proba, np.array([0, 2, 3]), np.array([0, 1]))
    array([[0.75, 0.25],
           [0.1 , 0.9 ]])
    """
    ordered = proba[:, order]
    if length_prior:
        ordered[:, :-1] *= np.exp(_offset(bounds, length_prior))
        ordered /= ordered.sum(axis=1, keepdims=True)
    weaker = np.log(np.maximum(_weaker(ordered), _TINY))
    rolled = np.empty((len(bounds) - 1, len(order)))
    rolled[:, order] = _from_tails(np.add.reduceat(weaker, bounds[:-1], axis=0))
    return rolled


def _offset(bounds: Ints, length_prior: float) -> Floats:
    """Return what the length of its text adds to the warm scores of each sentence."""
    sizes = np.diff(bounds)
    found: Floats = np.repeat(-length_prior * np.log(sizes), sizes)[:, None]
    return found


def _weaker(ordered: Floats) -> Floats:
    """Return how likely a sentence is of a weaker class, for all but the last."""
    found: Floats = ordered[:, ::-1].cumsum(axis=1)[:, -2::-1]
    return found


def _from_tails(log_tails: Floats) -> Floats:
    """Return class probabilities from those that no sentence is so strong."""
    tails = np.exp(log_tails)
    above = np.concatenate([np.ones((len(tails), 1)), tails], axis=1)
    below = np.concatenate([tails, np.zeros((len(tails), 1))], axis=1)
    proba: Floats = above - below
    return proba


def fit_rolled(
    matrix: csr_array,
    bounds: Ints,
    target: Ints,
    weight: Floats,
    order: Ints,
    *,
    C: float,
    max_iter: int,
    length_prior: float = 0.0,
) -> tuple[Floats, Floats]:
    """Fit a linear model of sentences to the labels of their texts.

    Minimises the weighted log loss of the rolled-up probabilities plus the L2 penalty
    of `sklearn.linear_model.LogisticRegression`, with L-BFGS from zero.

    Parameters
    ----------
    matrix : csr_array, shape (n_sentences, n_features)
    bounds : ndarray of intp, shape (n_texts + 1,)
    target : ndarray of intp, shape (n_texts,)
    weight : ndarray of float, shape (n_texts,)
    order : ndarray of intp, shape (n_classes,)
    C : float
    max_iter : int
    length_prior : float, default=0.0

    Returns
    -------
    coef : ndarray of float, shape (n_classes, n_features)
    intercept : ndarray of float, shape (n_classes,)
    """
    n_classes, n_features = len(order), matrix.shape[1]
    rank = np.argsort(order)[target]  # of each text's class
    transposed = matrix.T.tocsr()
    shape = (n_features + 1, n_classes)  # the intercept is the last row
    offset = _offset(bounds, length_prior)

    def objective(flat: Floats) -> tuple[float, Floats]:
        params = flat.reshape(shape)
        coef = params[:-1]
        logits = matrix @ coef + params[-1]
        logits[:, :-1] += offset
        loss, slope = _loss(logits, bounds, rank, weight)
        gradient = np.empty(shape)
        gradient[:-1] = transposed @ slope + coef / C
        gradient[-1] = slope.sum(axis=0)
        return loss + 0.5 * float((coef * coef).sum()) / C, gradient.ravel()

    found = minimize(
        objective,
        np.zeros(shape).ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": max_iter, "ftol": 1e-6},
    ).x.reshape(shape)
    params = np.empty(shape)
    params[:, order] = found  # it was fitted with the classes in their order
    return np.ascontiguousarray(params[:-1].T), params[-1]


def _loss(
    logits: Floats, bounds: Ints, rank: Ints, weight: Floats
) -> tuple[float, Floats]:
    """Return the log loss of the texts, and its slope at the logits of sentences."""
    proba = np.exp(logits - logits.max(axis=1, keepdims=True))
    proba /= proba.sum(axis=1, keepdims=True)
    weaker = np.maximum(_weaker(proba), _TINY)
    log_tails = np.add.reduceat(np.log(weaker), bounds[:-1], axis=0)
    rows = np.arange(len(rank))
    right = np.maximum(_from_tails(log_tails)[rows, rank], _TINY)
    # A text's probability is the tail above its class less the tail below.
    per_tail = np.zeros((len(rank), proba.shape[1] + 1))
    per_tail[rows, rank] = -weight / right
    per_tail[rows, rank + 1] = weight / right
    per_log_tail = per_tail[:, 1:-1] * np.exp(log_tails)
    per_weaker = np.repeat(per_log_tail, np.diff(bounds), axis=0) / weaker
    per_proba = np.zeros_like(proba)
    per_proba[:, 1:] = per_weaker.cumsum(axis=1)
    slope = proba * (per_proba - (proba * per_proba).sum(axis=1, keepdims=True))
    return -float(weight @ np.log(right)), slope
