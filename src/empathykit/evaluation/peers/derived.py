"""Peers made from MiniLM by other libraries: static vectors, few-shot fine-tuning."""

from __future__ import annotations

import tempfile
from functools import cache
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin

from ..._checks import check_texts, require
from ..._types import Floats, Labels, Texts
from .minilm import weights_path


@cache
def _distil(dimensions: int) -> Any:
    """Return static vectors; once a process, as this takes a minute."""
    module = require("model2vec.distill", extra="bench")
    return module.distill(weights_path(), pca_dims=dimensions)


class StaticMiniLM(TransformerMixin, BaseEstimator):
    """model2vec's static vectors (Tulkens & van Dongen 2024), distilled from MiniLM.

    The vectors that its authors trained further (potion) are only on a model hub;
    these are made here, from the weights that `minilm.py` uses.

    Parameters
    ----------
    dimensions : int, default=256
    """

    def __init__(self, *, dimensions: int = 256) -> None:
        self.dimensions = dimensions

    def fit(self, X: Texts, y: Any = None) -> Self:
        """Distil the vectors of the vocabulary; the texts are not looked at."""
        self.model_ = _distil(self.dimensions)
        return self

    def transform(self, X: Texts) -> Floats:
        """Return a vector for each text, shape (n_texts, dimensions)."""
        found: Floats = self.model_.encode(check_texts(X))
        return found


class FewShotMiniLM(ClassifierMixin, BaseEstimator):
    """SetFit (Tunstall et al. 2022): MiniLM tuned on pairs from a few texts a class.

    Parameters
    ----------
    shots : int, default=64
        Texts of each class that are looked at; the rest is left aside.
    max_steps : int, default=200
    seed : int, default=0
    """

    def __init__(self, *, shots: int = 64, max_steps: int = 200, seed: int = 0) -> None:
        self.shots = shots
        self.max_steps = max_steps
        self.seed = seed

    def fit(self, X: Texts, y: Any) -> Self:
        """Draw the texts and train on them."""
        setfit = require("setfit", extra="bench")
        datasets = require("datasets", extra="bench")
        texts = check_texts(X)
        self.classes_, target = np.unique(y, return_inverse=True)
        rng = np.random.default_rng(self.seed)
        drawn = np.concatenate(
            [
                rng.permutation(np.flatnonzero(target == k))[: self.shots]
                for k in range(len(self.classes_))
            ]
        )
        rows = {"text": [texts[i] for i in drawn], "label": target[drawn].tolist()}
        self.model_ = setfit.SetFitModel.from_pretrained(weights_path())
        with tempfile.TemporaryDirectory() as folder:
            arguments = setfit.TrainingArguments(
                output_dir=folder,
                batch_size=16,
                max_steps=self.max_steps,
                seed=self.seed,
                save_strategy="no",
                report_to="none",
                show_progress_bar=False,
            )
            setfit.Trainer(
                model=self.model_,
                args=arguments,
                train_dataset=datasets.Dataset.from_dict(rows),
            ).train()
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """Return the probability of each class."""
        found: Floats = np.asarray(
            self.model_.predict_proba(
                check_texts(X), as_numpy=True, show_progress_bar=False
            )
        )
        return found

    def predict(self, X: Texts) -> Labels:
        """Return the likeliest label of each text."""
        labels: Labels = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return labels
