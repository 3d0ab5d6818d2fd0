from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.ledger import Happening
from sojourn.local.report.counters import StepTally
from sojourn.local.report.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def tell(
    what: str, step: str = "", at: timedelta = HOUR * 0, run: str = "r", reason: str = "", **details: Any
) -> Happening:
    return Happening(START + at, "c", "j", "v", run, what, step, reason, details)  # type: ignore[arg-type]


def counted(records: Iterable[Happening]) -> Tally:
    tally = Tally()
    for record in records:
        tally.add(record)
    return tally


def as_bytes(tally: Tally) -> bytes:
    return json.dumps(tally.to_json()).encode()


def step(tally: Tally, name: str) -> StepTally:
    return tally.closed()["j"].steps[name]


def test_a_plain_wait_ends_by_the_clock_without_a_word() -> None:
    """A run is at a wait until it tells of another step; nothing has to say that the wait is over."""
    records = [tell("entered"), tell("waiting", "w", until=START + 2 * HOUR)]

    before = counted(records)
    after = counted([*records, tell("sent", "s", at=2 * HOUR, channel="email")])

    assert (step(before, "w").arrived, step(before, "w").here) == (1, 1)
    assert (step(after, "w").arrived, step(after, "w").here, step(after, "w").left) == (1, 0, 0)


def test_a_run_that_ends_while_it_waits_leaves_from_there() -> None:
    """A goal reached during a wait is neither a passage nor a presence."""
    tally = counted(
        [
            tell("entered"),
            tell("waiting", "w", until=START + 2 * HOUR),
            tell("goal", at=HOUR),
            tell("exited", at=HOUR, reason="goal"),
        ]
    )

    assert (step(tally, "w").arrived, step(tally, "w").here, step(tally, "w").left) == (1, 0, 1)


def test_a_wait_that_was_over_when_the_run_ended_was_passed() -> None:
    """A run whose last step is a wait completes when it ends."""
    tally = counted(
        [
            tell("entered"),
            tell("waiting", "w", until=START + HOUR),
            tell("exited", at=HOUR, reason="completed"),
        ]
    )

    assert (step(tally, "w").here, step(tally, "w").left) == (0, 0)


def test_a_wait_for_without_waiting_is_an_arrival() -> None:
    """An event that came before its wait_for releases it at once: `resumed` without `waiting`."""
    tally = counted([tell("entered"), tell("resumed", "f", path="order"), tell("exited", reason="completed")])

    assert (step(tally, "f").arrived, step(tally, "f").left, step(tally, "f").paths) == (1, 0, {"order": 1})


def test_a_held_send_is_one_visit() -> None:
    """Held, then sent: the customer came once and was there in between."""
    held = [tell("entered"), tell("held", "s", until=START + 8 * HOUR)]

    tally = counted([*held, tell("sent", "s", at=8 * HOUR, channel="sms")])

    assert step(counted(held), "s").here == 1
    assert (step(tally, "s").arrived, step(tally, "s").here, step(tally, "s").channels) == (1, 0, {"sms": 1})


def test_one_send_that_tells_of_two_channels_is_one_visit() -> None:
    """Passed over on one channel and sent on the next, the customer was there once."""
    tally = counted(
        [
            tell("entered"),
            tell("suppressed", "s", reason="consent", message="m"),
            tell("sent", "s", channel="sms"),
        ]
    )

    assert (step(tally, "s").arrived, step(tally, "s").reasons) == (1, {"consent": 1})


def test_going_round_a_loop_is_a_visit_each_time() -> None:
    """The same wait reached three times counts three, also where nothing else is told in between."""
    rounds = [tell("waiting", "w", at=n * HOUR, until=START + (n + 1) * HOUR) for n in range(3)]
    tally = counted([tell("entered"), *rounds])

    assert (step(tally, "w").arrived, step(tally, "w").here) == (3, 1)


def test_in_a_parallel_a_run_is_at_several_steps() -> None:
    """What one path tells does not end the other's wait; a deadline seen from there is not a second visit."""
    tally = counted(
        [
            tell("entered"),
            tell("waiting", "a", until=START + 5 * HOUR),
            tell("waiting", "b", until=START + 9 * HOUR),
            tell("sent", "c", at=HOUR, channel="push"),
        ]
    )
    assert [step(tally, name).here for name in "abc"] == [1, 1, 0]

    tally.add(tell("sent", "d", at=5 * HOUR, channel="push"))
    tally.add(tell("timed_out", "a", at=5 * HOUR, path="otherwise"))

    assert [(step(tally, name).arrived, step(tally, name).here) for name in "abcd"] == [
        (1, 0),
        (1, 1),
        (1, 0),
        (1, 0),
    ]


def test_a_failed_step_was_not_passed() -> None:
    """A run that failed at a step ended there."""
    tally = counted(
        [tell("entered"), tell("failed", "s", reason="boom"), tell("exited", reason="failed: boom")]
    )

    assert (step(tally, "s").left, tally.closed()["j"].exits) == (1, {"failed": 1})


def test_a_goal_after_the_run_counts_by_its_own_details() -> None:
    """Within the window, a late goal belongs to the group and entry that its record names."""
    tally = counted([tell("entered", holdout=True), tell("exited", reason="completed")])

    tally.add(tell("goal", at=30 * HOUR, holdout=True, entered=START))
    tally.add(tell("goal", at=31 * HOUR))

    journey = tally.closed()["j"]
    assert (journey.goals, journey.late_goals) == ({"holdout": 1, "unknown": 1}, 2)
    assert sum(journey.goal_times.values()) == 1


