"""Findings for code review tools: SARIF 2.1.0, an OASIS standard.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html; sections are named where something is not
obvious. The pages of the rules travel along, so that a tool can show them beside a finding.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sojourn.domain.journey.rules.catalogue import all_rules, explain, shown
from sojourn.domain.journey.rules.page import page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.rule import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(findings: Sequence[Finding]) -> str:
    """Return a SARIF log of one run, with the rules that the findings are of."""
    codes = {finding.code for finding in findings}
    rules = [rule for rule in all_rules() if rule.code in codes]
    index = {rule.code: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "sojourn", "rules": [_rule(rule) for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index.get(finding.code)) for finding in findings],
    }
    return (
        json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"
    )


def _rule(rule: Rule) -> dict[str, Any]:
    page = page_of(rule)
    markdown = (
        f"{page.what}\n\n{page.why}\n\nInstead of\n\n```yaml\n{shown(page.instead_of)}\n```\n\n"
        f"write\n\n```yaml\n{shown(page.write)}\n```\n"
    )
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": page.law},
        "fullDescription": {"text": f"{page.what} {page.why}"},
        "help": {"text": explain(rule.code), "markdown": markdown},
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _result(finding: Finding, index: int | None) -> dict[str, Any]:
    at = finding.span
    message = finding.message + (f"\n{finding.help}" if finding.help else "")
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": str(finding.severity),
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": {
                    # 3.4.3: a relative reference, to be resolved against the root of the checked-out files
                    "artifactLocation": {"uri": quote(finding.file)},
                    # 3.30.8: the end column is the one behind the last character
                    "region": {
                        "startLine": at.line,
                        "startColumn": at.column,
                        "endLine": max(at.end_line, at.line),
                        "endColumn": max(at.end_column, at.column + 1 if at.end_line <= at.line else 1),
                    },
                }
            }
        ],
    }
    if index is not None:
        result["ruleIndex"] = index
    return result
