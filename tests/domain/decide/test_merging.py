from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.customer.identity import unknown_id
from sojourn.domain.customer.rows import EVERY_TOPIC, Event, Profile, Run
from sojourn.domain.decide.feedback import profile_after
from sojourn.domain.decide.merging import (
    OTHERS_KEPT,
    adopted,
    goes_on,
    merged_profile,
    stays,
    tombstone,
    with_other,
)
from sojourn.domain.decide.policy import Policy
from sojourn.domain.decide.reaching import consented

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A1 = unknown_id("anonymous", "a1")
NEWS = ("news", "email")


def test_the_newer_value_of_an_attribute_stays() -> None:
    """By when it was so; where nobody knows, what the customer has stays; what only one has is taken."""
    source = Profile(
        A1, {"plan": "pro", "size": "s", "age": 7, "colour": "red"},
        as_of={"plan": NOON + HOUR, "size": NOON - HOUR},
    )  # fmt: skip
    into = Profile("c-1", {"plan": "free", "size": "m", "age": 8}, as_of={"plan": NOON, "size": NOON})

    merged = merged_profile(source, into)

    assert merged.attributes == {"plan": "pro", "size": "m", "age": 8, "colour": "red"}
    assert merged.as_of == {"plan": NOON + HOUR, "size": NOON}


@pytest.mark.parametrize(
    ("source", "into", "since"),
    [
        (NOON, NOON + HOUR, NOON),
        (NOON + HOUR, NOON, NOON),
        (NOON, None, NOON),
        (None, NOON, NOON),
        (None, None, None),
    ],
)
def test_who_was_two_is_known_since_the_earlier_was(
    source: datetime | None, into: datetime | None, since: datetime | None
) -> None:
    """A visitor who logs in has been known since the first visit; where nobody knows, the other's counts."""
    assert merged_profile(Profile(A1, since=source), Profile("c-1", since=into)).since == since


def test_a_known_address_is_not_replaced_by_an_older_one() -> None:
    """Nor by one that might be newer: an address of which nobody knows since when stays; an empty place is filled."""
    source = Profile(
        A1, email="a@example.com", phone="+491701234567", device="d", timezone="Europe/Berlin",
        as_of=dict.fromkeys(("email", "phone", "device", "timezone"), NOON),
    )  # fmt: skip
    into = Profile(
        "c-1", email="b@example.com", phone="+12025550123", timezone="UTC", as_of={"phone": NOON + HOUR}
    )

    merged = merged_profile(source, into)

    assert (merged.email, merged.phone, merged.device) == ("b@example.com", "+12025550123", "d")
    assert merged.timezone == "Europe/Berlin"
    assert merged_profile(source, replace(into, as_of={"phone": NOON - HOUR})).phone == "+491701234567"


def test_a_complaint_is_never_forgotten_and_a_bounce_goes_with_its_address() -> None:
    """Whose word it was does not matter; what is about an address holds while that is the address."""
    source = Profile(
        A1, email="old@example.com", phone="+491701234567",
        suppressed={"email": "bounce", "sms": "stop", "push": "bounce"},
    )  # fmt: skip
    into = Profile(
        "c-1", email="new@example.com", suppressed={"sms": "soft_bounces", "whatsapp": "complaint"}
    )

    merged = merged_profile(source, into)
    same = merged_profile(source, replace(into, email="Old@example.com"))

    assert merged.suppressed == {"sms": "stop", "push": "bounce", "whatsapp": "complaint"}
    assert same.suppressed["email"] == "bounce"


CONSENTS = st.dictionaries(
    st.tuples(st.sampled_from(["news", "offers", EVERY_TOPIC]), st.sampled_from(["email", "sms"])),
    st.booleans(),
)


@given(CONSENTS, CONSENTS, st.sampled_from(["news", "offers", "else"]), st.sampled_from(["email", "sms"]))
@settings(max_examples=200, deadline=None)
def test_the_stricter_consent_wins(
    one: dict[tuple[str, str], bool], other: dict[tuple[str, str], bool], topic: str, channel: str
) -> None:
    """Whatever either said: who said no is written to on no topic that they could be asked about before."""
    policy = Policy("w")
    both = [Profile(A1, consents=one), Profile("c-1", consents=other)]

    merged = merged_profile(*both)

    said = [
        profile.consents.get((topic, channel), profile.consents.get((EVERY_TOPIC, channel)))
        for profile in both
    ]
    if False in said:
        assert not consented(merged, policy, topic, channel)
    elif True in said:
        assert consented(merged, policy, topic, channel)


