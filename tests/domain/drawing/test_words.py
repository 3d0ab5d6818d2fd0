from __future__ import annotations

from typing import Any

import pytest

from sojourn.domain.drawing.text import clip, text_width, wrap
from sojourn.domain.drawing.words import always_words, edge_words, enter_words, words_of
from sojourn.domain.journey.flow import flow_of
from sojourn.domain.journey.model.journey import Journey


def made(*steps: dict[str, Any], **more: Any) -> Journey:
    return Journey.model_validate({"journey": "j", "enter": {"on": "x"}, "steps": list(steps), **more})


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"wait": "2 hours"}, "wait 2 hours"),
        ({"wait": {"until": "monday 09:00"}}, "wait until monday 09:00"),
        ({"wait": {"until": "09:00", "zone": "Europe/Berlin"}}, "wait until 09:00 (Europe/Berlin time)"),
        ({"wait": {"between": ["22:00", "06:00"], "days": ["mon"]}}, "wait for 22:00 – 06:00 on mon"),
        ({"send": "hi", "via": ["push", "email"]}, "send hi (via push, email)"),
        ({"send": "hi", "when_quiet": "drop"}, "send hi (dropped in quiet hours)"),
        ({"branch": [{"when": "customer.a > 5.0", "steps": []}]}, "customer.a > 5.0 ?"),
        ({"branch": [{"when": "customer.a"}, {"when": "customer.b"}]}, "which path? (the first of 2 that holds)"),
        ({"split": {"a": {"weight": 33.3}, "b": {"weight": 66.7}}}, "split 33.3 / 66.7 (at random)"),
        ({"update": {"a": "high", "b": True}}, "set a = high, b = true"),
        ({"task": "desk", "title": "Call", "up_to": "2 days"}, "Call (for desk, up to 2 days)"),
        ({"call": "https://x.example/hook"}, "call x.example/hook (webhook)"),
        ({"emit": "lost"}, "emit lost"),
        ({"start": "win-back"}, "start win-back (another journey)"),
        ({"goto": "a", "at_most": 3}, "go to a (at most 3 times)"),
        ({"parallel": {"a": [], "b": []}}, "all of these at once (2 paths)"),
        ({"exit": "gone"}, "exit: gone"),
        ({"wait_for": [{"event": "x"}, {"clicked": "s"}, {"entered_segment": "g"}], "up_to": "1 day"},
         "wait for x, s clicked or entering g (up to 1 day)"),
    ],
)  # fmt: skip
def test_steps_in_words(step: dict[str, Any], said: str) -> None:
    """Each verb reads as a marketer would say it."""
    assert words_of(made(step).steps[0]).full == said


def test_ways_in_words() -> None:
    """A way says when it is taken: by a name, a condition, an event, or the time."""
    journey = made(
        {"id": "one", "branch": [{"when": "customer.a", "steps": []}]},
        {"id": "two", "branch": [{"when": "customer.a", "name": "vip"}, {"when": "customer.b"}]},
        {"id": "wait", "wait_for": [{"event": "x"}, {"replied": "s"}], "up_to": "1 day"},
    )
    flow = flow_of(journey)

    said = {
        name: [edge_words(node.step, edge) for edge in flow.out(name)] for name, node in flow.nodes.items()
    }

    assert said == {
        "one": ["yes", "else"],
        "two": ["vip", "when customer.b", "else"],
        "wait": ["x", "a reply to s", "nothing after 1 day"],
    }


@pytest.mark.parametrize(
    ("enter", "said"),
    [
        ({"on": "x", "where": "event.a > 1.0", "holdout": "10%"}, "on x (10 % holdout, where event.a > 1.0)"),
        ({"on": ["x", {"left_segment": "g"}]}, "on x or leaving g"),
        ({"segment": "g"}, "on entering g"),
        ({"on": "api"}, "on a call of the API"),
        ({"schedule": "weekly mon 09:00", "segment": "g"}, "weekly mon 09:00: everyone in g"),
        ({"audience": "people.csv"}, "everyone in people.csv"),
    ],
)
def test_entries_in_words(enter: dict[str, Any], said: str) -> None:
    """Each kind of entry reads as who comes in."""
    assert enter_words(made({"wait": "1 hour"}, enter=enter)).full == said


def test_a_journey_that_nothing_ends_from_outside_says_nothing() -> None:
    """Without goal and while_running there is nothing to tell."""
    assert always_words(made({"wait": "1 hour"})) == ()


@pytest.mark.parametrize(
    "text", ["short", "a longer sentence about carts", "日本語の長い文章がここに入る", "x" * 300]
)
def test_cut_text_fits(text: str) -> None:
    """What is cut is never wider than its room, and text that fits is left alone."""
    cut = clip(text, 12, 120)

    assert text_width(cut, 12) <= 120
    assert cut == text or cut.endswith("…")


def test_text_breaks_at_spaces_and_long_words_at_their_joints() -> None:
    """A line ends at a space where there is one, else after a dot or underscore."""
    assert wrap("one two", 13, 35, 2) == ["one", "two"]
    assert wrap("customer.lifetime_value", 13, 120, 2) == ["customer.", "lifetime_value"]
