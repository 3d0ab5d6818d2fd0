"""The functions of the journey language: what each takes, what it gives, and reading a call of one.

Their arguments are written out, never computed, so that a call can be looked up before anything is evaluated.
It knows no names of a workspace and asks no one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sojourn.domain.condition import tree
from sojourn.domain.condition.kinds import Kind
from sojourn.domain.condition.types import ConditionError, Problem, ProblemKind
from sojourn.domain.time.durations import DurationError, format_duration, parse_duration


@dataclass(frozen=True, slots=True)
class Signature:
    """What the arguments name, in order; whether a duration may follow; what the function gives."""

    names: tuple[str, ...]
    gives: Kind
    within: bool = False


SIGNATURES = {
    "did": Signature(("event",), Kind.BOOLEAN, within=True),
    "times": Signature(("event",), Kind.NUMBER, within=True),
    "last": Signature(("event",), Kind.TIME),
    "in_segment": Signature(("segment",), Kind.BOOLEAN),
    "opened": Signature(("step",), Kind.BOOLEAN),
    "clicked": Signature(("step",), Kind.BOOLEAN),
    "consented": Signature(("topic", "channel"), Kind.BOOLEAN),
    "reachable": Signature(("channel",), Kind.BOOLEAN),
    "engaged": Signature(("channel",), Kind.BOOLEAN, within=True),
}

LOCAL_FIELDS = {
    "hour": Kind.NUMBER,
    "minute": Kind.NUMBER,
    "weekday": Kind.WEEKDAY,
    "date": Kind.DATE,
    "time": Kind.CLOCK,
}


def usage(function: str) -> str:
    """Return how a call of *function* is written: `did(event, "7 days")`."""
    signature = SIGNATURES[function]
    return f"{function}({', '.join(signature.names)}" + (', "7 days")' if signature.within else ")")


def is_call(node: tree.Node) -> bool:
    """Tell whether *node* calls a function of the journey language (`local` aside)."""
    return isinstance(node, tree.Call) and node.target is None and node.function in SIGNATURES


def read_call(node: tree.Call) -> tuple[str, ...] | tuple[str, str, float]:
    """Return the function and its arguments, a duration in seconds: `("did", "order_completed", 604800.0)`.

    Raises:
        ConditionError: an argument is missing, too many, computed, or no duration.
    """
    signature = SIGNATURES[node.function]
    least, most = len(signature.names), len(signature.names) + signature.within
    if not least <= len(node.arguments) <= most:
        message = f'"{node.function}" takes {_counted(least, most)}, not {len(node.arguments)}'
        raise _error(node, message, f"write {usage(node.function)}")
    words = tuple(
        _word(node, argument, what) for argument, what in zip(node.arguments, signature.names, strict=False)
    )
    if len(node.arguments) == least:
        return (node.function, *words)
    return (node.function, words[0], _seconds(node.arguments[-1]))


def call_name(key: tuple[object, ...]) -> str:
    """Return a call as an author would write it, from what `read_call` gave."""
    said = [
        f'"{format_duration(timedelta(seconds=a))}"' if isinstance(a, float) else f'"{a}"' for a in key[1:]
    ]
    return f"{key[0]}({', '.join(said)})"


def _word(node: tree.Call, argument: tree.Node, what: str) -> str:
    if isinstance(argument, tree.Name):
        return argument.name
    if isinstance(argument, tree.Literal) and isinstance(argument.value, str):
        return argument.value
    advice = f"write {usage(node.function)}"
    if isinstance(argument, tree.Binary) and argument.operator == "-":
        advice = "a name with a hyphen is written in quotes"
    article = "an" if what[0] in "aeiou" else "a"
    raise _error(argument, f'"{node.function}" needs the name of {article} {what}, written out', advice)


def _seconds(argument: tree.Node) -> float:
    if not isinstance(argument, tree.Literal) or not isinstance(argument.value, str):
        raise _error(argument, "how far to look back is written out", 'write it like "7 days"')
    try:
        return parse_duration(argument.value).total_seconds()
    except DurationError as error:
        raise _error(argument, error.message, error.help) from None


def _counted(least: int, most: int) -> str:
    many = f"{least} to {most}" if most > least else str(least)
    return f"{many} argument" + ("s" if most > 1 else "")


def _error(node: tree.Node, message: str, advice: str) -> ConditionError:
    return ConditionError(Problem(ProblemKind.TYPE, message, advice, node.offset, node.length))
