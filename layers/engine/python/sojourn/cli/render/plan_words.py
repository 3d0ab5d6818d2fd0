"""What differs between two states of a journey, in lines for people. It knows neither text nor Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import ndiff
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from sojourn.domain.change.difference import Difference, FieldChange, StepChange, TextChange
    from sojourn.domain.change.outline import Step

ADDED, REMOVED, CHANGED, MOVED, SAID, WRONG = "+", "-", "~", ">", " ", "!"
_CASE = frozenset(("when", "else"))
"""What a case of a branch has, either of them."""
_SHARE = "holdout"
"""What is a share of customers; the model has it as a number of hundred."""
_SPECIAL = re.compile(r"[,{}\[\]\n]|: |^[\"' ]| $")
"""What cannot stand in a text without quotation marks where others stand beside it."""
_EVERYTHING = "about it", "who enters", "what ends it"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what kind of thing it tells, the thing, and what stands below it."""

    mark: str
    text: str
    below: tuple[str, ...] = ()


Section: TypeAlias = tuple[str, Sequence[Line]]


def sections(change: Difference) -> Iterator[Section]:
    """Yield what differs, under its headings."""
    for heading, fields in zip(_EVERYTHING, (change.about, change.enter, change.ends), strict=True):
        if fields:
            yield heading, [field_line(field) for field in fields]
    steps = list(_steps(change.steps))
    if steps:
        yield "steps", steps
    if change.texts:
        yield "texts", [_text(text) for text in change.texts]


def field_line(field: FieldChange) -> Line:
    """Return what is said otherwise."""
    before, after = (_said_of(field.name, value) for value in (field.before, field.after))
    if field.before is None:
        return Line(ADDED, f"{field.name}: {after}")
    if field.after is None:
        return Line(REMOVED, f"{field.name}: {before}")
    return Line(CHANGED, f"{field.name}: {before} → {after}")


def _said_of(name: str, value: Any) -> str:
    """Return what is written for a name: a share of customers with its sign."""
    return f"{value:g}%" if name == _SHARE and isinstance(value, int | float) else _value(value)


def _steps(steps: Sequence[StepChange]) -> Iterator[Line]:
    before: dict[tuple[str, str], str] = {}
    for change in steps:
        step = change.step
        if change.kind == "removed":
            yield Line(REMOVED, _named(step))
            continue
        where = _where(step, before.get(step.place, ""))
        before[step.place] = step.id
        if change.kind == "added":
            yield Line(ADDED, f"{_named(step)}, {where}")
        elif change.changes:
            mark = CHANGED if change.fields else MOVED
            moved = f", now {where}" if change.moved else ""
            yield Line(mark, f"{_named(step)}{moved}", tuple(_said(field) for field in change.fields))


def _said(field: FieldChange) -> str:
    """Return what a step says otherwise, in words: that it has steps for `otherwise` is no value of its own."""
    if field.name == "otherwise":
        return f"{'now goes on' if field.after else 'no longer goes on'} with steps of its own otherwise"
    line = field_line(field)
    return (
        line.text if line.mark == CHANGED else f"{'now' if line.mark == ADDED else 'no longer'} {line.text}"
    )


def _named(step: Step) -> str:
    says = step.says.get(step.verb)
    words = f"{step.verb} {says}" if isinstance(says, str) else step.verb
    return f"{step.id} ({words})"


def _where(step: Step, previous: str) -> str:
    around, path = step.place
    if previous:
        return f"after {previous}"
    return f"first in {around}/{path}" if around else "first"


def _text(text: TextChange) -> Line:
    mark = CHANGED if text.before and text.after else ADDED if text.after else REMOVED
    lines = ndiff(text.before.splitlines(), text.after.splitlines())
    changed = tuple(line for line in lines if line[:2] in ("+ ", "- "))
    # Texts may differ in nothing but how their lines end.
    return Line(mark, f"{text.message}, {text.part}", changed or ("only line ends differ",))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if (
        isinstance(value, list)
        and value
        and all(isinstance(one, dict) and _CASE & one.keys() for one in value)
    ):
        return "; ".join(map(_case, value))
    return value if isinstance(value, str) else _flow(value)


def _flow(value: Any) -> str:
    """Return a value as it stands within others in a YAML file: `{event: order_completed, within: 14 days}`."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_flow(one)}' for name, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    plain = isinstance(value, str) and value and not _SPECIAL.search(value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _case(case: dict[str, Any]) -> str:
    """Return a case of a branch, as one reads it: `paid: when customer.plan == "pro"`."""
    name = f"{case['name']}: " if case.get("name") else ""
    return f"{name}when {case['when']}" if "when" in case else f"{name}else"
