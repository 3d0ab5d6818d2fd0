"""What a publication changes: worked out before anything is made, written down before the switch, and told after it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.registration import State
    from sojourn.domain.compile.compiled import CompiledJourney

APPROVAL = "publish"
"""What a workspace says that wants somebody else's approval."""
PLANNED = "planned"
"""What an operation's result has while it goes on: what the switch is to change."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a publication changes.

    Args:
        journeys: those that get another version, or a draft: name -> the version, and the one before; of a draft, the
            draft before, and the version that is live `beside` it, "" for none.
        settings: whether what all journeys share changes.
        unchanged: the journeys that are as they are to be already.
        drafts: journey -> the draft that stays beside what is published; of drafts, the one whose place is taken.
    """

    journeys: Mapping[str, Mapping[str, str]]
    settings: bool
    unchanged: tuple[str, ...]
    drafts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not self.journeys and not self.settings

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "journeys": dict(self.journeys), "settings": self.settings, "unchanged": list(self.unchanged),
            "drafts": dict(self.drafts),
        }  # fmt: skip


def plan_of(now: State, chosen: tuple[CompiledJourney, ...], text: str, *, draft: bool) -> Plan:
    """Return what publishing journeys changes.

    Args:
        now: what is registered.
        text: the workspace's settings as they would be.
        draft: only the segment `test` is to enter them.
    """
    registered = now.now()
    changed: dict[str, dict[str, str]] = {}
    unchanged: list[str] = []
    drafts: dict[str, Mapping[str, Any]] = {}
    for journey in chosen:
        there = registered.get(journey.name) or {"version": ""}
        live, drafted = there["version"], (there.get("draft") or {}).get("version", "")
        same, same_draft = live == journey.version, drafted == journey.version
        # What is live is no draft, and a draft that is published now is none any more; another one stays.
        if (same or same_draft) if draft else (same and not same_draft):
            unchanged.append(journey.name)
            continue
        told = {"before": drafted, "beside": live} if draft else {"before": live}
        changed[journey.name] = {"version": journey.version, **told}
        if drafted and not same_draft:
            drafts[journey.name] = {name: there["draft"].get(name) for name in ("version", "by", "at")}
    return Plan(changed, text != now.head.settings, tuple(unchanged), drafts)


def wants_approval(now: State, text: str) -> bool:
    """Say whether the workspace as it is, or as it would be, wants somebody else to approve.

    Args:
        text: its settings as they would be.
    """
    both = (json.loads(settings)["policy"] for settings in (now.head.settings, text) if settings)
    return any(policy.get("approval") == APPROVAL for policy in both)


def told_of(planned: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a plan once it is done; *planned* is a plan as JSON."""
    return {
        "published": planned["journeys"], "settings": planned["settings"], "unchanged": planned["unchanged"],
        "drafts": planned.get("drafts", {}),
    }  # fmt: skip
