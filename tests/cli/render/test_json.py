from __future__ import annotations

import json

from sojourn.cli.render.json import json_text
from sojourn.domain.findings import Finding, Severity
from sojourn.domain.places import Span


def test_a_finding_is_an_object() -> None:
    """A program reads code, place, message and help by name, and counts by severity."""
    finding = Finding("SJ514", "unused-message", "größer", "f.yaml", Span(2, 3, 4, 5), "h", Severity.WARNING)

    assert json.loads(json_text([finding])) == {
        "errors": 0,
        "warnings": 1,
        "findings": [
            {
                "code": "SJ514", "name": "unused-message", "severity": "warning", "file": "f.yaml", "line": 2,
                "column": 3, "end_line": 4, "end_column": 5, "message": "größer", "help": "h",
            }
        ],
    }  # fmt: skip


def test_nothing_wrong_is_an_object_too() -> None:
    """Without findings there is the same object, empty."""
    assert json.loads(json_text([])) == {"errors": 0, "warnings": 0, "findings": []}
