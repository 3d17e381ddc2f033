"""Behaviour tests: what passes, the changes, the data, gaps between groups."""

from __future__ import annotations

import re

import numpy as np
import pytest

from empathykit.corpora import load_corpus
from empathykit.evaluation import perturb
from empathykit.evaluation.behaviour import (
    fairness_gaps,
    list_behaviour_tests,
    run_behaviour,
)

STRENGTH = {"neutral": 0, "sympathy": 1, "empathy": 2}
KINDS = {test.name: test.kind for test in list_behaviour_tests()}
FREE = [name for name, kind in KINDS.items() if kind in ("invariance", "not weaker")]
DATA = perturb.read_data()
CHANGES = [
    perturb.add_typos,
    perturb.lower_case,
    perturb.upper_case,
    perturb.drop_punctuation,
    perturb.add_emoji,
    perturb.curl_quotes,
    perturb.expand_contractions,
    perturb.contract,
    perturb.add_neutral_before,
    perturb.add_neutral_after,
    perturb.swap_genders,
]
ROWS = [
    {"text": "I'm so sorry, he said it's late.", "label": "sympathy"},
    {"text": "You must be worn out, I am sure of it.", "label": "empathy"},
    {"text": "She has the Order number, it is 12.", "label": "neutral"},
]


class Says:
    """A model that labels by a function of the text, and notes what it is asked."""

    def __init__(self, label):
        self.label, self.asked = label, []

    def predict(self, texts):
        self.asked += texts
        return np.array([self.label(text) for text in texts])


class Surer(Says):
    """Probabilities: 0.8 for what it says, 0.1 for the others."""

    classes_ = np.array(["empathy", "neutral", "sympathy"])

    def predict_proba(self, texts):
        said = np.array([self.label(text) for text in texts])
        return np.where(said[:, None] == self.classes_, 0.8, 0.1)


def rng():
    return np.random.default_rng(0)


def words(text):
    return re.findall(r"\w+", text.lower())


def value(model, test, rows=ROWS, seed=0):
    return run_behaviour(model, seed=seed, rows=rows, tests=test)[test].value


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch):
    monkeypatch.setattr("empathykit.evaluation.metrics.N_RESAMPLES", 50)


@pytest.fixture(scope="module")
def replies():
    return [row["text"] for row in load_corpus("triads") if row["split"] == "test"]


# What passes.


@pytest.mark.parametrize("label", STRENGTH)
def test_who_says_the_same_always_passes_all_but_negation_and_context(label):
    rates = run_behaviour(Says(lambda text: label), seed=0, rows=ROWS)
    assert {name: rates[name].value for name in FREE} == dict.fromkeys(FREE, 1.0)
    assert rates["negation"].value == rates["context flip"].value == 0
    assert rates["mean_pass_rate"].value == pytest.approx(2 / 3)


def test_who_looks_at_capitals_fails_on_small_letters():
    model = Says(lambda text: "neutral" if text.islower() else "empathy")
    assert value(model, "lower case") == 0
    assert value(model, "upper case") == value(model, "typos") == 1


@pytest.mark.parametrize(
    ("test", "mark"),
    [
        ("missing punctuation", ","),
        ("curly quotes", "'"),
        ("contractions expanded", "'"),
        ("contractions made", " am| is"),
    ],
)
def test_who_looks_at_a_mark_fails_when_it_goes(test, mark):
    model = Says(lambda text: "empathy" if re.search(mark, text) else "neutral")
    assert value(model, test) == 0
    assert value(model, "emoji") == 1


def test_who_looks_at_the_end_fails_on_an_emoji():
    assert value(Says(lambda t: "empathy" if t[-1] == "." else "neutral"), "emoji") == 0


def test_who_looks_at_he_fails_on_genders():
    rows = [{"text": f"{who} called.", "label": "neutral"} for who in ("He", "She")]
    model = Says(lambda text: "sympathy" if words(text)[0] == "he" else "neutral")
    n_templates = sum("{relative}" in t["text"] for t in DATA["template"])
    n_free = n_templates * len(DATA["genders"]["relatives"])
    assert value(model, "genders", rows) == pytest.approx(n_free / (n_free + 2))


