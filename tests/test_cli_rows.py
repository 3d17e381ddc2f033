"""Reading rows: four formats, awkward cells, and bad lines named by their number."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from empathykit.cli.output import make_writer
from empathykit.cli.rows import InputError, Source, find_format, open_source, read_rows

FORMATS = ("txt", "csv", "tsv", "jsonl")
BOM = b"\xef\xbb\xbf"


def read(data, format_, *, text_column="text", on_error="stop", warn=print):
    source = Source("replies", format_, text_column, on_error, warn)
    return list(read_rows(source, io.BytesIO(data), format_))


def texts(data, format_, **options):
    return [row.text for row in read(data, format_, **options)]


def sniff(data, *, path="-", asked=None, text_column="text"):
    file = io.BufferedReader(io.BytesIO(data))
    source = Source(path, asked, text_column, "stop", print)
    found = find_format(source, file)
    assert file.read() == data  # a look ahead must not eat the first line
    return found


def test_every_line_of_plain_text_is_a_text():
    data = 'Oh no!\r\n\n  Ships at 8  \n😀 “ok”, "hm"\t1'.encode()
    assert texts(data, "txt") == ["Oh no!", "", "  Ships at 8  ", '😀 “ok”, "hm"\t1']


@pytest.mark.parametrize("format_", FORMATS)
def test_a_byte_order_mark_is_no_part_of_the_text(format_):
    head = b"text\n" if format_ in ("csv", "tsv") else b""
    line = b'{"text": "hi"}\n' if format_ == "jsonl" else b"hi\n"
    assert texts(BOM + head + line, format_) == ["hi"]


def test_a_byte_order_mark_may_stand_before_a_quoted_header():
    rows = read(BOM + b'"text","n"\n"hi",1\n', "csv")
    assert [dict(row.values) for row in rows] == [{"text": "hi", "n": "1"}]


@pytest.mark.parametrize("mark", ["\x7f", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("format_", FORMATS)
def test_only_a_line_feed_ends_a_line(format_, mark):
    line = f'{{"text": "a{mark}b"}}' if format_ == "jsonl" else f"a{mark}b"
    head = "text\n" if format_ in ("csv", "tsv") else ""
    assert texts(f"{head}{line}\n".encode(), format_) == [f"a{mark}b"]


def test_quoted_cells_may_hold_anything():
    data = (
        "id,text,note\n"
        '1,"She said ""no"", twice",\n'
        '2,"two\r\nlines\n",😀\n'
        "3,,plain\n"
        "\n"
        "4,  last  ,x"
    ).encode()
    rows = read(data, "csv")
    assert [tuple(row.values.values()) for row in rows] == [
        ("1", 'She said "no", twice', ""),
        ("2", "two\r\nlines\n", "😀"),
        ("3", "", "plain"),
        ("4", "  last  ", "x"),
    ]
    assert [row.line for row in rows] == [2, 3, 6, 8]
    assert all(row.text == row.values["text"] for row in rows)


def test_tabs_part_the_cells_of_tsv_and_commas_do_not():
    rows = read(b'text\tn\r\na, b\t1\r\n"c\td"\t2\r\n', "tsv")
    assert [dict(row.values) for row in rows] == [
        {"text": "a, b", "n": "1"},
        {"text": "c\td", "n": "2"},
    ]


def test_a_cell_may_be_longer_than_the_csv_module_allows_by_default():
    assert texts(b"text\n" + b"x" * 200_000 + b"\n", "csv") == ["x" * 200_000]


def test_json_values_of_any_kind_come_along():
    line = r'{"a": {"b": [1, null]}, "text": "\ud83d\ude00 \ud800 \u00e9", "ok": true}'
    (row,) = read(line.encode(), "jsonl")
    assert row.text == "😀 \ud800 é"
    assert list(row.values) == ["a", "text", "ok"]
    assert row.values["a"] == {"b": [1, None]}


def test_blank_lines_of_jsonl_are_no_rows_but_count():
    rows = read(b'\n{"text": "a"}\r\n \n{"text": ""}', "jsonl")
    assert [(row.line, row.text) for row in rows] == [(2, "a"), (4, "")]


@pytest.mark.parametrize("format_", FORMATS)
def test_the_text_column_can_be_named(format_):
    data = {"txt": "a", "jsonl": '{"reply": "a"}'}.get(format_, "reply\na")
    (row,) = read(data.encode(), format_, text_column="reply")
    assert (row.text, dict(row.values)) == ("a", {"reply": "a"})


@pytest.mark.parametrize("format_", ["txt", "jsonl"])
def test_an_empty_file_has_no_rows(format_):
    assert read(b"", format_) == []


BAD = [  # format, data with a bad row between good ones (a and z), its line, why
    ("txt", b"a\nb\xffd\nz\n", 2, "UTF-8"),
    ("txt", b"a\nb\xed\xa0\x80\nz\n", 2, "UTF-8"),
    ("csv", b"text,n\na,1\n\xe9,2\nz,3\n", 3, "UTF-8"),
    ("csv", b'text,n\n"a",1\n"b\n\n",\xe9\nz,3\n', 3, "UTF-8"),
    ("csv", b"text,n\na,1\nb\nz,3\n", 3, "1 cells; the header has 2"),
    ("csv", b"text,n\na,1\nb,c,d\nz,3\n", 3, "3 cells; the header has 2"),
    ("csv", b'text,n\na,1\n"b"c,2\nz,3\n', 3, "expected after"),
    ("tsv", b"text\tn\na\t1\n\xe9\t2\nz\t3\n", 3, "UTF-8"),
    ("tsv", b"text\tn\na\t1\nb,2\nz\t3\n", 3, "1 cells; the header has 2"),
    ("jsonl", b'{"text": "a"}\n\n{"text": "\xe9"}\n{"text": "z"}\n', 3, "UTF-8"),
    ("jsonl", b'{"text": "a"}\n{"text": \n{"text": "z"}\n', 2, "not valid JSON"),
    ("jsonl", b'{"text": "a"}\n["text"]\n{"text": "z"}\n', 2, "must be an object"),
    ("jsonl", b'{"text": "a"}\n{"n": 1}\n{"text": "z"}\n', 2, "object with 'text'"),
    ("jsonl", b'{"text": "a"}\n{"text": 5}\n{"text": "z"}\n', 2, "must be a string"),
    ("jsonl", b'{"text": "a"}\n{"text": null}\n{"text": "z"}\n', 2, "be a string"),
    (
        "jsonl",
        b'{"text": "a"}\n{"x": ' + b"[" * 200_000 + b'}\n{"text": "z"}\n',
        2,
        "not valid JSON",
    ),
]


@pytest.mark.parametrize(("format_", "data", "line", "reason"), BAD)
def test_a_bad_row_stops_with_its_line_number(format_, data, line, reason):
    with pytest.raises(InputError, match=f"replies, line {line}: .*{reason}"):
        read(data, format_)


@pytest.mark.parametrize(("format_", "data", "line", "reason"), BAD)
def test_a_bad_row_can_be_skipped_with_a_warning(format_, data, line, reason):
    warnings = []
    assert texts(data, format_, on_error="skip", warn=warnings.append) == ["a", "z"]
    (warning,) = warnings
    assert warning.startswith(f"skipped replies, line {line}: ")
    assert reason in warning


def test_an_unclosed_quote_is_reported_where_it_opens():
    warnings = []
    data = b'text,n\na,1\n"open,2\nb,3\nc,4\n'
    assert texts(data, "csv", on_error="skip", warn=warnings.append) == ["a"]
    assert len(warnings) == 1
    with pytest.raises(InputError, match="line 3: "):
        read(data, "csv")


@pytest.mark.parametrize("on_error", ["stop", "skip"])
@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"reply,n\na,1\n", b"text,n,text\na,1,b\n", b"Text\na\n"],
)
def test_a_table_needs_a_text_column_that_is_there_once(data, on_error):
    with pytest.raises(InputError, match="line 1: needs a column 'text'"):
        read(data, "csv", on_error=on_error)


def test_a_header_that_is_not_utf8_is_a_bad_line():
    with pytest.raises(InputError, match=r"line 1: .*UTF-8"):
        read(b"text,caf\xe9\na,1\n", "csv")


@pytest.mark.parametrize(
    ("path", "format_"),
    [("a.txt", "txt"), ("a.CSV", "csv"), ("b/a.tsv", "tsv"), ("a.x.jsonl", "jsonl")],
)
def test_the_suffix_tells_the_format(path, format_):
    assert sniff(b'{"text": "a"}\n', path=path) == format_
    assert sniff(b"text,n\n", path=path, asked="txt") == "txt"


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (b"", "txt"),
        (b"Oh no, my text, lost\n", "txt"),
        (b"{not json\n", "txt"),
        (b'{"text": "a"}', "jsonl"),
        (BOM + b'{"text": "a"}\r\n{"text": "b"}\n', "jsonl"),
        (b'{"text": "' + b"long " * 4000 + b'"}\n', "jsonl"),
        (b"id,text\n1,a\n", "csv"),
        (BOM + b'"text","n"\n', "csv"),
        (b"id\ttext\n1\ta\n", "tsv"),
        (b"id,reply\n1,a\n", "txt"),
    ],
)
def test_the_first_line_tells_the_format_where_there_is_no_suffix(data, format_):
    assert sniff(data) == format_
    assert sniff(data, path="replies.log") == format_


def test_sniffing_looks_for_the_text_column_that_was_named():
    assert sniff(b"id,reply\n", text_column="reply") == "csv"


def test_a_file_is_opened_for_bytes(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xff\r\n")
    with open_source(str(tmp_path / "a.txt")) as file:
        assert file.read() == b"\xff\r\n"


cells = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\r\n",\t'))


@pytest.mark.parametrize("format_", ["csv", "tsv", "jsonl"])
@given(table=st.lists(st.tuples(cells, cells), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back_as_it_was(format_, table):
    out = io.StringIO(newline="")
    write = make_writer(out, format_)
    for text, note in table:
        write({"text": text, "note": note})
    rows = read(out.getvalue().encode(), format_)
    assert [(row.values["text"], row.values["note"]) for row in rows] == table
