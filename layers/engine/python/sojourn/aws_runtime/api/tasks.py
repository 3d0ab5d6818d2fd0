"""Reads the calls that end people's tasks: `POST /v1/tasks/<task id>/complete`, `reschedule` or `fail`.

It knows no table and no write key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sojourn.application.desk import COMPLETED, FAILED, RESCHEDULED, TaskEnd
from sojourn.application.desk import Answer as Said
from sojourn.application.ports import Clock, TaskRef
from sojourn.application.sources import TASKS, Source
from sojourn.aws_runtime.api.http import NAME, Answer, BadCall, HttpCall, answered, checked, only, parsed
from sojourn.aws_runtime.observability import count
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
_OURS = ("notes", "until")
"""What stands beside the answer in the body, and in the answer when a step reads it."""
_ELSEWHERE = "reschedule has until"


class Tasks:
    """The calls.

    Args:
        task_of: returns which task an id stands for, None where it is none of ours.
        end: ends a task.
    """

    verbs = tuple(OUTCOME_OF)
    right = TASKS

    def __init__(
        self, task_of: Callable[[str], TaskRef | None], end: Callable[[TaskRef, Said], TaskEnd], clock: Clock
    ) -> None:
        self._task_of = task_of
        self._end = end
        self._clock = clock

    def answer(self, id_: str, verb: str, call: HttpCall, source: Source) -> Answer:
        """End the task *id_* as *verb* says.

        Raises:
            BadCall: there is none, nobody can end it any more, or the body is none.
        """
        task = self._task_of(id_)
        if task is None:
            raise BadCall(404, "no_task", "there is no such task; its id is in the event task_raised")
        outcome = OUTCOME_OF[verb]
        noted = _noted(outcome, parsed(call.content(LONGEST_BODY) or b"{}"), self._clock.now())
        return self._told(self._end(task, Said(outcome, noted, source.name)), outcome)

    def _told(self, end: TaskEnd, outcome: str) -> Answer:
        if end.status == "over":
            raise BadCall(
                410, "over", "nobody can end this task any more: its time is up, or its run has ended"
            )
        if end.status == "otherwise":
            count("ApiRefused", code="ended")
            how = end.outcome if end.outcome != outcome else f"{outcome}, with another answer"
            said = {"code": "ended", "message": f"this task was ended before: {how}", "outcome": end.outcome}
            return answered(409, said)
        if end.status == "ended":
            count("TasksEnded", outcome=outcome)
        return answered(200, {"outcome": outcome, "repeated": end.status == "repeated"})


def _noted(outcome: str, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what a person noted, as steps read it: the answer, with the notes and the new time in it."""
    put_off = outcome == RESCHEDULED
    only(said, ("answer", *_OURS) if put_off else ("answer", "notes"), hint="" if put_off else _ELSEWHERE)
    answer, notes = said.get("answer"), said.get("notes")
    answer = {} if answer is None else answer
    if not isinstance(answer, dict):
        raise BadCall(400, "bad_field", "answer: an object is wanted")
    if not all(NAME.fullmatch(name) for name in answer):
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
    if put_off:
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
