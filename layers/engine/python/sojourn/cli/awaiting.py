"""What a publication that waits for approval would change, for whoever is to approve it: by what was uploaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.planning import Plan, settings_differences
from sojourn.domain.change.difference import differences
from sojourn.domain.change.outline import Outline

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.application.publishing import Operation


def plan_that_waits(live: Live, operations: Operations, waiting: Operation) -> Plan | None:
    """Return what an operation would change; None where it did not keep what it is to change.

    It is compared with the versions that were live when it was asked for: where others are by then, it is refused.

    Raises:
        TransientError: the table does not answer.
    """
    # Imported here: it brings along what carries operations out, which no other command needs.
    from sojourn.aws_runtime.publishing.approved import shown_outline, shown_settings

    versions = waiting.result.get("planned", {}).get("journeys", {})
    settings = shown_settings(operations, waiting.id)
    if settings is None:
        return None
    told = {name: shown_outline(operations, waiting.id, name) for name in versions}
    after = {name: Outline.from_json(outline) for name, outline in told.items() if outline is not None}
    before = {
        name: live.outline(name, versions[name]["before"]) or Outline(name)
        for name in after
        if versions[name]["before"]
    }
    return Plan(differences(before, after), settings_differences(live.settings(), settings))
