"""Lists every comparison of a path with a value that is written out, so that others can ask whether it can hold.

It needs no names and no types, and never raises: a text that is no condition compares nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from sojourn.domain.condition import tree
from sojourn.domain.condition.inputs import InputKind, input_of
from sojourn.domain.condition.parsing import parse
from sojourn.domain.condition.types import ConditionError


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question whether a path is, or is not, just this text or number.

    Args:
        path: `("customer", "plan")`.
        name: the path as an author writes it.
        offset, length: the place of the value in the text, its quotes left out where that is exact.
    """

    path: tuple[Hashable, ...]
    name: str
    value: str | int | float
    offset: int
    length: int


def comparisons(text: str) -> tuple[Comparison, ...]:
    """Return what *text* compares by `==`, `!=` or `in […]`, in the order written."""
    try:
        return tuple(_below(parse(text)))
    except ConditionError:
        return ()


def _below(root: tree.Node) -> Iterator[Comparison]:
    for node in tree.walk(root):
        if not isinstance(node, tree.Binary):
            continue
        if node.operator in ("==", "!="):
            yield from _compared(node.left, (node.right,))
            yield from _compared(node.right, (node.left,))
        elif node.operator == "in" and isinstance(node.right, tree.ListOf):
            yield from _compared(node.left, node.right.items)


def _compared(asked: tree.Node, values: tuple[tree.Node, ...]) -> Iterator[Comparison]:
    try:
        found = input_of(asked)
    except ConditionError:
        return
    if found is None or found.kind is not InputKind.PATH:
        return
    for node in values:
        value = _value(node)
        if value is not None:
            quotes = 1 if isinstance(node, tree.Literal) and node.exact else 0
            place = node.offset + quotes, node.length - 2 * quotes
            yield Comparison(found.key, found.name, value, *place)


def _value(node: tree.Node) -> str | int | float | None:
    """Return the text or number that is written out as *node*; a number may have a sign."""
    if isinstance(node, tree.Unary) and node.operator == "-":
        inner = _value(node.operand)
        return -inner if isinstance(inner, int | float) else None
    if isinstance(node, tree.Literal) and isinstance(node.value, str | int | float):
        return None if isinstance(node.value, bool) else node.value
    return None
