"""What is said at an address that a customer has by hearsay: it goes when the address does, and comes back with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.customer.rows import Event, Profile
from sojourn.domain.decide.feedback import profile_after
from sojourn.domain.decide.hearsay import is_hearsay
from sojourn.domain.decide.hearsay_words import REMEMBERED
from sojourn.domain.decide.learning import learned

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ONE, OTHER, THIRD = "+4915112345678", "+12025550123", "+4915100000000"


def said(name: str, at: datetime, channel: str, text: str = "") -> Event:
    """Return what somebody wrote back, or that they called a message spam."""
    return Event(f"{name}-{at}", name, at, {"channel": channel, "text": text})


def stopped(profile: Profile, at: datetime, channel: str = "sms", word: str = "STOP") -> Profile:
    return profile_after(said("message_replied", at, channel, word), profile)


def told(profile: Profile, at: datetime, **address: Any) -> Profile:
    return learned(profile, address, at)


def heard(profile: Profile, at: datetime, **address: Any) -> Profile:
    return learned(profile, address, at, hearsay=True)


@pytest.mark.parametrize("hearsay", [False, True])
@pytest.mark.parametrize("between", [OTHER, None])
def test_a_stop_comes_back_with_the_address_it_was_said_at(hearsay: bool, between: str | None) -> None:
    """Whoever reads there has said so, whatever the customer's address was meanwhile."""
    ana = stopped(heard(Profile("ana"), NOON, phone=ONE), NOON + MINUTE)
    away = told(ana, NOON + 2 * MINUTE, phone=between)
    bare = away if between is None else told(away, NOON + 3 * MINUTE, phone=None)
    back = learned(bare if hearsay else away, {"phone": ONE}, NOON + 4 * MINUTE, hearsay=hearsay)
    early = stopped(back, NOON, word="START")
    left = told(back, NOON + 5 * MINUTE, phone=THIRD)

    assert (ana.suppressed, away.suppressed, back.suppressed) == ({"sms": "stop"}, {}, {"sms": "stop"})
    assert early.suppressed == {"sms": "stop"}  # it was said before the STOP
    # Told by those who may, the address is the customer's, and the word with it.
    assert left.suppressed == ({} if hearsay else {"sms": "stop"})


def test_a_complaint_comes_back_with_its_mailbox() -> None:
    """However the address is spelled then."""
    ana = heard(Profile("ana"), NOON, email="Ana@example.com")
    ana = profile_after(said("message_complained", NOON, "email"), ana)
    away = told(ana, NOON + MINUTE, email="other@example.com")

    assert away.suppressed == {}
    assert told(away, NOON + 2 * MINUTE, email="ana@EXAMPLE.com").suppressed == {"email": "complaint"}


def test_a_device_that_is_nobodys_takes_its_word_along() -> None:
    """It is no address to be told: another device is reached, that one is not."""
    ana = heard(Profile("ana"), NOON, device="d1")
    ana = profile_after(said("message_complained", NOON, "push"), ana)
    gone = profile_after(said("message_bounced", NOON + MINUTE, "push"), ana)

    assert (gone.device, gone.suppressed) == (None, {})
    assert told(gone, NOON + 2 * MINUTE, device="d2").suppressed == {}
    assert told(gone, NOON + 2 * MINUTE, device="d1").suppressed == {"push": "complaint"}


def test_each_channel_of_a_number_has_its_own_word() -> None:
    """Who stopped SMS has not stopped WhatsApp."""
    ana = stopped(heard(Profile("ana"), NOON, phone=ONE), NOON, "whatsapp")
    back = told(told(ana, NOON + MINUTE, phone=OTHER), NOON + 2 * MINUTE, phone=ONE)

    assert back.suppressed == {"whatsapp": "stop"}


def test_a_start_there_takes_it_back_for_good() -> None:
    """The address may come and go: of both words the later counts."""
    ana = stopped(heard(Profile("ana"), NOON, phone=ONE), NOON)
    ana = stopped(ana, NOON + MINUTE, word="START")
    back = told(told(ana, NOON + 2 * MINUTE, phone=OTHER), NOON + 3 * MINUTE, phone=ONE)

    assert back.suppressed == {}


def test_a_word_of_their_own_stays_beside_one_of_hearsay() -> None:
    """What was said at the address holds once it is theirs: the graver of both."""
    ana = heard(Profile("ana"), NOON, phone=ONE)
    ana = profile_after(said("message_complained", NOON, "sms"), ana)
    ana = stopped(told(ana, NOON + MINUTE, phone=OTHER), NOON + 2 * MINUTE)
    bare = told(ana, NOON + 3 * MINUTE, phone=None)
    again = heard(bare, NOON + 4 * MINUTE, phone=ONE)

    assert again.suppressed == {"sms": "stop"}
    assert told(again, NOON + 5 * MINUTE, phone=ONE).suppressed == {"sms": "complaint"}
    assert told(again, NOON + 5 * MINUTE, phone=THIRD).suppressed == {"sms": "stop"}


def test_so_many_words_are_remembered_and_the_oldest_is_forgotten() -> None:
    """A profile is one row; whoever moves from number to number fills none."""
    ana = Profile("ana")
    numbers = [f"+49151123456{place:02}" for place in range(REMEMBERED + 3)]
    for place, number in enumerate(numbers):
        at = NOON + 3 * place * MINUTE
        ana = stopped(heard(ana, at, phone=number), at)
        ana = told(ana, at + MINUTE, phone=None)

    back = [told(ana, NOON + timedelta(days=1), phone=number).suppressed for number in numbers]

    assert back == [{}] * 3 + [{"sms": "stop"}] * REMEMBERED
    assert len([name for name in ana.as_of if name.startswith("hearsay-")]) == REMEMBERED


def test_nobody_forges_such_a_word_by_an_attribute() -> None:
    """Attributes have the names that whoever tells them gives: none that the engine notes its own under."""
    ana = stopped(heard(Profile("ana"), NOON, phone=ONE), NOON)
    mine = [name for name in told(ana, NOON, phone=OTHER).as_of if name.startswith("hearsay-")]
    names = {*mine, "keyword:sms", "hearsay:phone", "consent:news:email"}

    forged = learned(Profile("bea"), dict.fromkeys(names, True), NOON, hearsay=True)

    assert (len(mine), forged.attributes, forged.as_of) == (1, {}, {})


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["told", "heard", "STOP", "START", "spam"]),
        st.sampled_from([ONE, OTHER, THIRD, None]),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=300, deadline=None)
def test_what_is_forbidden_is_what_was_said(steps: list[tuple[str, str | None]]) -> None:
    """By the customer, at an address that is told; or at the one of hearsay that they have: and nothing else is."""
    ana, own, there = Profile("ana"), set[str](), dict[str | None, set[str]]()
    for minutes, (what, number) in enumerate(steps):
        at = NOON + minutes * MINUTE
        if what in ("told", "heard"):
            ana = learned(ana, {"phone": number}, at, hearsay=what == "heard")
        elif what == "spam":
            ana = profile_after(said("message_complained", at, "sms"), ana)
        else:
            ana = stopped(ana, at, word=what)

        words = there.setdefault(ana.phone, set()) if is_hearsay(ana, "phone") else own
        if what == "told":
            own |= there.pop(number, set())
        elif what != "heard":
            words |= {"STOP": {"stop"}, "spam": {"complaint"}}.get(what, set())
            words -= {"stop"} if what == "START" else set()
        graver = sorted(own or there.get(ana.phone, set()))[:1]
        assert [why for why in (ana.suppressed.get("sms"),) if why] == graver
