"""What programs call, as its callers meet it: write keys, and use cases that note what they were asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.links.tickets import task_id, task_of
from sojourn.application.calling import Called, EntryCall
from sojourn.application.desk import Answer, TaskEnd
from sojourn.application.ports import TaskRef
from sojourn.application.sources import Source
from sojourn.aws_runtime.api.entries import Entries
from sojourn.aws_runtime.api.programs import ProgramApi
from sojourn.aws_runtime.api.tasks import Tasks
from tests.support.engine_room import SetClock
from tests.support.link_requests import asked
from tests.support.tracking import basic

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
KEYS = Keys("k", {"k": b"a secret of enough bytes"})
TASK = TaskRef("ana", "cart-1", "call", NOON)
ID = task_id(TASK, KEYS)
SOURCES = {
    "crm-key": Source("crm", frozenset({"events", "tasks", "enter", "contacts"}), NOON),
    "desk-key": Source("desk", frozenset({"events", "tasks"}), NOON),
    "till-key": Source("till", frozenset({"events", "enter"}), NOON),
    "shop-key": Source("shop", frozenset({"events"}), NOON),
}


class Programs:
    """The function, what it asked to be done, and what it was told; `fault` is raised instead."""

    def __init__(self) -> None:
        self.ended: list[tuple[TaskRef, Answer]] = []
        self.end = TaskEnd("ended", "completed")
        self.asked: list[EntryCall] = []
        self.called = Called("run-1", "", holdout=False, repeated=False, same=True)
        self.fault: Exception | None = None
        clock = SetClock(NOON)
        tasks = Tasks(lambda id_: task_of(id_, KEYS), self._end, clock)
        entries = Entries(self._enter, clock)
        self.api = ProgramApi(SOURCES.get, lambda: tasks, lambda: entries)

    def _end(self, task: TaskRef, answer: Answer) -> TaskEnd:
        if self.fault:
            raise self.fault
        self.ended.append((task, answer))
        return self.end

    def _enter(self, call: EntryCall) -> Called:
        if self.fault:
            raise self.fault
        self.asked.append(call)
        return self.called

    def call(
        self, path: str, body: Any = None, *, key: str = "crm-key", method: str = "POST", **headers: str
    ) -> tuple[int, Any]:
        """Call a path with a body, a text or what is written as JSON; return the status and what was answered."""
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        if key:
            headers["authorization"] = basic(key)
        answer = self.api(asked(method, path, text, **headers))
        assert answer["headers"]["content-type"].startswith("application/json")
        return answer["statusCode"], json.loads(answer["body"])
