"""Behaviour tests: what a model does when a reply is changed in a known way.

In the manner of CheckList (Ribeiro et al. 2020): a change that says nothing must not
move the label, a negation must. `fairness_gaps` compares groups of people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import default_rng

from .._checks import name_closest
from .._types import Bools, Floats, Ints
from ..corpora import load_corpus
from .metrics import Score, bootstrap_scores
from .perturb import MAKERS, Case, Groups, Rows, group_lists, list_templates, read_data

_STRENGTH = {"neutral": 0, "sympathy": 1, "empathy": 2}


@dataclass(frozen=True, slots=True)
class BehaviourTest:
    """A declared behaviour test.

    Attributes
    ----------
    name, description : str
    kind : {"invariance", "not weaker", "changes to", "known limit"}
        What must hold of the label: it stays; it gets no weaker (empathy, sympathy,
        neutral); both texts are labelled right. The last is as the third, but no model
        of replies alone can pass it, so the mean leaves it out.
    """

    name: str
    description: str
    kind: str


def list_behaviour_tests() -> tuple[BehaviourTest, ...]:
    """Return the declared behaviour tests.

    Returns
    -------
    tuple of BehaviourTest

    Examples
    --------
    >>> [test.name for test in list_behaviour_tests()][:3]
    ['typos', 'lower case', 'upper case']
    """
    return tuple(BehaviourTest(**entry) for entry in read_data()["test"])


def run_behaviour(
    model: Any,
    *,
    seed: int,
    rows: Rows | None = None,
    tests: str | Iterable[str] | None = None,
) -> dict[str, Score]:
    """Return the share of cases that a model passes, for each behaviour test.

    A case is a text that the test changes, or a pair or template of the test's own.

    Parameters
    ----------
    model : classifier
        With ``predict(list of str)``, giving "empathy", "sympathy" or "neutral".
    seed : int
        Of the changes and the intervals.
    rows : sequence of dict, default=None
        With "text" and "label"; those of the same "situation", if any, are drawn
        together. The test split of ``triads`` if None.
    tests : str or iterable of str, default=None
        Names; all if None.

    Returns
    -------
    dict of str to Score
        By name of the test (nan if it changes no text), then ``mean_pass_rate``: the
        mean over the kinds of tests, known limits left out, of their mean rates.

    Raises
    ------
    ValueError
        If a test is unknown, there is no case at all, or the model gives another label.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> model = DummyClassifier().fit(["a", "b"], ["empathy", "neutral"])
    >>> rates = run_behaviour(model, seed=0, tests=["names", "negation"])
    >>> {name: rate.value for name, rate in rates.items()}
    {'names': 1.0, 'negation': 0.0, 'mean_pass_rate': 0.5}
    """
    chosen = _choose(tests)
    if rows is None:
        rows = [row for row in load_corpus("triads") if row["split"] == "test"]
    predict = _remember(model)
    cases, passed = [], []
    for test in chosen:
        # A generator of its own: figures do not hang on which other tests are run.
        made = MAKERS[test.name](rows, default_rng([seed, *test.name.encode()]))
        cases.append([c for c in made if c.wanted or c.plain != c.changed])
        passed.append(_check(test.kind, cases[-1], predict))
    return _rate(chosen, cases, passed, seed)


def _choose(tests: str | Iterable[str] | None) -> list[BehaviourTest]:
    known = {test.name: test for test in list_behaviour_tests()}
    names = (
        [tests] if isinstance(tests, str) else list(known if tests is None else tests)
    )
    for name in names:
        if name not in known:
            raise ValueError(
                f"tests must be among {', '.join(known)}; got {name!r}."
                f"{name_closest(name, known)}"
            )
    return [known[name] for name in dict.fromkeys(names)]


def _remember(model: Any) -> Callable[[list[str]], Ints]:
    """Return what gives the strength of labels, and asks the model once for each text.

    All tests share the unchanged texts, which would take half of the time.
    """
    seen: dict[str, int] = {}

    def predict(texts: list[str]) -> Ints:
        new = [text for text in dict.fromkeys(texts) if text not in seen]
        labels = [str(label) for label in model.predict(new)] if new else []
        if other := sorted(set(labels) - set(_STRENGTH)):
            raise ValueError(f"model must give {', '.join(_STRENGTH)}; got {other}.")
        seen.update(zip(new, [_STRENGTH[label] for label in labels], strict=True))
        return np.array([seen[text] for text in texts], dtype=np.intp)

    return predict


def _check(kind: str, cases: list[Case], predict: Callable[[list[str]], Ints]) -> Bools:
    """Return which cases are passed."""
    texts = [c.plain for c in cases] + [c.changed for c in cases]
    plain, changed = predict(texts).reshape(2, -1)
    if kind == "invariance":
        found: Bools = changed == plain
    elif kind == "not weaker":
        found = changed >= plain
    else:
        # Both: who always says neutral gets the negated texts right for nothing.
        wanted = [[_STRENGTH[label] for label in case.wanted or ()] for case in cases]
        found = (np.column_stack([plain, changed]) == np.array(wanted)).all(axis=1)
    return found


def _rate(
    tests: list[BehaviourTest],
    cases: list[list[Case]],
    passed: list[Bools],
    seed: int,
) -> dict[str, Score]:
    """Return pass rates; one bootstrap for all, as tests share texts."""
    sizes = [len(found) for found in cases]
    if not sum(sizes):
        raise ValueError("rows must hold a text that a test can change; found none.")
    which = np.repeat(np.arange(len(tests)), sizes)
    ok = np.concatenate(passed).astype(float)
    kinds = np.array([test.kind for test in tests])
    counts = kinds != "known limit"

    def figures(drawn: Ints) -> Floats:
        n = np.bincount(which[drawn], minlength=len(tests))
        n_ok = np.bincount(which[drawn], ok[drawn], minlength=len(tests))
        rates = np.divide(n_ok, n, out=np.full(len(tests), np.nan), where=n > 0)
        kept = counts & (n > 0)
        # Kinds weigh the same: always saying one label passes all tests of the first.
        of_kind = [rates[kept & (kinds == k)] for k in np.unique(kinds[kept])]
        mean = np.mean([found.mean() for found in of_kind]) if of_kind else np.nan
        return np.append(rates, mean)

    groups = [case.group for found in cases for case in found]
    names = [*(test.name for test in tests), "mean_pass_rate"]
    sizes.append(int(np.array(sizes)[counts].sum()))
    return bootstrap_scores(names, figures, len(ok), groups, seed=seed, sizes=sizes)


def fairness_gaps(model: Any, *, seed: int) -> dict[str, Score]:
    """Return how far a model treats groups of people apart.

    Templates are filled with the names, relatives or nationalities of each group; the
    gap is that between the best and the worst served group. It is never below 0, and
    more groups make it larger by chance alone: compare models, not lists.

    Parameters
    ----------
    model : classifier
        With ``predict``, and perhaps ``predict_proba`` and ``classes_``.
    seed : int
        Of the intervals, which come from drawing templates.

    Returns
    -------
    dict of str to Score
        For each of names, genders and nationalities: ``"names: accuracy"``, the gap in
        the share of texts labelled right, and ``"names: probability"``, that in the
        mean probability of the right label, if the model gives probabilities.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> model = DummyClassifier().fit(["a", "b"], ["empathy", "neutral"])
    >>> fairness_gaps(model, seed=0)["genders: accuracy"].value
    0.0
    """
    gaps: dict[str, Score] = {}
    for which, groups in group_lists().items():
        gaps |= _compare_groups(which, groups, model, seed)
    return gaps


def _compare_groups(
    which: str, groups: Groups, model: Any, seed: int
) -> dict[str, Score]:
    texts, labels, cells = [], [], []
    templates = list_templates(groups)
    for t, (text, label, slot) in enumerate(templates):
        for g, words in enumerate(groups.values()):
            texts += [text.format(**{slot: word}) for word in words[slot]]
            labels += [label] * len(words[slot])
            cells += [t * len(groups) + g] * len(words[slot])
    tables = {
        f"{which}: {name}": (np.bincount(cells, values) / np.bincount(cells)).reshape(
            len(templates), len(groups)
        )
        for name, values in _quality(model, texts, labels).items()
    }

    def figures(drawn: Ints) -> Floats:
        return np.array(
            [np.ptp(table[drawn].mean(axis=0)) for table in tables.values()]
        )

    return bootstrap_scores(list(tables), figures, len(templates), None, seed=seed)


def _quality(model: Any, texts: list[str], labels: list[str]) -> dict[str, Floats]:
    """Return for each text whether its label is right, and how probable it is found."""
    right = np.array([str(label) for label in model.predict(texts)]) == np.array(labels)
    found = {"accuracy": right.astype(float)}
    if hasattr(model, "predict_proba"):
        own = np.array(labels)[:, None] == np.array([str(c) for c in model.classes_])
        found["probability"] = (np.asarray(model.predict_proba(texts)) * own).sum(
            axis=1
        )
    return found
