from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from infra.allowed import allowed_actions
from tests.infra.conftest import PARTS, Assembly

HASH = re.compile(r"[0-9a-f]{64}")
CDKS_OWN = ("Parameters", "Rules")


def reviewable(template: dict[str, Any]) -> str:
    """Return a template as text that changes for a reason only: no hashes of content, nothing of CDK's own."""
    template = {key: value for key, value in template.items() if key not in CDKS_OWN}
    for resource in template["Resources"].values():
        resource.pop("Metadata", None)
    return HASH.sub("<content>", json.dumps(template, indent=1, ensure_ascii=False)) + "\n"


@pytest.mark.parametrize("part", PARTS)
def test_templates_change_for_a_reason(dev: Assembly, golden: Callable[[str, str], None], part: str) -> None:
    """What CloudFormation is told is reviewed like code: hashes of content left out, it is the golden file."""
    golden(f"infra/{part}.json", reviewable(dev.template(part)))


def test_permissions_change_for_a_reason(dev: Assembly, golden: Callable[[str, str], None]) -> None:
    """Who may do what is reviewed on one page."""
    lines = []
    for part in PARTS:
        for name, permissions in sorted(allowed_actions(dev.template(part)).items()):
            lines.append(name)
            for one in permissions:
                lines.append(f"  {one.action:<38}{one.resource}")
                lines += [f"    if {condition}" for condition in one.conditions]
            lines.append("")

    golden("infra/permissions.txt", "\n".join(lines))


def test_accepted_findings_change_for_a_reason(dev: Assembly, golden: Callable[[str, str], None]) -> None:
    """What cdk-nag found and somebody accepted is reviewed on one page, each with its reason."""
    lines = [f"{construct}\n  {rule}\n  {reason}\n" for construct, rule, reason in dev.accepted()]

    golden("infra/accepted.txt", "\n".join(lines))
