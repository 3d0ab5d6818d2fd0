from __future__ import annotations

from typing import get_args

import pytest

from sojourn.application.paused import REASON as PAUSED
from sojourn.application.paused import STOPPED
from sojourn.cli.render.reasons import (
    HELD,
    NOT_ENTERED,
    NOT_SENT,
    held_because,
    not_entered_because,
    not_sent_because,
)
from sojourn.cli.render.spoken import Spoken, Topic
from sojourn.cli.render.why_sentences import SENTENCES
from sojourn.domain.decide.sending import STAGES
from sojourn.domain.ledger import What
from tests.docs.pages import DOCS, read

SPOKEN = Spoken(topics={"news": Topic("Offers and news")})


def test_everything_that_can_happen_has_a_sentence() -> None:
    """A new kind of happening needs its sentence, or support cannot be told of it."""
    assert set(SENTENCES) == set(get_args(What))


def test_every_reason_of_the_send_policy_has_words() -> None:
    """And so have a holdout and a pause, which come before it."""
    assert set(NOT_SENT) == {*STAGES, "holdout", PAUSED}


@pytest.mark.parametrize(
    "reason", [*NOT_SENT, *HELD, *NOT_ENTERED, "again: after", "where", "no key", "a circle"]
)
def test_every_reason_is_on_the_page(reason: str) -> None:
    """Whoever reads one in the ledger or in JSON finds what it means."""
    assert f"`{reason}" in read(DOCS / "why.md")


@pytest.mark.parametrize(
    ("reason", "detail", "said"),
    [
        ("no_address", "", "there is no address for it"),
        ("suppressed", "stop", "they replied STOP; START lifts it"),
        ("suppressed (stop)", "", "they replied STOP; START lifts it"),
        ("suppressed", "moved_away", "the channel must not be used; moved_away"),
        ("consent", "news", "they do not want it (Offers and news)"),
        ("cap", "3 per 7 days, sms", "they have had enough messages (at most 3 per 7 days, sms)"),
        ("quiet_hours", "Asia/Tokyo (phone)", "it was a quiet hour in Asia/Tokyo (of the country of their phone)"),
        ("quiet_hours (Asia/Tokyo (phone))", "",
         "it was a quiet hour in Asia/Tokyo (of the country of their phone)"),
        ("refused", "no such number", "the provider refused it; no such number"),
        ("holdout", "", "they are sent nothing in this journey, to compare"),
        ("something_new", "", "something new"),
    ],
)  # fmt: skip
def test_why_nothing_was_sent(reason: str, detail: str, said: str) -> None:
    """Wherever the ledger has what it was about: beside the reason, or in brackets behind it."""
    assert not_sent_because(reason, detail, SPOKEN) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "quiet hours in Europe/Berlin (customer)",
            "it was a quiet hour in Europe/Berlin (the customer's own)",
        ),
        ("quiet hours", "it was a quiet hour"),
        ("pace: no room for more messages a second", "more messages were to go out than may at once"),
        ("provider: throttled", "its provider was busy: throttled"),
        (PAUSED, "the journey was paused"),
        ("something_new", "something new"),
    ],
)
def test_why_something_was_put_off(reason: str, said: str) -> None:
    """With the zone in which it was quiet, and what a provider said."""
    assert held_because(reason) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("already_running", "they were in it already"),
        ("again: after 7 days", "one enters it again only 7 days after the time before"),
        ('where: "event.n > 2" is false: event.n is 1',
         "it did not take them: the event's n was 1 (asked: event.n > 2 – no)"),
        ("no key: event.ref is empty",
         "what it tells one passage from another by was not there: event.ref is empty"),
        ("a circle: 25 journeys led from one to the next, each within an hour",
         "journeys lead round in a circle: 25 journeys led from one to the next, each within an hour"),
        (STOPPED, "it was stopped, and nobody enters it any more"),
        ("something_new", "something new"),
    ],
)  # fmt: skip
def test_why_somebody_did_not_enter(reason: str, said: str) -> None:
    """By the whole reason, or by the word with which it begins."""
    assert not_entered_because(reason, SPOKEN) == said
