"""The send policy's order: of several reasons not to send, the one that stands earlier is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import combinations, permutations

import pytest

from sojourn.domain.customer.rows import Profile
from sojourn.domain.decide.policy import CapPolicy, Policy, TopicPolicy
from sojourn.domain.decide.sending import (
    STAGES,
    Allowed,
    Held,
    Stopped,
    Verdict,
    address_of,
    consented,
    may_send,
)  # fmt: skip
from sojourn.domain.time.quiet_hours import parse_quiet_hours, quiet_until

NIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
GOOD = Profile("ana", timezone="UTC", email="ana@example.com", phone="+12025550123", device="token")
POLICY = Policy(
    "shop", topics={"news": TopicPolicy(frozenset({"email", "sms"}), opted_in=True)},
    caps=(CapPolicy(1, timedelta(days=7), "1 per 7 days"),),
    quiet={"email": parse_quiet_hours("21:00", "08:00", ())},
)  # fmt: skip
SEND = {"topic": "news", "kind": "marketing", "when_quiet": "drop"}
RECENT = ((NIGHT - timedelta(days=1), "sms", "news"),)
OBSTACLES = ("no_address", "suppressed", "consent", "cap", "quiet_hours")


def verdict(*obstacles: str, **send: str) -> Verdict:
    """Ask about an email with these obstacles in its way."""
    profile = GOOD
    if "no_address" in obstacles:
        profile = replace(profile, email=None)
    if "suppressed" in obstacles:
        profile = replace(profile, suppressed={"email": "bounce"})
    if "consent" in obstacles:
        profile = replace(profile, consents={("news", "email"): False})
    now = NIGHT if "quiet_hours" in obstacles else NIGHT - timedelta(hours=6)
    return may_send(SEND | send, "email", profile, RECENT if "cap" in obstacles else (), POLICY, now)


def test_the_policys_order_is_the_documented_one() -> None:
    """A send's reason, where several channels failed, is the one that stands furthest in it."""
    assert (*OBSTACLES, "content", "refused") == STAGES


def test_with_nothing_in_its_way_a_message_may_go_out() -> None:
    """To the address of the channel asked about."""
    assert verdict() == Allowed("ana@example.com")


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_each_obstacle_alone_stops_a_send(obstacle: str) -> None:
    """With its own reason."""
    found = verdict(obstacle)

    assert isinstance(found, Stopped)
    assert found.reason == obstacle


@pytest.mark.parametrize(("first", "second"), list(combinations(OBSTACLES, 2)))
def test_of_two_obstacles_the_earlier_in_the_policy_is_told(first: str, second: str) -> None:
    """For every pair, and with all after the first in the way as well."""
    behind = OBSTACLES[OBSTACLES.index(first) :]

    found = [verdict(first, second), verdict(*behind)]

    assert [one.reason for one in found if isinstance(one, Stopped)] == [first, first]


@pytest.mark.parametrize(
    ("start", "end", "most"),
    [("21:00", "08:00", 600), ("08:05", "08:00", 300), ("08:01", "08:00", 60), ("20:00", "22:00", 600)],
)
def test_those_who_are_held_until_one_hour_come_over_ten_minutes(start: str, end: str, most: int) -> None:
    """Not all in its first second, which is more than an account takes; and not so late that it is quiet again."""
    quiet = parse_quiet_hours(start, end, ())
    policy = replace(POLICY, quiet={"email": quiet})
    now = NIGHT.replace(hour=21)

    held = may_send(SEND | {"when_quiet": "hold"}, "email", GOOD, (), policy, now)

    assert isinstance(held, Held)
    assert most / 2 <= held.spread.total_seconds() <= most
    for tenth in range(10):
        assert quiet_until(quiet, held.until + held.spread * tenth / 10, "UTC") is None


def test_quiet_hours_hold_until_their_end_or_are_passed_over() -> None:
    """By what the step says; the later obstacle never hides an earlier one that would stop the send for good."""
    held = verdict("quiet_hours", when_quiet="hold")

    assert isinstance(held, Held)
    assert held.until == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert verdict("quiet_hours", when_quiet="send") == Allowed("ana@example.com")
    assert verdict("cap", "quiet_hours", when_quiet="hold") == Stopped("cap", "1 per 7 days")


def test_a_transactional_message_is_stopped_by_address_and_suppression_only() -> None:
    """Consent, caps and quiet hours are about marketing."""
    found = [verdict(obstacle, kind="transactional") for obstacle in OBSTACLES]

    assert [getattr(one, "reason", "sent") for one in found] == [
        "no_address",
        "suppressed",
        "sent",
        "sent",
        "sent",
    ]


