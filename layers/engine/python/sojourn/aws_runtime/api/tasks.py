"""Answers the calls that end people's tasks: `POST /v1/tasks/<task id>/complete`, `reschedule` or `fail`.

What is answered with 200 is written, and the run goes on: nothing is queued, so that a program can show its user what
became of the click. The same call again is answered the same. It knows neither the table nor Step Functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sojourn.adapters.links.tickets import task_of
from sojourn.application.desk import COMPLETED, FAILED, RESCHEDULED, TaskEnd, end_task
from sojourn.application.desk import Answer as Said
from sojourn.application.ports import Clock, TaskRef
from sojourn.application.sources import TASKS, Source
from sojourn.aws_runtime import wiring
from sojourn.aws_runtime.api.http import Answer, BadCall, HttpCall, answered, call_of, checked, parsed
from sojourn.aws_runtime.api.write_keys import WriteKeys, key_in
from sojourn.aws_runtime.observability import count, log_raised
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import iso, parse_date_time

OUTCOME_OF: Mapping[str, str] = {"complete": COMPLETED, "reschedule": RESCHEDULED, "fail": FAILED}
"""The call -> how the task ends."""
LONGEST_BODY = 32 * 1024
LONGEST_NOTES = 5_000
LONGEST_ANSWER = 8 * 1024
"""Bytes of what a person noted; a run keeps of it what its later steps read, and a thousand bytes a value."""
FURTHEST = timedelta(days=366)
"""So far ahead a task may be put off."""
AGAIN_AFTER = 2
"""Seconds after which a call may be repeated that could not be answered."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
_OURS = ("notes", "until")
"""What stands beside the answer in the body, and in the answer when a step reads it."""


def task_api() -> TaskApi:
    """Make what answers: the sources, the keys, and what a run needs to go on."""
    engine, keys, sources = wiring.tasks()
    return TaskApi(
        WriteKeys(sources.find),
        lambda id_: task_of(id_, keys.knowing(id_.partition(".")[0])),
        partial(end_task, engine),
        engine.clock,
    )


class TaskApi:
    """Answers calls.

    Args:
        source_of: returns whose a write key is, None where it is nobody's.
        task_of: returns which task an id stands for, None where it is none of ours.
        end: ends a task.
    """

    def __init__(
        self, source_of: Callable[[str], Source | None], task_of: Callable[[str], TaskRef | None],
        end: Callable[[TaskRef, Said], TaskEnd], clock: Clock,
    ) -> None:  # fmt: skip
        self._source_of = source_of
        self._task_of = task_of
        self._end = end
        self._clock = clock

    def __call__(self, event: Mapping[str, Any]) -> Answer:
        """Answer a call; never raises."""
        try:
            return self._answer(call_of(event))
        except BadCall as wrong:
            count("TasksRefused", code=wrong.code)
            return wrong.answer()
        except Exception as error:  # noqa: BLE001 - a program comes again, an operator gets the log and an alarm
            log_raised(error)
            count("TasksFailed")
            said = "the task could not be ended just now: send the call again, as it was"
            return BadCall(503, "try_again", said, {"retry-after": str(AGAIN_AFTER)}).answer()

    def _answer(self, call: HttpCall) -> Answer:
        *_, tasks, id_, verb = ("", "", "", *call.path.split("/"))
        outcome = OUTCOME_OF.get(verb)
        if tasks != "tasks" or outcome is None:
            raise BadCall(
                404, "not_found", "there is no such call; a task is ended by complete, reschedule or fail"
            )
        if call.method != "POST":
            raise BadCall(405, "method_not_allowed", "this is asked for with POST", {"allow": "POST"})
        source = self._source(call)
        task = self._task_of(id_)
        if task is None:
            raise BadCall(404, "no_task", "there is no such task; its id is in the event task_raised")
        noted = _noted(outcome, parsed(call.content(LONGEST_BODY) or b"{}"), self._clock.now())
        return self._told(self._end(task, Said(outcome, noted, source.name)), outcome)

    def _source(self, call: HttpCall) -> Source:
        key = key_in(call.headers)
        source = self._source_of(key) if key else None
        if source is None:
            said = "send the write key of a source as the user's name of basic authentication"
            raise BadCall(
                401, "unauthorized", said, {"www-authenticate": 'Basic realm="sojourn", charset="UTF-8"'}
            )
        if not source.may(TASKS):
            raise BadCall(403, "not_allowed", f'this source has not the right "{TASKS}"')
        return source

    def _told(self, end: TaskEnd, outcome: str) -> Answer:
        if end.status == "over":
            raise BadCall(
                410, "over", "nobody can end this task any more: its time is up, or its run has ended"
            )
        if end.status == "otherwise":
            count("TasksRefused", code="ended")
            how = end.outcome if end.outcome != outcome else f"{outcome}, with another answer"
            said = {"code": "ended", "message": f"this task was ended before: {how}", "outcome": end.outcome}
            return answered(409, said)
        if end.status == "ended":
            count("TasksEnded", outcome=outcome)
        return answered(200, {"outcome": outcome, "repeated": end.status == "repeated"})


def _noted(outcome: str, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what a person noted, as steps read it: the answer, with the notes and the new time in it."""
    unknown = sorted(set(said) - {"answer", *(_OURS if outcome == RESCHEDULED else ("notes",))})
    if unknown:
        hint = "; only reschedule has it" if unknown[0] == "until" else ": there are notes and answer"
        raise BadCall(400, "bad_field", f"the body: it has a field that this call has not{hint}")
    answer, notes = said.get("answer"), said.get("notes")
    answer = {} if answer is None else answer
    if not isinstance(answer, dict):
        raise BadCall(400, "bad_field", "answer: an object is wanted")
    if not all(_NAME.fullmatch(name) for name in answer):
        raise BadCall(
            400, "bad_field", "answer: name its fields with up to 60 letters, digits and _, no digit first"
        )
    if reserved := [name for name in _OURS if name in answer]:
        raise BadCall(400, "bad_field", f"answer.{reserved[0]}: write it beside the answer, not in it")
    if checked(answer, "answer") > LONGEST_ANSWER:
        raise BadCall(413, "too_large", f"answer: it is larger than {LONGEST_ANSWER:,} bytes")
    noted = dict(answer)
    if notes is not None:
        if not isinstance(notes, str) or len(notes) > LONGEST_NOTES:
            raise BadCall(
                400, "bad_field", f"notes: a text of at most {LONGEST_NOTES:,} characters is wanted"
            )
        checked(notes, "notes")
        noted["notes"] = notes
    if outcome == RESCHEDULED:
        noted["until"] = iso(_until(said.get("until"), now))
    return noted


def _until(said: Any, now: datetime) -> datetime:
    try:
        until = parse_date_time(said) if isinstance(said, str) else None
    except TimeError:
        until = None
    if until is None or until.tzinfo is None:
        raise BadCall(400, "bad_field", "until: a time with its zone is wanted, 2026-12-24T09:30:00+01:00")
    if until > now + FURTHEST:
        raise BadCall(400, "bad_field", f"until: it is more than {FURTHEST.days} days ahead")
    return until
