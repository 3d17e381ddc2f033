"""The command ``empathykit corpora``: list, show, check."""

from __future__ import annotations

import pytest

from empathykit.corpora import list_corpora, read_data_card

NAMES = [corpus.name for corpus in list_corpora()]


@pytest.mark.parametrize("args", [(), ("list",)])
def test_the_list_names_every_corpus_with_its_licence(cli, args):
    code, out, err = cli("corpora", *args)
    assert (code, err) == (0, "")
    lines = out.splitlines()[1:]
    for line, corpus in zip(lines, list_corpora(), strict=False):
        assert line.split()[0] == corpus.name
        assert corpus.licence in line
        assert corpus.title in line


@pytest.mark.parametrize("name", NAMES)
def test_show_tells_what_a_user_must_know(cli, name):
    code, out, err = cli("corpora", "show", name)
    assert (code, err) == (0, "")
    (corpus,) = (c for c in list_corpora() if c.name == name)
    plain = " ".join(out.split())
    for text in (corpus.description, corpus.task, corpus.licence, *corpus.problems):
        assert " ".join(text.split()) in plain
    assert corpus.url in plain
    assert corpus.citation.splitlines()[0] in plain
    assert all(file in out for x in corpus.layouts for p in x.parts for file in p.files)
    assert max(map(len, out.partition("citation")[0].splitlines())) <= 88


def test_show_ends_with_the_data_card_of_what_we_wrote(cli):
    _, out, _ = cli("corpora", "show", "triads")
    (triads,) = (c for c in list_corpora() if c.name == "triads")
    assert out.endswith(read_data_card(triads))
    assert "# Triads" in out


def test_check_of_the_bundled_corpus_needs_no_folder(cli, monkeypatch):
    monkeypatch.delenv("EMPATHYKIT_CORPORA", raising=False)
    code, out, err = cli("corpora", "check", "triads")
    assert (code, err) == (0, "")
    assert "files and labels are as recorded" in out
    for split in ("train", "validation", "test"):
        assert f"\n{split}: " in out
    assert "label: empathy " in out


def test_check_counts_the_records_of_a_folder(cli, shared_corpora):
    code, out, _ = cli("corpora", "check", "epitome", "--root", shared_corpora)
    assert code == 0
    assert out.splitlines() == [
        "epitome: 3,023 records; files and labels are as recorded",
        "er: 0 2,007, 1 866, 2 150",
        "ip: 0 1,590, 1 111, 2 1,322",
        "ex: 0 2,549, 1 102, 2 372",
    ]


def test_check_of_a_damaged_file_ends_with_2(cli, tmp_path):
    (tmp_path / "iempathize.jsonl").write_text("{}\n")
    code, out, err = cli("corpora", "check", "iempathize", "--root", tmp_path)
    assert (code, out) == (2, "")
    assert "iempathize.jsonl: checksum differs" in err


@pytest.mark.parametrize("action", ["show", "check"])
def test_an_unknown_corpus_ends_with_2(cli, action):
    code, out, err = cli("corpora", action, "triad")
    assert (code, out) == (2, "")
    assert "Did you mean 'triads'?" in err
