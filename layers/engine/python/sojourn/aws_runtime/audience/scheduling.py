"""Begins what journeys' schedules say: a message comes every few minutes, and each time that is due gets an operation.

An operation's id is made of the journey and the time, so that a message that is delivered twice, or two at once, begin
it once. It is put on the queue to come in the second in which it is due. A time for which nobody looked until it was
too old gets one too, that has failed: so somebody hears of it, and may begin with it all the same. Read is what has a
schedule, and nothing of other journeys. It knows no Scheduler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.application.attempting import digest
from sojourn.application.occurrences import Due, Late, look_through
from sojourn.application.publishing import DRAFT, FAILED, Operation, operation_id
from sojourn.aws_runtime.observability import count, logger
from sojourn.domain.compile.compiled import SCHEDULE
from sojourn.domain.control import STOPPED
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.adapters.dynamodb.history import History
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.adapters.dynamodb.schedules import DynamoSchedules
    from sojourn.application.ports import Catalogue
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.time.schedules import Occurrence

Put = Callable[[Mapping[str, Any], float], None]
"""Puts a message on the queue of operations, to come after so many seconds."""


class Scheduling:
    """Looks through all schedules."""

    def __init__(
        self, catalogue: Catalogue, live: Live, operations: Operations, history: History, schedules: DynamoSchedules,
        put: Put, now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._catalogue, self._live, self._operations = catalogue, live, operations
        self._history, self._schedules, self._put, self._now = history, schedules, put, now

    def __call__(self) -> int:
        """Begin what is due; return how much that is. Asked again it begins nothing twice."""
        now, looked = self._now(), self._schedules.read()
        if looked is None and not self._live.settings():
            # The first message comes before anything is registered.
            return 0
        found = look_through(
            self._journeys(looked or {}), looked, now, self._catalogue.policy.timezone, self._published
        )
        for late in found.late:
            if not self._is_stopped(late.journey.name):
                self._leave_out(late, now)
        # All of a segment would be listed and told that nobody enters, at each time anew.
        begun = [self._begin(one, now) for one in found.due if not self._is_stopped(one.journey.name)]
        self._schedules.write(found.looked)
        return sum(begun)

    def _journeys(self, looked: Mapping[str, object]) -> Iterator[CompiledJourney]:
        """Yield the journeys with a schedule."""
        found = {journey.name: journey for journey in self._catalogue.scheduled()}
        yield from found.values()
        # An earlier release noted of no journey that it has one; but how far it looked.
        for name in sorted(looked.keys() - found.keys()):
            journey = self._catalogue.current(name)
            if journey is not None and journey.enter.schedule:
                yield journey

    def _published(self, journey: str) -> datetime | None:
        of_it = self._live.publications(journey)
        return next((one.at for one in of_it if one.kind != DRAFT), None)

    def _is_stopped(self, journey: str) -> bool:
        return self._catalogue.control(journey).entries == STOPPED

    def _begin(self, one: Due, now: datetime) -> bool:
        at = one.occurrence.at
        operation = self._operations.create(_operation(one.journey, one.occurrence))
        if operation.is_over:
            return False
        self._put({"operation": operation.id}, max(0.0, (at - now).total_seconds()))
        return True

    def _leave_out(self, late: Late, now: datetime) -> None:
        """Tell of times that do not begin any more: by the last one's operation, an entry and a metric."""
        name, first, last, many = late.journey.name, late.times[0], late.times[-1], len(late.times)
        result = {"error": "left_out", "message": _left_out(late)}
        late_one = _operation(late.journey, last, state=FAILED, result=result, finished=now)
        id_ = self._operations.create(late_one).id
        told = {"times": many, "first": iso(first.at), "last": iso(last.at), "operation": id_}
        self._history.add(now, SCHEDULE, "left_out", name, "", told, once=id_)
        count("ScheduleTimesLeftOut", many, journey=name)
        logger.warning("schedule times left out", journey=name, times=many)


def _left_out(late: Late) -> str:
    first, last, many = late.times[0], late.times[-1], len(late.times)
    those, they, one = "this time of its schedule is", "it was", "it"
    if many > 1:
        those, they, one = f"{many} times of its schedule since {iso(first.at)} are", "they were", "the last"
    return (
        f"{those} left out, as nobody looked until {they} older than a day: sojourn audience resume"
        f" {_id(late.journey, last)} begins with {one} all the same"
    )


def _id(journey: CompiledJourney, occurrence: Occurrence) -> str:
    return operation_id(occurrence.at, digest(journey.name, occurrence.id)[:6])


def _operation(journey: CompiledJourney, occurrence: Occurrence, **said: Any) -> Operation:
    """Return the operation that a time of a journey's schedule is."""
    enter = journey.enter
    asked = {
        "by": SCHEDULE, "segment": enter.segment, "schedule": enter.schedule, "zone": enter.zone,
        "occurrence": occurrence.id, "wall": occurrence.wall.isoformat() if occurrence.wall else "",
    }  # fmt: skip
    id_, name = _id(journey, occurrence), journey.name
    return Operation(id_, "audience", SCHEDULE, occurrence.at, name, enter.schedule, asked=asked, **said)
