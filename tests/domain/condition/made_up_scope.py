"""A scope whose answers a test writes down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

NOW = datetime(2026, 3, 6, 9, 30, tzinfo=UTC)


@dataclass
class MadeUpScope:
    """One customer at 09:30 UTC on Friday, 6 March 2026, living in New York."""

    customer: Mapping[str, Any] = field(default_factory=dict)
    entry: Mapping[str, Any] = field(default_factory=dict)
    event: Mapping[str, Any] | None = None
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    now: datetime = NOW
    happened: Mapping[str, list[datetime]] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()
    opens: frozenset[str] = frozenset()
    clicks: frozenset[str] = frozenset()
    consents: frozenset[tuple[str, str]] = frozenset()
    channels: frozenset[str] = frozenset()
    engagement: Mapping[str, datetime] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def did(self, event: str, within: timedelta | None) -> bool:
        self.asked.append(f"did {event} {within}")
        return self.times(event, within) > 0

    def times(self, event: str, within: timedelta | None) -> int:
        since = self.now - within if within is not None else datetime.min.replace(tzinfo=UTC)
        return sum(at > since for at in self.happened.get(event, []))

    def last(self, event: str) -> datetime | None:
        return max(self.happened.get(event, []), default=None)

    def in_segment(self, name: str) -> bool:
        return name in self.segments

    def opened(self, step: str) -> bool:
        return step in self.opens

    def clicked(self, step: str) -> bool:
        return step in self.clicks

    def consented(self, topic: str, channel: str) -> bool:
        return (topic, channel) in self.consents

    def reachable(self, channel: str) -> bool:
        return channel in self.channels

    def engaged(self, channel: str, within: timedelta | None) -> bool:
        at = self.engagement.get(channel)
        return at is not None and (within is None or at > self.now - within)

    def local(self, time: datetime) -> datetime:
        return time.astimezone(ZoneInfo("America/New_York"))


def the_scope() -> MadeUpScope:
    """Return a scope with something of everything."""
    return MadeUpScope(
        customer={
            "plan": "pro",
            "lifetime_value": 600,
            "birthday": "1990-05-01",
            "signup": "2026-03-01",
            "vip": True,
            "nothing": None,
            "zero": 0,
            "number_of_order": 12345678901,
        },
        entry={
            "total": 20.5,
            "departure": "2026-03-07T09:00:00-05:00",
            "items": [{"sku": "A-1", "price": 3, "from": "2026-03-05"}, {"sku": "B-2", "price": 5.5}],
        },
        event={"cart": {"total": 3}, "total": 7, "items": ["x"]},
        steps={"reminder": {"sent": True, "channel": "email"}},
        happened={
            "order_completed": [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)],
            "cart_updated": [NOW - timedelta(hours=1)],
        },
        segments=frozenset({"lapsed-buyers"}),
        opens=frozenset({"reminder"}),
        consents=frozenset({("cart-reminders", "email")}),
        channels=frozenset({"email"}),
        engagement={"email": NOW - timedelta(days=3)},
    )