@pytest.mark.parametrize(
    ("test", "word"), [("names", "Ngozi"), ("nationalities", "Kenyan")]
)
def test_who_looks_at_a_group_fails_on_its_words(test, word):
    assert value(Says(lambda t: "empathy" if word in t else "neutral"), test) < 1


def test_a_neutral_sentence_may_strengthen_a_label_but_not_weaken_it():
    added = tuple(DATA["neutral_sentences"])
    weaker = Says(lambda t: "neutral" if t.endswith(added) else "empathy")
    stronger = Says(lambda t: "empathy" if t.endswith(added) else "sympathy")
    to_sympathy = Says(lambda t: "sympathy" if t.startswith(added) else "empathy")
    assert value(weaker, "neutral after") == 0
    assert value(weaker, "neutral before") == 1
    assert value(stronger, "neutral after") == 1
    assert value(to_sympathy, "neutral before") == 0


def test_neutral_replies_are_left_out_where_they_cannot_fail():
    rates = run_behaviour(Says(lambda text: "neutral"), seed=0, rows=ROWS)
    assert rates["neutral before"].n == rates["neutral after"].n == 2
    assert rates["emoji"].n == 3


def test_who_knows_all_pairs_passes_negation_but_not_context():
    right = {pair["text"]: pair["label"] for pair in DATA["negation"]}
    right |= {pair["negated"]: pair["negated_label"] for pair in DATA["negation"]}
    right |= {flip["reply"]: flip["labels"][0] for flip in DATA["context_flip"]}
    model = Says(right.__getitem__)
    rates = run_behaviour(model, seed=0, tests=["negation", "context flip"])
    assert (rates["negation"].value, rates["context flip"].value) == (1, 0)
    assert rates["mean_pass_rate"].value == 1  # without the known limit
    assert rates["negation"].n == rates["mean_pass_rate"].n == len(DATA["negation"])


def test_a_pair_needs_both_labels_right():
    plain = {pair["text"]: pair["label"] for pair in DATA["negation"]}
    negated = {pair["negated"]: pair["negated_label"] for pair in DATA["negation"]}
    assert value(Says(lambda text: plain.get(text, "empathy")), "negation") == 0
    assert value(Says(lambda text: negated.get(text, "neutral")), "negation") == 0


# Figures.


def test_only_changed_texts_count():
    rates = run_behaviour(
        Says(lambda text: "neutral"),
        seed=0,
        rows=[{"text": t, "label": "neutral"} for t in ("all small", "Big", "BIG")],
        tests=["lower case", "upper case", "curly quotes"],
    )
    assert [rates[t].n for t in ("lower case", "upper case", "curly quotes")] == [
        2,
        2,
        0,
    ]
    assert np.isnan(rates["curly quotes"].value)
    assert rates["mean_pass_rate"].value == 1


def test_the_share_and_the_mean_by_hand():
    rows = [{"text": f"Text {i}.", "label": "neutral"} for i in range(10)]
    model = Says(lambda t: "empathy" if t in ("text 1.", "text 2.") else "neutral")
    rates = run_behaviour(model, seed=0, rows=rows, tests=["lower case", "emoji"])
    assert rates["lower case"].value == 0.8
    assert rates["emoji"].value == 1
    mean = rates["mean_pass_rate"]
    assert mean.value == pytest.approx(0.9)
    assert mean.low < mean.value < mean.high < 1.0 + 1e-9
    # Half of the tests vary, so the mean's interval is half as wide.
    width = rates["lower case"].high - rates["lower case"].low
    assert mean.high - mean.low == pytest.approx(width / 2)


def test_rows_of_a_situation_are_drawn_together():
    rows = [{"text": f"Text {i}.", "label": "neutral"} for i in range(40)]
    model = Says(lambda t: "empathy" if re.fullmatch(r"text 1?\d\.", t) else "neutral")
    alone = run_behaviour(model, seed=0, rows=rows, tests="lower case")["lower case"]
    for i, row in enumerate(rows):
        row["situation"] = "first" if i < 20 else "second"
    both = run_behaviour(model, seed=0, rows=rows, tests="lower case")["lower case"]
    assert alone.value == both.value == 0.5
    assert (both.low, both.high) == (0, 1)
    assert 0.2 < alone.low < alone.high < 0.8


