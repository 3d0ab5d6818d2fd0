"""Findings for programs: one JSON object, the same whether there are any or none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
        "findings": [finding.to_json() for finding in findings],
    }
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"
