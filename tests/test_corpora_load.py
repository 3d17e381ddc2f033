"""One door to every corpus: files, checksums, splits, output forms, the hub."""

from __future__ import annotations

import builtins
import dataclasses
import json
import re
import shutil
from pathlib import Path

import pytest

from empathykit.corpora import CorpusError, catalog, list_corpora, load_corpus, readers

DATA = Path(__file__).parent / "data" / "corpora"
NAMES = [corpus.name for corpus in list_corpora()]
SMALL = sorted(folder.name for folder in DATA.iterdir())
BOTH = [name for name in SMALL if (DATA / name / "copy").is_dir()]
WITHOUT_EMOTION = {"emotion": None, "split": None}  # what that copy does not tell
SIZES = {
    "support": 22_503,
    "epitome": 3_023,
    "empathetic_intents": 31_792,
    "empathic_reactions": 1_860,
    "iempathize": 5_007,
    "annomi": 4_882,
    "empathetic_dialogues": 48_886,
}


@pytest.fixture
def edit(monkeypatch):
    """Change an entry of the catalogue for one test."""

    def call(name, **changes):
        entries = catalog._catalog()
        changed = entries | {name: dataclasses.replace(entries[name], **changes)}
        monkeypatch.setattr(catalog, "_catalog", lambda: changed)

    return call


@pytest.fixture
def small(edit, monkeypatch):
    """Let a corpus be as small as our samples of it; return the folder of a form."""
    monkeypatch.delenv("EMPATHYKIT_CORPORA", raising=False)

    def call(name, form="upstream"):
        layouts = catalog.find_corpus(name).layouts
        edit(name, layouts=tuple(map(_without_sizes, layouts)))
        return DATA / name / form

    return call


def _without_sizes(layout):
    parts = [
        catalog.Part(dict.fromkeys(part.files, ""), part.split) for part in layout.parts
    ]
    return dataclasses.replace(layout, parts=tuple(parts))


@pytest.mark.parametrize("name", BOTH)
def test_upstream_files_and_the_copy_give_the_same_records(small, name):
    upstream = load_corpus(name, small(name, "upstream"))
    copy = load_corpus(name, small(name, "copy"))
    if name == "empathetic_dialogues":
        assert {row["emotion"] for row in upstream} == {"proud", "afraid", "sad"}
        upstream = [row | WITHOUT_EMOTION for row in upstream]
    assert upstream == copy
    assert len(upstream) > 2


def test_epitome_joins_three_files_and_groups_pairs_that_share_a_text(small):
    first, second, third, last = load_corpus("epitome", small("epitome"))
    assert first == {
        "id": "epitome:p1:r1",
        "seeker_id": "p1",
        "response_id": "r1",
        "component": "c0",
        "text": "That sounds hard. What happened?",
        "context": "I failed again, and again.",
        "er": 1,
        "ip": 0,
        "ex": 2,
        "rationales": {"er": ["That sounds hard"], "ip": [], "ex": ["What happened?"]},
    }
    assert last["rationales"]["ip"] == ["It hurts", ", I know"]
    groups = [row["component"] for row in (first, second, third, last)]
    assert groups == ["c0", "c0", "c0", "c1"]  # by post p1, by reply r2; alone


def test_intents_get_the_names_that_upstream_mixed_up(small):
    rows = load_corpus("empathetic_intents", small("empathetic_intents"), "train")
    assert [(row["text"], row["label"]) for row in rows] == [
        ("what did you eat?", "questioning"),
        ("we went by bus.", "neutral"),
        ("good luck!", "wishing"),
        ("The cellar door moved.", "afraid"),
    ]


def test_iempathize_is_read_as_windows_1252(small):
    rows = load_corpus("iempathize", small("iempathize"))
    assert [(row["text"], row["label"]) for row in rows] == [
        ("The scan is on Monday.", "none"),
        ("I’m so tired of waiting, and scared.", "seeking"),
        ('We are with you – "always".', "providing"),
    ]


