"""Declared and registered tasks, and how they are cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from empathykit.corpora import list_corpora
from empathykit.evaluation import Protocol, find_task, list_tasks, register_task
from empathykit.evaluation.splits import load_task
from empathykit.evaluation.tasks import _OWN

ROWS = [
    {"text": f"{label} {k}", "label": label, "talk": k // 2, "split": split}
    for k, (label, split) in enumerate(
        [("a", "train"), ("b", "train")] * 10 + [("a", "test"), ("b", "test")] * 5
    )
]


@pytest.fixture(autouse=True)
def _forget():
    yield
    _OWN.clear()


def test_the_declared_tasks():
    names = [task.name for task in list_tasks()]
    for name in ("triads", "triads-hard", "support-dev", "epitome-rationales"):
        assert name in names
    for part in ("er", "ip", "ex"):
        assert {f"epitome-{part}", f"epitome-{part}-random"} <= set(names)
    corpora = {corpus.name for corpus in list_corpora()} | {"support"}
    assert {task.corpus for task in list_tasks()} <= corpora


@pytest.mark.parametrize("task", list_tasks(), ids=lambda task: task.name)
def test_published_rows_say_how_comparable_they_are(task):
    assert task.version >= 1
    for reference in task.references:
        assert reference.metric == task.metric
        assert len(reference.comparable) > 20
        assert any(c.isdigit() for c in reference.citation)


def test_an_unknown_task_names_the_closest():
    with pytest.raises(ValueError, match=r"got 'triad'\. Closest: triads"):
        find_task("triad")


@pytest.mark.parametrize("name", ["triads", "triads-hard", "behaviour"])
def test_bundled_tasks_are_cut_without_a_root(name):
    data = load_task(find_task(name))
    ((train, test),) = data.splits
    assert not set(train) & set(test)
    assert not set(data.groups[train]) & set(data.groups[test])


def test_the_hard_task_leaves_the_plain_texts_out():
    plain, hard = (load_task(find_task(n)) for n in ("triads", "triads-hard"))
    assert 0 < len(hard.splits[0][1]) < len(plain.splits[0][1])
    wanted = set(hard.task.where["phenomenon"])
    assert {hard.rows[i]["phenomenon"] for i in hard.splits[0][1]} == wanted


@pytest.mark.parametrize(
    "task", [t for t in list_tasks() if t.name != "behaviour"], ids=lambda t: t.name
)
def test_every_task_is_cut_without_leaks(task, shared_corpora):
    data = load_task(task, shared_corpora)
    assert len(data.splits) == (
        1
        if task.protocol.kind == "fixed"
        else task.protocol.n_splits * task.protocol.rounds
    )
    for train, test in data.splits:
        assert len(train) > len(test) > 0
        assert not set(train.tolist()) & set(test.tolist())
        if task.protocol.group:
            assert not set(data.groups[train]) & set(data.groups[test])


def test_posts_and_replies_of_epitome_stay_on_one_side(shared_corpora):
    data = load_task(find_task("epitome-er"), shared_corpora)
    for train, test in data.splits:
        for column in ("sp_id", "rp_id"):
            if column in data.rows[0]:
                sides = [{data.rows[i][column] for i in part} for part in (train, test)]
                assert not sides[0] & sides[1]
        sides = [{data.texts[i] for i in part} for part in (train, test)]
    leaky = load_task(find_task("epitome-er-random"), shared_corpora)
    components = [[leaky.rows[i]["component"] for i in p] for p in leaky.splits[0]]
    assert set(components[0]) & set(components[1])  # it leaks, and its name says so


@pytest.mark.parametrize("data", [ROWS, pd.DataFrame(ROWS)], ids=["dicts", "frame"])
def test_own_task(data):
    task = register_task("mine", data, group="talk", n_folds=4, rounds=2)
    assert find_task("mine") is task
    assert list_tasks()[-1] is task
    splits = load_task(task, seed=1).splits
    assert len(splits) == 8
    tested = np.concatenate([test for _, test in splits[:4]])
    assert sorted(tested.tolist()) == list(range(30))


def test_own_columns():
    rows = [{"said": r["text"], "is": r["label"], "part": r["split"]} for r in ROWS]
    task = register_task("mine", rows, text="said", label="is", split="part")
    data = load_task(task)
    ((train, test),) = data.splits
    assert (len(train), len(test)) == (20, 10)
    assert data.texts[0] == "a 0"
    assert data.target[1] == "b"


def test_seeds_cut_anew():
    task = register_task("mine", ROWS, n_folds=3)
    one, same, other = (
        load_task(task, seed=s).splits[0][1].tolist() for s in (0, 0, 1)
    )
    assert one == same != other


def test_a_group_on_both_sides_is_refused():
    rows = [row | {"talk": 1} for row in ROWS]
    task = register_task("mine", rows, group="talk", split="split")
    with pytest.raises(ValueError, match="1 values of 'talk' stand on both sides"):
        load_task(task)


@pytest.mark.parametrize(("kept", "name"), [("train", "test"), ("test", "train")])
def test_an_empty_split_is_refused(kept, name):
    rows = [row for row in ROWS if row["split"] == kept]
    task = register_task("mine", rows, split="split")
    with pytest.raises(ValueError, match=f"the {name} split is empty"):
        load_task(task)


@pytest.mark.parametrize(
    ("name", "rows", "options", "message"),
    [
        ("triads", ROWS, {}, "name of a declared task"),
        ("mine", [], {}, "at least one row"),
        ("mine", ROWS, {"label": "mood"}, r"must have the columns \['mood'\]"),
        ("mine", ROWS, {"group": "call"}, r"must have the columns \['call'\]"),
        ("mine", [{"text": 5, "label": "a"}], {}, r"X\[0\] must be a string"),
    ],
)
def test_wrong_own_tasks_are_named(name, rows, options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        register_task(name, rows, **options)


def test_numbers_are_cut_into_folds_too():
    rows = tuple(row | {"label": float(k)} for k, row in enumerate(ROWS))
    task = register_task("mine", ROWS)
    for group in ("", "talk"):
        protocol = Protocol("folds", group=group, n_splits=3)
        values = replace(task, kind="values", rows=rows, protocol=protocol)
        assert len(load_task(values).splits) == 3
