"""What is wrong with something a person wrote, as a value: collected, sorted, rendered, never raised.

A finding knows its stable code, where it points, and what to do next. It knows no rule, no renderer and no
file system.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from sojourn.domain.places import Span

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How much a finding matters: an `error` stops publishing, a `warning` does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in the author's words, with what to do about it.

    Args:
        code: stable, `SJ` and three digits, by topic (1xx shape, 2xx time, 3xx reachability, 4xx consent and
            caps, 5xx messages, 6xx conditions, 7xx scenarios, 8xx migrations).
        name: the code in words, `unknown-key`.
        message: the offender quoted, then what is wrong with it.
        help: what to do next; empty where the message says it.
    """

    code: str
    name: str
    message: str
    file: str = ""
    span: Span = field(default_factory=Span)
    help: str = ""
    severity: Severity = Severity.ERROR

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Return the sort key: by file, position, code."""
        return (self.file, self.span.line, self.span.column, self.code, self.message)

    def to_json(self) -> dict[str, str | int]:
        """Return it as plain JSON values: lines and columns from 1, the end exclusive."""
        return {
            "code": self.code, "name": self.name, "severity": str(self.severity), "file": self.file,
            "line": self.span.line, "column": self.span.column, "end_line": self.span.end_line,
            "end_column": self.span.end_column, "message": self.message, "help": self.help,
        }  # fmt: skip


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings without repeats, sorted by file and position."""
    return tuple(sorted(set(findings), key=lambda f: f.order))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name nearest to *word*, or None where nothing is near.

    Of very many names only some that begin alike are compared: comparing is slow, and a file full of mistakes
    must not take longer to read than one without.
    """
    names = list(known)
    if len(names) > _MANY:
        names = [name for name in names if name[:2].casefold() == word[:2].casefold()]
    names = sorted(names)[:_MANY]  # sorted, so that a tie has the same answer every time
    if (folded := word.casefold().replace("-", "_")) and (
        same := [n for n in names if n.casefold().replace("-", "_") == folded]
    ):
        return same[0]
    # Imported here, as what runs on AWS knows findings, and makes none.
    from difflib import get_close_matches

    found = get_close_matches(word, names, n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the help for an unknown *word*: the nearest known name, else all of them if they are few."""
    names = list(known)
    if near := nearest(word, names):
        return f'did you mean "{near}"?'
    if names and len(names) <= 24 and len(few := sorted(set(names))) <= 12:
        return "known: " + ", ".join(few)
    return ""


_MANY = 100