def test_reasons_do_not_carry_customers_values() -> None:
    """A condition with its inputs would be a counter of its own for every customer."""
    tally = Tally()
    for reason in (
        "already_running",
        "again: after 28 days",
        "size(event.items) = 0, wanted > 0",
        "again: after 28 days",
    ):
        tally.add(tell("not_entered", run="", reason=reason))

    assert tally.closed()["j"].not_entered == {
        "already_running": 1,
        "again: after 28 days": 2,
        "condition": 1,
    }


def test_a_task_is_open_until_it_is_told_to_be_over() -> None:
    """Nothing another path tells ends a person's task; its outcome does."""
    tally = counted(
        [tell("entered"), tell("tasked", "t", task="desk"), tell("sent", "s", at=HOUR, channel="sms")]
    )
    assert step(tally, "t").here == 1

    tally.add(tell("resumed", "t", at=2 * HOUR, path="completed"))

    assert (step(tally, "t").here, step(tally, "t").arrived, step(tally, "t").paths) == (
        0,
        1,
        {"completed": 1},
    )


def test_tasks_and_calls_kept_from_a_holdout_are_no_messages() -> None:
    """A holdout's task and webhook are suppressed too, but they are not counted among the messages not sent."""
    tally = counted([tell("entered", holdout=True), tell("suppressed", "t", reason="holdout", task="desk")])

    assert (step(tally, "t").reasons, step(tally, "t").whats) == ({}, {"suppressed": 1})


def test_a_call_is_good_by_its_status() -> None:
    """Only an answer of the two hundreds is a good one; none at all is not."""
    tally = Tally()
    for run, status in (("a", 200), ("b", 299), ("c", 404), ("d", 0)):
        tally.add(tell("entered", run=run))
        tally.add(tell("called", "hook", run=run, status=status))

    assert step(tally, "hook").paths == {"": 2, "otherwise": 2}


def test_a_send_in_doubt_is_sent_and_marked() -> None:
    """A send whose provider never answered counts as sent, and as unknown."""
    tally = counted([tell("entered"), tell("sent", "s", reason="unknown", channel="sms")])

    assert (step(tally, "s").channels, step(tally, "s").reasons) == ({"sms": 1}, {"unknown": 1})


def test_a_cap_says_which() -> None:
    """Whether the cap stands in the reason or beside it, it is counted as itself; other reasons lose their detail."""
    tally = counted(
        [
            tell("entered"),
            tell("suppressed", "a", reason="cap: 3 per 7 days", message="m"),
            tell("suppressed", "b", reason="cap", detail="1 per 1 day, sms", message="m"),
            tell("suppressed", "c", reason="quiet_hours", detail="Asia/Tokyo (customer)", message="m"),
        ]
    )

    found = [step(tally, name).reasons for name in "abc"]
    assert found == [{"cap: 3 per 7 days": 1}, {"cap: 1 per 1 day, sms": 1}, {"quiet_hours": 1}]


def test_ended_runs_are_forgotten(walks: list[list[Happening]]) -> None:
    """Memory holds the runs that are open and no other."""
    tally = counted(record for walk in walks for record in walk)

    open_runs = {
        walk[0].run for walk in walks if walk[0].run and all(record.what != "exited" for record in walk)
    }
    assert set(tally._runs) == open_runs
    assert 0 < len(open_runs) < 60


def test_numbers_add_up_to_what_was_told(walks: list[list[Happening]]) -> None:
    """Counted by hand from all records at once, the same numbers come out."""
    records = [record for walk in walks for record in walk]

    tally = counted(records).closed()["abandoned-cart"]

    mine = [record for record in records if record.journey == "abandoned-cart"]
    whats = [record.what for record in mine]
    assert tally.entered == {"treated": 360, "holdout": 40}
    assert sum(tally.exits.values()) == whats.count("exited")
    assert sum(tally.exits.values()) + tally.running == 400
    assert sum(tally.goals.values()) == whats.count("goal")
    assert sum(s.whats.get("sent", 0) for s in tally.steps.values()) == whats.count("sent")
    bought = tally.steps["bought"]
    through = sum(record.step == "bought" and record.what == "timed_out" for record in mine)
    assert bought.arrived == through + bought.here + bought.left


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), shards=st.integers(1, 5))
def test_neither_interleaving_nor_shards_change_a_byte(
    walks: list[list[Happening]], seed: int, shards: int
) -> None:
    """However runs interleave, and however they are dealt out to shards and merged, the JSON is the same."""
    rng = random.Random(seed)
    expected = as_bytes(counted(record for walk in walks for record in walk))
    some = [(number, record) for number, walk in enumerate(walks) for record in walk]
    turns = [number for number, _ in some]
    rng.shuffle(turns)
    queues = [iter(walk) for walk in walks]

    tallies = [Tally() for _ in range(shards)]
    for number in turns:
        tallies[number % shards].add(next(queues[number]))
    rng.shuffle(tallies)
    merged = Tally()
    for n, tally in enumerate(tallies):
        merged.merge(Tally.from_json(json.loads(as_bytes(tally))) if n % 2 else tally)

    assert as_bytes(merged) == expected


def test_reading_what_was_written_gives_the_same(walks: list[list[Happening]]) -> None:
    """A tally survives its JSON."""
    tally = counted(record for walk in walks for record in walk)

    assert as_bytes(Tally.from_json(json.loads(as_bytes(tally)))) == as_bytes(tally)
