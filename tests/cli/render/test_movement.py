"""How far an operation is that goes through customers' runs, for who lists it and who waits for it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.application.publishing import CANCELLED, DONE, QUEUED, RUNNING, Operation
from sojourn.cli.following import followed
from sojourn.cli.progress import Progress
from sojourn.cli.render.operation import listed, page
from sojourn.cli.render.spoken import Spoken
from sojourn.cli.terminal import Terminal
from tests.cli.test_terminal import Screen

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)
BEGUN = Operation("op-1", "migrate", "ana", AT, "welcome", state=RUNNING, total=120)
LOOKING = "looking once more for any that came meanwhile"
MORE: dict[str, Any] = {"runs": {"moved": 118}, "once_more": True}
BUSY: dict[str, Any] = {"runs": {"moved": 118}, "busy": 2}


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"state": QUEUED, "total": None}, "waits for its turn"),
        ({}, "under way, 0 of about 120 done"),
        ({"done": 40, "failed": 1}, "under way, 40 of about 120 done, 1 failed"),
        ({"done": 123}, "under way, 123 of about 123 done"),
        ({"done": 7, "total": 0}, "under way, 7 done"),
        ({"done": 120, "result": MORE}, f"under way, 120 done, {LOOKING}"),
        ({"done": 120, "result": BUSY}, "under way, 120 done, trying 2 once more that AWS was too busy for"),
        ({"done": 123, "state": DONE, "result": {"runs": {}}}, "done, 123 done"),
        ({"done": 40, "state": CANCELLED, "result": MORE}, "cancelled, 40 done"),
    ],
)
def test_how_far_it_is(now: dict[str, Any], said: str) -> None:
    """How many there are is not known better than about, and is no matter once all are done."""
    assert next(listed(replace(BEGUN, **now), Spoken())) == f"move customers of welcome: {said}"


def test_all_there_is_to_say_of_one_under_way() -> None:
    """What became of customers so far is told in words, and how fast it may go."""
    told = list(page(replace(BEGUN, done=120, result=BUSY, asked={"rate": 2.5}), Spoken()))

    assert any(line.endswith("2.5 customers a second at most") for line in told)
    assert [line for line in told if line.startswith("  118")] == [
        "  118 customers go on in the other version"
    ]
    assert not any("once more:" in line or "busy:" in line for line in told)


def waited(err: io.StringIO, *steps: Operation) -> str:
    """Wait for an operation that is so at each look; return what was said."""
    left = [*steps, replace(BEGUN, state=DONE)]
    followed(lambda _: left.pop(0), BEGUN, Terminal(io.StringIO(), err, {}), " --stage prod", lambda _: None)
    return err.getvalue()


def test_whoever_waits_is_told_why_it_goes_on_once_all_were_gone_through() -> None:
    """Once each: nobody thinks that it hangs in the minute until it looks once more."""
    through, busy = replace(BEGUN, done=120, result=MORE), replace(BEGUN, done=120, result=BUSY)

    said = waited(io.StringIO(), BEGUN, through, through, busy, busy)

    assert said.splitlines() == [
        "all 120 were gone through; in a minute it looks once more for any that came meanwhile",
        "AWS was too busy for 2 customers: they are tried again, twice, within a quarter of an hour",
    ]


def test_a_terminal_shows_what_it_does_then() -> None:
    """In place of a bar that is full."""
    said = waited(Screen(), replace(BEGUN, done=60), replace(BEGUN, done=120, result=MORE))

    assert " 50% 60 of about 120 customers" in said
    assert f"{LOOKING} …" in said


def test_one_customer_is_one() -> None:
    """Also where AWS was too busy for nobody else."""
    one = replace(BEGUN, done=1, total=1)

    said = waited(io.StringIO(), replace(one, result=MORE), replace(one, result={"busy": 1}))

    assert said.splitlines() == [
        "the only one was gone through; in a minute it looks once more for any that came meanwhile",
        "AWS was too busy for 1 customer: they are tried again, twice, within a quarter of an hour",
    ]


def test_a_bar_never_says_more_of_less() -> None:
    """Who came meanwhile is counted too."""
    progress = Progress(Terminal(io.StringIO(), Screen(), {}), 120, "customers", lambda: 1.0, about=True)

    progress.reach(123)

    assert "100% 123 of about 123 customers" in progress.line()
