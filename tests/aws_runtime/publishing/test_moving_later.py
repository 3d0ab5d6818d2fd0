"""Runs that AWS is too busy for: they are tried again, then by themselves, and named at last."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.application.publishing import DONE, RUNNING
from sojourn.aws_runtime.publishing import strands
from sojourn.aws_runtime.publishing.moving import A_MINUTE, LATER_AFTER
from sojourn.aws_runtime.publishing.strands import AGAIN, END, GO, LATER, Strand, so_far
from tests.support.control_room import ControlRoom, Died, control_room
from tests.support.movements import EVERYBODY, FakeMovement, begun, carried_on

ALWAYS = 99
PHASES = (GO, AGAIN, END)


def test_who_is_busy_both_times_is_tried_by_himself_later(room: ControlRoom) -> None:
    """Twice, minutes apart, and nobody else with him; who is busy then too is named, with why."""
    movement = FakeMovement(fails=Counter({"welcome-001": 1, "welcome-002": 3, "welcome-003": ALWAYS}))
    operation_id = begun(room, movement)
    at = room.at

    room.work(200)

    operation = room.operation(operation_id)
    # Once with all others the second time; once by himself the third; never.
    assert [movement.moved[f"welcome-00{number}"] for number in (1, 2, 3)] == [1, 1, 0]
    assert ALWAYS - movement.fails["welcome-003"] == 2 + len(LATER_AFTER)
    assert max(movement.moved.values()) == 2
    assert [one["what"] for one in operation.failures] == ["welcome"]
    assert (operation.state, operation.failed, operation.done) == (DONE, 1, 80)
    assert operation.result == {"runs": {"goes_on": 79}}
    assert (room.at - at).total_seconds() >= A_MINUTE + sum(LATER_AFTER)


def test_how_far_it_is_is_told_once_all_were_gone_through(room: ControlRoom) -> None:
    """Nobody thinks that it hangs while it looks once more, or tries those that AWS was too busy for."""
    movement = FakeMovement(fails=Counter({"welcome-002": 3}))
    operation_id = begun(room, movement)
    told = []

    while room.queue:
        room.work_once()
        operation = room.operation(operation_id)
        if operation.state == RUNNING and operation.result and operation.result not in told:
            told.append(operation.result)

    assert told == [
        {"runs": {"goes_on": 79}, "once_more": True},
        {"runs": {"goes_on": 79}, "busy": 1},
    ]
    assert room.operation(operation_id).result == {"runs": {"goes_on": 80}}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whoever_dies_while_they_are_tried_leaves_nobody_out(*, after: bool) -> None:
    """They stand in the row of their strand until they are through."""
    for number in range(1, 40, 5):
        with control_room() as room:
            movement = FakeMovement(fails=Counter({"welcome-002": 3, "welcome-010": 2}))
            operation_id = begun(room, movement)
            while room.operation(operation_id).result.get("busy") is None:
                room.work_once()
            room.calls, room.dies_at, room.after = 0, number, after

            with suppress(Died):
                room.work(200)
            room.dies_at = 0
            room.work(200)

            assert room.operation(operation_id).state == DONE, number
            assert room.operation(operation_id).failed == 0, number
            assert set(movement.moved) == EVERYBODY, number


def test_time_that_runs_out_meanwhile_is_no_round(room: ControlRoom) -> None:
    """Each of them is tried once a round, however many turns the round takes."""
    busy = ("welcome-002", "welcome-010", "welcome-018")
    movement = FakeMovement(fails=Counter(dict.fromkeys(busy, ALWAYS)))
    operation_id = begun(room, movement)
    while room.operation(operation_id).result.get("busy") is None:
        room.work_once()
    asked = [0]

    def seconds() -> float:
        asked[0] += 1
        return 300.0 if asked[0] % 2 else 0.0

    carried_on(room, seconds)

    assert {ALWAYS - movement.fails[one] for one in busy} == {2 + len(LATER_AFTER)}
    assert room.operation(operation_id).failed == len(busy)


def test_no_more_are_kept_than_a_row_has_room_for(room: ControlRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is about so many, the rest is named at once."""
    monkeypatch.setattr(strands, "MOST_BUSY", 1)
    busy = ("welcome-002", "welcome-010", "welcome-018")
    movement = FakeMovement(fails=Counter(dict.fromkeys(busy, 3)))
    operation_id = begun(room, movement)

    room.work(200)

    operation = room.operation(operation_id)
    assert (operation.failed, movement.moved["welcome-002"], operation.state) == (2, 1, DONE)


PLACES = st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5)), max_size=3)


@given(
    st.sampled_from([GO, AGAIN, LATER, END]), st.text(max_size=5),
    st.dictionaries(st.text(max_size=5), st.integers(1, 9)), PLACES, PLACES, st.integers(0, 2),
)  # fmt: skip
def test_a_strand_is_read_as_it_was_written(
    phase: str,
    after: str,
    told: dict[str, int],
    left: list[tuple[str, str, str]],
    busy: list[tuple[str, str, str]],
    rounds: int,
) -> None:
    """Whoever takes it up knows what its last keeper knew."""
    strand = Strand(phase, "j", after, told, (1, 2), tuple(left), tuple(busy), rounds)

    assert Strand.from_text(strand.to_text()) == strand


def test_a_strand_of_an_earlier_release_is_read() -> None:
    """What is under way when a new release comes goes on."""
    text = '{"phase":"again","journey":"j","after":"a","told":{"moved":2},"counts":[]}'

    assert Strand.from_text(text) == Strand(AGAIN, "j", "a", {"moved": 2})


@given(PLACES, st.integers(0, 3))
def test_a_strand_comes_to_its_end(busy: list[tuple[str, str, str]], most: int) -> None:
    """Whatever stays busy: after so many rounds it is over, and what is kept goes into the next round whole."""
    strand, seen = Strand(GO), [GO]

    while strand.phase != END:
        kept = tuple(busy) if strand.phase != GO else ()
        before = Strand(strand.phase, "j", "a", {}, (), (), kept, strand.rounds)
        strand = before.through(PHASES, most)
        seen.append(strand.phase)
        assert strand.left == (kept if strand.phase == LATER else ())
        assert (strand.journey, strand.after) == ("", "")

    assert seen == [GO, AGAIN, *[LATER] * (most if busy else 0), END]


def test_nothing_is_told_before_all_strands_were_through_once() -> None:
    """One that has not even begun counts as well."""
    through = Strand(AGAIN, told={"moved": 1, "nothing": 4})

    assert so_far([through, None]) is None
    assert so_far([through, Strand(GO)]) is None
    assert so_far([through, Strand(END, told={"moved": 2})]) == {"runs": {"moved": 3}, "once_more": True}