def test_annomi_keeps_therapists_and_takes_the_majority(small):
    rows = load_corpus("annomi", small("annomi"))
    seen = [
        (r["id"], r["label"], r["reflection_subtype"], r["n_annotators"]) for r in rows
    ]
    assert seen == [
        ("annomi:0:0", "question", "n/a", 1),
        ("annomi:0:2", "reflection", "simple", 1),
        ("annomi:0:3", "other", "n/a", 1),
        ("annomi:7:0", "reflection", "tie", 3),
        ("annomi:7:2", "tie", "n/a", 2),
    ]
    assert [row["context"] for row in rows[:3]] == [
        None,
        "Badly, since May.",
        "So May was when it changed.",
    ]


def test_dialogues_keep_listeners_and_restore_commas(small):
    rows = load_corpus("empathetic_dialogues", small("empathetic_dialogues"), "train")
    assert rows == [
        {
            "id": "ed:hit:1_conv:2:2",
            "conversation": "hit:1_conv:2",
            "text": "Oh, which plants?",
            "context": "My garden won a prize, at last",
            "emotion": "proud",
            "split": "train",
        },
        {
            "id": "ed:hit:1_conv:2:4",
            "conversation": "hit:1_conv:2",
            "text": "Beans are hard work",
            "context": "Only beans",
            "emotion": "proud",
            "split": "train",
        },
    ]


def test_goemotions_names_several_emotions(small):
    rows = load_corpus("goemotions", small("goemotions"))
    assert [(r["id"], r["labels"], r["split"]) for r in rows] == [
        ("goemotions:e1", ["love", "gratitude"], "train"),
        ("goemotions:e2", ["neutral"], "train"),
        ("goemotions:e3", ["annoyance"], "validation"),
        ("goemotions:e4", ["caring"], "test"),
    ]
    assert rows[1]["text"] == 'He said "no'


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_every_output_form_holds_the_same_records(small, name):
    root = small(name)
    records = load_corpus(name, root)
    assert all(tuple(r) == catalog.find_corpus(name).columns for r in records)
    assert load_corpus(name, root, as_="datasets").to_list() == records
    assert load_corpus(name, root, as_="pandas").to_dict("records") == records


def test_missing_values_stay_none_in_pandas(small):
    frame = load_corpus("annomi", small("annomi"), as_="pandas")
    assert frame["context"][0] is None


@pytest.mark.parametrize("name", SMALL)
def test_the_folder_may_hold_a_folder_of_the_corpus_name(small, name, tmp_path):
    records = load_corpus(name, small(name))
    shutil.copytree(DATA / name / "upstream", tmp_path / name)
    assert load_corpus(name, tmp_path) == records


def test_the_folder_may_come_from_the_environment(small, monkeypatch):
    monkeypatch.setenv("EMPATHYKIT_CORPORA", str(small("iempathize")))
    assert len(load_corpus("iempathize")) == 3


# What is wrong is said ----------------------------------------------------------------


def test_an_unknown_name_is_answered_with_the_closest():
    with pytest.raises(ValueError, match=r"got 'epitom'\. Did you mean 'epitome'\?"):
        load_corpus("epitom")


def test_an_unknown_split_is_answered_with_those_that_are_there(small):
    with pytest.raises(ValueError, match=r"\['train', 'valid', 'test'\].*got 'dev'"):
        load_corpus("empathetic_intents", small("empathetic_intents"), "dev")


def test_a_split_that_a_copy_does_not_tell_is_refused(small):
    root = small("empathetic_dialogues", "copy")
    with pytest.raises(CorpusError, match=r"has no split 'test'; load it whole"):
        load_corpus("empathetic_dialogues", root, "test")


def test_an_unknown_form_is_refused_before_anything_is_read():
    with pytest.raises(ValueError, match=r"as_ must be .* got 'arrow'"):
        load_corpus("epitome", "no-such-folder", as_="arrow")


def test_missing_files_are_named_with_folder_and_source(small, tmp_path):
    small("epitome")
    with pytest.raises(CorpusError) as caught:
        load_corpus("epitome", tmp_path)
    message = str(caught.value)
    assert str(tmp_path) in message
    assert "epitome.jsonl; or emotional-reactions-reddit.csv" in message
    assert "https://github.com/behavioral-data/Empathy-Mental-Health" in message


def test_without_a_folder_the_variable_is_named(small):
    small("epitome")
    with pytest.raises(CorpusError, match="pass root, or set EMPATHYKIT_CORPORA"):
        load_corpus("epitome")


