"""The send policy: whether a message may go out now, later, or not at all, and the typed reason why.

Evaluated at the moment of sending, never earlier, in this order: run active · not in a holdout · address known
and valid · not suppressed · consent · caps · quiet hours and closed days. (What follows, rendering and claiming,
needs more than a decision and is the use case's.) A transactional message is asked about address and
suppression only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sojourn.domain.decide.reaching import address_of, consented, zone_of
from sojourn.domain.time.quiet_hours import quiet_until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sojourn.domain.customer.rows import Profile
    from sojourn.domain.decide.policy import Policy
    from sojourn.domain.time.quiet_hours import QuietHours

STAGES = ("no_address", "suppressed", "consent", "cap", "quiet_hours", "content", "refused")
"""Reasons a channel is passed over, in policy order: the one that came furthest is a send's reason."""

SPREAD = timedelta(minutes=10)
"""Over so long those come who were held until quiet hours end: half a country is held until the same second."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The channel cannot be used: a typed reason, and what it was about."""

    reason: str
    detail: str = ""

    @property
    def in_words(self) -> str:
        """The reason, with what it was about in brackets."""
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


@dataclass(frozen=True, slots=True)
class Held:
    """The channel can be used later.

    Args:
        spread: how much later than `until` it may become, so that not all who were held come at once.
    """

    until: datetime
    detail: str
    spread: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The channel can be used now, at this address."""

    address: str


Verdict = Stopped | Held | Allowed


def may_send(
    send: Mapping[str, Any],
    channel: str,
    profile: Profile,
    recent: Sequence[tuple[datetime, str, str]],
    policy: Policy,
    now: datetime,
) -> Verdict:
    """Ask the policy about one channel.

    Args:
        send: the send's configuration as compiled: `topic`, `kind`, `when_quiet`.
        recent: marketing sends so far, oldest first: (at, channel, topic).
    """
    address = address_of(profile, channel)
    if address is None:
        return Stopped("no_address")
    if (why := profile.suppressed.get(channel)) is not None:
        return Stopped("suppressed", why)
    if send["kind"] != "marketing":
        return Allowed(address)
    topic = send["topic"]
    if not consented(profile, policy, topic, channel):
        return Stopped("consent", topic)
    if recent:
        for cap in policy.caps:
            if (cap.channel and cap.channel != channel) or (cap.topic and cap.topic != topic):
                continue
            since = now - cap.per
            count = sum(
                1 for at, used, about in recent
                if at > since and cap.channel in ("", used) and cap.topic in ("", about)
            )  # fmt: skip
            if count >= cap.max:
                return Stopped("cap", cap.text + "".join(f", {w}" for w in (cap.channel, cap.topic) if w))
    quiet = policy.quiet.get(channel)
    if quiet is not None and send["when_quiet"] != "send":
        zone = zone_of(profile, policy)
        until = quiet_until(quiet, now, zone.name)
        if until is not None:
            if send["when_quiet"] == "drop":
                return Stopped("quiet_hours", f"{zone.name} ({zone.source})")
            spread = _spread(quiet, until, zone.name)
            return Held(until, f"quiet hours in {zone.name} ({zone.source})", spread)
    return Allowed(address)


def _spread(quiet: QuietHours, until: datetime, zone: str) -> timedelta:
    """Return how long after *until* sends may go out, at most `SPREAD`: it may soon be quiet again."""
    spread = SPREAD
    while spread and quiet_until(quiet, until + spread, zone) is not None:
        spread = timedelta(seconds=spread // timedelta(seconds=2))
    return spread
