"""Laws that hold for every journey and whatever happens, over random journeys played in virtual time."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, note, settings

from sojourn.domain.findings import Severity
from sojourn.domain.journey.checking import check
from sojourn.domain.ledger import Happening
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.scenario import Played, play
from sojourn.local.trace import to_json
from sojourn.local.world import World
from tests.support.journey_strategies import Written, histories, journeys, scenario_of, workspace_of

STATE_BYTES = 8_000
modest = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], print_blob=True
)


class WatchedWorld(World):
    """A world that remembers itself and the largest state any task was handed."""

    last: WatchedWorld
    largest: int

    def __init__(self, deployment: Deployment, start: datetime, ledger: Callable[[Happening], None]) -> None:
        super().__init__(deployment, start, ledger)
        self.largest = 0
        WatchedWorld.last = self

    def _watch(self, payload: Any) -> None:
        self.largest = max(self.largest, len(json.dumps(payload["state"], ensure_ascii=False).encode()))

    def _step(self, payload: Any) -> Any:
        self._watch(payload)
        return super()._step(payload)

    def _send(self, payload: Any) -> Any:
        self._watch(payload)
        return super()._send(payload)


def told(
    drawn: tuple[Written, str], history: Written, until: str | None = None
) -> tuple[Played, WatchedWorld]:
    """Play a drawn journey and history, and note them for a failure's report."""
    journey, verbs = drawn
    note(json.dumps(journey, indent=1))
    note(json.dumps(history))
    note(verbs)
    found = play(scenario_of(history, until), deploy(workspace_of(journey)), WatchedWorld)
    for one in found.trace:
        note(json.dumps(to_json(one), default=str))
    return found, WatchedWorld.last


def by_run(trace: Iterable[Happening]) -> dict[str, list[Happening]]:
    """Return what happened, run by run, in order."""
    runs: dict[str, list[Happening]] = defaultdict(list)
    for one in trace:
        if one.run:
            runs[one.run].append(one)
    return runs


@modest
@given(journeys())
def test_what_checks_clean_compiles(drawn: tuple[Written, str]) -> None:
    """The generator writes nothing that a rule calls an error, and the compiler takes all of it."""
    project = workspace_of(drawn[0])
    errors = [finding for finding in check(project) if finding.severity is Severity.ERROR]

    first, second = (deploy(project).catalogue.current("drawn") for _ in range(2))

    assert errors == []
    assert first == second


@modest
@given(journeys(), histories())
def test_every_run_ends_once_and_is_silent_afterwards(drawn: tuple[Written, str], history: Written) -> None:
    """One entered, one exited, none failed; after the exit only a goal that still counts."""
    played, world = told(drawn, history)

    for run in by_run(played.trace).values():
        whats = [one.what for one in run]
        end = whats.index("exited")
        assert Counter(whats)["entered"] == Counter(whats)["exited"] == 1
        assert whats[0] == "entered"
        assert set(whats[end + 1 :]) <= {"goal"}
        assert "failed" not in whats
        assert all(one.details.get("after_end") for one in run[end + 1 :])
    assert not world.busy
    assert world.largest < STATE_BYTES


@modest
@given(journeys(), histories())
def test_nobody_is_sent_one_message_twice(drawn: tuple[Written, str], history: Written) -> None:
    """A visit of a step sends at most once, each send has its own row, and holdouts are never messaged."""
    played, world = told(drawn, history)

    sent = [one for one in played.trace if one.what == "sent"]
    visits = Counter((one.run, one.step, one.at) for one in sent)
    assert set(visits.values()) <= {1}
    assert len({one.details["send"] for one in sent}) == len(sent)
    assert drawn[0]["enter"].get("holdout") is None or all(one.customer != "cy" for one in sent)
    rows = [send for who in ("ana", "ben", "cy") for send in world.customers.sends(who)]
    assert sorted(send.id for send in rows if send.status == "sent") == sorted(
        one.details["send"] for one in sent
    )


@modest
@given(journeys(), histories())
def test_a_wait_for_something_has_one_outcome(drawn: tuple[Written, str], history: Written) -> None:
    """Each visit is resumed or timed out, never both; only the end of the run cuts one off."""
    played, _ = told(drawn, history)

    for run in by_run(played.trace).values():
        steps: dict[str, list[str]] = defaultdict(list)
        for one in run:
            if re.fullmatch(r"[wt]\d+", one.step):
                # A holdout's task is suppressed where it would have begun.
                steps[one.step].append("ends" if one.what in ("resumed", "timed_out") else "begins")
        for outcomes in steps.values():
            assert outcomes[::2] == ["begins"] * len(outcomes[::2])
            assert outcomes[1::2] == ["ends"] * len(outcomes[1::2])


@modest
@given(journeys(), histories())
def test_the_same_story_is_told_the_same(drawn: tuple[Written, str], history: Written) -> None:
    """Happening by happening, in the same order."""
    first, second = (told(drawn, history)[0] for _ in range(2))

    assert [to_json(one) for one in first.trace] == [to_json(one) for one in second.trace]


@modest
@given(journeys(long=True), histories())
def test_a_run_that_is_not_over_waits_for_something(drawn: tuple[Written, str], history: Written) -> None:
    """Also where it is parked: it has a wait that somebody can answer, or an execution that runs or is planned."""
    _, world = told(drawn, history, "+700 days")

    for who in ("ana", "ben", "cy"):
        file = world.customers.load(who)
        for run in file.runs.values():
            waits = [waiter for waiter in file.waiters.values() if waiter.run == run.id]
            alive = world.executions.goes_on(run.execution)
            assert run.active == alive
            assert run.active or waits == []
    assert world.largest < STATE_BYTES