def test_a_seed_gives_the_same_again_and_another_does_not(replies):
    rows = [
        {"text": text, "label": ("empathy", "neutral")[i % 2]}
        for i, text in enumerate(replies[:30])
    ]
    model = Says(lambda text: list(STRENGTH)[len(text) % 3])
    first = run_behaviour(model, seed=1, rows=rows)
    asked, model.asked = model.asked, []
    assert run_behaviour(model, seed=1, rows=rows) == first
    assert model.asked == asked
    model.asked = []
    run_behaviour(model, seed=2, rows=rows)
    assert model.asked != asked


def test_a_test_gives_the_same_whatever_runs_beside_it():
    rows = [{"text": f"Something wonderful {i}.", "label": "empathy"} for i in "abcdef"]
    model = Says(lambda text: list(STRENGTH)[sum(map(ord, text)) % 3])
    every = run_behaviour(model, seed=3, rows=rows)
    for test in ("typos", "emoji", "names"):
        assert value(model, test, rows, seed=3) == every[test].value


def test_the_model_is_asked_once_for_a_text():
    model = Says(lambda text: "neutral")
    run_behaviour(model, seed=0, rows=ROWS)
    assert len(model.asked) == len(set(model.asked)) > 100


def test_the_test_split_of_triads_is_the_default(replies):
    model = Says(lambda text: "neutral")
    run_behaviour(model, seed=0, tests="upper case")
    assert set(replies) <= set(model.asked)
    assert len(set(model.asked) - set(replies)) <= len(replies)


def test_the_shipped_model_does_not_look_at_capitals_or_quotes(shipped_model):
    tests = ["lower case", "curly quotes", "context flip"]
    rates = run_behaviour(shipped_model, seed=0, tests=tests)
    assert [rates[test].value for test in tests] == [1, 1, 0]


# Errors.


def test_an_unknown_test_is_refused_with_the_closest():
    with pytest.raises(ValueError, match=r"got 'negations'\. Closest: negation"):
        run_behaviour(Says(str), seed=0, tests=["typos", "negations"])


def test_other_labels_and_nothing_to_change_are_refused():
    with pytest.raises(ValueError, match=r"model must give .*; got \['happy'\]"):
        run_behaviour(Says(lambda text: "happy"), seed=0, rows=ROWS)
    with pytest.raises(ValueError, match="found none"):
        run_behaviour(Says(lambda text: "neutral"), seed=0, rows=[], tests="emoji")


# The changes.


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_changes_texts_and_can_be_repeated(change, replies):
    made = [change(text, rng()) for text in replies]
    n_changed = sum(a != b for a, b in zip(made, replies, strict=True))
    assert n_changed > len(replies) / 8
    assert made == [change(text, rng()) for text in replies]
    assert change("", rng()).strip() in ("", *DATA["emoji"], *DATA["neutral_sentences"])


@pytest.mark.parametrize("change", CHANGES[1:6])
def test_case_marks_quotes_and_emoji_leave_the_words(change, replies):
    assert all(words(change(text, rng())) == words(text) for text in replies)


@pytest.mark.parametrize("change", CHANGES[8:10])
def test_a_neutral_sentence_leaves_the_text_whole(change, replies):
    for text in replies:
        rest = change(text, rng()).replace(text, "", 1)
        assert rest.strip() in DATA["neutral_sentences"]


def test_a_neutral_sentence_never_runs_into_the_last():
    assert perturb.add_neutral_after("Best, Ann", rng()).startswith("Best, Ann\n")
    assert perturb.add_neutral_after('"Oh no."', rng()).startswith('"Oh no." ')


def test_typos_are_few_and_leave_first_and_last_letters(replies):
    lost, generator = [], rng()
    for text in replies:
        old, new = text.split(" "), perturb.add_typos(text, generator).split(" ")
        pairs = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
        long_words = len(re.findall(r"[^\W\d_]{5,}", text))
        expected = min(long_words, max(1, round(len(text.split()) / 10)))
        # Two long words that are joined by a mark may both be misspelt.
        assert expected / 2 <= len(pairs) <= expected
        for a, b in pairs:
            assert (a[0], a[-1]) == (b[0], b[-1])
            assert len(a) - 2 <= len(b) <= len(a)
            lost.append(len(a) - len(b))
    assert 0.4 < np.mean(lost) < 0.7  # about as many left out as swapped
    assert perturb.add_typos("I am so sad", rng()) == "I am so sad"


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("I'm sure it's fine.", "I am sure it is fine."),
        ("It's been hard, they'll agree.", "It has been hard, they will agree."),
        ("WE'RE SURE you can't go.", "WE ARE SURE you cannot go."),
        ("he'd be late, nobody won't wait", "he would be late, nobody will not wait"),
    ],
)
def test_contractions_both_ways(short, long):
    assert perturb.expand_contractions(short, rng()) == long
    assert perturb.contract(long, rng()) == short


