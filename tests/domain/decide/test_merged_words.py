"""What two who become one have said, and which of their addresses stays: nothing that forbids a message is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.customer.identity import unknown_id
from sojourn.domain.customer.rows import EVERY_TOPIC, Event, Profile
from sojourn.domain.decide.feedback import profile_after
from sojourn.domain.decide.hearsay import is_hearsay
from sojourn.domain.decide.learning import learned
from sojourn.domain.decide.merging import merged_profile

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A1, A2 = unknown_id("anonymous", "a1"), unknown_id("anonymous", "a2")
ONE, OTHER = "+4915112345678", "+12025550123"
STOP = Event("stop", "message_replied", NOON, {"channel": "sms", "text": "STOP"})


def heard(customer: str, **said: str) -> Profile:
    return learned(Profile(customer), said, NOON, hearsay=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("email", "ana@example.com"), ("phone", ONE), ("device", "d"), ("timezone", "Asia/Tokyo")],
)
def test_what_was_taken_away_long_ago_takes_away_nothing_newer(name: str, value: str) -> None:
    """Hearsay fills the gap that was left, in a merge as with an event; what is taken away since goes."""
    into = heard("c-1", **{name: value})
    long_ago = learned(Profile(A1), {name: None}, NOON - HOUR)
    since = learned(Profile(A1), {name: None}, NOON + HOUR)

    merged = merged_profile(long_ago, into)

    assert (getattr(merged, name), is_hearsay(merged, name)) == (value, True)
    assert getattr(merged_profile(since, into), name) is None
    assert getattr(learned(into, {name: None}, NOON - HOUR), name) == value
    assert getattr(learned(into, {name: None}, NOON + HOUR), name) is None


def test_what_was_told_outweighs_newer_hearsay() -> None:
    """Whoever of the two has it."""
    known = learned(Profile("c-1"), {"email": "told@example.com"}, NOON - HOUR)
    visitor = learned(Profile(A1), {"email": "told@example.com"}, NOON - HOUR)

    assert merged_profile(heard(A1, email="heard@example.com"), known).email == "told@example.com"
    assert merged_profile(visitor, heard("c-1", email="heard@example.com")).email == "told@example.com"


def test_that_hearsay_is_gone_takes_away_nothing_that_was_told() -> None:
    """A visitor's device went to somebody else; whoever they turn out to be was told to have another."""
    lost = replace(heard(A1, device="d1"), device=None)
    lost = replace(lost, as_of={**lost.as_of, "device": NOON + HOUR})

    assert merged_profile(lost, learned(Profile("c-1"), {"device": "d2"}, NOON)).device == "d2"


@pytest.mark.parametrize(
    ("field", "channel", "one", "other"),
    [
        ("phone", "sms", "+1111111", "+2222222"),
        ("email", "email", "none", "n/a"),
        ("device", "push", "fcm:0", "null"),
    ],
)
def test_two_addresses_that_are_none_are_not_one(field: str, channel: str, one: str, other: str) -> None:
    """Rows from before the rule of today keep what they were told; a bounce is of the one that it was of."""
    bounced = Profile(A1, suppressed={channel: "bounce"})
    source = Profile(A1, **{field: one}, suppressed=bounced.suppressed)  # type: ignore[arg-type]

    apart = merged_profile(source, Profile("c-1", **{field: other}))  # type: ignore[arg-type]
    same = merged_profile(source, Profile("c-1", **{field: one}))  # type: ignore[arg-type]
    gone = learned(source, {field: None}, NOON)

    assert (apart.suppressed, same.suppressed) == ({}, {channel: "bounce"})
    assert getattr(gone, field) is None


def test_a_word_at_an_address_that_does_not_stay_comes_back_with_it() -> None:
    """The visitor's number was hearsay and said STOP; the customer has another, until somebody tells that one."""
    visitor = profile_after(STOP, heard(A1, phone=ONE))
    ana = learned(Profile("c-1"), {"phone": OTHER}, NOON)

    merged = merged_profile(visitor, ana)
    back = learned(merged, {"phone": ONE}, NOON + HOUR)

    assert (merged.phone, merged.suppressed, back.suppressed) == (OTHER, {}, {"sms": "stop"})


