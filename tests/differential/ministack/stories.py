"""What our interpreter and MiniStack must agree on, where the same story is told in scaled real time."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sojourn.local.scenario import Played
from tests.differential.journeys.agreement import story

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.domain.ledger import Happening

Fact = tuple[Any, ...]
Told = dict[str, list[list[Fact]]]
"""By customer, moment by moment; what happens in one moment has no order to agree on."""

LATE = timedelta(hours=12)
"""What comes by so much later is still on time: two and a half real seconds, of which a calm machine needs a tenth."""


def fact(one: Happening) -> Fact:
    """Return what happened, without when."""
    return story(Played(one.at, [one]))[0][1:]


def told(played: Played) -> Told:
    """Return a story as our interpreter tells it."""
    return {
        customer: [sorted(map(fact, moment)) for _, moment in moments]
        for customer, moments in _moments(played).items()
    }


def told_likewise(played: Played, ours: Played) -> Told:
    """Return a story cut into moments as long as *ours*, what is left over in one more.

    What is not on time says so, and so equals nothing: nothing may come early, or later than `LATE`.
    """
    expected = _moments(ours)
    cut: Told = {}
    for customer in sorted({one.customer for one in played.trace}):
        left = [one for one in played.trace if one.customer == customer]
        cut[customer] = []
        for at, moment in expected.get(customer, []):
            here, left = left[: len(moment)], left[len(moment) :]
            cut[customer].append(sorted(_on_time(one, at) for one in here))
        if left:
            cut[customer].append(sorted(map(fact, left)))
    return cut


def _on_time(one: Happening, at: datetime) -> Fact:
    return fact(one) if at <= one.at < at + LATE else (*fact(one), f"{one.at - at} off")


def _moments(played: Played) -> dict[str, list[tuple[datetime, list[Happening]]]]:
    customers = sorted({one.customer for one in played.trace})
    return {
        customer: [
            (at, list(moment))
            for at, moment in groupby(
                (one for one in played.trace if one.customer == customer), key=lambda one: one.at
            )
        ]
        for customer in customers
    }