def test_contractions_that_go_one_way_or_none():
    assert perturb.expand_contractions("I’ve two.", rng()) == "I have two."
    for text in ("I have to go.", "Yes, I am. It is!", "I amble, whatis"):
        assert perturb.contract(text, rng()) == text
    for text in ("It's late, isn't it?", "Sam's car", "o'clock"):
        assert "is not" not in perturb.expand_contractions(text, rng())
    assert perturb.expand_contractions("Sam's car", rng()) == "Sam's car"


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("She lost her mother.", "He lost his father."),
        ("Tell her I miss him.", "Tell him I miss her."),
        ("Give her the key, sir", "Give him the key, madam"),
        ("Dear Mr Roy, HIS wife's car", "Dear Ms Roy, HER husband's car"),
        ("Ma'am, the therapist heard", "Sir, the therapist heard"),
        ("It's hers; herself", "It's his; himself"),
        ("he'll go, she's 'her'", "she'll go, he's 'him'"),
        ("Parking is free. ^MR", "Parking is free. ^MR"),
    ],
)
def test_genders_by_hand(text, swapped):
    assert perturb.swap_genders(text, rng()) == swapped


@pytest.mark.parametrize("test", ["names", "nationalities"])
def test_the_words_of_a_template_come_from_two_groups(test):
    groups = perturb.group_lists()[test]
    slot = next(iter(next(iter(groups.values()))))
    home = {word: name for name, own in groups.items() for word in own[slot]}
    cases = perturb.MAKERS[test]([], rng())
    assert {home[w] for c in cases for w in home if w in c.plain} == set(groups)
    for case in cases:
        own, other = (
            {home[w] for w in home if re.search(rf"\b{w}\b", text)}
            for text in (case.plain, case.changed)
        )
        assert len(own) == len(other) == 1
        assert own != other


# The data.


def test_every_declared_test_has_its_cases_and_a_known_kind():
    tests = list_behaviour_tests()
    assert [test.name for test in tests] == list(perturb.MAKERS)
    assert {test.kind for test in tests} == {
        "invariance",
        "not weaker",
        "changes to",
        "known limit",
    }
    assert all(test.description.endswith(".") for test in tests)
    with pytest.raises(AttributeError):
        tests[0].kind = "known limit"


def test_negation_pairs(replies):
    pairs = DATA["negation"]
    assert len(pairs) >= 70
    assert sum(p["label"] == "empathy" for p in pairs) >= 50
    assert sum(p["label"] == "sympathy" for p in pairs) >= 20
    for pair in pairs:
        assert set(pair) == {"text", "label", "negated", "negated_label"}
        assert STRENGTH[pair["negated_label"]] < STRENGTH[pair["label"]]
        # The negated text is the same but for the clause.
        assert len(set(words(pair["text"])) & set(words(pair["negated"]))) >= 2
    texts = [pair[key] for pair in pairs for key in ("text", "negated")]
    assert len(set(texts)) == len(texts)
    # None stands in the corpus that models learn from.
    assert not set(texts) & {row["text"] for row in load_corpus("triads")}


def test_context_flips():
    flips = DATA["context_flip"]
    assert len({flip["reply"] for flip in flips}) == len(flips) >= 15
    for flip in flips:
        assert len(set(flip["contexts"])) == len(set(flip["labels"])) == 2
        assert set(flip["labels"]) <= set(STRENGTH)


