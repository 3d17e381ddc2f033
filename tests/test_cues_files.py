"""Cue lexicons from files of users; malformed ones are refused with the line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from empathykit.cues import CueMatcher, LexiconError, compile_lexicon, load_lexicon
from empathykit.text import tokenize

GOOD = '''\
# Line 1. A name, a source, a note, WARM, kind, "so <BAD>" and construct.
[classes]
WARM = "kind warm*"
BAD = """
awful bad
dire"""

[[cue]]
name = "kindness"
construct = "E6"
patterns = [
  "so <WARM>",
  "how ~1 kind",
]
examples = ["So kind.", "How very kind!"]
counter_examples = ["A kind of red.", "What is your name?"]
source = "invented"

[[cue]]
name = "badness"
construct = "S3"
patterns = ["so <BAD>"]
counter_examples = ["Note the source.", "Do not cancel, see the examples."]
examples = ["So bad!", "It was so dire."]
source = "invented, see note"
cancels = true
'''
SECOND = 'name = "badness"'
NAME = "a class needs a name in CAPITALS that is not built in; got "
BROKEN = {
    # what: (replace this, by that, line to blame, reason)
    "unknown table": ("[classes]", "[extra]\n[classes]", 2, "got 'extra'"),
    "common no string": ("[classes]", "common = 1\n[classes]", 2, "common must be one"),
    "unknown top key": ("[classes]", "kinds = 1\n[classes]", 2, "got 'kinds'"),
    "class not a string": ('"kind warm*"', '["kind"]', 3, "WARM must be one string"),
    "class is empty": ('"kind warm*"', '" "', 3, "class WARM must be one string"),
    "class in lower case": ("\nWARM =", "\nwarmth =", 3, NAME + "'warmth'"),
    "class is built in": ("\nBAD =", "\nNUMBER =", 4, NAME + "'NUMBER'"),
    "class word in capitals": ("dire", "Dire", 6, "'Dire' is not one token"),
    "class word of two tokens": ("dire", "so-so", 6, "'so-so' is not one token"),
    "class word with a sign": ("dire", "di?e", 6, "'di?e' is not one token"),
    "class word twice": ("dire", "bad", 4, "class BAD: 'bad' stands twice"),
    "class word twice, far": ("dire", "x bad", 4, "class BAD: 'bad' stands twice"),
    "class stem twice": ("kind warm*", "w* x w*", 3, "class WARM: 'w*' stands twice"),
    "class word also in a comment": ("kind warm*", "A", 3, "'A' is not one token"),
    "name missing": ('name = "kindness"', "", 8, "needs name (str)"),
    "name not a string": (SECOND, "name = 3", 20, "needs name (str)"),
    "name twice": (SECOND, 'name = "kindness"', 20, "'kindness' is defined twice"),
    "construct missing": ('construct = "S3"', "", 19, "badness: needs construct (str)"),
    "construct unknown": ('"S3"', '"S9"', 21, "construct must be one of ('E1', 'E2'"),
    "patterns missing": ('patterns = ["so <BAD>"]', "", 19, "needs patterns (list)"),
    "patterns empty": ('["so <BAD>"]', "[]", 22, "needs at least 1 patterns; got 0"),
    "patterns one string": ('["so <BAD>"]', '"so <BAD>"', 22, "needs patterns (list)"),
    "pattern blank": ('"so <BAD>"]', '"so", " "]', 22, "patterns must hold non-empty"),
    "pattern of no class": ('<BAD>"]', '<BAT>"]', 22, "class <BAT> is not defined"),
    "pattern, second line": ("~1", "~9", 13, "a gap is ~1 to ~5; got '~9'"),
    "pattern unreadable": ("so <WARM>", "(so <WARM>", 12, "cannot be read at"),
    "pattern without word": ("how ~1 kind", "~1", 13, "can match without any word"),
    "too few counters": ('"Note the source.", ', "", 23, "2 counter_examples; got 1"),
    "too few examples": ('"So bad!", ', "", 24, "needs at least 2 examples; got 1"),
    "an example twice": ('"So bad!"', '"It was so dire."', 24, "2 examples; got 1"),
    "example not a string": ('"So bad!"', "1", 24, "examples must hold non-empty"),
    "example blank": ('"So bad!"', '" "', 24, "examples must hold non-empty strings"),
    "source missing": ('source = "invented, see note"', "", 19, "needs source (str)"),
    "cancels not a bool": ("= true", '= "yes"', 26, "needs cancels (bool)"),
    "unknown key": ("cancels = true", 'note = "x"', 26, "unknown key 'note'"),
    "misspelt key": ("cancels = true", "cancel = true", 26, "unknown key 'cancel'"),
    "not TOML": ("[[cue]]\nname", "[[cue]\nname", 8, "not valid TOML"),
    "key twice": ("cancels = true", "source = 'x'", 26, "not valid TOML"),
}


def write(tmp_path, content):
    path = tmp_path / "mine.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(tmp_path, content):
    """The line and the reason of the refusal."""
    path = write(tmp_path, content)
    with pytest.raises(LexiconError, match=re.escape(str(path))) as caught:
        load_lexicon(path)
    message = str(caught.value).removeprefix(str(path))
    line = re.search(r"\bline (\d+)", message)
    return line and int(line[1]), message


def test_a_file_of_the_user_is_read_by_path_or_string(tmp_path):
    path = write(tmp_path, GOOD)
    lexicon = load_lexicon(path)
    assert lexicon == load_lexicon(str(path))
    assert dict(lexicon.classes) == {
        "WARM": {"kind", "warm*"},
        "BAD": {"awful", "bad", "dire"},
    }
    assert [cue.name for cue in lexicon.cues] == ["kindness", "badness"]
    assert [cue.construct for cue in lexicon.cues] == ["E6", "S3"]
    assert [cue.cancels for cue in lexicon.cues] == [False, True]
    assert lexicon.cues[0].patterns == ("so <WARM>", "how ~1 kind")
    texts = ["How so kind!", "So warmly said, so dire.", "kind"]
    found = CueMatcher(compile_lexicon(lexicon)).match(tokenize(texts))
    hits = zip(found.text_index.tolist(), found.cue.tolist(), strict=True)
    assert set(hits) == {(0, 0), (1, 0), (1, 1)}


@pytest.mark.parametrize("content", [GOOD.replace("\n", "\r\n"), GOOD + "\n\n"])
def test_line_ends_do_not_matter(tmp_path, content):
    assert len(load_lexicon(write(tmp_path, content)).cues) == 2


def test_a_lexicon_needs_no_class(tmp_path):
    content = GOOD[GOOD.index("[[cue]]") :].replace("<WARM>", "kind")
    assert load_lexicon(write(tmp_path, content.replace("<BAD>", "bad"))).classes == {}


def test_a_missing_file_is_named():
    with pytest.raises(FileNotFoundError, match=r"\['en'\].*no file at nowhere\.toml"):
        load_lexicon(Path("nowhere.toml"))


@pytest.mark.parametrize("what", BROKEN)
def test_a_malformed_file_is_refused_with_line_and_reason(tmp_path, what):
    old, new, line, reason = BROKEN[what]
    at = GOOD.index("\n") + GOOD[GOOD.index("\n") :].index(old)  # not in line 1
    found, message = refused(tmp_path, GOOD[:at] + new + GOOD[at + len(old) :])
    assert reason in message
    assert found == line


@pytest.mark.parametrize("mark", ["", "\u2028", "\x85"])
def test_lines_are_counted_as_editors_and_toml_do(tmp_path, mark):
    content = GOOD.replace('"S3"', '"S9"').replace("kindness", f"kind{mark}ness")
    assert refused(tmp_path, content.replace("\n", "\r\n"))[0] == 21


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path):
    content = GOOD.replace("dire", "diré", 1).encode("latin-1")
    line, message = refused(tmp_path, content)
    assert "not UTF-8" in message
    assert line == 6


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "a lexicon needs cues"),
        ('[classes]\nWARM = "kind"\n', "a lexicon needs cues"),
        ("cue = []\n", "a lexicon needs cues"),
        ("cue = 5\n", "a lexicon needs cues"),
        ("cue = ['x']\n", "a lexicon needs cues"),
        ("[cue]\nname = 'x'\n", "a lexicon needs cues"),
        ("classes = 'x'\n[[cue]]\n", "classes"),
    ],
)
def test_a_file_without_cues_or_of_another_shape_is_refused(tmp_path, content, reason):
    line, message = refused(tmp_path, content)
    assert reason in message
    assert line == 1
