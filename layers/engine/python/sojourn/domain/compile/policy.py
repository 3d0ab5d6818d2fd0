"""Compiles what a workspace decided for all its journeys: plain settings that travel to the functions as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.decide.policy import CapPolicy, Policy, TopicPolicy
from sojourn.domain.time.durations import parse_duration
from sojourn.domain.time.quiet_hours import parse_quiet_hours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.journey.model.senders import Senders
    from sojourn.domain.journey.model.tracking import Tracking
    from sojourn.domain.journey.model.workspace import Workspace

IN_SECONDS = ("time_to_live",)
"""What people write as a duration and settings hold as whole seconds."""


def policy_of(workspace: Workspace) -> Policy:
    """Return the policy of a workspace that has no errors."""
    return Policy(
        workspace=workspace.workspace,
        timezone=workspace.timezone,
        locale=workspace.locale,
        salt=workspace.workspace,
        topics={
            name: TopicPolicy(frozenset(topic.channels), topic.default == "opted_in", topic.title)
            for name, topic in workspace.topics.items()
        },
        caps=tuple(
            CapPolicy(
                cap.max,
                parse_duration(cap.per),
                f"{cap.max} per {cap.per}",
                cap.channel or "",
                cap.topic or "",
            )
            for cap in workspace.caps
        ),
        quiet={
            channel: parse_quiet_hours(q.from_, q.to, q.closed)
            for channel, q in workspace.quiet_hours.items()
        },
        brand={k: v for k, v in (workspace.brand.model_dump().items() if workspace.brand else ()) if v},
        senders=sender_settings(workspace.senders),
        tracking=tracking_settings(workspace.tracking),
        events={
            name: {one: str(typed.type) for one, typed in properties.items()}
            for name, properties in workspace.events.items()
            if properties
        },
        attributes={name: str(typed.type) for name, typed in workspace.attributes.items()},
        approval=workspace.approval or "",
    )


def sender_settings(senders: Senders | None) -> Mapping[str, Mapping[str, Any]]:
    """Return what is said of each channel's sender, by the keys of `workspace.yaml`; nothing else is in it."""
    found = senders.model_dump(by_alias=True, exclude_none=True) if senders is not None else {}
    for settings in found.values():
        for key in IN_SECONDS:
            if key in settings:
                settings[key] = int(parse_duration(settings[key]).total_seconds())
    return found


def tracking_settings(written: Tracking | None) -> dict[str, Any]:
    """Return what an author wrote under `tracking`, as plain JSON values."""
    return written.model_dump(exclude_none=True) if written is not None else {}
