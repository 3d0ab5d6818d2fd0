from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

from scripts.write_openapi import written
from sojourn.adapters.links.tickets import task_id, task_of
from sojourn.application.calling import enter_called
from sojourn.application.desk import end_task
from sojourn.application.ports import TaskRef
from sojourn.application.waiting import begin_waiting
from sojourn.aws_runtime.api.entries import Entries
from sojourn.aws_runtime.api.openapi import document
from sojourn.aws_runtime.api.programs import ProgramApi
from sojourn.aws_runtime.api.tasks import OUTCOME_OF, Tasks
from tests.functions.test_track_openapi import has_huge_number
from tests.house.tree import ROOT
from tests.support.engine_room import Room
from tests.support.programs import KEYS, SOURCES
from tests.support.tracking import basic, serving

STATUSES = [400, 401, 403, 404, 405, 409, 410, 413, 415]
CONFIG = schemathesis.Config.from_dict(
    {
        "checks": {
            "negative_data_rejection": {"expected-statuses": STATUSES},
            # No schema says how many bytes it all is, nor which ids there are.
            "positive_data_acceptance": {"expected-statuses": [200, 404, 409, 410, 413]},
        }
    }
)
SCHEMA = schemathesis.openapi.from_dict(document(), config=CONFIG)
ACCEPTING, REJECTING = CHECKS.get_by_names(["positive_data_acceptance", "negative_data_rejection"])
DICE = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)  # fmt: skip
CALLED = "enter: {on: api, again: always}\nsteps: [{wait: 1 day}]"
TASK = "enter: {on: began}\nsteps: [{id: call, task: desk, title: Call}, {wait: 1 day}]"


class Served:
    """The engine in memory: a journey that calls enter, and a task that waits for each verb."""

    def __init__(self) -> None:
        room = Room(CALLED, *(TASK for _ in OUTCOME_OF))
        room.happen("began")
        self.ids: dict[str, str] = {}
        for verb, journey in zip(OUTCOME_OF, "klm", strict=True):
            begin_waiting(room.engine, room.payload("call", token=f"token-{verb}", journey=journey))
            task = TaskRef("ana", room.run(journey).id, "call", room.clock.at)
            self.ids[verb] = task_id(task, KEYS)
        self.statuses: Counter[int] = Counter()
        self.room = room
        tasks = Tasks(lambda id_: task_of(id_, KEYS), partial(end_task, room.engine), room.clock)
        entries = Entries(partial(enter_called, room.engine), room.clock)
        self.api = ProgramApi(SOURCES.get, lambda: tasks, lambda: entries)

    def answer(self, event: dict[str, Any]) -> Any:
        """Answer a call, and count its status."""
        answer = self.api(event)
        self.statuses[answer["statusCode"]] += 1
        return answer


@pytest.fixture(scope="module")
def served() -> Served:
    return Served()


@pytest.fixture(scope="module")
def url(served: Served) -> Iterator[str]:
    """Give the address of a server that answers as the function does."""
    with serving(served.answer) as address:
        yield address


@SCHEMA.parametrize()
@DICE
def test_the_function_keeps_to_its_document(case: schemathesis.Case, url: str) -> None:
    """Whatever is sent about whatever there may be, it is answered as the document says, and never by 5xx."""
    answer = case.call_and_validate(
        base_url=url, headers={"Authorization": basic("crm-key")}, excluded_checks=[ACCEPTING]
    )
    assert answer.status_code < 500


@SCHEMA.parametrize()
@DICE
def test_the_function_keeps_to_its_document_about_what_there_is(
    case: schemathesis.Case, url: str, served: Served
) -> None:
    """The same about a journey that calls enter, and tasks that wait, and then are over."""
    verb = case.operation.path.rsplit("/", 1)[-1]
    case.path_parameters = {"journey": "j"} if verb == "entries" else {"task_id": served.ids[verb]}
    # No schema says what names somebody, which time is too far ahead, nor, of what may hold anything, that its
    # numbers have 64 bits; a path that was to be wrong is right here.
    unsure = verb in ("entries", "reschedule") or has_huge_number(case.body)

    answer = case.call_and_validate(
        base_url=url,
        headers={"Authorization": basic("crm-key")},
        excluded_checks=[REJECTING, *([ACCEPTING] if unsure else [])],
    )
    assert answer.status_code < 500


def test_what_was_sent_was_done_too(served: Served) -> None:
    """It was no server that refuses everything: somebody entered, every task ended, some calls were repeated."""
    assert served.statuses[200] > len(OUTCOME_OF)
    assert {400, 401, 404, 409} <= served.statuses.keys()
    assert all(served.room.run(journey).answered for journey in "klm")
    assert served.room.told("entered").count("entered") > len(OUTCOME_OF)


def test_the_document_is_what_docs_has() -> None:
    """docs/api.openapi.json is current; `make docs` writes it anew."""
    committed = (ROOT / "docs" / "api.openapi.json").read_text(encoding="utf-8")

    assert committed == written("api.openapi.json")
