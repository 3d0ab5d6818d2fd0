"""The letters of a CEL program: literals in plain ASCII, and how strongly each kind of expression binds."""

from __future__ import annotations

from sojourn.domain.condition import tree
from sojourn.domain.condition.binding import canonical
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_instant

ATOM, UNARY, TIMES, PLUS, RELATION, AND, OR, CHOICE = range(8, 0, -1)
STRENGTH = {"in": RELATION, "+": PLUS, "-": PLUS, "*": TIMES, "/": TIMES}
STRENGTH |= dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), RELATION)


def quoted(text: str) -> str:
    """Return *text* as a literal in plain ASCII, whatever it holds."""
    said = (c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return '"' + "".join(said) + '"'


def literal(value: str | float | bool | None) -> str:
    """Return *value* as a literal; every number is a double, so that none fails to compare with another."""
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(float(value))


def instant(text: str) -> str:
    """Return the time that *text* says as a literal `timestamp()` takes; *text* itself where it says none."""
    try:
        return quoted(canonical(parse_instant(text, "UTC")))
    except TimeError:
        return quoted(text)


def is_simple(node: tree.Node) -> bool:
    """Tell whether *node* is a loop's item or something it holds: short enough to be written twice."""
    while isinstance(node, tree.Select) or (
        isinstance(node, tree.Index) and isinstance(node.index, tree.Literal)
    ):
        node = node.target
    return isinstance(node, tree.Name)
