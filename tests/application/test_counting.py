from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sojourn.application.changes import Committed, ProfileChanged, RunChanged
from sojourn.application.counting import OF_RUNS, OF_STEPS, Deltas, Place, added, by_day, committed, counted
from sojourn.domain.customer.rows import Profile, Run
from sojourn.domain.ledger import OF_MESSAGES, Happening

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUN = Run("r1", "ana", "welcome", "v1", "", AT, AT, "r1", at={"": "pause", "both/a": "hello"})
WHOLE = Place("welcome", "v1")


def told(what: Any, step: str = "", reason: str = "", run: str = "r1", **details: Any) -> Happening:
    return Happening(AT, "ana", "welcome", "v1", run, what, step, reason, details)


def place(step: str) -> Place:
    return Place("welcome", "v1", step)


def moved(origin: str, target: str) -> tuple[str, str, str, str]:
    return ("welcome", "v1", origin, target)


def test_an_entry_makes_a_run_active_at_its_first_step() -> None:
    """Who enters is counted once for the journey, and stands at a step."""
    deltas = committed([told("entered", holdout=True)], [moved("", "pause")])

    assert deltas == {WHOLE: {"entered": 1, "active": 1, "holdout": 1}, place("pause"): {"now": 1}}


@pytest.mark.parametrize(
    ("happened", "counters"),
    [
        ([told("exited", reason="completed")], {"active": -1, "completed": 1}),
        ([told("exited", reason="exit:bought")], {"active": -1, "exit:bought": 1}),
        ([told("goal", event="bought"), told("exited", reason="goal")], {"active": -1, "goal": 1}),
        ([told("failed", reason="Boom"), told("exited", reason="failed")], {"active": -1, "failed": 1}),
        ([told("restarted"), told("exited", reason="restarted")], {"active": -1, "restarted": 1}),
        ([told("redirected", to="other"), told("exited", reason="redirected")], {"active": -1, "redirected": 1}),
        ([told("goal", after_end=True)], {"goal": 1, "goal_late": 1}),
        ([told("goal", holdout=False)], {"goal": 1}),
        ([told("goal", holdout=True)], {"goal": 1, "goal_holdout": 1}),
        ([told("goal", holdout=True, after_end=True)], {"goal": 1, "goal_late": 1, "goal_holdout": 1}),
        ([told("resumed", reason="redriven", at_step="hello")], {"active": 1, "redriven": 1}),
        ([told("not_entered", reason="again: never")], {"not_entered": 1}),
    ],
    ids=lambda value: "-".join(one.what for one in value) if isinstance(value, list) else "",
)  # fmt: skip
def test_every_way_a_run_ends_is_counted_once(happened: list[Happening], counters: dict[str, int]) -> None:
    """A run that ends is taken off those that go on, and its end is counted by its reason, a goal as a goal."""
    assert committed(happened, []) == {WHOLE: counters}


def test_a_run_that_moves_to_another_version_is_active_there_and_nowhere_else() -> None:
    """It ends nowhere: it left a step of the one version, and stands at a step of the other."""
    migrated = Happening(
        AT, "ana", "welcome", "v2", "r1", "migrated", "rest", "", {"version": "v1", "from": "pause"}
    )

    deltas = committed([migrated], [moved("pause", ""), ("welcome", "v2", "", "rest")])

    assert deltas == {
        WHOLE: {"active": -1, "migrated": 1}, place("pause"): {"now": -1, "passed": 1},
        Place("welcome", "v2"): {"active": 1}, Place("welcome", "v2", "rest"): {"now": 1},
    }  # fmt: skip


def test_a_move_passes_a_step_and_its_records_do_not_pass_it_again() -> None:
    """A wait that was answered both moves and tells of it: it is passed once."""
    deltas = committed([told("resumed", "seen", path="opened")], [moved("seen", "pause")])

    assert deltas == {place("seen"): {"now": -1, "passed": 1, "path.opened": 1}, place("pause"): {"now": 1}}


def test_two_runs_of_one_customer_pass_a_step_twice() -> None:
    """Runs with keys of their own, moved by one event, are counted apart."""
    happened = [told("resumed", "seen", run="r1"), told("resumed", "seen", run="r2")]

    deltas = committed(happened, [moved("seen", "pause"), moved("seen", "")])

    assert deltas == {place("seen"): {"now": -2, "passed": 2, "ended": 1}, place("pause"): {"now": 1}}


def test_a_step_that_is_over_at_once_is_passed_though_nobody_stands_there() -> None:
    """A decision or an update between two waits shows only in what it tells."""
    deltas = committed(
        [told("updated", "note"), told("branched", "which", path="pros")], [moved("pause", "later")]
    )

    assert deltas[place("note")] == {"passed": 1}
    assert deltas[place("which")] == {"passed": 1, "path.pros": 1}
    assert deltas[place("pause")] == {"now": -1, "passed": 1}


