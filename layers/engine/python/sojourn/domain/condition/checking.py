"""Checks a text against the names that exist at its place, before anything runs.

All that is wrong is collected. What checking lets pass compiles, and cannot cost much to evaluate.
"""

from __future__ import annotations

from sojourn.domain.condition.evaluation import compile_condition
from sojourn.domain.condition.inference import Inference
from sojourn.domain.condition.kinds import Kind, value_type
from sojourn.domain.condition.parsing import parse
from sojourn.domain.condition.types import ConditionError, Names, Problem, ValueType


def check_condition(text: str, names: Names) -> tuple[Problem, ...]:
    """Return everything that is wrong with *text* as a condition, in order of position."""
    return _check(text, names, Kind.BOOLEAN)[0]


def check_value(text: str, names: Names) -> tuple[tuple[Problem, ...], ValueType]:
    """Return everything that is wrong with *text* as a value expression, and the type of its value as JSON."""
    return _check(text, names, None)


def _check(text: str, names: Names, wanted: Kind | None) -> tuple[tuple[Problem, ...], ValueType]:
    try:
        root = parse(text)
        found = Inference(text, names)
        kind = found.of(root).kind
        if wanted is not None:
            found.require(root, wanted, "a condition is true or false", "compare it with something")
        if not found.problems:
            compile_condition(text)
    except ConditionError as error:
        return (error.problem,), ValueType.ANY
    problems = sorted(dict.fromkeys(found.problems), key=lambda p: (p.offset, p.length, p.kind, p.message))
    return tuple(problems), value_type(kind) if not problems else ValueType.ANY
