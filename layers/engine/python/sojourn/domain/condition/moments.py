"""Where a program means times: stored values are texts, and only what stands beside them tells.

`entry.departure < now` makes a time of the text; `customer.birthday == "1990-05-01"` compares dates and times
as instants and any other text as text; `event.a - event.b` is a length of time if both look like times.
"""

from __future__ import annotations

import operator
from typing import Protocol

from sojourn.domain.condition import tree
from sojourn.domain.condition.binding import comparable
from sojourn.domain.condition.inputs import Input, input_of
from sojourn.domain.condition.kinds import TEMPORAL, Kind
from sojourn.domain.condition.literals import text_of
from sojourn.domain.condition.program import Mode
from sojourn.domain.condition.writing import CHOICE, PLUS, RELATION, TIMES, instant, is_simple, quoted

_TEXTLIKE = frozenset((Kind.ANY, Kind.DATE, Kind.TEXT))


class Writer(Protocol):
    """What writes the rest of the program."""

    def at(self, node: tree.Node, least: int) -> str:
        """Return the program of *node*, in parentheses where it binds more loosely than *least*."""

    def kind(self, node: tree.Node) -> Kind:
        """Return the kind of *node*."""

    def variable(self, found: Input, mode: Mode) -> str:
        """Return the variable that holds *found* in *mode*."""


def time(writer: Writer, node: tree.Node, least: int = PLUS) -> str:
    """Return the program of *node* where a time is meant."""
    if writer.kind(node) is Kind.TIME:
        return writer.at(node, least)
    if (found := input_of(node)) is not None:
        return f"timestamp({writer.variable(found, Mode.TIME)})"
    if (text := text_of(node)) is not None:
        return f"timestamp({instant(text)})"
    source = writer.at(node, CHOICE)
    if is_simple(node):  # the item of a loop was not converted before, and may be a date alone
        return f'timestamp(size({source}) == 10 ? {source} + "T00:00:00Z" : {source})'
    return f"timestamp({source})"


def sides(writer: Writer, node: tree.Binary) -> tuple[str, str] | None:
    """Return both sides of a sum or difference where times are meant on either; None where they are not."""
    left, right = writer.kind(node.left), writer.kind(node.right)
    if Kind.DURATION in (left, right):
        if left is right or (node.operator == "-" and left is Kind.DURATION):
            return None
        if right is Kind.DURATION:
            return time(writer, node.left), writer.at(node.right, TIMES)
        return writer.at(node.left, PLUS), time(writer, node.right, TIMES)
    if node.operator == "+":
        return None
    if {left, right} & TEMPORAL:
        return time(writer, node.left), time(writer, node.right, TIMES)
    first, second = input_of(node.left), input_of(node.right)
    if first is None or second is None:
        return None
    return _maybe(writer, first), _maybe(writer, second)


def _maybe(writer: Writer, found: Input) -> str:
    """Return an input as a time where it looks like one: no kind tells, but texts have no difference."""
    asked, moment, raw = (writer.variable(found, m) for m in (Mode.IS_TIME, Mode.MAYBE_TIME, Mode.RAW))
    return f"({asked} ? timestamp({moment}) : {raw})"


def compared(writer: Writer, node: tree.Binary) -> str:
    """Return the program of a comparison."""
    kinds = {writer.kind(node.left), writer.kind(node.right)}
    if Kind.TIME in kinds:
        return f"{time(writer, node.left)} {node.operator} {time(writer, node.right)}"
    inputs = [input_of(side) is not None for side in (node.left, node.right)]
    texts = [text_of(side) is not None for side in (node.left, node.right)]
    if kinds <= _TEXTLIKE and any(inputs) and all(map(operator.or_, inputs, texts)):
        return f"{_stored(writer, node.left)} {node.operator} {_stored(writer, node.right)}"
    return f"{writer.at(node.left, RELATION)} {node.operator} {writer.at(node.right, PLUS)}"


def _stored(writer: Writer, node: tree.Node) -> str:
    """Return an input or a text such that instants compare as instants."""
    if (found := input_of(node)) is not None:
        return writer.variable(found, Mode.COMPARED)
    return quoted(comparable(text_of(node)))
