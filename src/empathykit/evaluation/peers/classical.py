"""Classical peers: cue rules, lexicon scores, naive Bayes ratios, fastText."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_array, diags_array
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin

from ..._checks import check_texts, iter_texts, require
from ..._types import Floats, Labels, Texts
from ...cues import LABELS, CueMatcher, load_compiled
from ...text import tokenize

SURE = 0.9
"""Probability of the label that a rule gives; rules know no better."""


class CueRules(ClassifierMixin, BaseEstimator):
    """Label a text by the strongest construct among the cues it holds.

    Empathy goes before sympathy before neutral, as in the label guide; nothing is
    learned, so the labels must be those three.
    """

    def fit(self, X: Texts, y: Any) -> Self:
        """Load the cues; the texts are not looked at."""
        self.classes_ = np.array(sorted(LABELS.values()))
        if not set(y) <= set(self.classes_.tolist()):
            raise ValueError(
                f"cue rules know the labels {self.classes_.tolist()}; got "
                f"{sorted(set(map(str, y)))[:5]}."
            )
        self.matcher_ = CueMatcher(load_compiled("en"))
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """Return `SURE` for the label of the rule, the rest for the others."""
        parts = [self._batch(batch) for batch in iter_texts(X)]
        return np.concatenate([np.empty((0, 3)), *parts])

    def _batch(self, texts: list[str]) -> Floats:
        hits = self.matcher_.match(tokenize(texts))
        kinds = np.array([c[0] for c in self.matcher_.compiled.constructs])[hits.cue]
        found = {
            kind: np.isin(np.arange(len(texts)), hits.text_index[kinds == kind])
            for kind in "ES"
        }
        column = np.where(found["E"], 0, np.where(found["S"], 2, 1))
        proba = np.full((len(texts), 3), (1 - SURE) / 2)
        proba[np.arange(len(texts)), column] = SURE
        return proba

    def predict(self, X: Texts) -> Labels:
        """Return the label of each text."""
        labels: Labels = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return labels


class LexiconScores(TransformerMixin, BaseEstimator):
    """Scores of VADER (Hutto & Gilbert 2014) and NRCLex affects, a row a text."""

    def fit(self, X: Texts, y: Any = None) -> Self:
        """Load the lexicons."""
        vader = require("vaderSentiment.vaderSentiment", extra="bench")
        self.vader_ = vader.SentimentIntensityAnalyzer()
        self.nrclex_ = require("nrclex", extra="bench").NRCLex
        return self

    def transform(self, X: Texts) -> Floats:
        """Return the scores of each text."""
        return np.array([self._scores(text) for text in check_texts(X)])

    def _scores(self, text: str) -> list[float]:
        polarity = self.vader_.polarity_scores(text)
        affect = self.nrclex_()
        tokens = text.lower().split()
        affect.load_token_list([t.strip(".,!?;:\"'()") for t in tokens])
        names = (
            *("fear", "anger", "anticipation", "trust", "surprise", "positive"),
            *("negative", "sadness", "disgust", "joy"),
        )
        counts = affect.raw_emotion_scores
        shares = [counts.get(name, 0) / max(1, len(tokens)) for name in names]
        return [polarity[k] for k in ("neg", "neu", "pos", "compound")] + shares


class NaiveBayesRatio(TransformerMixin, BaseEstimator):
    """Scale binary counts by the largest absolute log-count ratio of any class.

    The scaling of NB-SVM (Wang & Manning 2012, ACL), for several classes at once.
    """

    def fit(self, X: csr_array, y: Any) -> Self:
        """Count each feature in each class."""
        y = np.asarray(y)
        ratios = []
        for label in np.unique(y):
            inside, outside = (
                np.asarray(X[mask].sum(axis=0)).ravel() + 1
                for mask in (y == label, y != label)
            )
            ratios.append(np.log((inside / inside.sum()) / (outside / outside.sum())))
        self.ratio_ = np.abs(ratios).max(axis=0)
        return self

    def transform(self, X: csr_array) -> csr_array:
        """Return the scaled counts."""
        scaled: csr_array = csr_array(X @ diags_array(self.ratio_))
        return scaled


class FastText(ClassifierMixin, BaseEstimator):
    """fastText's supervised mode (Joulin et al. 2017), one thread."""

    def __init__(self, *, epochs: int = 25, seed: int = 0) -> None:
        self.epochs = epochs
        self.seed = seed

    def fit(self, X: Texts, y: Any) -> Self:
        """Write the texts to a temporary file and train on it."""
        module = require("fasttext", extra="bench")
        self.classes_, target = np.unique(y, return_inverse=True)
        lines = [
            f"__label__{k} {_one_line(text)}"
            for k, text in zip(target, check_texts(X), strict=True)
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            logging.getLogger(__name__).debug("training fastText")
            self.model_ = module.train_supervised(
                str(path),
                epoch=self.epochs,
                wordNgrams=3,
                lr=0.5,
                minCount=2,
                dim=100,
                bucket=200_000,
                thread=1,
                seed=self.seed,
                verbose=0,
            )
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """Return the probability of each class."""
        texts = [_one_line(text) for text in check_texts(X)]
        proba = np.zeros((len(texts), len(self.classes_)))
        found = self.model_.predict(texts, k=len(self.classes_))
        for i, (labels, values) in enumerate(zip(*found, strict=True)):
            columns = [int(label.removeprefix("__label__")) for label in labels]
            proba[i, columns] = values
        proba /= np.maximum(proba.sum(axis=1, keepdims=True), 1e-12)
        return proba

    def predict(self, X: Texts) -> Labels:
        """Return the likeliest label of each text."""
        labels: Labels = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return labels


def _one_line(text: str) -> str:
    return " ".join(text.lower().split()) or "."
