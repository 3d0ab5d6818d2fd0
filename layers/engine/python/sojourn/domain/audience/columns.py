"""What the header of a CSV file names: who a row is about, what it tells of them, what the journey reads as `entry`.

    user_id,email,attributes.plan,booking,nights:number

`user_id` (or `customer`), `anonymous_id`, `email`, `phone` and `device` say whose a row is; `attributes.<name>` is an
attribute of the customer's; every other column is the entry's, a text unless its name says otherwise. A dot makes an
object: `trip.nights` is `entry.trip.nights`. A cell that is empty says nothing. It knows no rows of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sojourn.domain.condition.types import ValueType
from sojourn.domain.time.instants import parse_date_time
from sojourn.errors import AuthorError

CUSTOMER, USER_ID, IDENTITIES, ATTRIBUTES, ENTRY = "customer", "user_id", "identities", "attributes", "entry"
WHO = (CUSTOMER, USER_ID, "anonymous_id", "email", "phone", "device")
"""The columns that say whose a row is."""
MOST_COLUMNS = 500
MOST_DIGITS = 300
UNKEPT = "a number in it is too large to be kept, or a character is only half there"
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


class Unreadable(AuthorError):
    """A file is none of customers: nothing of it was taken. The message says what is wrong and what to do."""


class WrongCell(ValueError):
    """A cell is not what its column says; the message is why, by the column, and quotes no value."""


def plain(text: str) -> Any:
    """Return what a text of JSON says, if it is JSON for everybody: what reads the batch after us is not Python.

    Raises:
        WrongCell: there is what Python alone reads: a number without end, or half a character.
        ValueError, RecursionError: it is no JSON.
    """
    value = json.loads(text, parse_constant=_no_number, parse_int=_whole)
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        raise WrongCell(UNKEPT) from None
    return value


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise WrongCell(UNKEPT)
    return int(text)


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        path: where its value stands in a row, such as `("attributes", "plan")`.
        kind: how a cell is read, as `workspace.yaml` spells types.
    """

    name: str
    path: tuple[str, ...]
    kind: str = ValueType.STRING


def columns(header: Sequence[str], attributes: Mapping[str, str]) -> tuple[Column, ...]:
    """Return what a header names.

    Args:
        attributes: the types that the workspace declares: a column of an attribute has that, unless it says another.

    Raises:
        Unreadable: it names nobody, or something twice, or in no way that there is.
    """
    if len(header) > MOST_COLUMNS:
        raise Unreadable(f"the header names {len(header):,} columns; {MOST_COLUMNS} at most are read")
    found = [_column(place, name.strip(), attributes) for place, name in enumerate(header, 1)]
    seen: set[tuple[str, ...]] = set()
    for column in found:
        clash = next((one for one in seen if one[: len(column.path)] == column.path[: len(one)]), None)
        if clash is not None:
            raise Unreadable(
                f'the header names "{column.name}" twice, or something within it: rename one of them'
            )
        seen.add(column.path)
    if not any(column.path[0] in (CUSTOMER, IDENTITIES) for column in found):
        raise Unreadable(
            "no column says who the rows are about: the first line must name one of " + ", ".join(WHO[1:])
        )
    return tuple(found)


def record(found: Sequence[Column], cells: Sequence[str]) -> dict[str, Any]:
    """Return a row's cells as a row of JSON says the same: customer, identities, attributes, entry.

    Raises:
        WrongCell: there are more or fewer than columns, or one is not what its column says.
    """
    if len(cells) != len(found):
        counted = f"{len(cells)} value{'' if len(cells) == 1 else 's'}"
        raise WrongCell(f"it has {counted}, and the header names {len(found)} columns")
    row: dict[str, Any] = {}
    for column, cell in zip(found, cells, strict=True):
        text = cell.strip()
        if not text:
            continue
        inner = row
        for name in column.path[:-1]:
            inner = inner.setdefault(name, {})
        inner[column.path[-1]] = _value(column, cell if column.kind == ValueType.STRING else text)
    return row


