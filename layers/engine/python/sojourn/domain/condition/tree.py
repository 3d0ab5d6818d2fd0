"""The syntax tree of a condition: frozen nodes that know where in the text they stand and how deep they are.

The tree is CEL's, with `&&` and `||` flattened and the list macros as nodes of their own. It knows no types.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Any expression: `offset` to `end` is its place in the text, `depth` the height of its tree."""

    offset: int
    end: int
    depth: int

    @property
    def length(self) -> int:
        """Return how many characters of the text the node covers."""
        return self.end - self.offset

    def children(self) -> tuple[Node, ...]:
        """Return the nodes directly below, in the order they were written."""
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    """Text, a number, true, false or null; `exact` tells that text lies in its quotes letter by letter."""

    value: str | int | float | bool | None
    exact: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """A bare word."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Select(Node):
    """`target.name`."""

    target: Node
    name: str
    name_offset: int

    def children(self) -> tuple[Node, ...]:
        return (self.target,)


@dataclass(frozen=True, slots=True, eq=False)
class Index(Node):
    """`target[index]`."""

    target: Node
    index: Node

    def children(self) -> tuple[Node, ...]:
        return (self.target, self.index)


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """`function(arguments)`, or `target.function(arguments)`."""

    target: Node | None
    function: str
    arguments: tuple[Node, ...]
    name_offset: int

    def children(self) -> tuple[Node, ...]:
        return self.arguments if self.target is None else (self.target, *self.arguments)


@dataclass(frozen=True, slots=True, eq=False)
class Loop(Node):
    """A list macro, `items.exists(variable, body)`; kinds: all, exists, exists_one, filter, map."""

    items: Node
    kind: str
    variable: str
    body: Node

    def children(self) -> tuple[Node, ...]:
        return (self.items, self.body)


@dataclass(frozen=True, slots=True, eq=False)
class ListOf(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        return self.items


@dataclass(frozen=True, slots=True, eq=False)
class MapOf(Node):
    """`{"a": b}`."""

    entries: tuple[tuple[Node, Node], ...]

    def children(self) -> tuple[Node, ...]:
        return tuple(node for entry in self.entries for node in entry)


@dataclass(frozen=True, slots=True, eq=False)
class Unary(Node):
    """`!a` or `-a`."""

    operator: str
    operand: Node

    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Node):
    """A comparison, `in` or arithmetic."""

    operator: str
    left: Node
    right: Node

    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class Logical(Node):
    """`a && b && c` or `a || b || c`, as one node."""

    operator: str
    operands: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Node):
    """`test ? yes : no`."""

    test: Node
    yes: Node
    no: Node

    def children(self) -> tuple[Node, ...]:
        return (self.test, self.yes, self.no)


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all below it, in the order they were written."""
    yield node
    for child in node.children():
        yield from walk(child)
