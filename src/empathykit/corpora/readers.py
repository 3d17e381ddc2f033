"""Readers of the forms in which the public corpora come, one function a form.

A reader takes the files of one part, and yields records with the columns of the
catalogue (`split` is added later). Where a corpus has two readers, both give the same
records.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..cues import LABELS
from .catalog import Corpus, CorpusError
from .formats import Record, read_json_lines, read_table
from .support import load_support

Reader = Callable[[Corpus, Sequence[Path], str | None], Iterable[Record]]


def _tidy(text: str) -> str:
    """Return `text` with single spaces, as the JSON Lines copies have it."""
    return " ".join(text.split())


# Ours ---------------------------------------------------------------------------------


def triads(_: Corpus, paths: Sequence[Path], split: str | None) -> Iterator[Record]:
    """Read the bundled file: a line a situation, with its replies."""
    shared = ("situation", "turn", "domain", "channel", "variety", "phenomenon")
    for row in read_json_lines(paths[0], (*shared, "split", "replies")):
        for n, reply in enumerate(row["replies"], start=1):
            yield row | {
                "id": f"{row['situation']}-{n}",
                "text": reply["text"],
                "label": LABELS[reply["construct"][0]],
                "construct": reply["construct"],
            }


def support(_: Corpus, paths: Sequence[Path], split: str | None) -> Iterator[Record]:
    """Join our labels to the texts."""
    for example in load_support(str(split), paths[0].parent):
        yield {name: getattr(example, name) for name in example.__slots__}


# EPITOME ------------------------------------------------------------------------------

_MECHANISMS = ("er", "ip", "ex")


def epitome_jsonl(_: Corpus, paths: Sequence[Path], split: str | None) -> list[Record]:
    """Read the JSON Lines copy."""
    needs = ("id", "seeker_id", "response_id", "seeker", "response", "rationales")
    rows = read_json_lines(paths[0], [*needs, *_MECHANISMS])
    return _with_components([row | {"text": row["response"]} for row in rows])


def epitome_csv(_: Corpus, paths: Sequence[Path], split: str | None) -> list[Record]:
    """Read upstream's three files, one a mechanism, joined by the two ids."""
    needs = ("sp_id", "rp_id", "seeker_post", "response_post", "level", "rationales")
    pairs: dict[tuple[str, str], Record] = {}
    for mechanism, path in zip(_MECHANISMS, paths, strict=True):
        for row in read_table(path, needs):
            seeker, response = row["sp_id"], row["rp_id"]
            pair = pairs.setdefault((seeker, response), {"rationales": {}})
            if mechanism in pair:  # the pair stands twice
                continue
            pair |= {
                "id": f"epitome:{seeker}:{response}",
                "seeker_id": seeker,
                "response_id": response,
                "seeker": row["seeker_post"],
                "text": row["response_post"],
                mechanism: int(row["level"]),
            }
            parts = map(str.strip, row["rationales"].split("|"))
            pair["rationales"][mechanism] = [part for part in parts if part]
    incomplete = [key for key, p in pairs.items() if len(p["rationales"]) < 3]
    if incomplete:
        raise CorpusError(
            f"{paths[0].parent}: pair {incomplete[0]} is not in all three files."
        )
    return _with_components(list(pairs.values()))


def _with_components(rows: list[Record]) -> list[Record]:
    """Add the number of the group of pairs that share a post or a reply."""
    seekers: dict[str, int] = {}
    responses: dict[str, int] = {}
    left = [seekers.setdefault(r["seeker_id"], len(seekers)) for r in rows]
    right = [responses.setdefault(r["response_id"], len(responses)) for r in rows]
    n = len(seekers) + len(responses)
    edges = ([1] * len(rows), (left, [len(seekers) + i for i in right]))
    component = connected_components(coo_array(edges, shape=(n, n)))[1]
    return [
        row | {"context": row["seeker"], "component": f"c{component[i]}"}
        for row, i in zip(rows, left, strict=True)
    ]


# EmpatheticIntents --------------------------------------------------------------------

# Upstream's labels.txt names number 38 twice, and 40 not at all; see the catalogue.
_INTENTS = {"neutral": "questioning", "40": "neutral", "Wishing": "wishing"}