def spread(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of JSON, or of Parquet, as its columns would say it: what has no meaning of its own is the entry's.

    A number that is somebody's id is read as its digits: exports have such columns.
    """
    row: dict[str, Any] = {
        name: value for name, value in said.items() if name in (IDENTITIES, ATTRIBUTES, ENTRY)
    }
    for name, value in said.items():
        if value is None or name in row:
            continue
        told = str(value) if isinstance(value, int) and not isinstance(value, bool) and name in WHO else value
        if name in (CUSTOMER, USER_ID):
            row[CUSTOMER] = told
        elif name in WHO:
            _into(row, IDENTITIES)[name] = told
        else:
            _into(row, ENTRY)[name] = value
    return row


def _into(row: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object within a row, as a copy that may be changed."""
    held = row.get(name)
    if not isinstance(held, dict):
        row[name] = held = {}
    else:
        row[name] = held = dict(held)
    return held


def _column(place: int, name: str, attributes: Mapping[str, str]) -> Column:
    bare, _, kind = name.partition(":")
    bare, kind = bare.strip(), kind.strip()
    if not bare or "" in bare.split("."):
        raise Unreadable(f"column {place} of the header has no name: give it one, or take it out")
    if kind and kind not in _READ:
        raise Unreadable(f'column "{bare}" is said to be "{kind}": there are {", ".join(_READ)}')
    if bare in WHO:
        path = (CUSTOMER,) if bare in (CUSTOMER, USER_ID) else (IDENTITIES, bare)
        return Column(bare, path)
    parts = tuple(bare.split("."))
    if parts[0] == ATTRIBUTES and len(parts) == 2:
        declared = attributes.get(parts[1], "")
        return Column(bare, parts, kind or (declared if declared in _READ else ValueType.STRING))
    if parts[0] == ENTRY and len(parts) > 1:
        parts = parts[1:]
    return Column(bare, (ENTRY, *parts), kind or ValueType.STRING)


def _value(column: Column, text: str) -> Any:
    read, wanted = _READ[column.kind]
    try:
        return read(text)
    except (ValueError, RecursionError):
        raise WrongCell(f'column "{column.name}": {wanted} is wanted') from None


def _number(text: str) -> int | float:
    try:
        whole = text.lstrip("+-").isascii() and text.lstrip("+-").isdigit()
        return _whole(text) if whole else _finite(text)
    except OverflowError as error:
        raise ValueError from error


def _finite(text: str) -> float:
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")) or "_" in text:  # noqa: PLR0124 - asks for NaN
        raise ValueError(text)
    return value


def _truth(text: str) -> bool:
    said = text.lower()
    if said not in _TRUE + _FALSE:
        raise ValueError(text)
    return said in _TRUE


def _moment(text: str) -> str:
    """Return a date or time as it is written, if it is one; read as the tracking plan reads those of events."""
    parse_date_time(text)
    return text


def _json(kind: type) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = plain(text)
        if not isinstance(value, kind):
            raise ValueError(text)  # noqa: TRY004 - of a cell, as all others here
        return value

    return read


_READ: Mapping[str, tuple[Callable[[str], Any], str]] = {
    ValueType.STRING: (str, "a text"),
    ValueType.NUMBER: (_number, "a number, such as 12.5,"),
    ValueType.BOOLEAN: (_truth, "true or false"),
    ValueType.DATE: (_moment, "a date, such as 2026-12-24,"),
    ValueType.TIME: (_moment, "a date and time, such as 2026-12-24T18:00:00Z,"),
    ValueType.LIST: (_json(list), 'a list in JSON, such as ["a", "b"],'),
    ValueType.OBJECT: (_json(dict), 'an object in JSON, such as {"a": 1},'),
}
"""Type -> how a cell is read, and what is wanted."""
