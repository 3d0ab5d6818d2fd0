"""Carries operations out, a message at a time: works on one for a while, and hands it on by another message.

What is done is noted where the work is done, so that whoever takes an operation up again, after a crash or because the
queue delivered twice, goes on from there. What cannot be done now comes again by itself; what can never be done ends
the operation, and says why. What nobody foresaw is tried a few times, and waits then among the dead letters.
"""

from __future__ import annotations

import json
import os
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
    """

    def __init__(
        self, backing: Backing, works: Works, cancelled: Mapping[str, Callable[[Operation], None]] | None = None,
        schedules: Callable[[], Callable[[], int]] | None = None,
    ) -> None:  # fmt: skip
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
            outcome = self._work(operation.kind)(operation, message, seconds_left)
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
        from sojourn.aws_runtime.publishing.lost import put_again

        if self._schedules is not None and (begun := self._schedules()()):
            logger.info("schedules", begun=begun)
        put_again(self._backing)

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
