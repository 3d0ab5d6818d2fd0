"""The report of an import: as Markdown for people, as a dictionary for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sojourn.pinpoint.outcome import Outcome, Problem, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sojourn.domain.findings import Finding

_HEAD = "| in Pinpoint | kind | here | outcome |\n|---|---|---|---|\n"


def markdown(rows: Sequence[Row], findings: Sequence[Finding]) -> str:
    """Return the report of what was imported.

    Args:
        findings: what `check` says of the workspace.
    """
    counted = Counter(row.outcome for row in rows)
    lines = ["# Import from Amazon Pinpoint", ""]
    lines.append(", ".join(f"{counted[outcome]} {outcome}" for outcome in Outcome) + ".")
    for part in dict.fromkeys(row.part for row in rows):
        lines += ["", f"## {part}", "", _HEAD.rstrip()]
        for row in (row for row in rows if row.part == part):
            lines.append(f"| {_cell(row.name)} | {row.kind} | {_cell(row.became)} | {row.outcome} |")
        notes = [
            f"- **{_cell(row.name)}** ({row.kind}): {note}"
            for row in rows
            if row.part == part
            for note in row.notes
        ]
        lines += ["", *_grouped(notes)] if notes else []
    lines += ["", "## What `sojourn check` says", ""]
    lines += [
        f"- {finding.file}:{finding.span.line}: {finding.severity} {finding.code}: {_cell(finding.message)}"
        + (f" ({_cell(finding.help)})" if finding.help else "")
        for finding in findings
    ] or ["no findings"]
    return "\n".join(lines) + "\n"


def _grouped(notes: list[str]) -> list[str]:
    """Return the notes; one that is said of several parts stands once, with all of them."""
    said: dict[str, list[str]] = {}
    for note in notes:
        who, _, what = note.removeprefix("- ").partition("): ")
        said.setdefault(what, []).append(who + ")")
    return [f"- {', '.join(who)}: {what}" for what, who in said.items()]


def as_json(rows: Iterable[Row], findings: Iterable[Finding], files: Iterable[str]) -> dict[str, Any]:
    """Return the same for a program."""
    return {
        "imported": True,
        "files": list(files),
        "parts": [
            {"part": row.part, "name": row.name, "kind": row.kind, "became": row.became, "outcome": str(row.outcome),
             "notes": list(row.notes)}
            for row in rows
        ],
        "findings": [
            {"code": finding.code, "severity": str(finding.severity), "file": finding.file, "line": finding.span.line,
             "message": finding.message, "help": finding.help}
            for finding in findings
        ],
    }  # fmt: skip


def refused(problems: Iterable[Problem]) -> dict[str, Any]:
    """Return for a program why nothing was imported."""
    return {
        "imported": False,
        "problems": [
            {"file": problem.file, "where": problem.where, "what": problem.what, "repair": problem.repair}
            for problem in problems
        ],
    }


def in_words(problems: Iterable[Problem]) -> str:
    """Return for a person why nothing was imported."""
    return "".join(
        f"{problem.file}: {f'{problem.where}: ' if problem.where else ''}{problem.what}\n"
        + (f"  help: {problem.repair}\n" if problem.repair else "")
        for problem in problems
    )


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
