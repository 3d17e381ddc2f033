"""The models that are measured side by side, one factory each.

Each peer is fitted on the same split in the same run. What needs a package beyond the
core says so when it is asked for: ``pip install 'empathykit[bench]'``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sklearn.base import clone
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge, RidgeCV
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from ..._checks import name_closest
from ...classifier import EmpathyClassifier
from ...features import EmpathyFeaturizer
from ..tasks import Task
from .classical import CueRules, FastText, LexiconScores, NaiveBayesRatio
from .derived import FewShotMiniLM, StaticMiniLM
from .minilm import FineTunedMiniLM, FrozenMiniLM

Maker = Callable[[int, Task], Any]
"""From a seed and a task to a model that is not yet fitted; None if it cannot do it."""
THREE = ("empathy", "sympathy", "neutral")


@dataclass(frozen=True, slots=True, eq=False)
class Peer:
    """A model to compare.

    Attributes
    ----------
    name : str
    description : str
    labels : callable or None
        From a seed and a task to a classifier that is not yet fitted; None if it has
        none.
    values : callable or None
        The same for a regressor.
    rationales : callable or None
        From a seed and a task to an `EmpathyClassifier` of labels 1 and 0 by sentence.
    slow : bool
        Whether it takes minutes a split: it is measured on the first round of folds.
    """

    name: str
    description: str
    labels: Maker | None = None
    values: Maker | None = None
    rationales: Maker | None = None
    slow: bool = False


def _tfidf(seed: int, task: Task) -> Any:
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=1000),
    )


def _tfidf_ridge(seed: int, task: Task) -> Any:
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True), Ridge(alpha=1.0)
    )


def _nbsvm(seed: int, task: Task) -> Any:
    return make_pipeline(
        EmpathyFeaturizer(cues=None, ngram_range=(1, 2)),
        NaiveBayesRatio(),
        LogisticRegression(C=1.0, max_iter=1000),
    )


def _cues(seed: int, task: Task) -> Any:
    return CueRules() if set(task.precedence) == set(THREE) else None


def _empathykit(seed: int, task: Task) -> Any:
    # Macro-F1 counts classes alike, whatever their size; so does the fit.
    model = EmpathyClassifier(
        class_weight="balanced" if task.metric == "macro_f1" else None,
        precedence=task.precedence or None,
        random_state=seed,
    )
    if task.protocol.kind == "fixed":
        return model
    # Folds are of one kind of talk, so cues need not carry over as far as they do by
    # default; how far is chosen on the train part. Few folds, as all this is repeated.
    return GridSearchCV(
        model.set_params(calibration_folds=2),
        [
            {"C": [c], "cue_weight": [w]}
            for c, w in ((0.1, 8.0), (0.3, 4.0), (1.0, 2.0))
        ],
        scoring="f1_macro",
        cv=3,
    )


def _empathykit_ridge(seed: int, task: Task) -> Any:
    # The penalty is chosen on the train part, by leaving one text out.
    return make_pipeline(
        EmpathyFeaturizer(ngram_range=(1, 2), cue_weight=1.0),
        TfidfTransformer(),
        RidgeCV(alphas=(1, 2, 4, 8, 16)),
    )


def _on(embedding: type[Any], head: Any) -> Maker:
    return lambda seed, task: make_pipeline(embedding(), clone(head))


PEERS: tuple[Peer, ...] = (
    Peer(
        "majority",
        "the commonest label, the mean value",
        lambda seed, task: DummyClassifier(strategy="prior"),
        lambda seed, task: DummyRegressor(),
    ),
    Peer(
        "cues",
        "the strongest construct whose cue is found",
        _cues,
    ),
    Peer(
        "vader+nrclex",
        "logistic regression on the scores of VADER and NRCLex",
        lambda seed, task: make_pipeline(
            LexiconScores(), LogisticRegression(max_iter=1000)
        ),
        lambda seed, task: make_pipeline(LexiconScores(), Ridge()),
    ),
    Peer("tf-idf", "TF-IDF of 1–3-grams, linear", _tfidf, _tfidf_ridge),
    Peer("nb-svm", "1–2-grams scaled by naive Bayes log-count ratios", _nbsvm),
    Peer("fasttext", "fastText, supervised", lambda seed, task: FastText(seed=seed)),
    Peer(
        "empathykit",
        "n-grams and cues, linear; for values, their TF-IDF with ridge",
        _empathykit,
        _empathykit_ridge,
        lambda seed, task: EmpathyClassifier(precedence=(1, 0), random_state=seed),
    ),
    Peer(
        "model2vec",
        "static vectors that model2vec distils from MiniLM, linear",
        _on(StaticMiniLM, LogisticRegression(C=10, max_iter=2000)),
        _on(StaticMiniLM, Ridge()),
        slow=True,
    ),
    Peer(
        "setfit",
        "SetFit from MiniLM, 64 texts a class",
        lambda seed, task: FewShotMiniLM(seed=seed),
        slow=True,
    ),
    Peer(
        "minilm-frozen",
        "all-MiniLM-L6-v2 embeddings, linear",
        _on(FrozenMiniLM, LogisticRegression(max_iter=2000)),
        _on(FrozenMiniLM, Ridge()),
        slow=True,
    ),
    Peer(
        "minilm",
        "all-MiniLM-L6-v2, fine-tuned",
        lambda seed, task: FineTunedMiniLM(seed=seed),
        slow=True,
    ),
)


def list_peers() -> tuple[Peer, ...]:
    """Return the peers that models can be compared with.

    Returns
    -------
    tuple of Peer

    Examples
    --------
    >>> [peer.name for peer in list_peers() if not peer.slow][:2]
    ['majority', 'cues']
    """
    return PEERS


def find_peer(name: str) -> Peer:
    """Return the peer of that name.

    Parameters
    ----------
    name : str

    Raises
    ------
    ValueError
        If there is none; the message names the closest.
    """
    known = {peer.name: peer for peer in PEERS}
    if name not in known:
        raise ValueError(
            f"peer must be one of {', '.join(known)}; got {name!r}."
            f"{name_closest(name, known, n=2)}"
        )
    return known[name]