def test_a_wrong_checksum_is_refused(edit, tmp_path):
    name, file = "iempathize", tmp_path / "iempathize.jsonl"
    file.write_text('{"id": "a", "text": "b", "label": "0"}\n')
    with pytest.raises(CorpusError) as caught:
        load_corpus(name, tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{file}: checksum differs; must be SHA-256 4bfb424e")
    assert "Mahhos/Empathy" in message


def test_a_wrong_number_of_records_is_refused(tmp_path):
    shutil.copytree(DATA / "iempathize" / "upstream", tmp_path, dirs_exist_ok=True)
    expected = r"dataset\.csv: must give 5,007 records; got 3"
    with pytest.raises(CorpusError, match=expected):
        load_corpus("iempathize", tmp_path)


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "expected"),
    [
        (
            "epitome",
            "explorations-reddit.csv",
            "level",
            "grade",
            r"needs .*\['level'\]",
        ),
        ("epitome", "explorations-reddit.csv", "p3,r3", "p4,r3", r"not in all three"),
        ("epitome", "explorations-reddit.csv", ",2,", ",two,", r"not in the form"),
        (
            "epitome",
            "explorations-reddit.csv",
            ",2,",
            ",3,",
            r"ex of .* must be one of",
        ),
        ("iempathize", "dataset.csv", "text,label", "txt,label", r"needs .*\['text'\]"),
        ("iempathize", "dataset.csv", "Monday.,0", "Monday.", r"line 2: too few cells"),
        ("iempathize", "dataset.csv", "Monday.,0", "Monday.,7", r"not in the form"),
        ("empathetic_intents", "test.txt", "33 <SEP>", "33", r"line 1: must be a num"),
        ("empathetic_intents", "test.txt", "33 <SEP>", "41 <SEP>", r"below 41"),
        ("empathic_reactions", "messages.csv", "5.667", "high", r"not in the form"),
        ("annomi", "AnnoMI-full.csv", "topic", "theme", r"needs .*\['topic'\]"),
        ("empathetic_dialogues", "test.csv", "utterance,", "text,", r"\['utterance'\]"),
        ("goemotions", "test.tsv", "\t5\t", "\t28\t", r"not in the form"),
        ("goemotions", "test.tsv", "\t5\t", "\t", r"too few cells"),
    ],
)
def test_a_changed_file_is_refused(small, tmp_path, name, file, old, new, expected):
    shutil.copytree(small(name), tmp_path, dirs_exist_ok=True)
    path = tmp_path / file
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new.encode(), 1))
    with pytest.raises(CorpusError, match=expected) as caught:
        load_corpus(name, tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_table_in_another_encoding_is_refused(small, tmp_path):
    shutil.copytree(small("empathic_reactions"), tmp_path, dirs_exist_ok=True)
    path = tmp_path / "messages.csv"
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))
    with pytest.raises(CorpusError, match=r"messages\.csv: not a utf-8-sig table"):
        load_corpus("empathic_reactions", tmp_path)


@pytest.mark.parametrize("line", ["not json", "[1]", '{"id": "x"}'])
def test_a_bad_line_of_a_copy_is_named(small, tmp_path, line):
    shutil.copytree(small("iempathize", "copy"), tmp_path, dirs_exist_ok=True)
    with (tmp_path / "iempathize.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(CorpusError, match=r"iempathize\.jsonl, line 4"):
        load_corpus("iempathize", tmp_path)


@pytest.mark.parametrize("module", ["datasets", "pandas"])
def test_a_package_that_is_missing_is_named_with_its_extra(monkeypatch, module, small):
    found = builtins.__import__

    def without(name, *args, **kwargs):
        if name.partition(".")[0] == module:
            raise ModuleNotFoundError(f"No module named {module!r}", name=module)
        return found(name, *args, **kwargs)

    monkeypatch.setattr("empathykit._checks.import_module", without)
    root = small("iempathize")
    with pytest.raises(ModuleNotFoundError, match=r"empathykit\[datasets\]"):
        load_corpus("iempathize", root, as_=module)


# The hub ------------------------------------------------------------------------------


@pytest.fixture
def hub(edit, tmp_path, monkeypatch):
    """A data set folder in the place of the hub, which tests cannot reach."""
    monkeypatch.delenv("EMPATHYKIT_CORPORA", raising=False)
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    folder = tmp_path / "hub"
    folder.mkdir()

    def call(name, rows_by_split):
        for split, rows in rows_by_split.items():
            table = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / f"{split}.jsonl").write_text(table, encoding="utf-8")
        old = catalog.find_corpus(name).hub
        edit(name, hub=dataclasses.replace(old, id=str(folder), config=None))

    return call


