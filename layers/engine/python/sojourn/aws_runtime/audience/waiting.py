"""What becomes of audiences that find entries paused: they wait, without anything that runs, and go on by themselves.

Whoever resumes a journey, or stops it, lets `operate` look which audiences wait; besides, it looks every few minutes.
An audience goes on with a new attempt, as one does that somebody resumes: what is done is not done again. Of the times
of a journey's schedule that fell due meanwhile, the last begins; none where whoever resumed it dropped them. It knows
no rows of audiences and no queue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.waiting_audiences import Waiting
from sojourn.application.following import do_all
from sojourn.application.pausing import TRANSACTIONAL
from sojourn.application.publishing import FAILED, NotSo
from sojourn.aws_runtime.audience.finishing import stopped, told
from sojourn.aws_runtime.observability import count, logger
from sojourn.domain.compile.compiled import SCHEDULE
from sojourn.domain.control import PAUSED, STOPPED, Control

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.audiences import DynamoAudiences
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.adapters.dynamodb.waiting_audiences import WaitingAudiences
    from sojourn.adapters.stepfunctions.audience_runs import AudienceRuns
    from sojourn.application.ports import Catalogue
    from sojourn.application.publishing import Operation

ROWS_DAYS = 30
"""So long the rows of audiences are kept: they are customers' data, and say nothing that the table has not by then."""
DROPPED = "it fell due while the journey was paused, and whoever resumed it dropped what fell due"
OVERTAKEN = "the journey was still paused when the next time of its schedule came"


@dataclass(frozen=True, slots=True)
class Pauses:
    """Lets audiences wait, and go on.

    Args:
        put: puts a message on the queue of operations, to come after so many seconds.
        now: the present instant.
    """

    catalogue: Catalogue
    waiting: WaitingAudiences
    audiences: DynamoAudiences
    operations: Operations
    runs: AudienceRuns
    put: Callable[[Mapping[str, Any], float], None]
    now: Callable[[], datetime]

    def begin_later(self, operation: Operation, control: Control) -> None:
        """Let an audience wait of which nothing was begun.

        Raises:
            Conflict: somebody else writes of the same operation: the same call again.
        """
        scheduled = operation.asked.get("by") == SCHEDULE
        one = Waiting(operation.id, operation.journey, scheduled=scheduled)
        if not self.waiting.wait(one, control) or not scheduled:
            return
        # However long the pause is, one time of each schedule waits: the last.
        times = [
            other for other in self.waiting.all()
            if other.scheduled and not other.attempt and other.journey == operation.journey
        ]  # fmt: skip
        for earlier in sorted(times, key=lambda other: other.operation)[:-1]:
            self._leave_out(earlier, OVERTAKEN)

    def go_on(self) -> int:
        """Let audiences go on whose journeys are open again, and end those of which are stopped; return how many.

        Raises:
            TransientError: not all of them now; the others do. The same call again does nobody any harm.
        """
        found = [
            (one, control)
            for one in self.waiting.all()
            if (control := self.catalogue.control(one.journey)).entries != PAUSED
            or self._is_gone(one.journey)
        ]
        do_all(partial(self._let_go, one, control) for one, control in found)
        return len(found)

    def _let_go(self, one: Waiting, control: Control) -> None:
        self._settle(one, control)
        self.waiting.over(one)
        logger.info("audience waited", operation=one.operation, journey=one.journey)

    def _settle(self, one: Waiting, control: Control) -> None:
        operation = self.operations.get(one.operation)
        if operation is None or operation.is_over:
            return
        if self._is_gone(one.journey):
            self._end(one, f'there is no journey "{one.journey}" here any more')
        elif control.entries == STOPPED:
            self._end(one, stopped(control, one.operation))
        elif one.scheduled and self._drops(one, operation, control):
            self._leave_out(one, DROPPED)
        elif not one.attempt:
            self.put({"operation": one.operation}, 0.0)
        elif self.now() - operation.at > timedelta(days=ROWS_DAYS):
            self._end(one, _expired(operation))
        else:
            attempt = self.audiences.again(one.operation, one.attempt).attempt
            self.waiting.goes_on(one.operation)
            self.runs.start(one.operation, attempt)

    def _is_gone(self, journey: str) -> bool:
        return self.catalogue.current(journey) is None and self.catalogue.draft(journey) is None

    def _drops(self, one: Waiting, operation: Operation, control: Control) -> bool:
        """Say whether somebody dropped what fell due by then; what must arrive is not meant, as with messages."""
        # What was dropped before it began to wait was in an earlier pause.
        if control.dropped is None or operation.at > control.dropped or control.dropped == one.dropped:
            return False
        journey = self.catalogue.current(operation.journey)
        return journey is None or journey.kind != TRANSACTIONAL

    def _end(self, one: Waiting, message: str) -> None:
        progress = self.audiences.read(one.operation)
        result = told(progress) if progress is not None else {}
        self.operations.finish(one.operation, FAILED, {**result, "message": message}, self.now())

    def _leave_out(self, one: Waiting, why: str) -> None:
        self.operations.progress(one.operation, result={"left_out": why})
        with suppress(NotSo):
            self.operations.cancel(one.operation, self.now())
        self.waiting.over(one)
        count("ScheduleTimesLeftOut", journey=one.journey)


def _expired(operation: Operation) -> str:
    again = "begin with the same file again"
    if segment := operation.asked.get("segment"):
        occurrence = operation.asked.get("occurrence", operation.id)
        again = f"begin again with --segment {segment} --occurrence {occurrence}"
    return (
        f"it waited longer than its rows are kept, which is {ROWS_DAYS} days: {again}, and who entered does not enter"
        " a second time"
    )
