"""What publishing would change, for people: as text, and as Markdown for a pull request. It compares nothing itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import ndiff
from typing import TYPE_CHECKING, Any, TypeAlias

from sojourn.cli.terminal import visible

if TYPE_CHECKING:
    from sojourn.domain.change.difference import Difference, FieldChange, StepChange, TextChange
    from sojourn.domain.change.outline import Step
    from sojourn.domain.findings import Finding

ADDED, REMOVED, CHANGED, MOVED = "+", "-", "~", ">"
_IN_WORDS = {"added": "new", "removed": "gone", "changed": "changed", "same": "unchanged"}
_EVERYTHING = "about it", "who enters", "what ends it"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change.

    Args:
        differences: by journey, the unchanged ones included.
        shared: what all journeys share, as far as it differs.
        found, mended: findings that are new since, and those that are gone.
    """

    differences: tuple[Difference, ...]
    shared: tuple[FieldChange, ...] = ()
    found: tuple[Finding, ...] = ()
    mended: tuple[Finding, ...] = ()

    @property
    def changes(self) -> tuple[Difference, ...]:
        """The journeys that publishing would change."""
        return tuple(one for one in self.differences if one.kind != "same")


@dataclass(frozen=True, slots=True)
class _Line:
    mark: str
    text: str
    below: tuple[str, ...] = ()


Section: TypeAlias = tuple[str, Sequence[_Line]]


def plan_text(plan: Plan) -> str:
    """Return the plan for a terminal."""
    lines: list[str] = []
    for title, sections in _parts(plan):
        lines.append(title)
        for heading, told in sections:
            lines.append(f"  {heading}")
            for line in told:
                lines.append(f"    {line.mark} {line.text}")
                lines += [f"        {text}" for text in line.below]
        lines.append("")
    for heading, findings in _findings(plan):
        lines += [heading, *(f"  {_finding(one)}" for one in findings), ""]
    lines.append(_summary(plan))
    return "\n".join(visible(line) for line in lines) + "\n"


def plan_markdown(plan: Plan) -> str:
    """Return the plan as Markdown, as a comment on a pull request shows it."""
    lines = [f"**{_summary(plan)}**", ""]
    for title, sections in _parts(plan):
        lines += [f"### {_plain(title)}", ""]
        for heading, told in sections:
            lines += [f"{heading.capitalize()}:", "", "```diff"]
            for line in told:
                # A pull request colours what begins with these; what moved or changed is neither.
                mark = {ADDED: "+", REMOVED: "-", CHANGED: "!", MOVED: "!"}[line.mark]
                lines.append(f"{mark} {_fenced(line.text)}")
                lines += [_fenced(text if text[:2] in ("+ ", "- ") else f"  {text}") for text in line.below]
            lines += ["```", ""]
    for heading, findings in _findings(plan):
        lines += [f"{heading}:", "", *(f"- {_plain(_finding(one))}" for one in findings), ""]
    return "\n".join(lines).rstrip() + "\n"


def plan_json(plan: Plan) -> str:
    """Return the plan for programs."""
    told = {
        "shared": [asdict(one) for one in plan.shared],
        "journeys": [
            {**asdict(one), "steps": [asdict(step) for step in one.steps if step.changes]} for one in plan.differences
        ],
        "findings": {"new": [_as_json(one) for one in plan.found], "gone": [_as_json(one) for one in plan.mended]},
    }  # fmt: skip
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code, "name": finding.name, "severity": str(finding.severity), "file": finding.file,
        "message": finding.message,
    }  # fmt: skip


def _summary(plan: Plan) -> str:
    counts = {kind: sum(one.kind == kind for one in plan.differences) for kind in _IN_WORDS}
    said = [f"{counts[kind]} {_IN_WORDS[kind]}" for kind in _IN_WORDS if counts[kind]]
    if plan.changes:
        return f"journeys: {', '.join(said)}"
    return "no journey would change" if plan.shared else "nothing would change"


def _parts(plan: Plan) -> Iterator[tuple[str, Iterator[Section]]]:
    if plan.shared:
        told = [_field(field) for field in plan.shared]
        yield "workspace", iter([("what all journeys share", told)])
    for change in plan.changes:
        yield f"{change.journey}: {_IN_WORDS[change.kind]}", _sections(change)


def _sections(change: Difference) -> Iterator[Section]:
    for heading, fields in zip(_EVERYTHING, (change.about, change.enter, change.ends), strict=True):
        if fields:
            yield heading, [_field(field) for field in fields]
    steps = list(_steps(change.steps))
    if steps:
        yield "steps", steps
    if change.texts:
        yield "texts", [_text(text) for text in change.texts]


def _field(field: FieldChange) -> _Line:
    if field.before is None:
        return _Line(ADDED, f"{field.name}: {_value(field.after)}")
    if field.after is None:
        return _Line(REMOVED, f"{field.name}: {_value(field.before)}")
    return _Line(CHANGED, f"{field.name}: {_value(field.before)} → {_value(field.after)}")


def _steps(steps: Sequence[StepChange]) -> Iterator[_Line]:
    before: dict[tuple[str, str], str] = {}
    for change in steps:
        step = change.step
        if change.kind == "removed":
            yield _Line(REMOVED, _named(step))
            continue
        where = _where(step, before.get(step.place, ""))
        before[step.place] = step.id
        if change.kind == "added":
            yield _Line(ADDED, f"{_named(step)}, {where}")
        elif change.changes:
            mark = CHANGED if change.fields else MOVED
            moved = f", now {where}" if change.moved else ""
            yield _Line(mark, f"{_named(step)}{moved}", tuple(_said(field) for field in change.fields))


def _said(field: FieldChange) -> str:
    line = _field(field)
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


def _text(text: TextChange) -> _Line:
    mark = CHANGED if text.before and text.after else ADDED if text.after else REMOVED
    lines = ndiff(text.before.splitlines(), text.after.splitlines())
    changed = tuple(line for line in lines if line[:2] in ("+ ", "- "))
    # Texts may differ in nothing but how their lines end.
    return _Line(mark, f"{text.message}, {text.part}", changed or ("only line ends differ",))


def _findings(plan: Plan) -> Iterator[tuple[str, Sequence[Finding]]]:
    if plan.found:
        yield "findings that are new", plan.found
    if plan.mended:
        yield "findings that are gone", plan.mended


def _finding(finding: Finding) -> str:
    return f"{finding.severity}: {finding.message} [{finding.code} {finding.name}] {finding.file}"


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _fenced(text: str) -> str:
    """Return a line that cannot end the fence it stands in."""
    return visible(text).replace("```", "`\u200b``")


def _plain(text: str) -> str:
    """Return text that Markdown takes as it is."""
    return "".join(f"\\{one}" if one in r"\`*_{}[]<>#|!" else one for one in visible(text))