def intents_jsonl(
    _: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read the JSON Lines copy, whose label names follow upstream's labels.txt."""
    for row in read_json_lines(paths[0], ("id", "text", "label")):
        yield row | {"label": _INTENTS.get(row["label"], row["label"])}


def intents_txt(
    corpus: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read upstream's ``number <SEP> text`` lines."""
    names = corpus.labels["label"]
    for n, line in enumerate(paths[0].read_text(encoding="utf-8").split("\n")):
        if not line.strip():
            continue
        number, mark, text = line.partition("<SEP>")
        if not mark or not number.strip().isdecimal() or int(number) >= len(names):
            raise CorpusError(
                f"{paths[0]}, line {n + 1}: must be a number below {len(names)}, "
                f"<SEP> and a text; got {line[:40]!r}."
            )
        label = names[int(number)]
        yield {"id": f"ei-td:{split}:{n}", "text": _tidy(text), "label": label}


# Empathic Reactions -------------------------------------------------------------------


def reactions_jsonl(
    _: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read the JSON Lines copy."""
    scores = ("empathy", "distress", "empathy_bin", "distress_bin")
    yield from read_json_lines(paths[0], ("id", "text", "article_id", *scores))


def reactions_csv(
    _: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read upstream's ``messages.csv``."""
    scores = ("empathy", "distress", "empathy_bin", "distress_bin")
    for row in read_table(paths[0], ("message_id", "article_id", "essay", *scores)):
        yield {
            "id": f"empreact:{row['message_id']}",
            "article_id": row["article_id"],
            "text": _tidy(row["essay"]),
            **{name: float(row[name]) for name in scores[:2]},
            **{name: int(row[name]) for name in scores[2:]},
        }


# iEmpathize ---------------------------------------------------------------------------


def iempathize_jsonl(
    corpus: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read the JSON Lines copy."""
    for row in read_json_lines(paths[0], ("id", "text", "label")):
        yield row | {"label": corpus.labels["label"][int(row["label"])]}


def iempathize_csv(
    corpus: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read upstream's ``dataset.csv``, which is Windows-1252."""
    rows = read_table(paths[0], ("text", "label"), encoding="cp1252")
    for n, row in enumerate(rows):
        label = corpus.labels["label"][int(row["label"])]
        yield {"id": f"iempathize:{n}", "text": _tidy(row["text"]), "label": label}


# AnnoMI -------------------------------------------------------------------------------

_ANNOMI = ("reflection_subtype", "mi_quality", "topic")


def annomi_jsonl(
    _: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read the JSON Lines copy."""
    needs = ("id", "text", "context", "label", "n_annotators", *_ANNOMI)
    for row in read_json_lines(paths[0], needs):
        for name in ("label", "reflection_subtype"):
            row[name] = "tie" if row[name].startswith("TIE:") else row[name]
        yield row | {"transcript": row["id"].split(":")[1]}


def annomi_csv(_: Corpus, paths: Sequence[Path], split: str | None) -> Iterator[Record]:
    """Read upstream's ``AnnoMI-full.csv``: a row an utterance and annotator."""
    needs = ("transcript_id", "utterance_id", "interlocutor", "utterance_text")
    rows = read_table(paths[0], [*needs, "main_therapist_behaviour", *_ANNOMI])
    utterances: dict[tuple[str, int], list[Record]] = {}
    for row in rows:
        key = (row["transcript_id"], int(row["utterance_id"]))
        utterances.setdefault(key, []).append(row)
    for (transcript, number), marks in utterances.items():
        if marks[0]["interlocutor"] != "therapist":
            continue
        before = utterances.get((transcript, number - 1))
        yield {
            "id": f"annomi:{transcript}:{number}",
            "transcript": transcript,
            "text": marks[0]["utterance_text"],
            "context": before[0]["utterance_text"] if before else None,
            "label": _majority(m["main_therapist_behaviour"] for m in marks),
            "n_annotators": len(marks),
            **{name: _majority(m[name] for m in marks) for name in _ANNOMI},
        }


def _majority(votes: Iterable[str]) -> str:
    (first, n), *rest = Counter(votes).most_common(2)
    return "tie" if rest and rest[0][1] == n else first


# EmpatheticDialogues ------------------------------------------------------------------


def dialogues_jsonl(
    _: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read the JSON Lines copy, which has no emotions."""
    for row in read_json_lines(paths[0], ("id", "text", "context")):
        conversation = row["id"].removeprefix("ed:").rpartition(":")[0]
        yield row | {"conversation": conversation, "emotion": None}


def dialogues_csv(
    corpus: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read upstream's files, which know no quotes: a comma in a text is ``_comma_``."""
    needs = ("conv_id", "utterance_idx", "context", "utterance")
    rows = read_table(paths[0], needs, quoting=csv.QUOTE_NONE)
    yield from dialogues_rows(corpus, rows)


def dialogues_rows(_: Corpus, rows: Iterable[Mapping[str, Any]]) -> Iterator[Record]:
    """Read upstream's rows, of which every second is a listener's."""
    for conversation, turns in groupby(rows, key=lambda row: row["conv_id"]):
        before = None
        for turn in turns:
            number, text = int(turn["utterance_idx"]), turn["utterance"]
            text = text.replace("_comma_", ",").strip()
            if number % 2 == 0:
                yield {
                    "id": f"ed:{conversation}:{number}",
                    "conversation": conversation,
                    "text": text,
                    "context": before,
                    "emotion": turn["context"],
                }
            before = text


# GoEmotions ---------------------------------------------------------------------------


def goemotions_tsv(
    corpus: Corpus, paths: Sequence[Path], split: str | None
) -> Iterator[Record]:
    """Read upstream's tables, which have no header."""
    names = ("text", "labels", "id")
    rows = read_table(
        paths[0], names, fieldnames=names, delimiter="\t", quoting=csv.QUOTE_NONE
    )
    numbers = (row | {"labels": map(int, row["labels"].split(","))} for row in rows)
    yield from goemotions_rows(corpus, numbers)


def goemotions_rows(
    corpus: Corpus, rows: Iterable[Mapping[str, Any]]
) -> Iterator[Record]:
    """Read rows whose labels are numbers."""
    emotions = corpus.labels["labels"]
    for row in rows:
        labels = [emotions[i] for i in row["labels"]]
        yield {"id": f"goemotions:{row['id']}", "text": row["text"], "labels": labels}
