"""The daily sweep on AWS: a message begins it, one for each part of the customers carries it on, until all are asked.

A strand works for as long as its function may run, notes where it is, and puts a message on the queue for the next.
Whoever dies is delivered again and goes on from the note; a customer who cannot be asked gets a message of their own,
which ends among the dead letters if it never works out, and holds nobody else up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.application.sweeping import asks, sweep_again, sweep_segments
from sojourn.aws_runtime.observability import count, log_raised, logger
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.sweeps import Sweep, Sweeps
    from sojourn.application.ports import Engine

ENOUGH = 20.0
"""Seconds that must be left to ask another customer: what one takes at worst, then note and message."""
NOTED = 100
"""After so many customers a strand notes where it is: so many at most are asked twice."""
MOST_FAILED = 20
"""Where so many customers of one strand fail in one go, it is not about them: the strand comes again later."""


class Told(NamedTuple):
    """What became of one message.

    Args:
        what: `begun`, `nothing` to ask, `strand`, `complete` (with its last strand the sweep is), `customer`, `stale`
            (of a sweep or a strand that is over) or `failed`.
        swept: customers who were asked, moved: those who entered or left a segment, failed: those left for later.
    """

    what: str
    swept: int = 0
    moved: int = 0
    failed: int = 0
    error: Exception | None = None


class TooManyFailed(RuntimeError):
    """One customer after the other could not be asked."""


class Sweeping:
    """Works on the queue's messages.

    Args:
        put: puts messages on the queue.
        tell: told of every message.
    """

    def __init__(
        self,
        engine: Engine,
        sweeps: Sweeps,
        put: Callable[[Sequence[Mapping[str, Any]]], None],
        tell: Callable[[Told], None],
        noted: int = NOTED,
    ) -> None:
        self._engine, self._sweeps, self._put, self._tell, self._noted = engine, sweeps, put, tell, noted

    def __call__(self, event: Mapping[str, Any], seconds_left: Callable[[], float]) -> dict[str, Any]:
        """Work through an SQS event; return the partial batch response: the messages that must come again."""
        failed = []
        for record in event["Records"]:
            again = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1)) > 1
            try:
                told = self._one(json.loads(record["body"]), again, seconds_left)
            except Exception as error:  # noqa: BLE001 - whatever it is, the message comes again
                failed.append({"itemIdentifier": record["messageId"]})
                told = Told("failed", error=error)
            self._tell(told)
        return {"batchItemFailures": failed}

    def _one(self, message: Mapping[str, Any], again: bool, seconds_left: Callable[[], float]) -> Told:
        if "begin" in message:
            return self._begin(str(message["begin"]))
        if "customer" in message:
            since = message.get("since")
            always = frozenset(message.get("always", ()))
            moved = sweep_again(
                self._engine, message["customer"], datetime.fromisoformat(since) if since else None, always
            )
            return Told("customer", 1, int(moved))
        sweep = self._sweeps.read()
        if sweep is None or sweep.id != message["sweep"]:
            return Told("stale")
        return self._strand(sweep, int(message["part"]), again, seconds_left)

    def _begin(self, when: str) -> Told:
        """Begin the sweep of an instant; of this one where an operator says anything else."""
        now = self._engine.clock.now()
        try:
            sweep_id = iso(datetime.fromisoformat(when))
        except ValueError:
            sweep_id = iso(now)
        asked = asks(self._engine.catalogue)
        if not asked:
            self._sweeps.forget()
            return Told("nothing")
        timed, last = any(rule.timed for rule in self._engine.catalogue.segments), self._sweeps.read()
        if not timed and last is not None and last.asked == asked:
            # What only changes with what customers do is asked then; everybody was asked once since it is as it is.
            return Told("nothing")
        sweep = self._sweeps.begin(sweep_id, now, asked)
        if sweep is None or sweep.done:
            return Told("stale")
        self._put([_strand(sweep, part) for part in sorted(sweep.left)])
        return Told("begun")

    def _strand(self, sweep: Sweep, part: int, again: bool, seconds_left: Callable[[], float]) -> Told:
        if part not in sweep.left:
            # Whoever did the last strand may have died before the sweep was complete.
            return Told("complete" if not sweep.left and self._sweeps.finish(sweep, part) else "stale")
        place = self._sweeps.place(sweep, part)
        swept = moved = failed = 0
        noted = last = place
        for customer in self._sweeps.customers(sweep, part, place):
            if seconds_left() < ENOUGH:
                if last == noted or self._sweeps.move(sweep, part, noted, last):
                    self._put([_strand(sweep, part)])
                return Told("strand", swept, moved, failed)
            try:
                ask = sweep_again if again and swept < self._noted else sweep_segments
                moved += ask(self._engine, customer, sweep.since, sweep.new)
            except Exception as error:  # the others are no worse for it
                failed += 1
                if failed > MOST_FAILED:
                    raise TooManyFailed(f"{failed} customers of part {part}") from error
                self._put([_customer(sweep, customer)])
            swept, last = swept + 1, customer
            if swept % self._noted == 0:
                if not self._sweeps.move(sweep, part, noted, last):
                    return Told("stale", swept, moved, failed)
                noted = last
        complete = self._sweeps.finish(sweep, part)
        return Told("complete" if complete else "strand", swept, moved, failed)


def _strand(sweep: Sweep, part: int) -> dict[str, Any]:
    return {"sweep": sweep.id, "part": part}


def _customer(sweep: Sweep, customer: str) -> dict[str, Any]:
    since = iso(sweep.since) if sweep.since is not None else None
    return {"sweep": sweep.id, "customer": customer, "since": since, "always": sorted(sweep.new)}


class SqsMessages:
    """Puts messages on a queue; `client` is an SQS client."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def __call__(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Put them all there.

        Raises:
            RuntimeError: the queue does not take some of them; putting all again does no harm.
        """
        for first in range(0, len(messages), 10):
            entries = [
                {"Id": str(number), "MessageBody": json.dumps(message)}
                for number, message in enumerate(messages[first : first + 10])
            ]
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            if answer.get("Failed"):
                raise RuntimeError(f"the queue did not take {len(answer['Failed'])} messages")


def tell(told: Told) -> None:
    """Count what became of a message; log a sweep's beginning and end, and what failed."""
    for name, number in (
        ("CustomersSwept", told.swept),
        ("CustomersMoved", told.moved),
        ("SweepFailures", told.failed + (told.error is not None)),
        ("SweepsCompleted", int(told.what == "complete")),
    ):
        if number:
            count(name, number)
    if told.error is not None:
        log_raised(told.error)
    elif told.what in ("begun", "nothing", "complete"):
        logger.info("sweep", what=told.what)
