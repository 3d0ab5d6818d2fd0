"""What our interpreter and MiniStack must agree on, who plays the same story later and in another moment."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sojourn.local.scenario import Played
from tests.differential.journeys.agreement import story

if TYPE_CHECKING:
    from sojourn.domain.ledger import Happening

Fact = tuple[Any, ...]
Told = dict[str, list[list[Fact]]]
"""By customer, moment by moment."""


def fact(one: Happening) -> Hashable:
    """Return what happened, without when."""
    return story(Played(one.at, [one]))[0][1:]


def told_by_us(played: Played) -> Told:
    """Return for each customer what happened, moment by moment; what happens in one has no order to agree on."""
    return {
        customer: [sorted(map(fact, moment)) for _, moment in groupby(trace, key=lambda one: one.at)]  # type: ignore[type-var]
        for customer, trace in _by_customer(played).items()
    }


def told_likewise(played: Played, ours: Told) -> Told:
    """Return for each customer what happened, cut into moments as long as *ours*, what is left over in one more."""
    return {
        customer: _cut([fact(one) for one in trace], [len(moment) for moment in ours.get(customer, [])])
        for customer, trace in _by_customer(played).items()
    }


def _by_customer(played: Played) -> dict[str, list[Happening]]:
    customers = {one.customer for one in played.trace}
    return {
        customer: [one for one in played.trace if one.customer == customer] for customer in sorted(customers)
    }


def _cut(facts: Sequence[Any], lengths: Sequence[int]) -> list[list[Fact]]:
    moments, at = [], 0
    for length in lengths:
        moments.append(sorted(facts[at : at + length]))
        at += length
    return moments + ([sorted(facts[at:])] if facts[at:] else [])
