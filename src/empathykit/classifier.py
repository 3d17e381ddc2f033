"""The linear classifier: from texts to labels, probabilities and exact reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import csr_array
from scipy.special import log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
)
from threadpoolctl import threadpool_limits

from ._checks import check_labels, check_texts, iter_texts
from ._types import Bools, Floats, Ints, Labels, Texts
from .calibration import fit_temperature
from .conformal import label_sets, nonconformity
from .features import EmpathyFeaturizer
from .rollup import (
    fit_rolled,
    kept_sentences,
    roll_up,
    split_sentences,
    take_texts,
)
from .text import TokenTable, tokenize

_RARE = 0.01
"""Share of a soft label below which it is left out, to save time."""
_SOFT_TOL = 1e-4
"""Tolerance of a fit on soft labels, which goes on being better for long."""
UNCERTAIN = "uncertain"
"""What stands for a label of which a model is not sure enough."""


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """What a linear model is fitted on; `bounds` and `order` if it is rolled up."""

    matrix: csr_array
    bounds: Ints | None
    target: Ints
    weight: Floats | None
    order: Ints | None
    length_prior: float = 0.0

    def take(self, texts: Ints) -> _Data:
        """Return the data of some texts."""
        rows, bounds = texts, None
        if self.bounds is not None:
            rows, bounds = take_texts(self.bounds, texts)
        weight = None if self.weight is None else self.weight[texts]
        return replace(
            self,
            matrix=self.matrix[rows],
            bounds=bounds,
            target=self.target[texts],
            weight=weight,
        )

    def log_proba(self, logits: Floats) -> Floats:
        """Return the log-probabilities of the texts."""
        if self.bounds is None or self.order is None:
            found: Floats = log_softmax(logits, axis=1)
        else:
            proba = _softmax(logits)
            rolled = roll_up(proba, self.bounds, self.order, self.length_prior)
            found = np.log(np.maximum(rolled, np.finfo(float).eps))
        return found


class EmpathyClassifier(ClassifierMixin, BaseEstimator):
    """Label texts with a multinomial logistic regression on n-grams and cues.

    Any label names and any number of classes will do. After the fit, the scores are
    divided by one temperature, fitted on held-out folds, so that probabilities are
    calibrated; it is folded into `coef_`. A text without any word gets the model's
    prior, the softmax of `intercept_`.

    Parameters
    ----------
    C : float, default=0.1
        Inverse strength of the L2 penalty; smaller is a simpler model.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class, as in scikit-learn.
    ngram_range, min_df, max_features, cues, cue_weight
        As in `EmpathyFeaturizer`.
    calibration_folds : int, default=5
        Folds that fit the temperature; fewer if a class has fewer texts, and 0 or a
        class with one text means no calibration.
    max_iter : int, default=2000
        Iterations of the optimiser (L-BFGS).
    n_jobs : int or None, default=None
        Folds fitted side by side.
    random_state : int, default=0
        Seed that shuffles the folds.
    precedence : sequence of labels or None, default=None
        All classes, the strongest first. Texts are then cut into sentences, each scored
        by the linear model, and rolled up: one sentence of a stronger class is enough;
        see `empathykit.rollup`. The labels are still those of whole texts. None scores
        the text as one.
    length_prior : float, default=0.0
        With `precedence`: the odds that a sentence is of a stronger class are divided
        by the number of sentences of its text to this power, so that small doubts
        about many sentences do not add up. 0 is a plain noisy-or.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
    coef_ : ndarray of float, shape (n_classes, n_features)
        Temperature included; values are those of 32-bit floats, so that a saved model
        predicts identically.
    contributions_ : ndarray of float, shape (n_features, n_classes)
        What each feature adds to the scores of a text that has it.
    intercept_ : ndarray of float, shape (n_classes,)
    temperature_ : float
    featurizer_ : EmpathyFeaturizer
    nonconformity_ : ndarray of float, shape (n_texts,)
        1 less the probability of the right label of held-out texts, rising; for
        `predict_set`. Empty without calibration.
    order_ : ndarray of intp or None
        Classes by precedence.
    n_texts_ : int
        Number of texts that the model was fitted on.

    Examples
    --------
    >>> texts = ["That must be so stressful.", "How stressful!", "Your code is 12."] * 5
    >>> model = EmpathyClassifier().fit(texts, ["empathy", "empathy", "neutral"] * 5)
    >>> model.predict(["It must be exhausting."]).tolist()
    ['empathy']
    """

    def __init__(
        self,
        *,
        C: float = 0.1,
        class_weight: Mapping[Any, float] | str | None = None,
        ngram_range: tuple[int, int] = (1, 3),
        min_df: float = 2,
        max_features: int | None = None,
        cues: str | Path | None = "en",
        cue_weight: float = 8.0,
        calibration_folds: int = 5,
        max_iter: int = 2000,
        n_jobs: int | None = None,
        random_state: int = 0,
        precedence: Sequence[Any] | None = None,
        length_prior: float = 0.0,
    ) -> None:
        self.C = C
        self.class_weight = class_weight
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.max_features = max_features
        self.cues = cues
        self.cue_weight = cue_weight
        self.calibration_folds = calibration_folds
        self.max_iter = max_iter
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.precedence = precedence
        self.length_prior = length_prior

    def fit(self, X: Texts, y: Any, sample_weight: Any = None) -> Self:
        """Learn from labelled texts.

        Parameters
        ----------
        X : iterable of str, shape (n_texts,)
        y : array-like, shape (n_texts,)
            Label of each text.
        sample_weight : array-like of float, shape (n_texts,), default=None

        Raises
        ------
        TypeError
            If an item of `X` is not a string; the message names the index.
        ValueError
            If lengths differ, labels are missing, or there is one class only.
        """
        texts = check_texts(X)
        self.classes_, target = check_labels(y, len(texts))
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, texts)
        order = self._check_precedence()
        units, bounds = (texts, None) if order is None else split_sentences(texts)
        featurizer = self._make_featurizer()
        matrix = featurizer.fit(units).transform(units)
        data = _Data(matrix, bounds, target, sample_weight, order, self.length_prior)
        # The vectors are small: threads of the BLAS would mostly wait for each other.
        with threadpool_limits(limits=1, user_api="blas"):
            coef, intercept = self._fit_linear(data)
            temperature, scores = self._cross_fit(data)
        return self._set_state(
            featurizer,
            coef / temperature,
            intercept / temperature,
            temperature,
            len(texts),
            scores,
        )

    def _fit_soft(
        self, sentences: list[str], target: Floats, classes: Any, n_texts: int
    ) -> Self:
        """Learn from the sentences of texts and the weight of each class for each.

        Without calibration: the weights are not of texts as they will be met.
        """
        self.classes_ = np.asarray(classes)
        featurizer = self._make_featurizer()
        matrix = featurizer.fit(sentences).transform(sentences)
        rows, column = (target > _RARE * target.sum(axis=1, keepdims=True)).nonzero()
        data = _Data(matrix[rows], None, column, target[rows, column], None)
        with threadpool_limits(limits=1, user_api="blas"):
            coef, intercept = self._fit_linear(data, tol=_SOFT_TOL)
        return self._set_state(featurizer, coef, intercept, 1.0, n_texts, np.empty(0))

    def _check_precedence(self) -> Ints | None:
        """Return the classes by precedence, as indices."""
        if self.precedence is None:
            return None
        classes, given = self.classes_.tolist(), list(self.precedence)
        if classes == list(range(len(given))) and not set(given) & set(classes):
            # scikit-learn's cross_val_predict numbers the labels as they sort.
            given = [sorted(given).index(label) for label in given]
        if len(given) != len(classes) or set(given) != set(classes):
            raise ValueError(
                f"precedence must name every label once; the labels are {classes}, got "
                f"{given}."
            )
        return np.array([classes.index(label) for label in given], dtype=np.intp)

    def _make_featurizer(self) -> EmpathyFeaturizer:
        return EmpathyFeaturizer(
            ngram_range=self.ngram_range,
            min_df=self.min_df,
            max_features=self.max_features,
            cues=self.cues,
            cue_weight=self.cue_weight,
        )

    def _set_state(
        self,
        featurizer: EmpathyFeaturizer,
        coef: Floats,
        intercept: Floats,
        temperature: float,
        n_texts: int,
        scores: Floats,
    ) -> Self:
        self.featurizer_ = featurizer
        self.coef_: Floats = coef.astype(np.float32).astype(np.float64)
        # What a feature that occurs adds to each class, a row a feature.
        self.contributions_ = np.ascontiguousarray((self.coef_ * featurizer.values).T)
        self.intercept_: Floats = intercept.astype(np.float32).astype(np.float64)
        self.temperature_ = temperature
        self.order_ = self._check_precedence()
        self.n_texts_ = n_texts
        self.nonconformity_ = scores
        return self

    def _fit_linear(self, data: _Data, *, tol: float = 1e-3) -> tuple[Floats, Floats]:
        """Return coefficients of shape (n_classes, n_features), and intercepts."""
        # Fitting is rare, and importing these takes as long as all the rest.
        from sklearn.linear_model import LogisticRegression
        from sklearn.utils.class_weight import compute_sample_weight

        class_weight = self.class_weight
        if isinstance(class_weight, Mapping):
            index = {label: i for i, label in enumerate(self.classes_.tolist())}
            if unknown := [label for label in class_weight if label not in index]:
                raise ValueError(
                    f"class_weight names {unknown}; the labels are {list(index)}."
                )
            class_weight = {index[label]: w for label, w in class_weight.items()}
        if data.order is not None and data.bounds is not None:
            weight = compute_sample_weight(class_weight, data.target)
            if data.weight is not None:
                weight = weight * data.weight
            return fit_rolled(
                data.matrix,
                data.bounds,
                data.target,
                weight,
                data.order,
                C=self.C,
                max_iter=self.max_iter,
                length_prior=data.length_prior,
            )
        linear = LogisticRegression(
            C=self.C, class_weight=class_weight, max_iter=self.max_iter, tol=tol
        ).fit(data.matrix, data.target, data.weight)
        coef, intercept = linear.coef_, linear.intercept_
        if len(self.classes_) == 2:  # one row there; the two halves give the same odds
            coef, intercept = (
                np.vstack([-coef, coef]) / 2,
                np.r_[-intercept, intercept] / 2,
            )
        return coef, intercept

    def _cross_fit(self, data: _Data) -> tuple[float, Floats]:
        """Return the temperature and the scores of label sets, from held-out folds."""
        from sklearn.model_selection import StratifiedKFold  # as in _fit_linear

        n_folds = min(self.calibration_folds, int(np.bincount(data.target).min()))
        if n_folds < 2:
            return 1.0, np.empty(0)
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=self.random_state)

        def held_out(train: Ints, test: Ints) -> Floats:
            coef, intercept = self._fit_linear(data.take(train))
            logits: Floats = data.take(test).matrix @ coef.T + intercept
            return logits

        splits = list(folds.split(data.target, data.target))
        parts = Parallel(n_jobs=self.n_jobs)(delayed(held_out)(*s) for s in splits)
        held = data.take(np.concatenate([test for _, test in splits]))
        logits = np.concatenate(parts)
        temperature = fit_temperature(
            logits, held.target, held.weight, to_log_proba=held.log_proba
        )
        proba = np.exp(held.log_proba(logits / temperature))
        return temperature, nonconformity(proba, held.target)

    def iter_proba(self, X: Texts) -> Iterator[Floats]:
        """Yield probabilities batch by batch, so that memory stays flat.

        Parameters
        ----------
        X : iterable of str
            Read as it is needed: a generator over a file of any size will do.

        Yields
        ------
        ndarray of float, shape (n_texts_of_batch, n_classes)
        """
        self._check_fitted()
        for batch in iter_texts(X):
            yield self._proba(batch)

    def _proba(self, texts: list[str]) -> Floats:
        if self.order_ is None:
            return _softmax(self._logits(tokenize(texts)))
        table = tokenize(texts, by_sentence=True)
        rows, bounds = kept_sentences(table)
        proba = _softmax(self._logits(table).take(rows, axis=0))
        return roll_up(proba, bounds, self.order_, self.length_prior)

    def _logits(self, table: TokenTable) -> Floats:
        """Add up coefficients feature by feature, without building the matrix."""
        bounds, column = self.featurizer_.columns(table)
        logits = np.zeros((table.n_texts, len(self.intercept_))) + self.intercept_
        rows = (bounds[1:] > bounds[:-1]).nonzero()[0]  # reduceat knows no empty row
        if rows.size:
            parts = self.contributions_.take(column, axis=0)
            logits[rows] += np.add.reduceat(parts, bounds.take(rows), axis=0)
        return logits

    def decision_function(self, X: Texts) -> Floats:
        """Return the score of each class, of which the softmax is the probability.

        Parameters
        ----------
        X : iterable of str, shape (n_texts,)

        Returns
        -------
        ndarray of float, shape (n_texts, n_classes), or (n_texts,) for two classes
            With two classes, the score of the second less that of the first. With
            `precedence`, scores are the logarithms of the rolled-up probabilities.
        """
        self._check_fitted()
        parts = [self._scores(batch) for batch in iter_texts(X)]
        logits = np.concatenate([np.empty((0, len(self.classes_))), *parts])
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def _scores(self, texts: list[str]) -> Floats:
        if self.order_ is None:
            return self._logits(tokenize(texts))
        return np.log(np.maximum(self._proba(texts), np.finfo(float).tiny))

    def predict_proba(self, X: Texts) -> Floats:
        """Return the probability of each class.

        Parameters
        ----------
        X : iterable of str, shape (n_texts,)

        Returns
        -------
        ndarray of float, shape (n_texts, n_classes)
            Columns follow `classes_`; rows sum to 1.

        Raises
        ------
        TypeError
            If an item of `X` is not a string; the message names the index.
        """
        parts = list(self.iter_proba(X))
        if len(parts) == 1:
            return parts[0]
        return np.concatenate([np.empty((0, len(self.classes_))), *parts])

    def predict(self, X: Texts, *, min_confidence: float | None = None) -> Labels:
        """Return the likeliest label of each text.

        Parameters
        ----------
        X : iterable of str, shape (n_texts,)
        min_confidence : float, default=None
            Probability below which the label is `UNCERTAIN`, from 0 to 1.

        Returns
        -------
        ndarray, shape (n_texts,)
        """
        proba = self.predict_proba(X)
        labels: Labels = self.classes_[proba.argmax(axis=1)]
        if min_confidence is None:
            return labels
        return mark_uncertain(labels, proba, min_confidence)

    def predict_set(self, X: Texts, *, coverage: float = 0.9) -> Bools:
        """Return sets of labels that hold the right one as often as asked.

        That holds on average, for texts like those of the fit; see
        `empathykit.conformal`, and `calibrate` for other texts.

        Parameters
        ----------
        X : iterable of str, shape (n_texts,)
        coverage : float, default=0.9
            Share of the sets that are to hold the right label, above 0 and below 1.

        Returns
        -------
        ndarray of bool, shape (n_texts, n_classes)
            Columns follow `classes_`; at least one label in each row.

        Raises
        ------
        ValueError
            If coverage is out of range, or the model was fitted without calibration.

        Examples
        --------
        >>> texts = ["How stressful for you.", "Your code is 12."] * 20
        >>> model = EmpathyClassifier().fit(texts, ["empathy", "neutral"] * 20)
        >>> model.predict_set(["How stressful!"]).tolist()
        [[True, False]]
        """
        proba = self.predict_proba(X)
        if not len(self.nonconformity_):
            raise ValueError(
                "label sets need held-out texts; fit with calibration_folds=2 or more, "
                "or call calibrate(X, y)."
            )
        return label_sets(proba, self.nonconformity_, coverage)

    def calibrate(self, X: Texts, y: Any) -> Self:
        """Fit temperature and label sets anew, on labelled texts not used in the fit.

        What the model says stays; how sure it is of it changes to suit these texts.

        Parameters
        ----------
        X : iterable of str, shape (n_texts,)
        y : array-like, shape (n_texts,)
            Labels, all of them known to the model.

        Raises
        ------
        ValueError
            If lengths differ or a label is unknown.
        """
        self._check_fitted()
        texts = check_texts(X)
        y = np.asarray(y)
        if y.shape != (len(texts),) or not len(texts):
            raise ValueError(
                f"y must have a label for each of at least one text; got {y.shape} for "
                f"{len(texts)} texts."
            )
        if unknown := sorted(set(y.tolist()) - set(self.classes_.tolist())):
            raise ValueError(
                f"y must hold labels among {self.classes_.tolist()}; got {unknown}."
            )
        target = np.searchsorted(self.classes_, y)
        units, bounds = (texts, None)
        if self.order_ is not None:
            units, bounds = split_sentences(texts)
        matrix = self.featurizer_.transform(units)
        held = _Data(matrix, bounds, target, None, self.order_, self.length_prior)
        logits = matrix @ self.coef_.T + self.intercept_
        ratio = fit_temperature(logits, target, to_log_proba=held.log_proba)
        proba = np.exp(held.log_proba(logits / ratio))
        return self._set_state(
            self.featurizer_,
            self.coef_ / ratio,
            self.intercept_ / ratio,
            self.temperature_ * ratio,
            self.n_texts_,
            nonconformity(proba, target),
        )

    def _check_fitted(self) -> None:
        if not hasattr(self, "coef_"):  # check_is_fitted takes 30 µs, so only then
            check_is_fitted(self, "coef_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def mark_uncertain(labels: Labels, proba: Floats, min_confidence: float) -> Labels:
    """Return labels, with `UNCERTAIN` where no probability is high enough.

    Parameters
    ----------
    labels : ndarray, shape (n_texts,)
    proba : ndarray of float, shape (n_texts, n_classes)
    min_confidence : float
        From 0 to 1.
    """
    if not 0 <= min_confidence <= 1:
        raise ValueError(f"min_confidence must be from 0 to 1; got {min_confidence}.")
    marked = labels.astype(object)
    marked[proba.max(axis=1) < min_confidence] = UNCERTAIN
    return marked


def _softmax(logits: Floats) -> Floats:
    """As SciPy's, whose checks would take longer than the rest for a single text."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    proba: Floats = odds / odds.sum(axis=1, keepdims=True)
    return proba
