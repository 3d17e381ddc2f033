"""The shipped cue lexicon: every example, and the look-alikes."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict

import pytest

from empathykit.cues import (
    CONSTRUCTS,
    CueMatcher,
    compile_lexicon,
    load_lexicon,
)
from empathykit.cues.lexicon import BUNDLED
from empathykit.text import tokenize

SHIPPED = load_lexicon("en")
CASES = [
    pytest.param(cue.name, text, fires, id=f"{cue.name}-{fires}-{i}")
    for cue in SHIPPED.cues
    for fires, texts in ((True, cue.examples), (False, cue.counter_examples))
    for i, text in enumerate(texts)
]
LOOK_ALIKES = {
    "apology for our own fault": [
        "We're sorry for the delay with your parcel.",
        "Sorry for the inconvenience this has caused.",
        "I apologise for the mix-up on our side.",
        "Our apologies, we sent the wrong size.",
        "Sorry about that, I will fix the invoice now.",
        "Please accept our apologies for the late reply.",
        "I'm sorry for the wait, the line was busy.",
        "We apologize for the confusion over the price.",
        "Apologies, that was my mistake.",
    ],
    "procedural understand": [
        "I understand you want to cancel the subscription.",
        "I understand that the parcel was sent on Monday.",
        "Please understand that we cannot change the date.",
        "To understand the fault, I need the log file.",
        "So I understand correctly, you paid twice?",
        "I understand the return policy has changed.",
        "Let me make sure I understand your request.",
        "Do you understand the terms of the contract?",
    ],
    "at least a number": [
        "The password needs at least 8 characters.",
        "Leave it off for at least ten minutes.",
        "You need at least two forms of ID.",
        "Delivery takes at least three working days.",
        "The order must be at least 20 euros.",
        "At least one field is empty.",
        "Please choose at least one option.",
    ],
    "unfortunately we cannot": [
        "Unfortunately we cannot refund a used ticket.",
        "Unfortunately, I can't change the address.",
        "Unfortunately this model is out of stock.",
        "We are unfortunately unable to open the file.",
        "Unfortunately the offer ended on Friday.",
        "Unfortunately, there is no later train.",
        "Unfortunately your card was declined.",
    ],
    "I see your order": [
        "I see your order on my screen.",
        "I can see the payment went through.",
        "I see that you ordered two lamps.",
        "I can see your last invoice from May.",
        "I see the parcel is at the depot.",
        "Now I see your account, thank you.",
        "I can see you have three tickets open.",
    ],
    "sorry you feel that way": [
        "I'm sorry you feel that way.",
        "Sorry you feel that way about our prices.",
        "We are sorry that you feel this way.",
        "I am sorry if you feel that way.",
        "Well, I'm sorry that you feel like that.",
        "Sorry if you felt that way.",
        "I'm so sorry you feel this way, but the rules are clear.",
    ],
}
LABEL_GUIDE = {*(f"E{i}" for i in range(1, 7)), *(f"S{i}" for i in range(1, 6)), "N"}
FLAT = [(kind, text) for kind, texts in LOOK_ALIKES.items() for text in texts]


def fired_by(lexicon, texts):
    """Names of the cues that fire, by text."""
    matcher = CueMatcher(compile_lexicon(lexicon))
    found = matcher.match(tokenize(texts))
    fired = defaultdict(set)
    for text, cue in zip(found.text_index.tolist(), found.cue.tolist(), strict=True):
        fired[texts[text]].add(lexicon.cues[cue].name)
    return fired


@pytest.fixture(scope="module")
def fired():
    texts = [case.values[1] for case in CASES] + [text for _, text in FLAT]
    return fired_by(SHIPPED, texts)


class TestShipped:
    @pytest.mark.parametrize(("name", "text", "fires"), CASES)
    def test_examples_fire_their_cue_and_counter_examples_do_not(
        self, fired, name, text, fires
    ):
        assert (name in fired[text]) == fires

    @pytest.mark.parametrize(("kind", "text"), FLAT)
    def test_a_look_alike_fires_no_empathy_or_sympathy_cue(self, fired, kind, text):
        construct = {cue.name: cue.construct for cue in SHIPPED.cues}
        assert {name for name in fired[text] if construct[name] != "N"} == set()

    def test_at_least_sixty_cues_cover_every_construct(self):
        count = Counter(cue.construct for cue in SHIPPED.cues)
        assert sum(n for construct, n in count.items() if construct != "N") >= 60
        assert count.keys() == LABEL_GUIDE

    @pytest.mark.parametrize("cue", SHIPPED.cues, ids=lambda cue: cue.name)
    def test_each_cue_has_examples_counter_examples_and_a_source(self, cue):
        assert len(set(cue.examples)) >= 2
        assert len(set(cue.counter_examples)) >= 2
        assert set(cue.examples).isdisjoint(cue.counter_examples)
        assert cue.source.strip()
        assert cue.name.isidentifier()

    def test_names_are_unique(self):
        assert len({cue.name for cue in SHIPPED.cues}) == len(SHIPPED.cues)

    def test_no_word_stands_twice_in_a_class(self):
        with BUNDLED["en"].open("rb") as file:
            classes = tomllib.load(file)["classes"]
        words = {name: Counter(text.split()) for name, text in classes.items()}
        twice = {(name, w) for name, c in words.items() for w in c if c[w] > 1}
        assert twice == set()


def test_constructs_are_those_of_the_label_guide():
    assert set(CONSTRUCTS) == LABEL_GUIDE
