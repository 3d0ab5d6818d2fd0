"""Findings that a deployment told, as those that are found here: with paths as somebody here would type them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from sojourn.domain.findings import Finding, Severity
from sojourn.domain.places import Span


def remote_findings(told: Iterable[Mapping[str, Any]], root: str) -> tuple[Finding, ...]:
    """Return the findings; what is none is left out.

    Args:
        told: each as `Finding.to_json` gave it.
        root: the workspace's folder, as it is shown; `.` for none.
    """
    begins = "" if root == "." else f"{root}/"
    found = []
    for one in told:
        with suppress(KeyError, ValueError, TypeError):
            span = Span(one["line"], one["column"], one["end_line"], one["end_column"])
            where = f"{begins}{one['file']}"
            severity = Severity(one["severity"])
            found.append(
                Finding(one["code"], one["name"], one["message"], where, span, one["help"], severity)
            )
    return tuple(found)
