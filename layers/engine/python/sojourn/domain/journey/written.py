"""Finds what pydantic complains of in the data as it was written, and takes it out.

Pydantic's locations mix keys and indexes with the tags of unions; only the type tells them apart, because a tag
may be spelled like a key (`wait: {until: …}`). This module knows no findings.
"""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel, Tag

from sojourn.domain.places import Placed, PlacedList, Span

Loc = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """Where a location of pydantic's leads in the data.

    Args:
        path: the keys and indexes, as far as they are there.
        value: what stands there.
        value_at, key_at: its place, and its key's.
        model: the model whose field or unknown key the last part names.
        rest: the parts that lead nowhere in the data: a missing key, or a member of a plain union.
    """

    path: tuple[int | str, ...]
    value: Any
    value_at: Span
    key_at: Span
    model: type[BaseModel] | None
    rest: tuple[int | str, ...]

    @property
    def last(self) -> int | str | None:
        """The last key or index that is there."""
        return self.path[-1] if self.path else None

    @property
    def named(self) -> str:
        """What a message calls it: the nearest key."""
        key = next((part for part in reversed(self.path) if isinstance(part, str)), None)
        if key is None:
            return "the file"
        return f'"{key}"' if isinstance(self.last, str) else f'an item of "{key}"'


def written_at(type_: Any, data: Any, loc: Loc) -> Written:
    """Follow *loc* down the type and the data at once."""
    value_at = key_at = data.span if isinstance(data, Placed | PlacedList) else Span()
    path: list[int | str] = []
    rest: list[int | str] = []
    current, model = type_, None
    for part in loc:
        options = _options(current)
        tagged = [option for tag, option in options if tag is not None and tag == part]
        if tagged:
            current = tagged[0]
            continue
        current, model = _below([option for _, option in options], part)
        if not rest and isinstance(data, Placed) and isinstance(part, str) and part in data:
            value_at, key_at, data = data.values_at[part].span, data.keys_at[part], data[part]
            path.append(part)
        elif not rest and isinstance(data, PlacedList) and isinstance(part, int) and part < len(data):
            value_at = key_at = data.items_at[part].span
            data = data[part]
            path.append(part)
        else:
            rest.append(part)
    return Written(tuple(path), data, value_at, key_at, model, tuple(rest))


def without(data: Any, paths: list[tuple[int | str, ...]]) -> Any:
    """Copy *data* without what stands at *paths*, every place kept."""
    doomed: dict[Any, Any] = {}
    for path in paths:
        at = doomed
        for part in path[:-1]:
            at = at.setdefault(part, {})
            if at is _ALL:
                break
        else:
            at[path[-1]] = _ALL
    return _pruned(data, doomed)


_ALL: dict[Any, Any] = {}


def _pruned(data: Any, doomed: dict[Any, Any]) -> Any:
    if isinstance(data, Placed):
        made = Placed(data.span)
        for key, value in data.items():
            below = doomed.get(key)
            if below is not _ALL:
                made[key] = _pruned(value, below) if below else value
                made.keys_at[key], made.values_at[key] = data.keys_at[key], data.values_at[key]
        return made
    if isinstance(data, PlacedList):
        items = PlacedList(data.span)
        for index, value in enumerate(data):
            below = doomed.get(index)
            if below is not _ALL:
                items.append(_pruned(value, below) if below else value)
                items.items_at.append(data.items_at[index])
        return items
    return data


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the keys of a model, as they are written, with their types."""
    return {field.alias or name: _annotation(field) for name, field in model.model_fields.items()}


def _annotation(field: Any) -> Any:
    """Put back what pydantic took off the annotation, where a union's tags may be among it."""
    made = field.annotation
    for extra in field.metadata:
        made = typing.Annotated[made, extra]
    return made


def _options(type_: Any, tag: str | None = None) -> list[tuple[str | None, Any]]:
    """Return the members of a (perhaps tagged) union with their tags, None left out."""
    while get_origin(type_) is typing.Annotated:
        type_, *extras = get_args(type_)
        tag = next((extra.tag for extra in extras if isinstance(extra, Tag)), tag)
    if get_origin(type_) in (typing.Union, types.UnionType):
        return [option for member in get_args(type_) for option in _options(member)]
    return [] if type_ is type(None) else [(tag, type_)]


def _below(options: list[Any], part: int | str) -> tuple[Any, type[BaseModel] | None]:
    """Return the type of what stands under *part*, and the model it is a field of."""
    for option in options:
        if isinstance(option, type) and issubclass(option, BaseModel):
            return fields_of(option).get(str(part), Any), option
        arguments = get_args(option)
        if get_origin(option) is dict:
            return arguments[1], None
        if get_origin(option) in (tuple, list):
            fixed = arguments[-1] is not Ellipsis and isinstance(part, int) and part < len(arguments)
            return arguments[part if fixed and isinstance(part, int) else 0], None
    return Any, None
