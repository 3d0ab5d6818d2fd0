"""Words about consent come late, and in any order: what was said last counts, and a STOP always does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.customer.rows import EVERY_TOPIC, Event, Profile
from sojourn.domain.decide.as_of_names import consent_name
from sojourn.domain.decide.feedback import profile_after
from sojourn.domain.decide.policy import Policy
from sojourn.domain.decide.reaching import consented

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def word(yes: bool, hours: int, **said: object) -> Event:
    """Return what somebody said of their consent, so long after noon."""
    return Event(f"e{hours}", "subscribed" if yes else "unsubscribed", NOON + hours * HOUR, said)


def test_a_late_word_does_not_outweigh_a_newer_one() -> None:
    """Whichever comes first: the state is that of the last word."""
    out = word(False, 2, topic="news", channel="email")
    back = word(True, 1, topic="news", channel="email")

    profile = profile_after(back, profile_after(out, Profile("ana")))

    assert profile.consents == {("news", "email"): False}
    assert profile.as_of == {consent_name("news", "email"): NOON + 2 * HOUR}


def test_a_late_word_about_a_topic_does_not_outweigh_one_about_all() -> None:
    """Who left everything is not brought back by what they said before."""
    profile = profile_after(word(False, 2, channel="email"), Profile("ana"))

    late = profile_after(word(True, 1, topic="news", channel="email"), profile)

    assert late.consents == {(EVERY_TOPIC, "email"): False}


def test_a_late_word_about_all_leaves_what_was_said_since() -> None:
    """It takes back what is older, and no more."""
    profile = Profile("ana", consents={("offers", "email"): True})
    profile = profile_after(word(True, 2, topic="news", channel="email"), profile)

    late = profile_after(word(False, 1, channel="email"), profile)

    assert late.consents == {("news", "email"): True, (EVERY_TOPIC, "email"): False}


def test_a_stop_holds_however_late_it_is() -> None:
    """A complaint, a STOP and a bounce are not weighed against what was said before or after."""
    profile = profile_after(word(True, 5, topic="news", channel="sms"), Profile("ana", phone="+12025550123"))
    stop = Event("s", "message_replied", NOON, {"channel": "sms", "text": "STOP"})
    spam = Event("c", "message_complained", NOON, {"channel": "email"})

    after = profile_after(spam, profile_after(stop, profile))

    assert after.suppressed == {"sms": "stop", "email": "complaint"}


def test_of_two_words_at_once_the_stricter_counts() -> None:
    """Whichever comes first."""
    said = [word(yes, 1, topic="news", channel="email") for yes in (True, False)]

    for order in permutations(said):
        profile = Profile("ana")
        for one in order:
            profile = profile_after(one, profile)
        assert profile.consents == {("news", "email"): False}


@pytest.mark.parametrize(("minutes", "consents"), [(10, False), (11, True)])
def test_a_withdrawal_counts_though_its_clock_is_slow(minutes: int, consents: bool) -> None:
    """By ten minutes; and it is not undone by a word of between, which comes after it."""
    profile = profile_after(word(True, 1, topic="news", channel="email"), Profile("ana"))
    out = replace(word(False, 1, topic="news", channel="email"), at=NOON + HOUR - timedelta(minutes=minutes))
    between = replace(word(True, 1, topic="news", channel="email"), at=NOON + HOUR - timedelta(minutes=1))

    after = profile_after(between, profile_after(out, profile))

    assert after.consents == {("news", "email"): consents}


def test_leaving_everything_takes_narrower_words_along() -> None:
    """Those of a moment after too, by a clock that is ahead; and none of them comes back late."""
    opted_in = word(True, 1, topic="news", channel="email")
    profile = profile_after(opted_in, Profile("ana"))
    out = replace(word(False, 1, channel="email"), at=NOON + HOUR - timedelta(minutes=5))

    after = profile_after(opted_in, profile_after(out, profile))

    assert after.consents == {(EVERY_TOPIC, "email"): False}


WORDS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["news", "offers", ""]), st.sampled_from(["email", "sms"])),
    max_size=4,
)


@given(WORDS)
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_words_come_changes_nothing(said: list[tuple[bool, str, str]]) -> None:
    """Each with a time of its own: in whatever order they come, the same may be sent in the end."""
    words = [
        word(yes, hour, channel=channel, **({"topic": topic} if topic else {}))
        for hour, (yes, topic, channel) in enumerate(said)
    ]
    policy = Policy("w")

    ends = set()
    for order in permutations(words):
        profile = Profile("ana")
        for one in order:
            profile = profile_after(one, profile)
        ends.add(
            tuple(
                consented(profile, policy, topic, channel)
                for topic in ("news", "offers", "else")
                for channel in ("email", "sms")
            )
        )

    assert len(ends) == 1
