"""The labels of the support corpus, joined to texts that lie elsewhere."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter

import pytest

from empathykit.corpora import CorpusError, Example, load_support, support

COLUMNS = ["id", "source", "source_id", "sha256", "label", "construct", "unsure"]
CONSTRUCTS = {
    "empathy": {f"E{i}" for i in range(1, 7)},
    "sympathy": {f"S{i}" for i in range(1, 6)},
    "neutral": {"N"},
}
SIZES = {"train": 21_907, "dev": 596}
SHA256 = hashlib.sha256("That must sting. 😀".encode()).hexdigest()


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Folder with texts; two of its three have a label."""
    labels = tmp_path / "labels"
    labels.mkdir()
    rows = [
        COLUMNS,
        ["b", "shop", "shop:2", SHA256, "empathy", "E2", "1"],
        ["a", "bank", "bank:1", _sha256("Card sent."), "neutral", "N", "0"],
    ]
    table = "".join("\t".join(row) + "\n" for row in rows)
    (labels / "support_train.tsv").write_text(table, encoding="utf-8")
    monkeypatch.setattr(support, "_LABELS", labels)
    monkeypatch.delenv("EMPATHYKIT_CORPORA", raising=False)
    root = tmp_path / "texts"
    root.mkdir()
    _write(root, ("a", "Card sent."), ("b", "That must sting. 😀"), ("c", "More"))
    return root


def _sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _write(root, *pairs):
    rows = [{"id": i, "text": t, "context": f"Hi {i}", "label": "?"} for i, t in pairs]
    lines = [json.dumps(row) + "\n" for row in rows]
    (root / "support_train.jsonl").write_text("".join(lines), encoding="utf-8")


def test_texts_are_joined_by_id_in_the_order_of_the_labels(root):
    assert load_support("train", root) == [
        Example(
            "b", "shop", "That must sting. 😀", "empathy", "E2", True, "shop:2", "Hi b"
        ),
        Example("a", "bank", "Card sent.", "neutral", "N", False, "bank:1", "Hi a"),
    ]


@pytest.mark.parametrize(
    ("source_id", "conversation"),
    [
        ("tau:traj:22:3:18", "tau:traj:22:3"),
        ("goemotions:edfnx43", "goemotions:edfnx43"),
    ],
)
def test_a_conversation_is_the_id_less_its_turn(source_id, conversation):
    assert support._conversation(source_id) == conversation


def test_the_folder_may_come_from_the_environment(root, monkeypatch):
    monkeypatch.setenv("EMPATHYKIT_CORPORA", str(root))
    assert [e.id for e in load_support("train")] == ["b", "a"]


def test_without_a_folder_the_variable_is_named(root):
    with pytest.raises(CorpusError, match="set EMPATHYKIT_CORPORA"):
        load_support("train")


def test_a_folder_without_the_texts_is_named(root, tmp_path):
    path = tmp_path / "support_train.jsonl"
    with pytest.raises(CorpusError, match=re.escape(f"{path}: no such file")):
        load_support("train", tmp_path)


@pytest.mark.parametrize("split", ["test", "", "TRAIN", None])
def test_an_unknown_split_is_refused(root, split):
    with pytest.raises(ValueError, match=rf"'train', 'dev'.*got {split!r}"):
        load_support(split, root)


def test_a_text_that_was_changed_is_refused(root):
    _write(root, ("a", "Card sent. "), ("b", "That must sting. 😀"))
    expected = r"support_train\.jsonl.*a \(bank:1\) differs"
    with pytest.raises(CorpusError, match=expected):
        load_support("train", root)


def test_a_text_that_is_missing_is_refused(root):
    _write(root, ("a", "Card sent."))
    expected = r"support_train\.jsonl.*b \(shop:2\) is missing"
    with pytest.raises(CorpusError, match=expected):
        load_support("train", root)


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"",
        b"[1]",
        b'"id"',
        b'{"id": "a"}',
        b'{"text": "a"}',
        b'{"id": ["a"], "text": "a"}',
        b'{"id": "a", "text": 5}',
        b'{"id": "a", "text": null}',
        b'{"id": "a", "text": "caf\xe9"}',
        rb'{"id": "a", "text": "\ud800"}',
    ],
)
def test_a_bad_line_is_named_with_its_file(root, line):
    path = root / "support_train.jsonl"
    path.write_bytes(b'{"id": "c", "text": "fine"}\n' + line + b"\n")
    with pytest.raises(CorpusError, match=r"support_train\.jsonl"):
        load_support("train", root)


def test_a_corpus_error_is_a_value_error():
    assert issubclass(CorpusError, ValueError)


def _committed(split):
    with (support._LABELS / f"support_{split}.tsv").open(encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t"))


@pytest.mark.parametrize("split", SIZES)
def test_the_committed_labels_are_whole_and_hold_no_text(split):
    header, *rows = _committed(split)
    assert header == COLUMNS
    assert len(rows) == SIZES[split]
    assert len({row[0] for row in rows}) == len(rows)
    assert all(len(row) == len(COLUMNS) for row in rows)
    # "(1)" stands in a few ids of EmpatheticDialogues; a text would have more spaces.
    assert all(re.fullmatch(r"[a-z_]+:\S+( \(1\):\d+)?", row[2]) for row in rows)
    assert all(re.fullmatch(r"[a-z_]+", row[1]) for row in rows)
    assert all(re.fullmatch(r"[a-z]\d+", row[0]) for row in rows)
    assert all(re.fullmatch(r"[0-9a-f]{64}", row[3]) for row in rows)
    assert all(row[5] in CONSTRUCTS[row[4]] for row in rows)
    assert {row[6] for row in rows} <= {"0", "1"}


def test_the_splits_share_no_text_and_no_conversation():
    train, dev = (_committed(split)[1:] for split in SIZES)
    assert not {row[3] for row in train} & {row[3] for row in dev}
    conversations = [
        {row[2].rpartition(":")[0] for row in rows} for rows in (train, dev)
    ]
    assert not conversations[0] & conversations[1]


@pytest.mark.parametrize("split", SIZES)
def test_the_labels_agree_with_the_public_rows(shared_corpora, split):
    examples = load_support(split, shared_corpora)
    with (shared_corpora / f"support_{split}.jsonl").open(encoding="utf-8") as lines:
        rows = {row["id"]: row for row in map(json.loads, lines)}
    assert len(examples) == len(rows) == SIZES[split]
    for e in examples:
        row = rows[e.id]
        assert (e.source, e.text) == (row["source"], row["text"])
        assert (e.label, e.construct) == (row["label"], row["construct"])
        assert e.unsure is bool(row.get("unsure"))


def test_the_mix_of_labels(shared_corpora):
    labels = Counter(e.label for e in load_support("train", shared_corpora))
    assert labels == {"neutral": 11_477, "empathy": 5_531, "sympathy": 4_899}