@pytest.mark.parametrize(
    ("cap", "counted"),
    [
        (CapPolicy(2, timedelta(days=1), ""), 3),
        (CapPolicy(2, timedelta(days=1), "", channel="email"), 2),
        (CapPolicy(2, timedelta(days=1), "", topic="news"), 2),
        (CapPolicy(2, timedelta(days=1), "", channel="email", topic="news"), 1),
        (CapPolicy(1, timedelta(days=1), "", channel="sms"), 0),
    ],
)
def test_a_cap_counts_what_it_is_about(cap: CapPolicy, counted: int) -> None:
    """Its channel, its topic, both or all; a cap on another channel or topic is not asked."""
    now = NIGHT - timedelta(hours=6)
    recent = tuple(
        (now - timedelta(hours=h), c, t)
        for h, (c, t) in enumerate([("email", "news"), ("email", "offers"), ("sms", "news")])
    )

    found = may_send(SEND, "email", GOOD, recent, replace(POLICY, caps=(cap,)), now)

    assert isinstance(found, Stopped) == (counted >= cap.max and cap.channel != "sms")


def test_a_send_leaves_the_caps_window_exactly_after_its_time() -> None:
    """Seven days and no second longer: the window is open at its far end."""
    now = NIGHT - timedelta(hours=6)
    found = [
        may_send(
            SEND,
            "email",
            GOOD,
            ((now - timedelta(days=7) + timedelta(seconds=s), "sms", "news"),),
            POLICY,
            now,
        )
        for s in (0, 1)
    ]

    assert [type(one) for one in found] == [Allowed, Stopped]


def test_the_order_caps_are_written_in_decides_which_is_told() -> None:
    """Whichever order, one of those that are reached."""
    caps = [CapPolicy(1, timedelta(days=7), name) for name in ("a", "b", "c")]
    now = NIGHT - timedelta(hours=6)
    told = [
        may_send(SEND, "email", GOOD, RECENT, replace(POLICY, caps=tuple(order)), now)
        for order in permutations(caps)
    ]

    assert [getattr(one, "detail", "") for one in told] == [order[0].text for order in permutations(caps)]


@pytest.mark.parametrize(
    ("channel", "address", "valid"),
    [
        ("email", "ana@example.com", True),
        ("email", "ana@b@example.com", False),
        ("email", "ana@example.com\x00", False),
        ("email", "none", False),
        ("email", "ana@example", False),
        ("email", "@example.com", False),
        ("email", "ana@.com", False),
        ("email", "ana @example.com", False),
        ("email", "ana@example.com\n", False),
        ("email", "", False),
        ("sms", "+12025550123", True),
        ("sms", "12025550123", False),
        ("sms", "+0123456789", False),
        ("sms", "+1234567890123456", False),
        ("sms", "+12", False),
        ("sms", "+1111111", False),
        ("sms", "+1202555٠١٢٣", False),
        ("whatsapp", "+12025550123", True),
        ("push", "token", True),
        ("push", "apns:undefined", False),
        ("push", " ", False),
    ],
)
def test_an_address_that_cannot_be_one_is_none(channel: str, address: str, valid: bool) -> None:
    """Emails by their look, phone numbers as E.164 and their country say, tokens that stand for none."""
    profile = Profile("ana", email=address, phone=address, device=address)

    assert address_of(profile, channel) == (address if valid else None)


def test_consent_is_what_was_said_or_else_the_topics_default() -> None:
    """Nothing about a topic nobody knows, and nothing on a channel the topic does not use."""
    opted_out = replace(POLICY, topics={"news": TopicPolicy(frozenset({"email"}), opted_in=False)})
    yes = replace(GOOD, consents={("news", "push"): True})

    assert [consented(GOOD, POLICY, "news", channel) for channel in ("email", "sms", "push")] == [
        True,
        True,
        False,
    ]
    assert consented(GOOD, opted_out, "news", "email") is False
    assert consented(yes, POLICY, "news", "push") is True
    assert consented(GOOD, POLICY, "unknown", "email") is False


def test_the_wall_clock_of_quiet_hours_is_the_customers() -> None:
    """23:00 in London is 18:00 in New York, where nobody sleeps yet."""
    london, new_york = (replace(GOOD, timezone=zone) for zone in ("Europe/London", "America/New_York"))
    found = [may_send(SEND, "email", profile, (), POLICY, NIGHT) for profile in (london, new_york)]

    assert [type(one) for one in found] == [Stopped, Allowed]
    assert time(23) == NIGHT.time()
