"""Begins what journeys' schedules say: a message comes every few minutes, and each time that is due gets an operation.

An operation's id is made of the journey and the time, so that a message that is delivered twice, or two at once, begin
it once. It is put on the queue to come in the second in which it is due. It knows no Scheduler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.application.attempting import digest
from sojourn.application.calling import SCHEDULE
from sojourn.application.occurrences import Due, due
from sojourn.application.publishing import Operation, operation_id
from sojourn.domain.control import STOPPED

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.adapters.dynamodb.live import Live
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.adapters.dynamodb.schedules import DynamoSchedules
    from sojourn.application.ports import Catalogue
    from sojourn.domain.compile.compiled import CompiledJourney

Put = Callable[[Mapping[str, Any], float], None]
"""Puts a message on the queue of operations, to come after so many seconds."""


class Scheduling:
    """Looks through all schedules."""

    def __init__(
        self, catalogue: Catalogue, live: Live, operations: Operations, schedules: DynamoSchedules, put: Put,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._catalogue, self._live, self._operations = catalogue, live, operations
        self._schedules, self._put, self._now = schedules, put, now

    def __call__(self) -> int:
        """Begin what is due; return how much that is. Asked again it begins nothing twice."""
        now = self._now()
        found, looked = due(
            self._journeys(), self._schedules.read(), now, self._catalogue.policy.timezone
        )  # fmt: skip
        # All of a segment would be listed and told that nobody enters, at each time anew.
        begun = [self._begin(one, now) for one in found if not self._is_stopped(one.journey.name)]
        self._schedules.write(looked)
        return sum(begun)

    def _journeys(self) -> Iterator[tuple[CompiledJourney, datetime | None]]:
        for live in self._live.journeys():
            journey = self._catalogue.current(live.name) if live.version else None
            if journey is not None:
                yield journey, live.publication.at if live.publication is not None else None

    def _is_stopped(self, journey: str) -> bool:
        return self._catalogue.control(journey).entries == STOPPED

    def _begin(self, one: Due, now: datetime) -> bool:
        enter, occurrence = one.journey.enter, one.occurrence
        asked = {
            "by": SCHEDULE, "segment": enter.segment, "schedule": enter.schedule, "zone": enter.zone,
            "occurrence": occurrence.id, "wall": occurrence.wall.isoformat() if occurrence.wall else "",
        }  # fmt: skip
        id_ = operation_id(occurrence.at, digest(one.journey.name, occurrence.id)[:6])
        operation = self._operations.create(
            Operation(id_, "audience", SCHEDULE, occurrence.at, one.journey.name, enter.schedule, asked=asked)
        )
        if operation.is_over:
            return False
        self._put({"operation": id_}, max(0.0, (occurrence.at - now).total_seconds()))
        return True
