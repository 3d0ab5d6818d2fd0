"""Works through a batch of queue messages: each by itself, a customer's in order, and says which must come again.

What can never be read goes to the dead-letter queue with its reason, at once and not after five attempts; if that
queue does not take it, it comes again. Where one of a customer's messages fails of what passes, those behind it in the
batch wait for it, twice at most: what says that somebody wants no more messages must not be given up untried because
of what came before. What there is no time for is left alone, so that those done before are done with: had the function
been ended from outside, all would come again. It knows no use case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sojourn.aws_runtime.incoming.fields import Poison
from sojourn.errors import AuthorError, Conflict, TransientError

Read = TypeVar("Read")

ENOUGH = 15.0
"""Seconds that must be left to begin with a message: half of what `route` has. Even where the table answers nothing at
first, most are done in that time."""
TRIED_ANYHOW = 3
"""From this delivery on a message is tried whatever became of those before it: after five it is a dead letter."""


class DeadLetters(Protocol):
    """Where messages go that nobody can read."""

    def put(self, message_id: str, body: str, reason: str) -> None:
        """Keep a message, with why it was given up."""


class Outcome(NamedTuple):
    """What became of one message.

    Args:
        what: `routed`, `known` (a second delivery), `quarantined`, `poison`, `failed`, `after_failed` or `not_begun`.
    """

    message_id: str
    what: str
    error: Exception | None = None


class Batch(Generic[Read]):
    """How messages are worked on.

    Args:
        read: makes of a body what is worked on; raises Poison.
        whose: the customer of it.
        work: does it; says what became of it, in a word of `Outcome`.
        tell: told of every message, in order.
    """

    def __init__(
        self,
        read: Callable[[str], Read],
        whose: Callable[[Read], str],
        work: Callable[[Read], str],
        dead_letters: DeadLetters,
        tell: Callable[[Outcome], None],
    ) -> None:
        self._read = read
        self._whose = whose
        self._work = work
        self._dead_letters = dead_letters
        self._tell = tell

    def __call__(self, event: Mapping[str, Any], seconds_left: Callable[[], float]) -> dict[str, Any]:
        """Work through an SQS event; return the partial batch response: the messages that must come again.

        Args:
            seconds_left: until the function is ended from outside.
        """
        failed: list[str] = []
        waiting: set[str] = set()
        for record in event["Records"]:
            if seconds_left() < ENOUGH:
                told = Outcome(record["messageId"], "not_begun")
            else:
                told = self._one(record, waiting)
            self._tell(told)
            if told.what in ("failed", "after_failed", "not_begun"):
                failed.append(told.message_id)
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _one(self, record: Mapping[str, Any], waiting: set[str]) -> Outcome:
        message_id, body, customer = record["messageId"], record["body"], ""
        deliveries = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
        try:
            read = self._read(body)
            customer = self._whose(read)
            if customer in waiting and deliveries < TRIED_ANYHOW:
                return Outcome(message_id, "after_failed")
            return Outcome(message_id, self._work(read))
        except (Poison, AuthorError) as error:
            # What is too large for a customer's rows will be too large the next time as well.
            return self._given_up(message_id, body, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other messages are no worse for it
            if isinstance(error, TransientError | Conflict):
                # What else goes wrong would go wrong again: nothing is won by waiting for it.
                waiting.add(customer)
            return Outcome(message_id, "failed", error)

    def _given_up(self, message_id: str, body: str, why: Exception) -> Outcome:
        try:
            self._dead_letters.put(message_id, body, str(why))
        except Exception as error:  # noqa: BLE001 - nothing is lost while the message is still on its queue
            return Outcome(message_id, "failed", error)
        return Outcome(message_id, "poison", why)