def test_what_either_remembers_is_of_the_address_that_both_have_then() -> None:
    """A word that went with a number holds again, where the other brings the number along."""
    ana = profile_after(STOP, heard("c-1", phone=ONE))
    ana = learned(ana, {"phone": None}, NOON + HOUR)
    visitor = learned(Profile(A1), {"phone": ONE}, NOON + 2 * HOUR)

    assert (ana.suppressed, merged_profile(visitor, ana).suppressed) == ({}, {"sms": "stop"})


NUMBERS = st.sampled_from([ONE, OTHER, None])
WORD = st.sampled_from([None, "stop", "complaint"])
STORY = st.lists(st.tuples(st.sampled_from(["told", "heard", "STOP", "START", "spam"]), NUMBERS), max_size=6)
Story = list[tuple[str, str | None]]


def lived(customer: str, story: Story, begins: int) -> Profile:
    """Return somebody to whom all this happened, at odd or even minutes so that no two of both are at once."""
    profile = Profile(customer)
    for place, (what, number) in enumerate(story):
        at = NOON + timedelta(minutes=begins + 2 * place)
        if what in ("told", "heard"):
            profile = learned(profile, {"phone": number}, at, hearsay=what == "heard")
        else:
            name = "message_complained" if what == "spam" else "message_replied"
            profile = profile_after(Event(f"{at}", name, at, {"channel": "sms", "text": what}), profile)
    return profile


def words_by_number(profile: Profile) -> dict[str | None, str | None]:
    """Return what would hold at each number, were it told to be the customer's."""
    late = NOON + timedelta(days=1)
    return {
        number: learned(profile, {"phone": number}, late).suppressed.get("sms") for number in (ONE, OTHER)
    }


@given(STORY, STORY)
@settings(max_examples=300, deadline=None)
def test_of_two_no_word_is_lost(one: Story, other: Story) -> None:
    """At each number the merged customer is forbidden at least what either was; told again nothing changes."""
    source, into = lived(A1, one, 0), lived("c-1", other, 1)

    merged = merged_profile(source, into)

    grave = {None: 0, "stop": 1, "complaint": 2}
    held = words_by_number(merged)
    for profile in (source, into):
        assert all(grave[held[number]] >= grave[word] for number, word in words_by_number(profile).items())
        same = profile.phone == merged.phone and is_hearsay(profile, "phone") == is_hearsay(merged, "phone")
        assert not same or "sms" not in profile.suppressed or "sms" in merged.suppressed
    assert merged_profile(source, merged) == merged


@given(STORY, STORY)
@settings(max_examples=300, deadline=None)
def test_whichever_stays_the_same_is_forbidden(one: Story, other: Story) -> None:
    """What holds at each number does not hang on which of the two is who they are."""
    source, into = lived(A1, one, 0), lived("c-1", other, 1)

    assert words_by_number(merged_profile(source, into)) == words_by_number(merged_profile(into, source))


CONSENTS = st.dictionaries(
    st.tuples(st.sampled_from(["news", "offers", EVERY_TOPIC]), st.just("email")), st.booleans()
)


@given(CONSENTS, CONSENTS, CONSENTS)
@settings(max_examples=300, deadline=None)
def test_of_three_the_strictest_word_counts_however_they_become_one(
    one: dict[tuple[str, str], bool], other: dict[tuple[str, str], bool], third: dict[tuple[str, str], bool]
) -> None:
    """Of one topic or of all; who said nothing does not outweigh who said yes."""
    a, b, c = Profile(A1, consents=one), Profile(A2, consents=other), Profile("c-1", consents=third)

    joined = [
        merged_profile(a, merged_profile(b, c)),
        merged_profile(b, merged_profile(a, c)),
        merged_profile(merged_profile(a, b), c),
    ]

    for topic in ("news", "offers", "new"):
        key = (topic, "email")
        said = [who.consents.get(key, who.consents.get((EVERY_TOPIC, "email"))) for who in (a, b, c)]
        heard_of_all = None if all(word is None for word in said) else False not in said
        now = {who.consents.get(key, who.consents.get((EVERY_TOPIC, "email"))) for who in joined}
        assert now == {heard_of_all}
