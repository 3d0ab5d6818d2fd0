"""What is told of versions and drafts that are taken back, in the step that takes them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sojourn.application.publishing import Signed

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.switch import Moved
    from sojourn.adapters.dynamodb.together import Action
    from sojourn.aws_runtime.publishing.backing import Backing


def told_as(rollback_id: str) -> str:
    """Return under which id the history tells once of a roll back."""
    return f"{rollback_id}:rolled_back"


def rolled_back(backing: Backing, signed: Signed) -> Callable[[Moved], list[Action]]:
    """Return what writes the entry of a roll back with it; of a version that was live already, at most a draft goes."""

    def also(moved: Moved) -> list[Action]:
        for one in moved.publications:
            told = {"version": one.version, "before": one.before}
            return backing.entry(signed, "rolled_back", one.journey, told, once=told_as(signed.id))
        for change in moved.changes:
            if (draft := draft_of(moved, change.name)) and "draft" not in (change.row.latest or {}):
                return backing.entry(signed, "withdrew", change.name, {"draft": draft})
        return []

    return also


def draft_of(moved: Moved, journey: str) -> str:
    """Return the version of the draft that a journey had until a change."""
    return str(moved.was(journey).get("draft", {}).get("version", ""))
