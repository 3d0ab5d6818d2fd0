from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft7Validator

from sojourn.cli.render.sarif import sarif
from sojourn.domain.findings import Finding, Severity
from sojourn.domain.journey.rules.catalogue import all_rules
from sojourn.domain.places import Span

POSITIVE = {"type": "integer", "minimum": 1}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
# What SARIF 2.1.0 demands of the parts that are used, and that nothing else is used.
SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "additionalProperties": False,
                                            "properties": {
                                                "id": {"type": "string"},
                                                "name": {"type": "string"},
                                                "shortDescription": TEXT,
                                                "fullDescription": TEXT,
                                                "help": {**TEXT, "required": ["text", "markdown"]},
                                                "defaultConfiguration": {
                                                    "type": "object",
                                                    "properties": {
                                                        "level": {
                                                            "enum": ["none", "note", "warning", "error"]
                                                        }
                                                    },
                                                },
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": TEXT,
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "type": "object",
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "type": "object",
                                                        "properties": {
                                                            "uri": {
                                                                "type": "string",
                                                                "pattern": r"^[\w%./~-]+$",
                                                            }
                                                        },
                                                    },
                                                    "region": {
                                                        "type": "object",
                                                        "properties": {
                                                            "startLine": POSITIVE,
                                                            "startColumn": POSITIVE,
                                                            "endLine": POSITIVE,
                                                            "endColumn": POSITIVE,
                                                        },
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def log_of(*findings: Finding) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(sarif(findings))
    assert [error.message for error in Draft7Validator(SHAPE).iter_errors(log)] == []
    return log["runs"][0]


def test_a_finding_is_a_result() -> None:
    """A finding becomes a result with its place, its level, and its message with what to do."""
    run = log_of(
        Finding("SJ514", "unused-message", "nobody", "a b/ä.yaml", Span(2, 3, 2, 5), "do", Severity.WARNING)
    )

    result = run["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert (
        result["ruleId"],
        result["level"],
        result["message"]["text"],
    ) == ("SJ514", "warning", "nobody\ndo")
    assert place["artifactLocation"]["uri"] == "a%20b/%C3%A4.yaml"
    assert place["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 5}
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "SJ514"


def test_every_rule_can_be_shown() -> None:
    """The page of each rule that findings are of travels along, each once."""
    findings = [Finding(rule.code, rule.name, "m", "f") for rule in all_rules()] * 2

    run = log_of(*findings)

    assert [rule.code for rule in all_rules()] == [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(findings) == len(run["results"])


def test_an_empty_place_is_no_empty_region() -> None:
    """A place without length is shown as one character, since a region must hold something."""
    run = log_of(Finding("SJ118", "no-workspace", "m", "workspace.yaml"))

    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}


def test_nothing_wrong_is_a_run_without_results() -> None:
    """Without findings the log says that nothing was found, rather than nothing."""
    assert log_of()["results"] == []
