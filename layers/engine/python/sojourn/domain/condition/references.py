"""Lists every name and call a text reads, with places, so that others can ask what depends on what.

It needs no names and no types, and never raises: a text that is no condition reads nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sojourn.domain.condition import tree
from sojourn.domain.condition.inputs import Input, InputKind, input_of
from sojourn.domain.condition.parsing import parse
from sojourn.domain.condition.types import ConditionError
from sojourn.domain.condition.values import expression_in, texts_in


@dataclass(frozen=True, slots=True)
class Reference:
    """One read of a path, `("customer", "plan")`, or call, `("did", "order_completed", 604800.0)`.

    Args:
        name: as an author writes it.
        offset, length: the place in the text of the whole path or call.
        call: a call of the journey language, not a path.
        asked: only whether it is there is read, by `has`.
    """

    path: tuple[Hashable, ...]
    name: str
    offset: int
    length: int
    call: bool = False
    asked: bool = False


def references(text: str) -> tuple[Reference, ...]:
    """Return what *text* reads, in the order written; nothing where it is no expression."""
    try:
        return tuple(_below(parse(text)))
    except ConditionError:
        return ()


def value_references(raw: Any) -> tuple[Reference, ...]:
    """Return what an author's value reads; offsets count in the text each stands in."""
    found = (expression_in(text) for _, text in texts_in(raw))
    return tuple(replace(r, offset=r.offset + e[1]) for e in found if e is not None for r in references(e[0]))


def _below(node: tree.Node) -> Iterator[Reference]:
    try:
        found = input_of(node)
    except ConditionError:  # a call written wrongly reads nothing itself
        found = None
    if found is None or found.kind is InputKind.LOCAL:
        for child in node.children():
            yield from _below(child)
    elif found.kind is InputKind.HAS:
        asked = node.children()[0]
        yield _reference(Input(InputKind.PATH, found.key[1:], found.name[4:-1]), asked, asked=True)
    else:
        yield _reference(found, node)


def _reference(found: Input, node: tree.Node, asked: bool = False) -> Reference:
    call = found.kind is InputKind.CALL
    return Reference(found.key, found.name, node.offset, node.length, call, asked)
