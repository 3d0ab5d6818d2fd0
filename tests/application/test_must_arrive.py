"""A pause is resumed with `drop`: advertising is dropped, and what must arrive goes out all the same."""

from __future__ import annotations

import pytest

from tests.support.publishers import Published

RECEIPT = """
kind: {kind}
enter: {{on: began}}
steps:
  - wait: 1 hour
  - {{id: s, send: hello, delivery: {delivery}, otherwise: [{{exit: unsent}}]}}
  - {{id: a, task: desk, title: Call, up_to: 2 days, otherwise: [{{exit: undone}}]}}
"""
PATHS = """
kind: {kind}
enter: {{on: began}}
steps:
  - parallel:
      a: [{{wait: 1 hour}}, {{id: s, send: hello, delivery: {delivery}}}]
      b: [{{wait: 2 hours}}, {{id: d, task: desk, title: Call, up_to: 10 days}}]
  - {{exit: end}}
"""


def dropped(journey: str) -> Published:
    """Return a journey of which something fell due in a pause that was resumed with `drop`."""
    story = Published(journey)
    story.happen("began")
    story.pause()
    story.until("+5d")
    story.resume(due="drop")
    story.until("+20d")
    return story


def test_a_transactional_message_and_its_task_arrive() -> None:
    """A receipt is no advertising: who drops what fell due does not mean it."""
    story = dropped(RECEIPT.format(kind="transactional", delivery="at_most_once"))

    assert story.told("sent", "tasked", "suppressed") == ["+5d sent s", "+5d tasked a"]


def test_what_its_author_wants_to_arrive_does() -> None:
    """Of a marketing journey it is the one message that says so; the task beside it is dropped."""
    story = dropped(RECEIPT.format(kind="marketing", delivery="at_least_once"))

    assert story.told("sent", "tasked", "suppressed") == ["+5d sent s", "+5d suppressed a paused"]


@pytest.mark.parametrize(
    ("kind", "delivery", "told"),
    [
        ("transactional", "at_most_once", ["+5d tasked d", "+5d 1h sent s"]),
        ("marketing", "at_least_once", ["+5d suppressed d paused", "+5d 1h sent s"]),
        ("marketing", "at_most_once", ["+5d suppressed d paused", "+5d 1h suppressed s paused"]),
    ],
)
def test_in_paths_side_by_side_it_is_the_same(kind: str, delivery: str, told: list[str]) -> None:
    """There a send is held where it is, and a task was begun without being raised."""
    story = dropped(PATHS.format(kind=kind, delivery=delivery))

    assert story.told("sent", "tasked", "suppressed") == told
