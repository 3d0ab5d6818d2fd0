"""Files of customers are cut row by row: what is wrong with one row is told by its line, and spoils no other."""

from __future__ import annotations

import csv
import io
import json
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.audience.columns import Unreadable
from sojourn.domain.audience.lines import (
    BEGINNING,
    CSV,
    JSONL,
    LONGEST_ROW,
    MOST_LINES,
    Cutting,
    Place,
    Record,
)

HEADER = b"user_id,email,note\n"


def cut(content: bytes, format_: str = CSV, place: Place = BEGINNING, **attributes: str) -> list[Record]:
    """Cut all of a file, or what is left of it from a place on."""
    lines = iter(content[place.offset :].splitlines(keepends=True))
    return list(Cutting(format_, lines, attributes, place))


def wrong(content: bytes, format_: str = CSV) -> dict[int, str]:
    """Return what is wrong, by line."""
    return {one.line: one.wrong for one in cut(content, format_) if one.wrong}


def test_a_row_says_who_it_is_about_and_what_the_journey_reads() -> None:
    """By its columns; a cell that is empty says nothing, a type in a column's name is read."""
    content = (
        b"user_id,email,attributes.plan,attributes.score,nights:number,trip.city,vip:boolean,tags:list\n"
        b'c-1,ana@example.com,pro,7,3,Oslo,yes,"[""a"",1]"\n'
        b"c-2,,,,,,,\n"
    )

    first, second = cut(content, score="number")

    assert first.said == {
        "customer": "c-1", "identities": {"email": "ana@example.com"}, "attributes": {"plan": "pro", "score": 7},
        "entry": {"nights": 3, "trip": {"city": "Oslo"}, "vip": True, "tags": ["a", 1]},
    }  # fmt: skip
    assert (second.line, second.said) == (3, {"customer": "c-2"})


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    """A value may go over several lines; empty lines count, and are no rows."""
    content = HEADER + b'1,,"two\nlines"\r\n\r\n2,,x\n3,,y'

    assert [(one.line, one.said.get("entry")) for one in cut(content)] == [
        (2, {"note": "two\nlines"}),
        (5, {"note": "x"}),
        (6, {"note": "y"}),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_stands_between_columns_is_read_off_the_header(delimiter: str) -> None:
    """Spreadsheets write semicolons where a comma is part of numbers, and a mark before the first byte."""
    content = "\ufeffuser_id,email,note\r\n1,a@b.example,x\r\n".replace(",", delimiter).encode()

    (row,) = cut(content)

    assert row.said == {"customer": "1", "identities": {"email": "a@b.example"}, "entry": {"note": "x"}}


def test_a_row_that_is_wrong_is_told_by_its_line_and_the_others_are_read() -> None:
    """What is wrong with it is said, and nothing that stands in it."""
    content = HEADER + (
        b"1,,fine\n"
        b"2,,too,many\n"
        b"3\n"
        b'4,,"closed" and more\n'
        b"5,,\xff\xfe\n"
        b'6,,"never closed\n'
        b"7,,fine\n" + b"8,," + b"x" * LONGEST_ROW + b"\n9,,fine\n"
    )

    found = cut(content)

    assert [one.said["customer"] for one in found if not one.wrong] == ["1", "7", "9"]
    assert {one.line: one.wrong for one in found if one.wrong} == {
        3: "it has 4 values, and the header names 3 columns",
        4: "it has 1 value, and the header names 3 columns",
        5: "something follows a quote that is closed: a quote within a value is written twice",
        6: "it is no text in UTF-8",
        7: "a quote is opened in it and never closed",
        9: f"it is longer than {LONGEST_ROW:,} bytes",
    }


def test_a_quote_that_is_never_closed_costs_one_row() -> None:
    """However long the file goes on after it."""
    rows = b"".join(b"%d,,x\n" % number for number in range(MOST_LINES * 3))

    found = cut(HEADER + b'0,,"open\n' + rows)

    assert [one.line for one in found if one.wrong] == [2]
    assert len(found) == MOST_LINES * 3 + 1


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("n:number", "twelve", 'column "n": a number, such as 12.5, is wanted'),
        ("n:number", "nan", 'column "n": a number, such as 12.5, is wanted'),
        ("n:boolean", "perhaps", 'column "n": true or false is wanted'),
        ("n:list", "{}", 'column "n": a list in JSON, such as ["a", "b"], is wanted'),
        *(
            ("n:date", cell, 'column "n": a date, such as 2026-12-24, is wanted')
            for cell in ("tomorrow", "2026-02-31", "01.02.2026", "2026")
        ),
        (
            "n:time",
            "2026-12-24 25:00",
            'column "n": a date and time, such as 2026-12-24T18:00:00Z, is wanted',
        ),
        ("n:object", "[]", 'column "n": an object in JSON, such as {"a": 1}, is wanted'),
    ],
)
def test_a_cell_that_is_not_what_its_column_says_is_told_by_the_column(
    column: str, cell: str, said: str
) -> None:
    """Its value is not quoted: what customers say is not for everyone who reads a report."""
    assert wrong(f"user_id,{column}\n1,{cell}\n".encode()) == {2: said}


