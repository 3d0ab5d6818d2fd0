"""Cuts a file of customers into records, each with the line it begins in: CSV with a header, or a JSON object a line.

Nothing that stands in one row spoils another: a line that is no JSON, a quote that is never closed, bytes that are no
text are told by their line, and reading goes on with the next. That is why files are cut here and not by Step
Functions' own reader, for which one such line ends the whole, and which counts items and not lines.

Reading may stop after any record and go on there: a `Place` says where. It knows no S3 and no customer.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sojourn.domain.audience.columns import Column, Unreadable, WrongCell, columns, plain, record

CSV, JSONL, PARQUET = "csv", "jsonl", "parquet"
FORMATS = (CSV, JSONL, PARQUET)
LONGEST_ROW = 32 * 1024
"""Bytes, as of a call for an entry (`aws_runtime.api.entries`): a run keeps what it was entered with."""
MOST_LINES = 100
"""Lines that one row of CSV may go over: more is a quote that was never closed."""
_DELIMITERS = ",;\t|"
_BOM = "\ufeff".encode()


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading goes on.

    Args:
        offset: in bytes.
        line: the number of the line that begins there, from 1.
        header: the columns' names, once they are read; `delimiter`: what stands between them.
    """

    offset: int = 0
    line: int = 1
    header: tuple[str, ...] = ()
    delimiter: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "offset": self.offset,
            "line": self.line,
            "header": list(self.header),
            "delimiter": self.delimiter,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Place:
        """Return the place that `to_json` wrote."""
        return cls(value["offset"], value["line"], tuple(value["header"]), value["delimiter"])


BEGINNING = Place()


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands in the file.

    Args:
        line: in which it begins.
        said: what it says, as JSON; empty where it cannot be read, and then `wrong` is why.
    """

    line: int
    said: Mapping[str, Any]
    wrong: str = ""


class Cutting:
    """Reads a file's lines from a place on.

    Args:
        lines: the file's lines from `place.offset` on, each with what ends it.
        attributes: the types that the workspace declares.

    Raises (when iterated):
        Unreadable: the file has no header that names customers.
    """

    def __init__(
        self, format_: str, lines: Iterator[bytes], attributes: Mapping[str, str], place: Place = BEGINNING
    ) -> None:
        self.place = place
        self._format = format_
        self._lines = lines
        self._back: list[bytes] = []
        self._attributes = attributes

    def __iter__(self) -> Iterator[Record]:
        if self._format == CSV:
            yield from self._csv()
        else:
            yield from self._jsonl()

    def _jsonl(self) -> Iterator[Record]:
        while (line := self._next()) is not None:
            number, text = self.place.line, _text(line.removeprefix(_BOM) if not self.place.offset else line)
            self._past(line)
            if text is not None and not text.strip():
                continue
            yield Record(number, {}, _NO_TEXT) if text is None else _json_record(number, text, len(line))

    def _csv(self) -> Iterator[Record]:
        if not self.place.header:
            self._read_header()
        found = columns(self.place.header, self._attributes)
        while (line := self._next()) is not None:
            number = self.place.line
            if not line.strip():
                self._past(line)
                continue
            cells, taken, wrong = self._cells(line)
            self._past(*taken)
            yield _csv_record(number, found, cells, sum(map(len, taken)), wrong)

    def _read_header(self) -> None:
        line = self._next()
        while line is not None and not line.removeprefix(_BOM).strip():
            self._past(line)
            line = self._next()
        if line is None:
            raise Unreadable("the file is empty")
        text = _text(line.removeprefix(_BOM))
        if text is None or "\0" in text:
            raise Unreadable("the first line is no text in UTF-8: save the file as UTF-8")
        if "\r" in text.rstrip("\r\n"):
            raise Unreadable(
                "its lines end in a way that is no longer used (CR alone): save the file with LF, or CRLF"
            )
        delimiter = max(_DELIMITERS, key=text.count)
        self.place = replace(self.place, delimiter=delimiter if delimiter in text else _DELIMITERS[0])
        cells, taken, wrong = self._cells(line.removeprefix(_BOM))
        if wrong:
            raise Unreadable(f"the first line names no columns: {wrong}")
        self.place = replace(self.place, header=tuple(cells))
        # Refused before anything of it is taken.
        columns(self.place.header, self._attributes)
        self._past(line, *taken[1:])

    def _cells(self, line: bytes) -> tuple[list[str], list[bytes], str]:
        """Return a row's cells, the lines it goes over, and what is wrong with it; then it is one line long."""
        taken, text = [line], _text(line)
        if len(line) > LONGEST_ROW:
            return [], taken, _TOO_LONG
        while text is not None:
            try:
                (cells,) = csv.reader([text], delimiter=self.place.delimiter, strict=True)
            except csv.Error as error:
                more = self._next() if _is_open(error) else None
                if more is None or len(taken) == MOST_LINES or sum(map(len, taken)) > LONGEST_ROW:
                    self._back = [*taken[1:], *([more] if more is not None else []), *self._back]
                    return [], [line], _OPEN if _is_open(error) else _QUOTES
                taken.append(more)
                text = _text(b"".join(taken))
            else:
                return cells, taken, ""
        self._back = taken[1:] + self._back
        return [], [line], _OPEN if len(taken) > 1 else _NO_TEXT

    def _next(self) -> bytes | None:
        return self._back.pop(0) if self._back else next(self._lines, None)

    def _past(self, *lines: bytes) -> None:
        self.place = replace(
            self.place, offset=self.place.offset + sum(map(len, lines)), line=self.place.line + len(lines)
        )


def _csv_record(number: int, found: tuple[Column, ...], cells: list[str], size: int, wrong: str) -> Record:
    if wrong or size > LONGEST_ROW:
        return Record(number, {}, wrong or _TOO_LONG)
    try:
        return Record(number, record(found, cells))
    except WrongCell as error:
        return Record(number, {}, str(error))


def _json_record(number: int, text: str, size: int) -> Record:
    if size > LONGEST_ROW:
        return Record(number, {}, _TOO_LONG)
    try:
        said = plain(text)
    except WrongCell as error:
        return Record(number, {}, str(error))
    except (ValueError, RecursionError):
        return Record(number, {}, "it is no JSON")
    return Record(number, said) if isinstance(said, dict) else Record(number, {}, "it is no JSON object")


def _text(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _is_open(error: csv.Error) -> bool:
    """Say whether a row goes on in the next line, or is cut short."""
    return "unexpected end of data" in str(error)


_NO_TEXT = "it is no text in UTF-8"
_OPEN = "a quote is opened in it and never closed"
_QUOTES = "something follows a quote that is closed: a quote within a value is written twice"
_TOO_LONG = f"it is longer than {LONGEST_ROW:,} bytes"
