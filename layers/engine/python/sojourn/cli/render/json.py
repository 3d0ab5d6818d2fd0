"""Findings for programs: one JSON object, the same whether there are any or none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sojourn.domain.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.domain.findings import Finding


def json_text(findings: Sequence[Finding]) -> str:
    """Return `{"errors": …, "warnings": …, "findings": […]}`, lines and columns from 1, the end exclusive."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    data = {
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": [record(finding) for finding in findings],
    }
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"


def record(finding: Finding) -> dict[str, Any]:
    """Return one finding as plain data."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "file": finding.file,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "message": finding.message,
        "help": finding.help,
    }
