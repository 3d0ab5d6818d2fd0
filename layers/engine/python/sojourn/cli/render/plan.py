"""What publishing would change, for people: as text, and as Markdown for a pull request. It compares nothing itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from sojourn.cli.render.plan_standing import THE_STACKS, standing_json, standing_sections
from sojourn.cli.render.plan_words import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    SAID,
    WRONG,
    Section,
    field_line,
    sections,
)
from sojourn.cli.terminal import visible

if TYPE_CHECKING:
    from sojourn.cli.planning import Found, Plan
    from sojourn.domain.findings import Finding

_IN_WORDS = {"added": "new", "removed": "gone", "changed": "changed", "same": "unchanged"}


def plan_text(plan: Plan) -> str:
    """Return the plan for a terminal."""
    lines: list[str] = []
    for title, told_of in _parts(plan):
        lines.append(title)
        for heading, told in told_of:
            lines.append(f"  {heading}")
            for line in told:
                lines.append(f"    {line.mark} {line.text}")
                lines += [f"        {text}" for text in line.below]
        lines.append("")
    for heading, findings in _findings(plan):
        lines += [heading, *(f"  {one}" for one in findings), ""]
    lines.append(_summary(plan))
    return "\n".join(visible(line) for line in lines) + "\n"


def plan_markdown(plan: Plan) -> str:
    """Return the plan as Markdown, as a comment on a pull request shows it."""
    lines = [f"**{_summary(plan)}**", ""]
    for title, told_of in _parts(plan):
        lines += [f"### {_plain(title)}", ""]
        for heading, told in told_of:
            lines += [f"{heading.capitalize()}:", "", "```diff"]
            for line in told:
                # A pull request colours what begins with these; what moved or changed is neither.
                mark = {ADDED: "+", REMOVED: "-", CHANGED: "!", MOVED: "!", WRONG: "!", SAID: " "}[line.mark]
                lines.append(f"{mark} {_fenced(line.text)}")
                lines += [_fenced(text if text[:2] in ("+ ", "- ") else f"  {text}") for text in line.below]
            lines += ["```", ""]
    for heading, findings in _findings(plan):
        lines += [f"{heading}:", "", *(f"- {_plain(one)}" for one in findings), ""]
    return "\n".join(lines).rstrip() + "\n"


def plan_json(plan: Plan) -> str:
    """Return the plan for programs."""
    told = {
        "shared": [asdict(one) for one in plan.shared],
        "journeys": [
            {**asdict(one), "steps": [asdict(step) for step in one.steps if step.changes]} for one in plan.differences
        ],
        "findings": {
            "new": [_as_json(one) for one in plan.found],
            "gone": [{"code": code, "file": file, "message": message} for code, file, message in plan.mended],
        },
        **({"deployed": standing_json(plan.standing)} if plan.standing else {}),
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
        shared = ("what all journeys share", [field_line(field) for field in plan.shared])
        yield (
            "workspace",
            iter([shared, ("in the deployment", [THE_STACKS])] if plan.shared_is_the_stacks else [shared]),
        )
    for change in plan.changes:
        standing = plan.standing.get(change.journey)
        about = standing_sections(standing, plan.zone) if standing is not None else ()
        yield f"{change.journey}: {_IN_WORDS[change.kind]}", chain(sections(change), about)


def _findings(plan: Plan) -> Iterator[tuple[str, Sequence[str]]]:
    if plan.found:
        yield "findings that are new", [_finding(one) for one in plan.found]
    if plan.mended:
        yield "findings that are gone", [_gone(one) for one in plan.mended]


def _finding(finding: Finding) -> str:
    return f"{finding.severity}: {finding.message} [{finding.code} {finding.name}] {finding.file}"


def _gone(found: Found) -> str:
    code, file, message = found
    return f"{message} [{code}] {file}"


def _fenced(text: str) -> str:
    """Return a line that cannot end the fence it stands in."""
    return visible(text).replace("```", "`\u200b``")


def _plain(text: str) -> str:
    """Return text that Markdown takes as it is."""
    return "".join(f"\\{one}" if one in r"\`*_{}[]<>#|!" else one for one in visible(text))
