"""An event that does more than one commit takes is done in parts: all of it, once, in its order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.acting import LIMITS
from sojourn.application.enrol import EntryEvent
from sojourn.application.route import Incoming, enter_by_api, route
from sojourn.domain.customer.rows import Change, CustomerFile, Event, changed
from sojourn.domain.decide.entering import MOST_RUNS
from sojourn.errors import TooLarge, TransientError
from tests.support.engine_room import Crash, Room

MANY = 2 * LIMITS[0] + 20
KEYED = """
enter: {on: began, key: event.ref, again: always}
goal: {event: did_it}
while_running: [{on: stopped, do: exit}, {on: again, do: restart}]
steps: [{wait: 1 day}, {id: s, send: hello, via: [email]}]
"""
ENTERED_TOO = """
enter: {on: stopped, again: always}
steps: [{wait: 1 day}]
"""


def room_with_runs(count: int = MANY) -> Room:
    """Let ana be in so many runs of the first journey."""
    room = Room(KEYED, ENTERED_TOO)
    for number in range(count):
        room.happen("began", f"e{number}", ref=f"r{number}")
    room.customers.asked.clear()
    room.happened.clear()
    return room


def standing(room: Room) -> dict[str, Any]:
    """Return what came of it: how runs ended, what was told and stopped, and that nothing is left."""
    file = room.customers.load("ana")
    return {
        "runs": {key: (run.status, run.exit_reason) for key, run in file.runs.items()},
        "told": sorted((one.what, one.journey, one.run) for one in room.happened),
        "stopped": set(room.executions.stopped),
        "started": set(room.executions.started),
        "left": file.unfinished,
    }


def test_what_fits_one_commit_is_one_commit() -> None:
    """Nothing is written twice for those who are in a few runs, which is nearly everybody."""
    room = room_with_runs(30)

    room.happen("stopped", "s1")

    assert room.customers.asked == ["load", "commit"]


def test_what_does_not_fit_is_written_in_parts() -> None:
    """Every run ends once, its execution is stopped, the other journey is entered, and nothing is left to be done."""
    room = room_with_runs()

    assert room.happen("stopped", "s1") is True

    found = standing(room)
    ended = [how for (journey, _), how in found["runs"].items() if journey == "j"]
    assert ended == [("ended", "exit:stopped")] * MANY
    assert [what for what, journey, _ in found["told"] if journey == "k"] == ["entered", "waiting"]
    assert (len(found["stopped"]), found["left"]) == (MANY, None)
    assert room.customers.asked.count("commit") == 3


@pytest.mark.parametrize("event", ["stopped", "again", "did_it"])
@pytest.mark.parametrize("commit", range(3))
@pytest.mark.parametrize("written", [True, False])
def test_a_crash_between_parts_loses_nothing_and_repeats_nothing(
    event: str, commit: int, *, written: bool
) -> None:
    """The second delivery goes on where the first died: the same comes of it as without a crash."""
    smooth, rough = room_with_runs(), room_with_runs()
    smooth.happen(event, "s1")
    die_at(rough, commit, written=written)

    with pytest.raises(Crash):
        rough.happen(event, "s1")
    rough.happen(event, "s1")

    found, wanted = standing(rough), standing(smooth)
    if event == "again":
        # A run that was begun again has its row no more, so that what died before stopping it does not: its next task
        # finds no run, and ends by itself.
        assert found.pop("stopped") <= wanted.pop("stopped")
    assert found == wanted


def die_at(room: Room, commit: int, *, written: bool) -> None:
    """Let the process die at a commit, before it is written or just after."""
    real = room.customers.commit
    seen = 0

    def commit_or_die(file: CustomerFile, change: Change) -> CustomerFile:
        nonlocal seen
        seen += 1
        if seen == commit + 1 and not written:
            raise Crash
        after = real(file, change)
        if seen == commit + 1:
            raise Crash
        return after

    room.customers.commit = commit_or_die  # type: ignore[method-assign]


def test_another_event_waits_until_it_is_done() -> None:
    """Events of one customer act in their order: what one has left to be done is done before the next."""
    room = room_with_runs()
    die_at(room, 1, written=True)
    with pytest.raises(Crash):
        room.happen("stopped", "s1")

    room.happen("began", "e-next", ref="r0")

    file = room.customers.load("ana")
    assert file.unfinished is None
    assert file.runs[("j", "r0")].entry_id == "e-next"
    assert [run.status for (journey, key), run in file.runs.items() if journey == "j" and key != "r0"] == (
        ["ended"] * (MANY - 1)
    )


def test_somebody_else_may_write_between_parts() -> None:
    """A task of one of the runs writes meanwhile; what was done is not done again."""
    room = room_with_runs()

    def touch() -> None:
        file = room.customers.load("ana")
        room.customers.asked.append("touched")
        type(room.customers).__mro__[1].commit(room.customers, file, Change(profile=file.profile))  # type: ignore[attr-defined]

    room.customers.meanwhile = [None, touch]

    assert room.happen("stopped", "s1") is True
    told = [one.run for one in room.happened if one.what == "exited"]
    assert len(told) == len(set(told)) == MANY
    assert room.customers.load("ana").unfinished is None


def test_rows_that_are_too_large_are_written_a_few_at_a_time() -> None:
    """A transaction has a limit of bytes besides that of rows."""
    room = room_with_runs(60)
    real = room.customers.commit

    def narrow(file: CustomerFile, change: Change) -> CustomerFile:
        if len(change.runs) > 10:
            raise TooLarge("too many bytes")
        return real(file, change)

    room.customers.commit = narrow  # type: ignore[method-assign]

    assert room.happen("stopped", "s1") is True
    assert standing(room)["left"] is None
    assert not any(
        run.active for (journey, _), run in room.customers.load("ana").runs.items() if journey == "j"
    )


def test_what_no_commit_takes_is_given_up_and_holds_nobody_up() -> None:
    """One row is too large: the event is a dead letter with its reason, what it says of the customer is written, and
    the next event acts.
    """
    room = room_with_runs(3)
    real = room.customers.commit

    def narrow(file: CustomerFile, change: Change) -> CustomerFile:
        if any(key == ("j", "r1") and not run.active for key, run in change.runs.items()):
            raise TooLarge("this run's row is too large")
        return real(file, change)

    room.customers.commit = narrow  # type: ignore[method-assign]
    with pytest.raises(TooLarge, match="this run's row"):
        room.happen("stopped", "s1", {"plan": "none"})

    file = room.customers.load("ana")
    assert (file.unfinished, file.profile.attributes["plan"]) == (None, "none")
    room.customers.commit = real  # type: ignore[method-assign]
    room.happen("did_it", "d1")
    assert not any(
        run.active for (journey, _), run in room.customers.load("ana").runs.items() if journey == "j"
    )


def test_segment_changes_act_in_parts_as_well() -> None:
    """Whom a change of a segment enters into many journeys enters all of them, once."""
    many = LIMITS[0] + 30
    journeys = ["enter: {on: {entered_segment: pros}, again: always}\nsteps: [{wait: 1 day}]\n"] * many
    room = Room(*journeys)

    room.happen("began", "e1", {"plan": "pro"}, ref="r")

    file = room.customers.load("ana")
    assert (len(file.runs), file.unfinished) == (many, None)
    assert [len(list(room.customers.events("ana", name))) for name in ("began", "segment_entered")] == [1, 1]


def test_a_table_that_is_busy_between_parts_is_asked_again() -> None:
    """What is transient is raised: the message comes again, and goes on."""
    room = room_with_runs()
    real, busy = room.customers.commit, [False, True]

    def commit(file: CustomerFile, change: Change) -> CustomerFile:
        if busy and busy.pop(0):
            raise TransientError("busy")
        return real(file, change)

    room.customers.commit = commit  # type: ignore[method-assign]
    with pytest.raises(TransientError):
        room.happen("stopped", "s1")
    room.happen("stopped", "s1")

    assert standing(room)["left"] is None
    assert len([one for one in room.happened if one.what == "exited"]) == MANY


def test_whoever_writes_between_parts_holds_nothing_up() -> None:
    """A task of theirs writes before every part: attempts are counted anew with each part that is written."""
    room = room_with_runs(8 * LIMITS[0])
    real, turn = room.customers.commit, [0]

    def overtaken(file: CustomerFile, change: Change) -> CustomerFile:
        turn[0] += 1
        if turn[0] % 2:
            now = MemoryCustomers.load(room.customers, file.profile.id)
            MemoryCustomers.commit(room.customers, now, Change(profile=now.profile))
        return real(file, change)

    room.customers.commit = overtaken  # type: ignore[method-assign]

    assert room.happen("stopped", "s1") is True
    assert len([one for one in room.happened if one.what == "exited"]) == 8 * LIMITS[0]


def test_what_must_follow_follows_the_last_part() -> None:
    """No execution is stopped or started before all is written: its first task would be in the way of the parts."""
    room = room_with_runs()
    real, stopped = room.customers.commit, []

    def commit(file: CustomerFile, change: Change) -> CustomerFile:
        stopped.append(len(room.executions.stopped))
        return real(file, change)

    room.customers.commit = commit  # type: ignore[method-assign]
    room.happen("stopped", "s1")

    assert stopped == [0, 0, 0]
    assert len(room.executions.stopped) == MANY


def test_somebody_elses_leftover_is_given_up_and_the_event_at_hand_acts() -> None:
    """What no commit takes shares its fate with nobody."""
    room = room_with_runs()
    real = room.customers.commit
    die_at(room, 1, written=False)
    with pytest.raises(Crash):
        room.happen("stopped", "s1")

    def narrow(file: CustomerFile, change: Change) -> CustomerFile:
        if any(run.exit_reason == "exit:stopped" for run in change.runs.values()):
            raise TooLarge("a row is too large by now")
        return real(file, change)

    room.customers.commit = narrow  # type: ignore[method-assign]

    assert room.happen("did_it", "d1") is True
    file = room.customers.load("ana")
    assert file.unfinished is None
    assert not any(run.active for (journey, _), run in file.runs.items() if journey == "j")


def test_a_run_that_breaks_keeps_nobody_from_being_heard() -> None:
    """The event fails and comes again; who takes a consent back is messaged no more all the same."""
    room = room_with_runs(3)
    catalogue = room.engine.catalogue

    class Forgetful:
        def __getattr__(self, name: str) -> Any:
            return getattr(catalogue, name)

        def version(self, journey: str, version: str) -> Any:
            raise LookupError(journey)

    engine = replace(room.engine, catalogue=Forgetful())
    event = Event("u1", "unsubscribed", room.clock.at, {"topic": "news", "channel": "email"})

    with pytest.raises(LookupError):
        route(engine, Incoming("ana", event))

    assert room.customers.load("ana").profile.consents == {("news", "email"): False}
    assert room.happen("unsubscribed", "u1", topic="news", channel="email") is True


def test_more_segment_changes_than_one_commit_takes_are_written_in_parts() -> None:
    """Nobody waits for them, and no journey is needed."""
    many = LIMITS[0] + 40
    segments = "".join(f'pros{number}: {{when: customer.plan == "pro"}}\n' for number in range(many))
    room = Room("enter: {on: began}\nsteps: [{wait: 1 day}]", segments=segments)

    room.happen("began", "e1", {"plan": "pro"})

    file = room.customers.load("ana")
    assert (len(file.profile.segments), file.unfinished) == (many, None)
    assert len(room.customers.events("ana", "segment_entered")) == many


def test_who_enters_directly_enters_after_what_was_left() -> None:
    """A run that begins now is not ended by what happened before it."""
    room = room_with_runs()
    die_at(room, 1, written=True)
    with pytest.raises(Crash):
        room.happen("stopped", "s1")
    room.clock.pass_by(minutes=1)

    assert enter_by_api(room.engine, "ana", "j", EntryEvent("api", "a1", {"ref": "direct"}))

    file = room.customers.load("ana")
    assert file.unfinished is None
    assert file.runs[("j", "direct")].active


def test_one_more_run_than_there_may_be_is_not_entered_until_one_has_ended() -> None:
    """So whoever makes up keys cannot make a customer's rows too many to read; other journeys are open to them."""
    room = room_with_runs(2)
    run = room.customers.load("ana").runs["j", "r1"]
    more = [changed(run, id=f"j-{number}", key=f"k{number}") for number in range(MOST_RUNS - 2)]
    room.customers.commit(
        room.customers.load("ana"), Change(runs={(one.journey, one.key): one for one in more})
    )

    room.happen("began", "more", ref="more")
    room.happen("began", "known", ref="r1")
    told = [(one.what, one.reason) for one in room.happened]
    room.happen("did_it", "goal")
    room.happen("began", "later", ref="more")

    assert told == [("not_entered", "too_many_runs"), ("not_entered", "already_running")]
    assert room.customers.load("ana").runs["j", "more"].active
