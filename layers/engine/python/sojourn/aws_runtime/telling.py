"""Turns what happened into metrics: what was committed, once it is written, and what became of queued messages.

It stands in front of the customers' rows, so that no use case knows of metrics. Exact counters, by step, are the
business of the table's stream; these are for alarms and dashboards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sojourn.aws_runtime.observability import count, log_raised, logger
from sojourn.domain.decide.bounding import MOST_KNOWN_BY

if TYPE_CHECKING:
    from sojourn.application.ports import Customers
    from sojourn.aws_runtime.incoming.batches import Outcome
    from sojourn.domain.customer.rows import Change, CustomerFile, Event, Merge, Run, Send
    from sojourn.domain.ledger import Happening

OF_MESSAGES = {"sent": "MessagesSent", "held": "MessagesHeld", "suppressed": "MessagesSuppressed"}
OF_RUNS = {"entered": "RunsEntered", "exited": "RunsEnded", "failed": "RunsFailed", "goal": "GoalsReached"}
OF_MESSAGES_IN = {
    "routed": "EventsRouted", "known": "EventsKnown", "poison": "EventsPoisoned", "failed": "EventsFailed",
    "after_failed": "EventsFailed", "not_begun": "EventsFailed", "quarantined": "EventsQuarantined",
}  # fmt: skip
LEFT_OUT = "LeftOut"
CROWDED = "AddressesCrowded"
HELD_BY_PROVIDER = "provider"
HELD_LONG = "MessagesHeldLong"
LONG = 900.0
"""Seconds. So long a message is put off where somebody must act (the account is paused, a sender is not verified, a
permission is missing), or whose provider has been busy for an hour: for the alarm."""


class Count(Protocol):
    """Counts a metric: its name, a value, dimensions."""

    def __call__(self, name: str, value: float = 1, **dimensions: str) -> None:
        """Count it."""


class CountedCustomers:
    """Customers' rows; what is written is counted."""

    def __init__(self, customers: Customers, count: Callable[[Happening], None]) -> None:
        self._customers = customers
        self._count = count

    def load(self, customer: str, *, leaving: bool = False) -> CustomerFile:
        """Return the hot rows of a customer."""
        return self._customers.load(customer, leaving=leaving)

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        """Write a change, and count what happened in it."""
        written = self._customers.commit(file, change)
        for happening in change.happened:
            self._count(happening)
        return written

    def events(
        self, customer: str, name: str, since: datetime | None = None, also: Sequence[str] = ()
    ) -> Sequence[Event]:
        """Return a customer's events of one name."""
        return self._customers.events(customer, name, since, also)

    def event(self, customer: str, event_id: str, also: Sequence[str] = ()) -> Event | None:
        """Return an event by its id."""
        return self._customers.event(customer, event_id, also)

    def send(self, customer: str, send_id: str, also: Sequence[str] = ()) -> Send | None:
        """Return a send."""
        return self._customers.send(customer, send_id, also)

    def known_by(self, kind: str, value: str) -> Sequence[str]:
        """Return who has an address now, and count where that are perhaps not all."""
        return count_crowded(self._customers.known_by(kind, value))

    def merge(self, merge: Merge) -> CustomerFile:
        """Make one customer another, and count what happened in it."""
        merged = self._customers.merge(merge)
        for happening in merge.change.happened:
            self._count(happening)
        return merged

    def bring(self, source: str, into: str, most: int, stop: Callable[[Run], None]) -> bool:
        """Bring over what is left of somebody who became another."""
        return self._customers.bring(source, into, most, stop)


def count_crowded(found: Sequence[str]) -> Sequence[str]:
    """Return those found who have an address, and count that there may be more, who were not read."""
    if len(found) >= MOST_KNOWN_BY:
        count(CROWDED)
    return found


def counting(count: Count) -> Callable[[Happening], None]:
    """Return what counts a happening; kinds that no metric is about are left to the ledger.

    Dimensions are few and of few values, as every combination is a metric that is paid for: the channel, and the
    reason where it is one of the policy's words.
    """

    def happened(one: Happening) -> None:
        channel = str(one.details.get("channel", ""))
        if one.what == "suppressed":
            count(OF_MESSAGES["suppressed"], channel=channel, reason=one.reason)
        elif one.what == "held":
            by_provider = one.reason.startswith(HELD_BY_PROVIDER)
            count(OF_MESSAGES["held"], channel=channel, reason=HELD_BY_PROVIDER if by_provider else "policy")
            if by_provider and _is_long(one):
                count(HELD_LONG)
        elif one.what == "sent":
            count(OF_MESSAGES["sent"], channel=channel, outcome=one.reason or "taken")
        elif one.what == "left_out":
            # By itself too, for the dashboard.
            count(LEFT_OUT, one.details["count"])
            count(LEFT_OUT, one.details["count"], why=one.reason)
        elif one.what in OF_RUNS:
            count(OF_RUNS[one.what], journey=one.journey)
            if one.what == "failed":
                # By itself too, for the alarm: it must not have to know the journeys.
                count(OF_RUNS["failed"])

    return happened


def _is_long(held: Happening) -> bool:
    until = held.details.get("until")
    return isinstance(until, datetime) and (until - held.at).total_seconds() >= LONG


def count_message(outcome: Outcome) -> None:
    """Count what became of a queued message, and log of one that was not routed why."""
    count(OF_MESSAGES_IN[outcome.what])
    if outcome.what == "poison":
        logger.warning(
            "an event that nobody can read", message_id=outcome.message_id, reason=str(outcome.error)
        )
    elif outcome.error is not None:
        log_raised(outcome.error, message_id=outcome.message_id)
