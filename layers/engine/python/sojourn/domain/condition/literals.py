"""Judges the texts written inside calls: patterns, times, lengths of time and zones.

Patterns are RE2's (https://github.com/google/re2/wiki/Syntax): no backtracking, so their cost is bounded.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from sojourn.domain.condition import tree
from sojourn.domain.condition.functions import TIME_METHODS
from sojourn.domain.condition.runtime import pattern_fault
from sojourn.domain.condition.types import Problem, ProblemKind
from sojourn.domain.time.durations import DurationError, parse_duration
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_date_time

LONGEST_PATTERN = 500
COSTLIEST_PATTERN = 2_000
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_CEL_DURATION = re.compile(r"([+-]?)((?:[0-9]+(?:\.[0-9]+)?(?:h|ms|us|ns|m|s))+)")
_CEL_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(h|ms|us|ns|m|s)")
_UNIT = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_ZONE = re.compile(r"[+-]?\d\d:\d\d|[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*")


def read_duration(text: str) -> timedelta:
    """Return the length that *text* says, in CEL's way ("1h30m", "-5s") or ours ("7 days").

    Raises:
        DurationError: it says none.
    """
    if len(text) > 100 or not (match := _CEL_DURATION.fullmatch(text.strip())):
        return parse_duration(text)
    try:
        length = timedelta(seconds=sum(float(n) * _UNIT[u] for n, u in _CEL_PART.findall(match[2])))
    except OverflowError:
        raise DurationError(f'"{text}" is too long', 'write at most "3650 days"') from None
    return -length if match[1] == "-" else length


def pattern_cost(pattern: str) -> int:
    """Return roughly how many steps RE2 may take per character: its length times its repeats."""
    cost = len(pattern)
    for least, most in _COUNT.findall(pattern):
        cost *= max(int(most or least or 1), 1) if len(most or least) < 5 else COSTLIEST_PATTERN
        if cost > COSTLIEST_PATTERN:
            break
    return cost


def text_of(node: tree.Node | None) -> str | None:
    """Return the text that is written out as *node*, None where it is something else."""
    return node.value if isinstance(node, tree.Literal) and isinstance(node.value, str) else None


def literal_problem(node: tree.Call) -> Problem | None:
    """Return what is wrong with the text written out in a call of a built-in function, if anything."""
    argument = node.arguments[0] if node.arguments else None
    text = text_of(argument)
    if argument is None or (text is None and node.function != "matches"):
        return None
    found: tuple[str, str] | None = None
    kind = ProblemKind.TYPE
    try:
        if node.function == "matches":
            return _pattern_problem(argument, text)
        if node.function == "duration":
            read_duration(text or "")
        elif node.function == "timestamp":
            parse_date_time(text or "")
        elif node.function in TIME_METHODS and not _ZONE.fullmatch(text or ""):
            found = f"{_quoted(text or '')} is no time zone", 'write one like "Europe/Berlin"'
    except (DurationError, TimeError) as error:
        found = error.message, error.help
    return Problem(kind, *found, argument.offset, argument.length) if found else None


def _pattern_problem(argument: tree.Node, pattern: str | None) -> Problem | None:
    place = argument.offset, argument.length
    if pattern is None:
        message, advice = "a pattern is written out, not computed", 'write it like matches("^A-[0-9]+$")'
        return Problem(ProblemKind.TYPE, message, advice, *place)
    if len(pattern) > LONGEST_PATTERN or pattern_cost(pattern) > COSTLIEST_PATTERN:
        message = "this pattern is too costly: it is too long, or repeats too often"
        return Problem(ProblemKind.TOO_LARGE, message, "take counted repeats like {100} away", *place)
    if fault := _fault(pattern):
        return Problem(ProblemKind.TYPE, f"{_quoted(pattern)} is no pattern: {fault}", "", *place)
    return None


@lru_cache(maxsize=1024)
def _fault(pattern: str) -> str:
    return pattern_fault(pattern)


def _quoted(text: str) -> str:
    return f'"{text if len(text) <= 40 else text[:39] + "…"}"'
