from __future__ import annotations

import io

import pytest

from sojourn.cli.progress import Progress
from sojourn.cli.terminal import Terminal, visible


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_colours_are_for_terminals() -> None:
    """The answer is coloured on a terminal and plain in a file."""
    on_screen = Terminal(Screen(), Screen(), {})
    in_file = Terminal(io.StringIO(), Screen(), {})

    assert on_screen.styled("ok", "green") == "\x1b[32mok\x1b[0m"
    assert in_file.styled("ok", "green") == "ok"
    assert in_file.remark("no", "red") == "\x1b[31mno\x1b[0m"


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_can_be_refused(environment: dict[str, str]) -> None:
    """`NO_COLOR` and a dumb terminal get plain text."""
    terminal = Terminal(Screen(), Screen(), environment)

    assert terminal.styled("ok", "green") == "ok"
    assert terminal.remark("no", "red") == "no"


def test_an_empty_no_color_says_nothing() -> None:
    """The convention asks for any text but the empty one."""
    assert Terminal(Screen(), Screen(), {"NO_COLOR": ""}).colour


def test_control_characters_are_written_out() -> None:
    """Bell, escape, carriage return and stray surrogates are shown; lines and letters stay."""
    assert visible("a\x07\x1b[31m\r\udce9\u009bé\n\t") == "a\\x07\\x1b[31m\\r\\udce9\\x9bé\n\t"


def test_a_bar_has_share_rate_and_time_left() -> None:
    """A bar says how far, how fast and how long still, within a line of 79 characters."""
    clock, screen = Clock(), Screen()
    progress = Progress(Terminal(Screen(), screen, {}), 10_000, "customers", clock)

    clock.now = 10.0
    progress.reach(2_500)

    assert screen.getvalue().endswith(
        "━━━━━━──────────────────  25% 2,500 of 10,000 customers, 250/s, 0:30 left"
    )
    assert len(progress.line()) <= 79


def test_a_bar_is_not_drawn_more_often_than_one_can_see() -> None:
    """A thousand steps within one moment draw one bar."""
    clock, screen = Clock(), Screen()
    progress = Progress(Terminal(Screen(), screen, {}), 1_000, "scenarios", clock)

    for _ in range(1_000):
        progress.advance()

    assert screen.getvalue().count("scenarios") == 1


def test_a_bar_leaves_nothing_behind() -> None:
    """Whether the work ends well or not, the line is cleared."""
    clock, screen = Clock(), Screen()

    def stop() -> None:
        with Progress(Terminal(Screen(), screen, {}), 10, "steps", clock) as progress:
            progress.reach(5)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()

    assert screen.getvalue().endswith("\r\x1b[2K")


def test_lines_and_bar_do_not_mix() -> None:
    """Before a line of the answer the bar goes, where both share a screen; a file does not disturb it."""
    clock, shared, alone = Clock(), Screen(), Screen()
    on_screen = Progress(Terminal(shared, shared, {}), 10, "steps", clock)
    beside_file = Progress(Terminal(io.StringIO(), alone, {}), 10, "steps", clock)

    clock.now = 10.0

    for progress in (on_screen, beside_file):
        progress.reach(5)
        progress.make_room()

    assert shared.getvalue().endswith("\r\x1b[2K")
    assert alone.getvalue().endswith("5 of 10 steps, 0.5/s, 0:10 left")


def test_no_bar_where_there_is_no_terminal() -> None:
    """A file of remarks gets no bar."""
    remarks = io.StringIO()

    with Progress(Terminal(Screen(), remarks, {}), 10, "steps", Clock()) as progress:
        progress.reach(5)

    assert remarks.getvalue() == ""
