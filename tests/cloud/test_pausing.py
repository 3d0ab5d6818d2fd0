"""Journeys that are paused, resumed and stopped by the command while customers are in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from sojourn.adapters.dynamodb import keys
from tests.support.cloud import Cloud, eventually
from tests.support.commands import Person

WAITED = timedelta(seconds=25.2)
"""How long the seven hours take that come before a parcel."""
ABOUT = timedelta(seconds=2)
"""What Step Functions takes for its own part."""
JOURNEYS = ("letter", "flyer", "parcel")
NUMBERS = count(1)


def receiver(journey: str) -> str:
    """Return who is in a journey."""
    return f"receiver-of-a-{journey}"


def address(journey: str) -> str:
    """Return where its messages go."""
    return f"{receiver(journey)}@mail.example"


@dataclass(frozen=True, slots=True)
class Paused:
    """What happened while the journeys were paused.

    Args:
        held: what each ledger said of it. since, until: the pause of the one whose clocks stood still.
        sent: the emails that went out.
    """

    held: Mapping[str, list[str]]
    since: datetime
    until: datetime
    sent: Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def paused(cloud: Cloud, publisher: Person, versions: Mapping[str, str]) -> Paused:
    """Pause three journeys before their messages fall due, and let them go on in three ways when those are held."""
    assert set(JOURNEYS) < set(versions)
    for journey in JOURNEYS:
        details = {"email": address(journey)}
        cloud.put("letter_due", receiver(journey), {"kind": journey}, attributes=details)
    for journey in JOURNEYS:
        cloud.entered(receiver(journey), journey)
    since = told(publisher, "pause", "parcel", "--sends", "--clocks", "still")
    for journey in ("letter", "flyer"):
        publisher.does("pause", journey, "--sends", "--reason", "The price is wrong")

    held = {journey: eventually(partial(pauses, cloud, journey)) for journey in JOURNEYS}
    sent = [email for journey in JOURNEYS for email in cloud.emails(address(journey))]
    until = told(publisher, "resume", "parcel")
    publisher.does("resume", "flyer", "--due", "drop", "--yes")
    publisher.does("resume", "letter")
    return Paused(held, since, until, sent)


def told(by: Person, *words: str) -> datetime:
    """Run a command that tells a journey something; return when the history says that it was told."""
    by.does(*words)
    (entry,) = by.does("history", words[1], "--limit", "1", "--json").json
    return datetime.fromisoformat(entry["at"])


def pauses(cloud: Cloud, journey: str) -> list[str]:
    """Return what the ledger says of a pause."""
    return [line for line in cloud.happened(receiver(journey)) if line.endswith("paused")]


def test_nothing_is_sent_during_a_pause(paused: Paused) -> None:
    """What falls due by clocks that run is held, once; where they stand still nothing falls due."""
    assert paused.held == {
        "letter": ["held mail paused"],
        "flyer": ["held mail paused"],
        "parcel": ["waiting wait_1 paused"],
    }
    assert paused.sent == []


def test_what_fell_due_is_sent(cloud: Cloud, paused: Paused) -> None:
    """Resumed as usual, it goes out once."""
    assert cloud.ended(receiver("letter"), "letter")["exit_reason"] == "exit:written"
    assert [email["Subject"] for email in cloud.emails(address("letter"))] == ["The letter"]


def test_what_fell_due_is_dropped(cloud: Cloud, paused: Paused) -> None:
    """Resumed with `drop`, the message is left out and said to be, and the run comes to its end."""
    assert cloud.ended(receiver("flyer"), "flyer")["exit_reason"] == "exit:written"
    assert "suppressed mail paused" in cloud.happened(receiver("flyer"))
    assert cloud.emails(address("flyer")) == []


def test_clocks_that_stood_still_go_on(cloud: Cloud, paused: Paused) -> None:
    """The message falls due as much later as the pause was long: a schedule has the rest of the wait, and comes."""
    who, began = receiver("parcel"), cloud.run(receiver("parcel"), "parcel")["entered"]
    told = eventually(
        lambda: [one for one in happened(cloud, who) if one["what"] == "waiting" and one["step"] == "mail"]
    )
    late = datetime.fromisoformat(told[0]["details"]["until"]) - datetime.fromisoformat(began) - WAITED

    assert abs(late - (paused.until - paused.since)) < ABOUT
    assert cloud.ended(who, "parcel")["exit_reason"] == "exit:written"
    assert [email["Subject"] for email in cloud.emails(address("parcel"))] == ["The parcel"]


def happened(cloud: Cloud, customer: str) -> list[dict[str, Any]]:
    """Return all that a customer's ledger has."""
    return [one for row in cloud.rows(customer, keys.LEDGER) for one in row["happened"]]


def test_nobody_enters_a_journey_that_is_stopped(
    cloud: Cloud, publisher: Person, versions: Mapping[str, str]
) -> None:
    """Whoever is in it leaves it, for the reason given; whoever comes is told of as not entered."""
    cloud.put("club_joined", "member")
    cloud.waits("member", "member")

    publisher.does("stop", "club", "--runs", "end", "--reason", "The club is closed", "--yes")
    eventually(lambda: told_first(cloud, "club_joined"), lambda what: what == "not_entered stopped")

    ended = cloud.ended("member", "club")
    assert ended["exit_reason"] == "stopped"
    assert [one["details"]["detail"] for one in happened(cloud, "member") if one["what"] == "exited"] == [
        "The club is closed"
    ]


def test_one_word_pauses_all(cloud: Cloud, publisher: Person, versions: Mapping[str, str]) -> None:
    """Within seconds nobody enters anything, those journeys included that the stack brought along; then they do."""
    publisher.does("pause", "--all", "--entries", "--reason", "The shop is down")
    try:
        kept_out = eventually(
            lambda: told_first(cloud, "watch_began"), lambda what: what == "not_entered paused"
        )
    finally:
        publisher.does("resume", "--all")

    assert kept_out == "not_entered paused"
    assert eventually(lambda: told_first(cloud, "watch_began"), lambda what: what == "entered")


def told_first(cloud: Cloud, event: str) -> str:
    """Let somebody new do something that a journey is entered by; return what their ledger says first."""
    customer = f"comes-{next(NUMBERS)}"
    cloud.put(event, customer)
    return eventually(lambda: cloud.happened(customer))[0]
