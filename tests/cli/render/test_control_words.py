from __future__ import annotations

import pytest

from sojourn.cli.render.control_words import control_said, published_said, state_of, who
from sojourn.cli.render.spoken import Spoken
from sojourn.domain.control import Control


@pytest.mark.parametrize(
    ("caller", "said"),
    [
        ("arn:aws:iam::111122223333:user/kim", "kim"),
        ("arn:aws:iam::111122223333:user/marketing/kim", "kim"),
        ("arn:aws:sts::111122223333:assumed-role/Publisher/kim@shop.example",
         "kim@shop.example (the role Publisher)"),
        ("arn:aws:iam::111122223333:root", "the account 111122223333 itself"),
        ("register", "register"),
    ],
)  # fmt: skip
def test_whoever_called_goes_by_name(caller: str, said: str) -> None:
    """A person's name is the last part of what they called under; with a role, under which."""
    assert who(caller) == said


@pytest.mark.parametrize(
    ("control", "state"),
    [
        (Control(), ""),
        (Control(entries="paused"), "entries paused"),
        (Control(sends="paused"), "sends paused"),
        (Control(entries="paused", sends="paused"), "paused"),
        (Control(entries="stopped"), "stopped"),
        (Control(entries="stopped", sends="paused"), "stopped, sends paused"),
        (Control(entries="stopped", sends="paused", runs="end"), "stopped"),
    ],
)
def test_how_a_journey_stands_in_a_word(control: Control, state: str) -> None:
    """For a table; in full it is said elsewhere, and nothing is said of a journey that was told nothing."""
    assert state_of(control) == state
    assert bool(control_said(control, Spoken())) == bool(state)


def test_who_cannot_come_to_an_end_is_told_of() -> None:
    """A journey that was stopped while its messages are paused empties once they go out again."""
    said = control_said(Control(entries="stopped", clocks="still"), Spoken())

    assert said.endswith("whoever is in it comes to their end once messages go out again.")


def test_a_version_of_which_nobody_noted_who_published_it() -> None:
    """Nothing is said of it."""
    assert published_said(None, Spoken()) == ""
