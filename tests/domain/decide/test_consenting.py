"""A word about consent: of which topics and on which channels it is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.customer.rows import Event, Profile
from sojourn.domain.decide.bounding import LONGEST_NAME, MOST_TOPICS
from sojourn.domain.decide.consenting import topics_left_out
from sojourn.domain.decide.feedback import SUBSCRIBED, UNSUBSCRIBED, profile_after
from sojourn.domain.decide.merging import merged_profile
from sojourn.domain.message.channels import CHANNELS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OWN = frozenset({"news", "a-very-long-topic-of-ours" * 9})
FULL = Profile("ana", consents={(f"t{number}", "email"): True for number in range(MOST_TOPICS)})


def word(name: str, **properties: Any) -> Event:
    return Event("e1", name, NOON, properties)


def test_a_topic_of_a_reasonable_name_is_kept_while_there_is_room() -> None:
    """A workspace may say what it sends about later; one that is known already may change."""
    known = profile_after(word(SUBSCRIBED, topic="later", channel="sms"), Profile("ana"))
    long = word(SUBSCRIBED, topic="t" * (LONGEST_NAME + 1), channel="sms")

    assert known.consents == {("later", "sms"): True}
    assert profile_after(long, Profile("ana")) == Profile("ana")
    assert (
        profile_after(word(UNSUBSCRIBED, topic="t7", channel="email"), FULL).consents["t7", "email"] is False
    )


@pytest.mark.parametrize("channels", [None, [], ["fax"], ["email", "fax"], "everywhere", 7, {"email": False}])
def test_who_takes_back_no_channel_that_there_is_takes_back_all(channels: Any) -> None:
    """A word that names no channel means all that there are; so does one that names something else."""
    everywhere = profile_after(
        word(UNSUBSCRIBED, topic="news", channels=channels), Profile("ana"), topics=OWN
    )

    assert everywhere.consents == {("news", channel): False for channel in CHANNELS}


def test_what_gives_consent_on_a_channel_that_there_is_not_gives_none() -> None:
    """Nothing is sent there."""
    assert profile_after(word(SUBSCRIBED, topic="news", channels=["fax"]), FULL, topics=OWN) == FULL


def test_each_topic_of_a_list_is_taken_back_as_far_as_there_is_room() -> None:
    """The workspace's own always is; what is left out is said."""
    said = word(UNSUBSCRIBED, topic=["made-up", "news"], channel="email")

    after = profile_after(said, FULL, topics=OWN)

    assert after.consents == {**FULL.consents, ("news", "email"): False}
    assert topics_left_out(said, FULL, OWN, yes=False) == ["made-up"]


def test_everything_is_given_to_nobody() -> None:
    """A star is what we write for all topics, and no topic's name."""
    assert profile_after(word(SUBSCRIBED, topic="*"), Profile("ana"), topics=OWN) == Profile("ana")
    everything = profile_after(word(UNSUBSCRIBED, topic=["*", "news"], channel="sms"), FULL, topics=OWN)
    assert everything.consents == {**FULL.consents, ("*", "sms"): False}


def test_feedback_on_a_channel_that_there_is_not_changes_nothing() -> None:
    """Or a profile would have as many channels as anybody makes up."""
    for name in ("message_opened", "message_complained", "message_bounced"):
        assert profile_after(word(name, channel="fax", hard=True), FULL) is FULL


WORDS = st.tuples(st.booleans(), st.text(max_size=130), st.sampled_from(["email", "sms", "fax", ""]))


@given(st.lists(WORDS, max_size=60), st.integers(0, MOST_TOPICS))
@settings(max_examples=40, deadline=None)
def test_whatever_is_said_the_bound_holds_and_our_own_withdrawals_too(
    said: list[tuple[bool, str, str]], known: int
) -> None:
    """Before and after a merge: so many topics beside the workspace's own, and no consent to what was taken back."""
    start = Profile("ana", consents=dict(list(FULL.consents.items())[:known]))
    after = start
    for yes, topic, channel in said:
        after = profile_after(
            word(SUBSCRIBED if yes else UNSUBSCRIBED, topic=topic, channel=channel), after, topics=OWN
        )
    after = profile_after(word(UNSUBSCRIBED, topic="news", channel="email"), after, topics=OWN)

    for profile in (after, merged_profile(after, FULL, OWN)):
        others = {topic for topic, _ in profile.consents} - OWN - {"*"}
        assert len(others) <= MOST_TOPICS + len(OWN)
        assert profile.consents.get(("news", "email")) is False
