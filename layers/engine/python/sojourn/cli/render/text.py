"""Findings for people: place, code, what is wrong, the line it is about, what to do; one block each.

It knows neither rules nor streams: whoever calls says what the files hold and whether colours may be used.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from sojourn.cli.terminal import paint, visible
from sojourn.domain.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sojourn.domain.findings import Finding
    from sojourn.domain.places import Span

WIDTH = 100
"""Columns of a file's line that are shown; of a longer one, those around the place."""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def text(findings: Sequence[Finding], files: Mapping[str, bytes], colour: bool = False) -> str:
    """Return all findings as they are shown in a terminal, with a summary as the last line.

    Args:
        findings: in the order in which they are shown.
        files: the files they point into, for the line that each is about; what is not here is not quoted.
        colour: whether escape sequences for colours may be among it.
    """
    lines: dict[str, list[str]] = {}
    parts: list[str] = []
    for finding in findings:
        if finding.file not in lines:
            lines[finding.file] = _lines(files.get(finding.file, b""))
        parts.append(_block(finding, lines[finding.file], colour))
    return "\n".join([*parts, summary(findings)]) + "\n"


def summary(findings: Sequence[Finding]) -> str:
    """Count findings in words: `3 errors, 1 warning in 2 files`."""
    if not findings:
        return "no findings"
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    counts = [(errors, "error"), (len(findings) - errors, "warning")]
    said = ", ".join(_counted(count, noun) for count, noun in counts if count)
    return f"{said} in {_counted(len({finding.file for finding in findings}), 'file')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _block(finding: Finding, lines: list[str], colour: bool) -> str:
    at = finding.span
    severity, place = str(finding.severity), f"{finding.file}:{at.line}:{at.column}:"
    if colour:
        severity, place = paint(severity, _COLOURS[finding.severity]), paint(visible(place), "bold")
    else:
        place = visible(place)
    rows = [f"{place} {severity} {finding.code} {finding.name}", f"  {_indented(finding.message)}"]
    rows += _excerpt(lines, at, colour)
    if finding.help:
        rows.append(f"  help: {_indented(finding.help)}")
    return "\n".join(rows) + "\n"


def _indented(said: str) -> str:
    return visible(said).replace("\n", "\n  ")


def _excerpt(lines: list[str], at: Span, colour: bool) -> list[str]:
    """Quote the line of a place with carets below; nothing where there is no such line."""
    if at.line > len(lines) or not lines[at.line - 1].strip():
        return []
    line = lines[at.line - 1]
    end = at.end_column if at.end_line == at.line else len(line) + 1
    start, end = at.column - 1, max(min(end - 1, len(line)), at.column)
    first = max(0, min(start - WIDTH // 3, len(line) - WIDTH))
    shown, rest = line[first : first + WIDTH], len(line) > first + WIDTH
    before, marked = shown[: start - first], shown[start - first : end - first]
    number = str(at.line)
    carets = "^" * max(_width(marked), 1)
    return [
        f"  {number} | {'…' if first else ''}{visible(_flat(shown))}{'…' if rest else ''}",
        f"  {' ' * len(number)} | {' ' * (_width(before) + bool(first))}{paint(carets, 'red') if colour else carets}",
    ]


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8-sig", "replace").split("\n")


def _flat(line: str) -> str:
    return line.replace("\t", " ").rstrip("\r")


def _width(part: str) -> int:
    """Return how many columns *part* takes in a terminal."""
    wide = {"W": 2, "F": 2}
    shown = visible(_flat(part))
    return sum(0 if unicodedata.combining(c) else wide.get(unicodedata.east_asian_width(c), 1) for c in shown)
