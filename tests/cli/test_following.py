from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sojourn.application.publishing import DONE, QUEUED, RUNNING, WAITING, Operation
from sojourn.cli.following import followed
from sojourn.cli.terminal import Terminal
from tests.cli.test_terminal import Screen

BEGUN = Operation("op-1", "publish", "ana", datetime(2026, 3, 6, tzinfo=UTC))


class Looking:
    """Somebody who looks again and again; each look finds the next of these."""

    def __init__(self, *found: Operation | None) -> None:
        self.found = list(found)
        self.slept: list[float] = []

    def look(self, id_: str) -> Operation | None:
        assert id_ == BEGUN.id
        return self.found.pop(0) if len(self.found) > 1 else self.found[0]


def follow(
    looking: Looking, err: io.StringIO | None = None, sleep: Callable[[float], None] | None = None
) -> Operation:  # fmt: skip
    terminal = Terminal(io.StringIO(), err or io.StringIO(), {})
    return followed(looking.look, BEGUN, terminal, " --stage prod", sleep or looking.slept.append)


@pytest.mark.parametrize("state", [DONE, WAITING])
def test_what_is_over_or_waits_is_not_waited_for(state: str) -> None:
    """It is looked at once."""
    looking = Looking(replace(BEGUN, state=state))

    assert (follow(looking).state, looking.slept) == (state, [])


def test_what_waits_until_somebody_resumes_a_journey_is_not_waited_for() -> None:
    """That may be weeks."""
    waits = {"waits": {"entries": "paused", "since": "", "by": "kim", "reason": ""}}
    looking = Looking(replace(BEGUN, state=RUNNING), replace(BEGUN, state=RUNNING, result=waits))

    assert follow(looking).waits_for["by"] == "kim"
    assert len(looking.slept) == 1


def test_it_is_looked_at_until_it_is_over() -> None:
    """Soon at first, then less often; what cannot be found for once is looked for again."""
    looking = Looking(*[replace(BEGUN, state=RUNNING)] * 11, None, replace(BEGUN, state=DONE))

    assert follow(looking).state == DONE
    assert looking.slept == [*[0.5] * 10, *[2.0] * 2]


def test_a_terminal_is_shown_how_far_it_is() -> None:
    """A word at first, then a bar; nothing of it stays, and nothing is drawn elsewhere."""
    on_screen, in_file = Screen(), io.StringIO()
    steps = (
        BEGUN, replace(BEGUN, state=RUNNING), replace(BEGUN, state=RUNNING, done=1, total=4),
        replace(BEGUN, state=DONE),
    )  # fmt: skip

    follow(Looking(*steps), on_screen)
    follow(Looking(*steps), in_file)

    shown = on_screen.getvalue()
    assert "waiting for its turn …" in shown
    assert "working …" in shown
    assert " 25% 1 of 4 state machines" in shown
    assert shown.endswith("\r\x1b[2K")
    assert in_file.getvalue() == ""


def test_what_nobody_takes_up_is_told_once() -> None:
    """After a minute: somebody should look why."""
    err = io.StringIO()
    looking = Looking(*[replace(BEGUN, state=QUEUED)] * 60, replace(BEGUN, state=DONE))

    follow(looking, err)

    assert err.getvalue().count("nobody has taken it up") == 1


def test_whoever_has_enough_is_told_that_it_goes_on() -> None:
    """Ctrl-C ends the waiting, and not the operation."""
    err = io.StringIO()

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow(Looking(BEGUN), err, interrupted)

    assert "it goes on without you: `sojourn operations op-1 --stage prod`" in err.getvalue()
