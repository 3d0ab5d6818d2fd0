"""What a provider says of an address when it refuses a message: it is of that address, and outweighs no word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sojourn.application.claiming import without_address
from sojourn.domain.customer.identity import address_key
from sojourn.domain.customer.rows import Profile, Send
from sojourn.domain.decide.learning import learned
from sojourn.errors import Refused

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, OTHER = "+4915112345678", "+12025550123"


def refused(profile: Profile, reason: str, channel: str = "sms", to: str = ONE) -> Profile:
    send = Send("s", profile.id, "r", "j", "v", "step", "m", channel, "news", True, NOON, to=address_key(to))
    return without_address(profile, send, Refused(reason, gone=True), NOON)


@pytest.mark.parametrize("hearsay", [True, False])
def test_who_opted_out_with_the_provider_has_said_stop_at_that_number(hearsay: bool) -> None:
    """Of a number that anybody gave out as theirs it goes with the number; else it is for good."""
    ana = refused(learned(Profile("ana"), {"phone": ONE}, NOON, hearsay=hearsay), "opted_out")
    moved = learned(ana, {"phone": OTHER}, NOON + HOUR)
    back = learned(moved, {"phone": ONE}, NOON + 2 * HOUR)

    assert ana.suppressed == back.suppressed == {"sms": "stop"}
    assert moved.suppressed == ({} if hearsay else {"sms": "stop"})


@pytest.mark.parametrize("word", ["complaint", "stop"])
@pytest.mark.parametrize("reason", ["bad_address", "opted_out"])
def test_it_makes_no_word_lighter(word: str, reason: str) -> None:
    """Who complained while a message was on its way is not written to again because the address was wrong."""
    ana = refused(Profile("ana", phone=ONE, suppressed={"sms": word}), reason)

    assert ana.suppressed == {"sms": word}


@pytest.mark.parametrize("channel", ["sms", "push"])
def test_it_says_nothing_of_another_address(channel: str) -> None:
    """The customer has a new one by the time that the provider answers."""
    ana = Profile("ana", phone=OTHER, device="fcm:new")

    assert refused(ana, "bad_address", channel) is ana
