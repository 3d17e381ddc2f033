"""The shipped model: the same texts give the same model, and its card is honest."""

from __future__ import annotations

import json
from importlib.metadata import version

import numpy as np
import pytest

from empathykit import build, distil, load_corpus, load_model
from empathykit.constructs import LABELS, MEANINGS
from empathykit.corpora import Example
from empathykit.persistence import SHIPPED

KINDS = {
    label: [code for code in MEANINGS if LABELS[code[0]] == label]
    for label in LABELS.values()
}
FILES = ("README.md", "config.json", "model.safetensors")
FOLDER = SHIPPED / "default"
OPENINGS = ["Hi there.", "Thanks for writing.", "Okay.", "Hello again,", "Good day!"]
REMARKS = [
    "That must have been so stressful for you.",
    "I can see why you are annoyed.",
    "It makes sense that you feel let down.",
    "I'm so sorry to hear about your dog.",
    "Oh no, I hope you feel better soon.",
    "My thoughts are with your family.",
    "Your parcel left the depot at noon.",
    "Please send me the last four digits.",
    "We open at nine on Saturday.",
    "Can you try another cable?",
]
TEXTS = [f"{opening} {remark}" for opening in OPENINGS for remark in REMARKS]


@pytest.fixture(scope="module")
def built(tmp_path_factory, tiny_texts, tiny_labels):
    """Two folders, built one after the other from the same 54 invented examples."""
    pairs = zip(tiny_texts * 3, tiny_labels * 3, strict=True)
    few = [
        Example(str(i), "", t, y, KINDS[y][i % len(KINDS[y])], False)
        for i, (t, y) in enumerate(pairs)
    ]
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        # Any other folder is a KeyError.
        patch.setattr(build, "load_texts", {"texts": few}.__getitem__)
        patch.setattr(build, "find_root", lambda root: root)
        # A teacher who knows nothing: the labels of the texts decide.
        patch.setattr(distil, "_read_pools", lambda folder: ["We open at six."])
        patch.setattr(
            build, "read_teacher", lambda found: np.full((len(found.text), 3), 1 / 3)
        )
        for name in ("one", "two"):
            assert build.main(["--root", "texts", "--out", str(folder / name)]) == 0
    return folder / "one", folder / "two"


def test_building_twice_gives_the_same_bytes(built):
    for name in ("default", "constructs"):
        one, two = (
            {p.name: p.read_bytes() for p in (folder / name).iterdir()}
            for folder in built
        )
        assert one.keys() == set(FILES)
        assert one == two


def test_the_build_writes_a_model_with_the_shipped_settings(built):
    for name, settings in (
        ("default", build.SETTINGS),
        ("constructs", build.CONSTRUCT_SETTINGS),
    ):
        model = load_model(built[0] / name)
        assert {k: model.get_params()[k] for k in settings} == settings
        assert 40 <= model.n_texts_ <= 55  # a tenth is kept back


def test_the_card_counts_the_texts_and_labels(built):
    card = (built[0] / "default" / "README.md").read_text(encoding="utf-8")
    assert "54 English replies (18 empathy, 18 neutral, 18 sympathy)" in card
    assert "$" not in card


def test_the_model_learns_from_support_train_and_no_test_split_of_triads(monkeypatch):
    first = Example("s1", "shop", "Hi", "neutral", "N", False)
    monkeypatch.setattr(build, "load_support", lambda split, root: [first])
    one, *own = build.load_texts("folder")
    written = build.load_written()
    assert own[-len(written) :] == written
    own = own[: -len(written)]
    assert one is first
    triads = {row["id"]: row for row in load_corpus("triads")}
    learned = [triads.pop(e.id) for e in own]
    assert {row["split"] for row in learned} == {"train", "validation"}
    assert {row["split"] for row in triads.values()} == {"test"}
    assert [e.text for e in own] == [row["text"] for row in learned]
    assert [e.label for e in own] == [row["label"] for row in learned]
    assert {e.source for e in own} == {"triads"}


def test_a_bad_folder_of_texts_ends_the_build(tmp_path):
    with pytest.raises(ValueError, match=r"support_train\.jsonl: no such file"):
        build.main(["--root", str(tmp_path), "--out", str(tmp_path / "model")])
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def rebuilt(shared_corpora, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rebuilt")
    build.main(["--root", str(shared_corpora), "--out", str(folder)])
    return folder / "default"


def test_the_shipped_model_is_the_one_that_the_build_makes(rebuilt, shipped_model):
    assert len(TEXTS) == 50
    np.testing.assert_allclose(
        load_model(rebuilt).predict_proba(TEXTS),
        shipped_model.predict_proba(TEXTS),
        rtol=0,
        atol=1e-4,  # other processors add up in another order
    )


def test_the_shipped_configuration_is_the_one_that_the_build_makes(rebuilt):
    shipped, fresh = (
        json.loads((folder / "config.json").read_text(encoding="utf-8"))
        for folder in (FOLDER, rebuilt)
    )
    if any(version(name) != v for name, v in shipped["versions"].items()):
        pytest.skip("the shipped model was built with other versions")
    assert shipped.keys() == fresh.keys()
    for key in ("format", "classes", "settings", "n_texts", "n_ngrams", "n_cues"):
        assert shipped[key] == fresh[key]


def test_the_shipped_card_is_the_one_that_the_build_makes(rebuilt):
    assert (FOLDER / "README.md").read_bytes() == (rebuilt / "README.md").read_bytes()


def test_the_shipped_model_takes_less_than_three_megabytes():
    assert sorted(p.name for p in FOLDER.iterdir()) == sorted(FILES)
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) < 3_000_000


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I can imagine how frustrating that must be for you.", "empathy"),
        ("I'm so sorry for your loss.", "sympathy"),
        ("Your parcel will arrive on Tuesday.", "neutral"),
    ],
)
def test_the_shipped_model_knows_the_plainest_cases(shipped_model, text, label):
    assert shipped_model.predict([text]).tolist() == [label]


@pytest.mark.parametrize(
    "needed",
    [
        *("CC BY 4.0", "Apache-2.0", "MIT"),
        *("EmpatheticDialogues", "GoEmotions", "CuCom", "IBM CDP", "STAR"),
        *("Empathetic Personas", "τ-bench", "CaSiNo", "triads"),
        *("41,940", "What it is for, and what not", "Measured quality", "Limits"),
        "made by a language model",
    ],
)
def test_the_shipped_card_says_what_users_must_know(needed):
    assert needed in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_errors_in_the_card_are_errors_of_the_model(shipped_model):
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in card.splitlines()]
    rows = [row for row in rows if len(row) == 4 and row[2] in LABELS.values()]
    assert len(rows) == 10
    for _, text, said, right in rows:
        assert shipped_model.predict([text]).tolist() == [said] != [right]
