"""Where a journey's `wait_for` steps and scenarios name steps by id, and which verbs those steps must have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import WaitFor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.journey.rules.context import JourneyView
    from sojourn.domain.places import Span

SENDS = ("delivered", "opened", "clicked", "replied", "bounced", "complained")
TASKS = ("completed", "failed", "rescheduled")


@dataclass(frozen=True, slots=True)
class Reference:
    """A step named somewhere.

    Args:
        verb: what it must do for that to make sense, "" for any; said: the word under which it is named.
        in_scenario: whether a scenario names it.
    """

    step: str
    file: str
    span: Span
    verb: str = ""
    said: str = ""
    in_scenario: bool = False


def references_of(view: JourneyView) -> Iterator[Reference]:
    """Yield where steps are named outside jumps and conditions."""
    for node in view.steps_of(WaitFor):
        for release in node.step.wait_for if isinstance(node.step, WaitFor) else ():
            for kind in ("opened", "clicked", "replied"):
                if (step := getattr(release, kind)) is not None:
                    yield Reference(step, view.file, release.place(kind), "send", kind)
    for story in view.folder.scenarios:
        for also in story.scenario.also:
            for kind in (*SENDS, *TASKS):
                if (step := getattr(also, kind)) is not None:
                    verb = "send" if kind in SENDS else "task"
                    yield Reference(step, story.file, also.place(kind), verb, kind, in_scenario=True)
        for step in story.scenario.calls:
            place = story.scenario.key_place("calls", step)
            yield Reference(step, story.file, place, "call", "calls", in_scenario=True)