@pytest.mark.filterwarnings("ignore")
def test_goemotions_comes_from_the_hub(hub):
    rows = [{"id": "e1", "text": "Lovely, thanks!", "labels": [18, 15]}]
    hub("goemotions", {"train": rows, "test": [rows[0] | {"id": "e2", "labels": [5]}]})
    assert load_corpus("goemotions", split="test") == [
        {
            "id": "goemotions:e2",
            "text": "Lovely, thanks!",
            "labels": ["caring"],
            "split": "test",
        }
    ]
    assert len(load_corpus("goemotions")) == 2


@pytest.mark.filterwarnings("ignore")
def test_dialogues_from_the_hub_equal_those_from_the_files(hub, small):
    from_files = load_corpus("empathetic_dialogues", small("empathetic_dialogues"))
    paths = {"train": "train.csv", "validation": "valid.csv", "test": "test.csv"}
    folder = DATA / "empathetic_dialogues" / "upstream"
    names = ("conv_id", "utterance_idx", "context", "utterance")
    hub(
        "empathetic_dialogues",
        {
            split: [
                {name: row[name] for name in names} | {"utterance_idx": n % 9}
                for n, row in enumerate(
                    readers.read_table(folder / path, names, quoting=3), start=1
                )
            ]
            for split, path in paths.items()
        },
    )
    assert load_corpus("empathetic_dialogues") == from_files


@pytest.mark.filterwarnings("ignore")
def test_a_hub_that_is_out_of_reach_is_said(edit, monkeypatch):
    monkeypatch.delenv("EMPATHYKIT_CORPORA", raising=False)
    hub = catalog.find_corpus("goemotions").hub
    edit("goemotions", hub=dataclasses.replace(hub, id="/no/such/data/set"))
    with pytest.raises(CorpusError, match=r"cannot be had from the hub.*Pass root"):
        load_corpus("goemotions")


# The catalogue ------------------------------------------------------------------------


@pytest.mark.parametrize("corpus", list_corpora(), ids=NAMES)
def test_every_entry_says_what_a_user_must_know(corpus):
    for text in (corpus.title, corpus.description, corpus.task, corpus.url):
        assert text.strip()
    assert re.fullmatch(r"none stated|[\w.-]+( AND [\w.-]+)*", corpus.licence)
    assert corpus.commercial_use in ("yes", "no", "split train only")
    assert (corpus.licence == "none stated") <= (corpus.commercial_use == "no")
    assert re.match(r"@\w+\{\w+,\n", corpus.citation)
    assert corpus.problems
    assert {*corpus.labels, *corpus.ranges} <= set(corpus.columns)
    assert {"id", "text"} <= set(corpus.columns)
    assert not corpus.group or corpus.group in corpus.columns
    assert bool(corpus.splits) == ("split" in corpus.columns)
    assert corpus.layouts
    for layout in corpus.layouts:
        assert callable(getattr(readers, layout.reader))
        parts = [part.split for part in layout.parts if part.split is not None]
        assert set(parts) <= set(corpus.splits)
    if corpus.hub:
        assert callable(getattr(readers, corpus.hub.reader))
        assert corpus.hub.revision


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_every_public_corpus_loads_from_the_shared_folder(shared_corpora, name, size):
    records = load_corpus(name, shared_corpora)
    corpus = catalog.find_corpus(name)
    assert len(records) == size
    assert len({record["id"] for record in records}) == size
    assert all(tuple(record) == corpus.columns for record in records)
    assert all(record["text"].strip() for record in records)
    if corpus.group:
        assert all(record[corpus.group] for record in records)
    for column, (low, high) in corpus.ranges.items():
        assert all(low <= record[column] <= high for record in records)


def test_only_goemotions_is_not_in_the_shared_folder(shared_corpora):
    assert {*SIZES, "triads", "goemotions"} == set(NAMES)
    with pytest.raises(CorpusError, match=r"train\.tsv, dev\.tsv, test\.tsv"):
        load_corpus("goemotions", shared_corpora)