@pytest.mark.parametrize("cell", ["2026-12-24", "2026-12-24T18:00", "2026-12-24T18:00:00+02:00"])
@pytest.mark.parametrize("kind", ["date", "time"])
def test_what_the_tracking_plan_takes_for_a_moment_a_column_does_too(kind: str, cell: str) -> None:
    """It is kept as it is written: a wait reads it as it reads an event's."""
    (row,) = cut(f"user_id,departure:{kind}\n1,{cell}\n".encode())

    assert (row.wrong, row.said["entry"]) == ("", {"departure": cell})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"\xff\xfeu\x00s\x00", "no text in UTF-8"),
        (b"name,plan\nx,y\n", "no column says who the rows are about"),
        (b"user_id,,x\n", "column 2 of the header has no name"),
        (b"user_id,x,x\n", 'names "x" twice'),
        (b"user_id,x,x.y\n", 'names "x.y" twice, or something within it'),
        (b"user_id,n:integer\n", 'column "n" is said to be "integer"'),
        (b"user_id," + b",".join(b"c%d" % n for n in range(500)) + b"\n", "500 at most"),
        (b'"user_id\n', "names no columns"),
    ],
)
def test_a_file_that_is_none_of_customers_is_refused_before_anything_is_taken(
    content: bytes, said: str
) -> None:
    """The author hears what is wrong with its first line."""
    with pytest.raises(Unreadable, match=said):
        cut(content)


def test_a_file_whose_lines_end_in_no_line_end_is_refused_in_words() -> None:
    """Such as spreadsheets of long ago wrote: to whoever reads by line ends, it is one line."""
    with pytest.raises(Unreadable, match="save the file with LF"):
        list(Cutting(CSV, iter([b"user_id,x\r1,2\r3,4\r"]), {}))


def test_a_line_of_json_is_a_row() -> None:
    """A line that is none is told, and the rest is read."""
    content = b'{"user_id": 1, "n": 2}\n\n{"user_id": \n[1]\n{"customer": "2"}'

    found = cut(content, JSONL)

    assert [(one.line, one.said) for one in found if not one.wrong] == [
        (1, {"user_id": 1, "n": 2}),
        (5, {"customer": "2"}),
    ]
    assert wrong(content, JSONL) == {3: "it is no JSON", 4: "it is no JSON object"}


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", "9" * 400, '"\\ud800"'])
def test_what_python_alone_calls_json_costs_one_row(value: str) -> None:
    """Step Functions reads the batches: where one row of a file is no JSON to it, it takes none of that file."""
    rows = f'{{"user_id": 1, "n": {value}}}\n{{"user_id": 2}}'.encode()
    quoted = f"[{value}]".replace('"', '""')
    cells = f'user_id,n:list\n1,"{quoted}"\n2,[]\n'.encode()

    assert list(wrong(rows, JSONL)) == [1]
    assert list(wrong(cells)) == [2]


def test_a_number_of_a_column_has_an_end() -> None:
    """However many digits Python takes, what reads it after us takes fewer."""
    assert list(wrong(b"user_id,n:number\n1," + b"9" * 400 + b"\n2,1e999\n3,12\n")) == [2, 3]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
ROWS = st.lists(st.tuples(st.integers(1, 99), CELLS), max_size=12)


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_was_written_as_csv_is_read_again(rows: list[tuple[int, str]], end: str, mark: bool) -> None:
    """Whatever stands in a value: quotes, line ends, delimiters."""
    written = io.StringIO()
    # Python quotes no carriage return that stands alone; whoever means one as part of a value does.
    bare = any("\r" in note for _, note in rows)
    writer = csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL)
    writer.writerow(["user_id", "note"])
    writer.writerows(rows)
    content = (("\ufeff" if mark else "") + written.getvalue()).encode()

    # As S3 hands it over, by line feeds alone.
    lines = io.BytesIO(content)
    found = list(Cutting(CSV, iter(lines.readline, b""), {}))

    assert [one.wrong for one in found] == [""] * len(rows)
    assert [(one.said["customer"], one.said.get("entry", {}).get("note", "")) for one in found] == [
        (str(number), note if note.strip() else "") for number, note in rows
    ]


@given(st.data())
def test_reading_may_stop_anywhere_and_goes_on_there(data: st.DataObject) -> None:
    """The rows, their lines and what is wrong with them are those of one reading, whatever the file holds."""
    format_ = data.draw(st.sampled_from([CSV, JSONL]))
    content = data.draw(
        st.lists(
            st.sampled_from([b"1,,x\n", b'"2",,"a\nb"\n', b'3,,"open\n', b"\n", b"4\n", b'{"user_id": 5}\n'])
        )
    )
    whole = (HEADER if format_ == CSV else b"") + b"".join(content)
    place, found = BEGINNING, list[Record]()

    while True:
        many = data.draw(st.integers(1, 3))
        cutting = Cutting(format_, iter(whole[place.offset :].splitlines(keepends=True)), {}, place)
        some = list(islice(cutting, many))
        found += some
        place = Place.from_json(json.loads(json.dumps(cutting.place.to_json())))
        if not some:
            break

    assert found == cut(whole, format_)


def test_a_place_is_plain_json() -> None:
    """It is kept in the table between two slices."""
    place = Place(7, 2, ("a", "b"), ";")
    said: Any = json.loads(json.dumps(place.to_json()))

    assert Place.from_json(said) == place