def test_a_profile_merged_twice_is_the_same() -> None:
    """Told again after a crash, nothing changes."""
    source = Profile(
        A1, {"plan": "pro"}, email="a@example.com", consents={NEWS: False}, suppressed={"sms": "stop"},
        as_of={"plan": NOON}, engagement={"email": {"opened": NOON}}, last_sent={"email": "s1"},
    )  # fmt: skip
    into = Profile(
        "c-1", {"plan": "free"}, consents={NEWS: True}, engagement={"email": {"opened": NOON - HOUR, "sent": NOON}},
        segments=frozenset({"pros"}), since=NOON,
    )  # fmt: skip

    once = merged_profile(source, into)

    assert merged_profile(source, once) == once
    assert once.engagement == {"email": {"opened": NOON, "sent": NOON}}
    assert (once.id, once.since, once.segments, once.consents) == ("c-1", NOON, into.segments, {NEWS: False})


def test_who_is_known_stays() -> None:
    """Of two who are known, or of two who are not, the first."""
    known, visitor = Profile("c-1"), Profile(A1)

    found = [
        stays(*pair) for pair in ((known, visitor), (visitor, known), (known, known), (visitor, visitor))
    ]

    assert found == [True, False, True, True]


RUN = Run("j-1", A1, "j", "v1", "", NOON, NOON, "j-1")
ENDED = replace(RUN, status="ended", ended=NOON + HOUR)


def test_of_two_runs_it_is_as_if_there_had_been_one_customer() -> None:
    """One that goes on before one that ended; of two that go on the first; of two that ended the last."""
    later, ended_later = replace(RUN, entered=NOON + HOUR), replace(ENDED, entered=NOON + HOUR)

    assert [goes_on(RUN, ENDED), goes_on(ENDED, RUN)] == [True, False]
    assert [goes_on(RUN, later), goes_on(later, RUN), goes_on(RUN, RUN)] == [True, False, True]
    assert [goes_on(ENDED, ended_later), goes_on(ended_later, ENDED)] == [False, True]


def test_a_run_keeps_the_id_its_splits_are_drawn_by() -> None:
    """However often its customer becomes another, nobody changes sides."""
    twice = adopted(adopted(RUN, "c-1"), "c-2")

    assert (twice.customer, twice.entered_as, twice.id) == ("c-2", A1, "j-1")


def test_of_who_became_another_only_that_is_left() -> None:
    """No attribute, no address, no consent."""
    source = Profile(A1, {"plan": "pro"}, email="a@example.com", consents={NEWS: True}, since=NOON)

    assert tombstone(source, "c-1") == Profile(A1, since=NOON, merged_into="c-1")


def test_others_are_remembered_up_to_a_point() -> None:
    """The oldest is forgotten first, but nobody of whom something is still to be brought over."""
    profile = Profile("c-1", others={"m": "merging"})
    for number in range(OTHERS_KEPT + 5):
        profile = with_other(profile, f"o{number}", "merged")

    assert len(profile.others) == OTHERS_KEPT
    assert ("m" in profile.others, "o0" in profile.others, "o204" in profile.others) == (True, False, True)
    merged = merged_profile(Profile(A1, others={"x": "merging", "c-1": "apart", "o204": "apart"}), profile)
    assert (merged.others["x"], merged.others[A1], merged.others["o204"]) == ("merging", "merging", "merged")
    assert "c-1" not in merged.others


def test_the_later_word_of_both_is_remembered() -> None:
    """Or a START that was said before the STOP would lift it."""
    source = Profile(A1, suppressed={"sms": "stop"}, as_of={"keyword:sms": NOON + HOUR})
    into = Profile("c-1", as_of={"keyword:sms": NOON})
    start = Event("e", "message_replied", NOON + HOUR / 2, {"channel": "sms", "text": "START"})

    merged = merged_profile(source, into)

    assert merged.as_of == {"keyword:sms": NOON + HOUR}
    assert profile_after(start, merged).suppressed == {"sms": "stop"}