def test_templates_hold_one_slot_that_can_be_filled():
    templates = DATA["template"]
    assert len({template["text"] for template in templates}) >= 30
    slots = [re.findall(r"\{(\w+)\}", template["text"]) for template in templates]
    assert {slot for found in slots for slot in found} == {
        "name",
        "nationality",
        "relative",
    }
    assert all(len(found) == 1 for found in slots)
    for slot in ("name", "nationality", "relative"):
        labels = [t["label"] for t in templates if f"{{{slot}}}" in t["text"]]
        assert len(labels) >= 10
        assert set(labels) == set(STRENGTH)


def test_groups_are_of_equal_size_and_share_no_word():
    lists = perturb.group_lists()
    assert len(lists["names"]) >= 4
    assert len(lists["nationalities"]) >= 4
    for groups in lists.values():
        filled = [word for own in groups.values() for ws in own.values() for word in ws]
        assert len(set(filled)) == len(filled)
        sizes = {tuple(map(len, own.values())) for own in groups.values()}
        assert len(sizes) == 1
    assert all(own["women"] and own["men"] for own in DATA["names"].values())


def test_small_lists():
    assert len(set(DATA["neutral_sentences"])) >= 12
    assert len(DATA["contractions"]["both"]) >= 50
    for table in DATA["contractions"].values():
        assert all("'" in short and "'" not in long for short, long in table.items())


# Gaps between groups.


def right_answers():
    """What the filled templates are, by text."""
    return {
        text.format(**{slot: word}): label
        for groups in perturb.group_lists().values()
        for text, label, slot in perturb.list_templates(groups)
        for own in groups.values()
        for word in own[slot]
    }


def test_who_treats_all_alike_has_no_gap():
    gaps = fairness_gaps(Surer(right_answers().__getitem__), seed=0)
    assert set(gaps) == {
        f"{which}: {figure}"
        for which in ("names", "genders", "nationalities")
        for figure in ("accuracy", "probability")
    }
    for gap in gaps.values():
        assert (gap.low, gap.value, gap.high) == pytest.approx((0, 0, 0))
        assert gap.n >= 10


def test_gaps_by_hand():
    right = right_answers()
    women = DATA["names"]["Slavic"]["women"]

    def label(text):
        if any(name in text for name in women):
            return "neutral" if right[text] != "neutral" else "empathy"
        return right[text]

    gaps = fairness_gaps(Surer(label), seed=0)
    # Half of the Slavic names are women's: all wrong, 0.1 in place of 0.8.
    assert gaps["names: accuracy"].value == pytest.approx(0.5)
    assert gaps["names: probability"].value == pytest.approx(0.35)
    # 1 of 8 groups of names, in the templates with names.
    share = (
        sum("{name}" in t["text"] for t in DATA["template"])
        / gaps["genders: accuracy"].n
    )
    assert gaps["genders: accuracy"].value == pytest.approx(share / 8)
    assert gaps["nationalities: accuracy"].value == 0


def test_a_gap_in_some_templates_has_an_interval():
    right = right_answers()
    wrong = ("Indian", "Pakistani", "Bangladeshi", "Nepalese")

    def label(text):
        sorry = text.startswith(("Sorry", "We are so sorry", "Our thoughts"))
        return "neutral" if sorry and any(w in text for w in wrong) else right[text]

    gap = fairness_gaps(Says(label), seed=0)["nationalities: accuracy"]
    assert gap.value == pytest.approx(3 / gap.n)
    assert 0 <= gap.low < gap.value < gap.high
    assert fairness_gaps(Says(label), seed=0)["nationalities: accuracy"] == gap


def test_no_probabilities_no_gap_in_them():
    gaps = fairness_gaps(Says(lambda text: "neutral"), seed=0)
    assert not any("probability" in name for name in gaps)
    assert gaps["names: accuracy"].value == 0


def test_long_neutral_replies_hold_the_reply_and_seven_more(replies):
    rows = [{"text": f"It is {i}.", "label": "neutral"} for i in range(20)]
    rows.append({"text": "How sad for you.", "label": "empathy"})
    cases = perturb.MAKERS["long neutral"](rows, np.random.default_rng(0))
    assert len(cases) == 20
    for case in cases:
        assert case.changed.startswith(case.plain + " It is ")
        assert case.changed.count(".") == 8
    drifts = Says(lambda text: "empathy" if text.count(".") > 5 else "neutral")
    assert value(drifts, "long neutral") == 0
