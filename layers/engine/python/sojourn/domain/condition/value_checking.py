"""What is wrong with a value that an author wrote beside literal ones (`values`), and what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sojourn.domain.condition.checking import check_value
from sojourn.domain.condition.references import Reference, references
from sojourn.domain.condition.types import Names, Problem, ProblemKind, ValueType
from sojourn.domain.condition.values import expression_in, texts_in


def check_value_text(raw: Any, names: Names) -> tuple[tuple[Problem, ...], ValueType]:
    """Return what is wrong with an author's value, and its type.

    Offsets count in the text that is wrong, its "=" included; `texts_in` lists the texts of a list or mapping,
    to check each at its own place.
    """
    if (found := expression_in(raw)) is not None:
        text, begins = found
        problems, value_type = check_value(text, names)
        return tuple(_placed(problem, begins) for problem in problems), value_type
    within = tuple(
        p for _, text in texts_in(raw) for p in check_value_text(text, names)[0] if text is not raw
    )
    return within, _literal_type(raw)


def value_references(raw: Any) -> tuple[Reference, ...]:
    """Return what an author's value reads; offsets count in the text each stands in."""
    found = (expression_in(text) for _, text in texts_in(raw))
    return tuple(replace(r, offset=r.offset + e[1]) for e in found if e is not None for r in references(e[0]))


def _placed(problem: Problem, begins: int) -> Problem:
    advice = problem.help
    if not begins and problem.kind in (ProblemKind.UNKNOWN_ATTRIBUTE, ProblemKind.UNKNOWN_PROPERTY):
        advice = advice or 'for the text itself, write it as ="…"'
    return replace(problem, offset=problem.offset + begins, help=advice)


def _literal_type(raw: Any) -> ValueType:
    if isinstance(raw, bool):
        return ValueType.BOOLEAN
    if isinstance(raw, int | float):
        return ValueType.NUMBER
    if isinstance(raw, str):
        return ValueType.STRING
    if isinstance(raw, Mapping):
        return ValueType.OBJECT
    return ValueType.LIST if isinstance(raw, list | tuple) else ValueType.ANY
