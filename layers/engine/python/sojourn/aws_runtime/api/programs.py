"""Answers what programs call with a write key: `POST /v1/tasks/<id>/<verb>` and `POST /v1/journeys/<name>/entries`.

What is answered with 200 is written: nothing is queued, so that a program can show its user what became of the click.
The same call again is answered the same. It knows neither the table nor Step Functions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from sojourn.application.sources import Source
from sojourn.aws_runtime import wiring
from sojourn.aws_runtime.api.answering import Door, lacks, nobody
from sojourn.aws_runtime.api.http import Answer, BadCall, HttpCall
from sojourn.aws_runtime.api.write_keys import WriteKeys, key_in

if TYPE_CHECKING:
    from sojourn.application.ports import Engine, TaskRef
    from sojourn.aws_runtime.secrets import SigningKeys

AGAIN_AFTER = 2
REFUSED = "ApiRefused"
FAILED = "ApiFailed"
DOOR = Door(REFUSED, FAILED, AGAIN_AFTER, "this could not be done just now: send the call again, as it was")


class Calls(Protocol):
    """The calls about one kind of thing."""

    @property
    def verbs(self) -> Collection[str]:
        """The last part of their paths."""

    @property
    def right(self) -> str:
        """What a source needs for them."""

    def answer(self, id_: str, verb: str, call: HttpCall, source: Source) -> Answer:
        """Answer a call about the thing *id_*.

        Raises:
            BadCall: it cannot be done as it was meant.
        """


def program_api() -> ProgramApi:
    """Make what answers: the sources, the keys, and what a run needs to begin or to go on."""
    engine, keys, sources = wiring.api()
    return ProgramApi(WriteKeys(sources.find), partial(_tasks, engine, keys), partial(_entries, engine))


def _tasks(engine: Engine, keys: SigningKeys) -> Calls:
    # Imported here, as below: a copy of the function need not know what it is never asked for.
    from sojourn.adapters.links.tickets import task_of
    from sojourn.application.desk import end_task
    from sojourn.aws_runtime.api.tasks import Tasks

    def known(id_: str) -> TaskRef | None:
        return task_of(id_, keys.knowing(id_.partition(".")[0]))

    return Tasks(known, partial(end_task, engine), engine.clock)


def _entries(engine: Engine) -> Calls:
    from sojourn.application.calling import enter_called
    from sojourn.aws_runtime.api.entries import Entries

    return Entries(partial(enter_called, engine), engine.clock)


class ProgramApi:
    """Answers calls.

    Args:
        source_of: returns whose a write key is, None where it is nobody's.
        tasks, entries: make what answers the calls about them, when there is the first.
    """

    def __init__(
        self,
        source_of: Callable[[str], Source | None],
        tasks: Callable[[], Calls],
        entries: Callable[[], Calls],
    ) -> None:
        self._source_of = source_of
        self._calls: Mapping[str, Callable[[], Calls]] = {"tasks": cache(tasks), "journeys": cache(entries)}

    def __call__(self, event: Mapping[str, Any]) -> Answer:
        """Answer a call; never raises."""
        return DOOR.answer(event, self._answer)

    def _answer(self, call: HttpCall) -> Answer:
        *_, kind, id_, verb = ("", "", "", *call.path.split("/"))
        made = self._calls.get(kind)
        calls = made() if made else None
        if calls is None or verb not in calls.verbs:
            said = "there is no such call: there are tasks/<id>/complete, reschedule, fail; journeys/<name>/entries"
            raise BadCall(404, "not_found", said)
        if call.method != "POST":
            raise BadCall(405, "method_not_allowed", "this is asked for with POST", {"allow": "POST"})
        return calls.answer(id_, verb, call, self._source(call, calls.right))

    def _source(self, call: HttpCall, right: str) -> Source:
        key = key_in(call.headers)
        source = self._source_of(key) if key else None
        if source is None:
            raise nobody(challenge=True)
        if not source.may(right):
            raise lacks(right)
        return source
