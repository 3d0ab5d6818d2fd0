"""Renders templates of plain text and simple outputs without python-liquid: a join of segments.

Most of what is sent is of this kind, and it is the hot path of a simulation. A template with anything else in it
(a tag, another filter, whitespace control) is left to `engine`; what both can render, both render alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sojourn.domain.message.filters import Scene, date_filter, default, money, number, track
from sojourn.domain.message.marks import Mark
from sojourn.domain.message.problems import ContentError
from sojourn.domain.message.values import descend, html_of, text_of

_Filter = Callable[[Any, Scene], Any]

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_WHOLE = r"-?[0-9]{1,15}"
_LITERAL = rf"'[^']*'|\"[^\"]*\"|{_WHOLE}(?![0-9.])"
_EXPRESSION = re.compile(rf"\s*({_NAME}(?:\.{_NAME})*)((?:\s*\|\s*{_NAME}(?:\s*:\s*(?:{_LITERAL}))?)*)\s*")
_FILTER = re.compile(rf"\s*\|\s*({_NAME})(?:\s*:\s*({_LITERAL}))?")
_RESERVED = frozenset(
    (
        *(
            "true",
            "false",
            "nil",
            "null",
            "empty",
            "blank",
            "and",
            "or",
            "contains",
            "not",
            "in",
            "with",
            "as",
        ),
        *("offset", "limit", "reversed", "cols", "continue", "for", "if", "else", "required"),
    )
)
_WITH_LITERAL: dict[str, Callable[[str], _Filter]] = {
    "default": lambda literal: lambda value, scene: default(value, literal),
    "date": lambda literal: lambda value, scene: date_filter(_given("date", value), literal, scene),
    "money": lambda literal: lambda value, scene: money(_given("money", value), scene, literal),
}
_WITHOUT: dict[str, _Filter] = {
    "track": lambda value, scene: track(_given("track", value), scene),
    "number": lambda value, scene: number(_given("number", value), scene),
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A name a template reads from outside.

    Args:
        path: its keys up to the first that is computed or a number.
        offset: where the name begins in the text; `length` is that of the name.
        has_default: the `default` filter comes first, so that the value may be absent.
    """

    path: tuple[str, ...]
    offset: int
    length: int
    has_default: bool


class Output:
    """One `{{ path | filter: "literal" | … }}`."""

    __slots__ = ("filters", "keys", "name", "offset", "optional", "root")

    def __init__(self, path: str, offset: int, filters: tuple[_Filter, ...], optional: bool) -> None:
        self.name = path
        self.root, *self.keys = path.split(".")
        self.offset = offset
        self.filters = filters
        self.optional = optional

    def value(self, scene: Scene) -> Any:
        """Return what the path leads to, after the filters; ContentError where it leads nowhere."""
        try:
            value = scene.variables[self.root]
            for key in self.keys:
                value = value[key]
        except (LookupError, TypeError):
            value = self._found(scene)
        for apply in self.filters:
            value = apply(value, scene)
        if value is None:
            raise ContentError(f'"{self.name}" has no value')
        return value

    def _found(self, scene: Scene) -> Any:
        try:
            return descend(scene.variables[self.root], self.keys)
        except (LookupError, TypeError):
            if self.optional:
                return None
            raise ContentError(f'"{self.name}" has no value') from None


def outputs(marks: tuple[Mark, ...], autoescape: bool) -> tuple[Output, ...] | None:
    """Return the outputs behind *marks*, or None where one of them needs the full language."""
    found = []
    for mark in marks:
        if mark.kind != "output" or not (output := simple_output(mark.inner, mark.start + 2, autoescape)):
            return None
        found.append(output)
    return tuple(found)


def renderer(
    text: str, marks: tuple[Mark, ...], found: tuple[Output, ...], autoescape: bool
) -> Callable[[Scene], str]:
    """Return the function that renders *text*, whose marks are the outputs *found*."""
    if not marks:
        return lambda scene: text
    write = html_of if autoescape else text_of
    edges = [0, *(edge for mark in marks for edge in (mark.start, mark.end)), len(text)]
    pieces = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    first, pairs = pieces[0], tuple(zip(found, pieces[1:], strict=True))

    def render(scene: Scene) -> str:
        parts = [first]
        for output, after in pairs:
            parts.append(write(output.value(scene)))
            parts.append(after)
        return "".join(parts)

    return render


def simple_output(expression: str, offset: int, autoescape: bool) -> Output | None:
    """Return the output that *expression*, which begins at *offset*, is; None where it needs the full language."""
    match = _EXPRESSION.fullmatch(expression)
    if not match or not _RESERVED.isdisjoint(match.group(1).split(".")):
        return None
    filters: list[_Filter] = []
    names: list[str] = []
    for name, quoted in _FILTER.findall(match.group(2)):
        if quoted and quoted[0] not in "'\"":
            chosen = _default_number(int(quoted)) if name == "default" else None
        else:
            literal = Markup(quoted[1:-1]) if autoescape else quoted[1:-1]  # noqa: S704 - the author wrote it
            make = _WITH_LITERAL.get(name) if quoted else None
            chosen = make(literal) if make else _WITHOUT.get(name) if not quoted else None
        if not chosen:
            return None
        filters.append(chosen)
        names.append(name)
    return Output(match.group(1), offset + match.start(1), tuple(filters), names[:1] == ["default"])


def _default_number(number: int) -> _Filter:
    return lambda value, scene: default(value, number)


def _given(name: str, value: Any) -> Any:
    if value is None:
        raise ContentError(f'the filter "{name}" was given no value')
    return value
