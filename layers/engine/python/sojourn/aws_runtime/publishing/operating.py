"""Carries operations out, a message at a time: works on one for a turn, and hands it on by another message.

What is done is noted where the work is done, so that whoever takes an operation up again, after a crash or because the
queue delivered twice, goes on from there. What cannot be done now comes again by itself; what can never be done ends
the operation, and says why. What nobody foresaw is tried a few times, and waits then among the dead letters.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from sojourn.application.publishing import DONE, FAILED, Operation
from sojourn.aws_runtime.observability import count, in_our_words, log_raised, logger
from sojourn.errors import AuthorError, Conflict, Throttled, TransientError

if TYPE_CHECKING:
    from sojourn.aws_runtime.publishing.backing import Backing

AGAIN = 5.0
"""Seconds after which an operation goes on that could not for now."""
MOST_TRIES = 100
"""So often in a row an operation comes again by itself before it counts as failed: for over eight minutes."""
DELIVERIES = 5
"""So often the queue delivers a message that nobody could work on, see `infra.constructs.queues`."""
TURN = 15.0
"""Seconds that a message is worked on before it hands on, once it has begun: whoever comes later waits no longer than
a minute, though four times as many wait as are worked on at once. Handing on takes some ten calls, below 0.2 s."""
BEGINNING = 4.0
"""A turn is at least so many times as long as its beginning took, or most of the time would go by beginning."""
SPARE = 30.0
"""Seconds that whatever works leaves over: what its next thing takes at worst, and the note of where it is."""


DEAD = "operation"
"""What failed, as an operation tells it whose message waits among the dead letters: the operation itself."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message.

    Args:
        state: `done` or `failed`, with which the operation ends; "" while it goes on.
        result: what came of it, where it ends.
        next: the messages that carry it on, besides which operation it is.
        after: seconds after which they come.
    """

    state: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    next: tuple[Mapping[str, Any], ...] = ()
    after: float = 0.0


class Work(Protocol):
    """How operations of one kind are carried out."""

    def __call__(
        self, operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        """Work on an operation until it ends, or little time is left.

        Args:
            message: by which it was taken up; empty but for `operation` at its beginning.
            seconds_left: `SPARE` more than the turn lasts, or the function; the turn begins when this is asked first.

        Raises:
            AuthorError: it can never be done; the message says why.
            Conflict, TransientError: not now.
        """


class Given(AuthorError):
    """An operation that can never be done.

    Args:
        error: one word for programs.
        said: what else programs are told.
    """

    def __init__(self, error: str, message: str, said: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.error = error
        self.said = said or {}


Works = Mapping[str, Callable[[], Work]]
"""The kind of an operation -> makes what carries it out, when there is the first of the kind."""


class Operating:
    """Works on the queue's messages.

    Args:
        cancelled: kind -> what is told of an operation that was cancelled, where something is to be done then.
        schedules: makes what looks through the schedules of journeys, for the message that says so.
        steady: seconds that never go back.
    """

    def __init__(
        self, backing: Backing, works: Works, cancelled: Mapping[str, Callable[[Operation], None]] | None = None,
        schedules: Callable[[], Callable[[], int]] | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._steady = steady
        self._schedules = schedules
        self._backing = backing
        self._works = works
        self._made: dict[str, Work] = {}
        self._cancelled = cancelled or {}

    def __call__(self, event: Mapping[str, Any], seconds_left: Callable[[], float]) -> dict[str, Any]:
        """Work through an SQS event; return the partial batch response: the messages that must come again."""
        failed = []
        for record in event["Records"]:
            message = json.loads(record["body"])
            try:
                self._one(message, seconds_left)
            except Exception as error:  # noqa: BLE001 - whatever it is, the message comes again
                log_raised(error, operation=str(message.get("operation", "")))
                count("OperationsInterrupted")
                if int(record.get("attributes", {}).get("ApproximateReceiveCount", 1)) >= DELIVERIES:
                    self._tell_dead(message, error)
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}

    def _one(self, message: Mapping[str, Any], seconds_left: Callable[[], float]) -> None:
        operations = self._backing.operations
        if "schedules" in message:
            self._tick()
            return
        if message.get("cancelled"):
            operation = operations.get(message["operation"])
            if operation is not None and operation.kind in self._cancelled:
                self._cancelled[operation.kind](operation)
            return
        operation = operations.begin(message["operation"])
        if operation is None:
            # It waits for approval, is over, or this message is of one that was never written down.
            return
        try:
            turn = turn_of(seconds_left, self._steady)
            outcome = self._work(operation.kind)(operation, message, turn)
        except (Conflict, TransientError) as error:
            outcome = _again(message, error)
            log_raised(error, operation=operation.id)
        except AuthorError as error:
            word = error.error if isinstance(error, Given) else "refused"
            said = error.said if isinstance(error, Given) else {}
            outcome = Outcome(FAILED, {"error": word, "message": str(error), **said})
        if outcome.state:
            operations.finish(operation.id, outcome.state, outcome.result, self._backing.now())
            count("OperationsEnded", kind=operation.kind, state=outcome.state)
            logger.info("operation", operation=operation.id, kind=operation.kind, state=outcome.state)
        for following in outcome.next:
            self._backing.put({"operation": operation.id, **following}, outcome.after)

    def _tick(self) -> None:
        """Do what is to be done every few minutes: begin what schedules say, find operations nobody works at."""
        # Imported here: other messages do not need it.
        from sojourn.application.following import do_all
        from sojourn.aws_runtime.publishing.lost import put_again

        # Of the two neither waits for the other: a schedule that is ill keeps no operation from being found.
        do_all((self._begin_scheduled, partial(put_again, self._backing)))

    def _begin_scheduled(self) -> None:
        if self._schedules is not None and (begun := self._schedules()()):
            logger.info("schedules", begun=begun)

    def _work(self, kind: str) -> Work:
        if kind not in self._made:
            if kind not in self._works:
                raise Given("unknown_kind", f"this release does not know operations of the kind {kind}")
            self._made[kind] = self._works[kind]()
        return self._made[kind]

    def _tell_dead(self, message: Mapping[str, Any], error: Exception) -> None:
        """Note on the operation that it waits among the dead letters."""
        why = f"{in_our_words(error)}: it waits among the dead letters until somebody redrives it"
        try:
            self._backing.operations.progress(
                str(message.get("operation", "")), failures=[{"what": DEAD, "why": why}]
            )
        except Exception as second:  # noqa: BLE001 - the message is among the dead letters, note or not
            log_raised(second)


def _again(message: Mapping[str, Any], error: Exception) -> Outcome:
    """Let a message come again by itself, so that an operation does not wait for the queue to give it up."""
    tries = int(message.get("tries", 0)) + 1
    if tries > MOST_TRIES:
        raise error
    after = error.seconds if isinstance(error, Throttled) else AGAIN
    following = {name: value for name, value in message.items() if name != "operation"}
    return Outcome(next=({**following, "tries": tries},), after=max(1.0, after))


def turn_of(seconds_left: Callable[[], float], steady: Callable[[], float]) -> Callable[[], float]:
    """Return what says how much is left of a message's turn, and of the function; it begins when it is asked first.

    So a publication of a thousand journeys, which takes most of a minute to be read, gets on before it hands on.
    """
    came, over = steady(), 0.0

    def left() -> float:
        nonlocal over
        now = steady()
        over = over or now + max(TURN, BEGINNING * (now - came))
        return min(seconds_left(), over - now + SPARE)

    return left


def finished(result: Mapping[str, Any]) -> Outcome:
    """Return that an operation is done, and what came of it."""
    return Outcome(DONE, result)


def operating() -> Operating:
    """Make what `operate` needs; each kind's work is made, and imported, with the first operation of its kind."""
    from sojourn.aws_runtime.clients import Clients
    from sojourn.aws_runtime.publishing import works
    from sojourn.aws_runtime.publishing.backing import backing
    from sojourn.aws_runtime.settings import Settings

    settings = Settings.read(
        os.environ, "table", "operations_url", "uploads_bucket", "machines", "machines_role_arn", "step_arn",
        "send_arn",
        "bus", "schedule_group", "schedule_role_arn",
    )  # fmt: skip
    clients = Clients()
    stood_on = backing(
        clients.now("dynamodb"), settings.table, clients.later("s3"), settings.uploads_bucket,
        clients.now("sqs"), settings.operations_url,
    )  # fmt: skip
    made = {kind: partial(make, stood_on, settings, clients) for kind, make in works.WORKS.items()}
    return Operating(stood_on, made, schedules=partial(works.scheduling, stood_on, settings, clients))
