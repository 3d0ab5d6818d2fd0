"""What a workspace decided for all its journeys, ready to be asked: topics, caps, quiet hours, zone, locale."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.time.quiet_hours import QuietHours


@dataclass(frozen=True, slots=True)
class TopicPolicy:
    """Which channels a topic may use, whether silence is consent, and what customers read it is called."""

    channels: frozenset[str]
    opted_in: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class CapPolicy:
    """At most `max` marketing sends within `per`, for one channel or topic or for all."""

    max: int
    per: timedelta
    text: str
    channel: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """The workspace's rules; `salt` makes its splits its own.

    Args:
        senders: per channel, what its sender is set to, as plain JSON values.
        tracking: what is told of who reads a message (`tracking.tracking_of`), as far as it is written.
        events: the tracking plan: event -> property -> type. Empty where an earlier release registered the workspace.
        attributes: attribute -> type, as the workspace declares them; empty there too.
        approval: what somebody else must approve: `publish`, or "" for nothing.
    """

    workspace: str
    timezone: str = "UTC"
    locale: str = "en"
    salt: str = ""
    topics: Mapping[str, TopicPolicy] = field(default_factory=dict)
    caps: tuple[CapPolicy, ...] = ()
    quiet: Mapping[str, QuietHours] = field(default_factory=dict)
    brand: Mapping[str, str] = field(default_factory=dict)
    senders: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    tracking: Mapping[str, Any] = field(default_factory=dict)
    approval: str = ""

    @property
    def longest_cap(self) -> timedelta:
        """How far back sends count."""
        return max((cap.per for cap in self.caps), default=timedelta(0))

    def to_json(self) -> dict[str, Any]:
        """Return the rules as plain JSON values."""
        return {
            "workspace": self.workspace, "timezone": self.timezone, "locale": self.locale, "salt": self.salt,
            "topics": {
                name: {"channels": sorted(topic.channels), "opted_in": topic.opted_in, "title": topic.title}
                for name, topic in self.topics.items()
            },
            "caps": [
                {"max": cap.max, "seconds": cap.per.total_seconds(), "text": cap.text, "channel": cap.channel,
                 "topic": cap.topic}
                for cap in self.caps
            ],
            "quiet": {
                channel: {"from": quiet.start.isoformat(), "to": quiet.end.isoformat(),
                          "closed": [day.isoformat() for day in sorted(quiet.closed)]}
                for channel, quiet in self.quiet.items()
            },
            "brand": dict(self.brand), "senders": {name: dict(said) for name, said in self.senders.items()},
            "events": {name: dict(planned) for name, planned in self.events.items()},
            "attributes": dict(self.attributes), "tracking": dict(self.tracking),
            **({"approval": self.approval} if self.approval else {}),
        }  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Policy:
        """Return the rules that `to_json` wrote."""
        # Imported here: what it takes to go by local clocks is not needed by whoever only reads rows.
        from sojourn.domain.time.quiet_hours import QuietHours

        return cls(
            workspace=value["workspace"], timezone=value["timezone"], locale=value["locale"], salt=value["salt"],
            topics={
                name: TopicPolicy(frozenset(topic["channels"]), topic["opted_in"], topic.get("title", ""))
                for name, topic in value["topics"].items()
            },
            caps=tuple(
                CapPolicy(cap["max"], timedelta(seconds=cap["seconds"]), cap["text"], cap["channel"], cap["topic"])
                for cap in value["caps"]
            ),
            quiet={
                channel: QuietHours(
                    time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["to"]),
                    frozenset(map(date.fromisoformat, quiet["closed"])),
                )
                for channel, quiet in value["quiet"].items()
            },
            brand=value["brand"], senders=value["senders"], events=value.get("events", {}),
            attributes=value.get("attributes", {}), tracking=value.get("tracking", {}),
            approval=value.get("approval", ""),
        )  # fmt: skip
