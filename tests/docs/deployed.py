"""Reads the reviewed templates (tests/golden/infra) for the tests of pages: what is deployed, by its name.

They are compared with what CDK synthesises by tests/infra, so that nothing has to be synthesised here.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from tests.docs.pages import ROOT

PARTS = ("data", "engine", "journeys", "observability")
STAGE = "sojourn-dev"
_OWN = re.compile(r"Exports")
"""What CDK calls the outputs that it makes for other stacks."""


@cache
def template(part: str) -> dict[str, Any]:
    """Return the template of a stack."""
    read: dict[str, Any] = json.loads((ROOT / "tests/golden/infra" / f"{part}.json").read_text("utf-8"))
    return read


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of all stacks' resources of one type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for part in PARTS
        for name, resource in template(part)["Resources"].items()
        if resource["Type"] == kind
    }


def names(kind: str, key: str) -> set[str]:
    """Return what resources of one type are called, without the stage."""
    return {str(made[key]).removeprefix(f"{STAGE}-") for made in resources(kind).values()}


def outputs(part: str) -> set[str]:
    """Return the outputs that a stack has for people."""
    return {name for name in template(part)["Outputs"] if not _OWN.match(name)}


def functions() -> dict[str, dict[str, Any]]:
    """Return the functions' properties by their folder's name."""
    found = resources("AWS::Lambda::Function").values()
    return {made["FunctionName"].removeprefix(f"{STAGE}-"): made for made in found}
