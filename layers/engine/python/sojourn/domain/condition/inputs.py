"""What a condition reads: the paths, calls and questions that are looked up before it is evaluated.

CEL sees only the values found. So a call needs no callback, and what is absent is known by name.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sojourn.domain.condition import tree
from sojourn.domain.condition.calls import LOCAL_FIELDS, call_name, is_call, read_call
from sojourn.domain.condition.parsing import ROOTS
from sojourn.domain.condition.types import ConditionError, Problem, ProblemKind


class InputKind(StrEnum):
    """How an input is looked up."""

    PATH = "path"
    CALL = "call"
    HAS = "has"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a text reads.

    Args:
        kind: a path's key is its segments, `("customer", "plan")` or `("now",)`; a call's is the function and
            its arguments, durations in seconds, `("did", "order_completed", 604800.0)`; `has` wraps a path,
            `("has", "customer", "plan")`; `local` asks a part of another input's time, `("local", "hour")`,
            the part empty for the whole.
        name: as an author writes it.
        inner: the time that `local` is asked about.
    """

    kind: InputKind
    key: tuple[Hashable, ...]
    name: str
    inner: Input | None = None


def input_of(node: tree.Node) -> Input | None:
    """Return what *node* reads if it is a path, a call of the journey language or `has` of a path; else None.

    Raises:
        ConditionError: it is such a call, and written wrongly.
    """
    if isinstance(node, tree.Name):
        return Input(InputKind.PATH, (node.name,), node.name) if node.name in ("now", *ROOTS) else None
    if isinstance(node, tree.Select) and is_local(node.target) and node.name in LOCAL_FIELDS:
        return _local(node.target, node.name)
    if isinstance(node, tree.Select | tree.Index):
        return _path(node)
    if isinstance(node, tree.Call) and node.target is None:
        if is_call(node):
            key = read_call(node)
            return Input(InputKind.CALL, key, call_name(key))
        if is_local(node):
            return _local(node, "")
        if node.function == "has":
            asked = asked_about(node)
            path = _path(asked) if isinstance(asked, tree.Select | tree.Index) else None
            return path and Input(InputKind.HAS, ("has", *path.key), f"has({path.name})")
    return None


def is_local(node: tree.Node) -> bool:
    """Tell whether *node* calls `local`."""
    return isinstance(node, tree.Call) and node.target is None and node.function == "local"


def asked_about(node: tree.Call) -> tree.Node:
    """Return what a `has` asks about; raises ConditionError where it asks about no single thing."""
    argument = node.arguments[0] if len(node.arguments) == 1 else node
    if not isinstance(argument, tree.Select) and not (isinstance(argument, tree.Index) and _path(argument)):
        message, advice = '"has" asks about one attribute or property', "write it like has(customer.plan)"
        raise ConditionError(Problem(ProblemKind.TYPE, message, advice, argument.offset, argument.length))
    return argument


def time_asked(node: tree.Call) -> tree.Node:
    """Return the time that a `local` asks about; raises ConditionError where it is none that can be looked up."""
    argument = node.arguments[0] if len(node.arguments) == 1 else node
    readable = argument is not node and input_of(argument)
    if not readable or readable.kind not in (InputKind.PATH, InputKind.CALL) or readable.key[0] in _NO_TIMES:
        message = '"local" takes now, last(…), an attribute or a property'
        advice = "write it like local(now).hour or local(entry.departure).weekday"
        raise ConditionError(Problem(ProblemKind.TYPE, message, advice, argument.offset, argument.length))
    return argument


_NO_TIMES = ("did", "times", "in_segment", "opened", "clicked", "consented", "reachable", "engaged")


def _local(node: tree.Node, part: str) -> Input:
    assert isinstance(node, tree.Call)
    inner = input_of(time_asked(node))
    assert inner is not None
    name = f"local({inner.name})" + (f".{part}" if part else "")
    return Input(InputKind.LOCAL, ("local", part), name, inner)


def _path(node: tree.Node) -> Input | None:
    """Return the path that a chain of selections and constant indexes spells, rooted at a known name."""
    segments: list[str | int] = []
    while isinstance(node, tree.Select | tree.Index):
        if isinstance(node, tree.Select):
            segments.append(node.name)
        elif isinstance(node.index, tree.Literal) and type(node.index.value) in (str, int):
            segments.append(node.index.value)  # type: ignore[arg-type]  # narrowed by its type just above
        else:
            return None
        node = node.target
    if not isinstance(node, tree.Name) or node.name not in ROOTS:
        return None
    segments.append(node.name)
    return Input(InputKind.PATH, tuple(reversed(segments)), path_name(reversed(segments)))


def path_name(segments: Iterable[str | int]) -> str:
    """Return a path as an author writes it: `event.items[0].price`, `customer["first name"]`."""
    said = ""
    for segment in segments:
        if isinstance(segment, int):
            said += f"[{segment}]"
        elif segment.isidentifier():
            said += f".{segment}" if said else segment
        else:
            said += f'["{segment}"]'
    return said