@pytest.mark.parametrize(
    ("happening", "counters"),
    [
        (told("sent", "hello", channel="sms"), {"sent": 1, "sent.sms": 1, "passed": 1}),
        (told("sent", "hello", "unknown", channel="sms"),
         {"sent": 1, "sent.sms": 1, "unknown": 1, "unknown.sms": 1, "passed": 1}),
        (told("opened", "hello", channel="email"), {"opened": 1, "opened.email": 1}),
        (told("opened", "hello", channel="email", machine=True), {"opened.machine": 1}),
        (told("suppressed", "hello", "consent"), {"suppressed": 1, "suppressed.consent": 1, "passed": 1}),
        (told("held", "hello", "quiet hours", channel="sms"), {"held": 1}),
        (told("timed_out", "hello", path="otherwise"), {"timed_out": 1, "path.otherwise": 1, "passed": 1}),
        (told("assigned", "hello", path="a"), {"path.a": 1, "passed": 1}),
    ],
    ids=lambda value: getattr(value, "what", ""),
)  # fmt: skip
def test_what_steps_tell_is_counted_by_kind(happening: Happening, counters: dict[str, int]) -> None:
    """Messages count by channel or reason, ways by name, and a message that is put off passes nothing."""
    assert committed([happening], []) == {place("hello"): counters}


def test_a_wait_that_begins_counts_nothing_but_where_it_stands() -> None:
    """What is told when a wait or a person's task begins is no counter's business."""
    assert committed([told("waiting", "pause"), told("tasked", "call")], []) == {}


def test_an_erased_run_is_taken_off_every_step_it_is_at() -> None:
    """Nobody tells of a customer who is erased, so the run's last row does."""
    deltas = counted(RunChanged("e1", AT, RUN, None)).deltas

    assert deltas == {
        WHOLE: {"active": -1, "erased": 1},
        place("pause"): {"now": -1},
        place("hello"): {"now": -1},
    }


@pytest.mark.parametrize(
    "change",
    [
        RunChanged("e1", AT, Run("r1", "ana", "welcome", "v1", "", AT, AT, "r1", status="ended"), None),
        RunChanged("e1", AT, None, RUN),
        RunChanged("e1", AT, RUN, RUN),
        ProfileChanged("e1", AT, Profile("ana"), None),
        Committed("e1", AT, "ana", [told("waiting", "pause")]),
    ],
    ids=["ended", "new", "changed", "profile", "nothing"],
)
def test_other_rows_count_nothing(change: Any) -> None:
    """Whatever a commit wrote beside its ledger row is in the ledger row already."""
    assert counted(change).deltas == {}


def test_a_day_has_what_forecasts_are_made_from() -> None:
    """Entries, goals, and of each step how often it was passed, by which way, with how many messages: in one place."""
    happened = [
        told("entered", holdout=True), told("goal"), told("sent", "hello", "unknown", channel="sms"),
        told("branched", "which", path="pros"), told("opened", "hello"), told("exited", reason="goal"),
    ]  # fmt: skip

    deltas = counted(Committed("e1", AT, "ana", happened, [moved("pause", "")])).deltas

    assert {place: by for place, by in deltas.items() if place.day} == {
        Place("welcome", "v1", "", "2026-03-02"): {
            "entered": 1, "goal": 1, "passed@hello": 1, "sent.sms@hello": 1, "passed@which": 1,
            "path.pros@which": 1, "passed@pause": 1,
        }
    }  # fmt: skip


def test_the_day_is_that_of_utc() -> None:
    """Half past midnight in Berlin is the evening before in UTC; what adds nothing to a day makes none."""
    late = datetime(2026, 3, 3, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    entered, opened = {WHOLE: {"entered": 1}}, {place("hello"): {"opened": 1, "now": -1}}

    assert by_day(entered, late) == {WHOLE._replace(day="2026-03-02"): {"entered": 1}}
    assert by_day(opened, late) == {}


def test_what_comes_back_to_zero_is_left_out() -> None:
    """A customer who passes through a step within one sum costs no write there for `now`."""
    there, back = committed([], [moved("", "pause")]), committed([], [moved("pause", "")])

    total: Deltas = added([there, back])

    assert total == {place("pause"): {"passed": 1, "ended": 1}}


def test_every_counter_is_explained() -> None:
    """Each counter that can come to be has a sentence on what it means."""
    seen = committed(
        [
            told("entered", holdout=True), told("not_entered"), told("resumed", reason="redriven"),
            told("goal", after_end=True, holdout=True),
            told("entered"),
            *(told("exited", reason=r) for r in ("completed", "failed", "restarted", "redirected", "exit:x")),
            told("exited", reason="stopped"),
            told("sent", "s", "unknown", channel="sms"), told("held", "s"), told("suppressed", "s", "cap"),
            told("timed_out", "s", path="otherwise"), *(told(what, "s") for what in OF_MESSAGES),
            told("migrated", "s", version="v1"),
        ],
        [moved("s", ""), ("welcome", "v2", "s", "")],
    )  # fmt: skip
    whole = {name.split(":")[0] for name in seen[WHOLE]} | set(
        counted(RunChanged("e", AT, RUN, None)).deltas[WHOLE]
    )

    assert {name.split(":")[0] for name in OF_RUNS} == whole | {"active"}
    assert {name.split(".")[0] for name in OF_STEPS} == {
        name.split(".")[0] for name in {**seen[place("s")], **seen[Place("welcome", "v2", "s")]}
    }
