"""Reads events from a file: one JSON object a line, a list of them, or one; each with the line on which it begins."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sojourn.cli.usage import UsageError

Written = tuple[str, dict[str, Any]]
"""Where an event stands, as `FILE:LINE`, in a list with its number too, and what it says."""
STANDARD_INPUT = "-"
_BLANK = " \t\r\n"


def read_events(file: str, wrong: list[UsageError]) -> list[Written]:
    """Return the events of a file; `-` is the standard input.

    Args:
        wrong: what is no event is added to it, each with its line, so that all of it is told at once. A list that is
            no JSON is read no further than to there.

    Raises:
        UsageError: it cannot be read, or holds nothing.
    """
    try:
        text = sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    found: list[Written] = []
    if text.lstrip(_BLANK).startswith("["):
        with _noted(wrong):
            _listed(text, file, found, wrong)
    else:
        _one_by_one(text, file, found, wrong)
    if not found and not wrong:
        raise _none(file)
    return found


@contextmanager
def _noted(wrong: list[UsageError]) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        wrong.append(error)


def _one_by_one(text: str, file: str, found: list[Written], wrong: list[UsageError]) -> None:
    """Read one object, over as many lines as it takes, or one a line."""
    try:
        whole = json.loads(text)
    except ValueError:
        place = 0
        for line in text.splitlines(keepends=True):
            if line.strip():
                with _noted(wrong):
                    found.append(_event(_parsed(line, text, place, file)[0], text, place, file))
            place += len(line)
    else:
        with _noted(wrong):
            found.append(_event(whole, text, 0, file))


def _listed(text: str, file: str, found: list[Written], wrong: list[UsageError]) -> None:
    """Read a list, object by object, so that each is known by where it begins."""
    number = 0
    place = _past(text, text.index("[") + 1)
    while text[place : place + 1] != "]":
        value, length = _parsed(text[place:], text, place, file)
        number += 1
        with _noted(wrong):
            found.append(_event(value, text, place, file, number))
        place = _past(text, place + length)
        comma = text[place : place + 1]
        if comma not in (",", "]") or not comma:
            raise UsageError(
                f"{_where(text, place, file)}: it is no JSON: a comma or the end of the list is wanted"
            )
        if comma == ",":
            place = _past(text, place + 1)
    if text[place + 1 :].strip():
        raise UsageError(f"{_where(text, place, file)}: it is no JSON: more follows behind the list")


def _parsed(part: str, text: str, place: int, file: str) -> tuple[Any, int]:
    """Return the JSON value with which a part begins, and how long it is."""
    try:
        return json.JSONDecoder().raw_decode(part.rstrip())
    except ValueError as error:
        at = place + getattr(error, "pos", 0)
        said = getattr(error, "msg", "") or str(error)
        raise UsageError(f"{_where(text, at, file)}: it is no JSON: {said}") from error


def _event(value: Any, text: str, place: int, file: str, number: int = 0) -> Written:
    where = _where(text, _past(text, place), file) + (f" (event {number})" if number else "")
    if not isinstance(value, dict):
        raise UsageError(f"{where}: this is no event", "write one JSON object, a list of them, or one a line")
    return where, value


def _past(text: str, place: int) -> int:
    """Return the place behind the blanks at *place*."""
    while text[place : place + 1] and text[place] in _BLANK:
        place += 1
    return place


def _where(text: str, place: int, file: str) -> str:
    return f"{file}:{text.count(chr(10), 0, min(place, len(text))) + 1}"


def _none(file: str) -> UsageError:
    return UsageError(f"{file} holds no events", "write one JSON object, a list of them, or one a line")
