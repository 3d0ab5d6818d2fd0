"""A journey is paused and resumed on moto's interpreter as on ours: machines that begin at any step among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sojourn.local.world import World
from tests.support.publishers import Published

if TYPE_CHECKING:
    from sojourn.local.scenario import MakeWorld
    from tests.support.moto_world import MotoWorlds

STORIES = {
    "waits and messages": """
enter: {on: began}
steps:
  - wait: 3 hours
  - branch: [{when: customer.plan == "pro", steps: [{exit: pro}]}]
  - {id: s, send: hello, via: [email]}
  - {id: w, wait_for: [{event: did_it, steps: [{exit: did}]}], up_to: 5 hours}
  - wait: 2 hours
  - {id: t, send: hello, via: [sms]}
""",
    "paths side by side": """
enter: {on: began}
steps:
  - wait: 3 hours
  - parallel:
      a: [{id: s, send: hello, via: [email]}, {wait: 1 hour}]
      b: [{id: d, task: desk, title: Call, up_to: 2 days}]
  - {id: t, send: hello, via: [sms]}
""",
}
MOMENTS = ("+2h", "+4h", "+30h", "+33h", "+60h")
"""When it is paused, and resumed, and so on; the customer does what is waited for half an hour after the last."""

_FIRST = re.compile(r"\+3h held (s|d) paused")


def _played(journey: str, how: tuple[bool, str], make_world: MakeWorld = World) -> list[str]:
    still, due = how
    story = Published(journey, make_world=make_world)
    story.happen("began")
    for number, moment in enumerate(MOMENTS[:4]):
        story.until(moment)
        story.resume(due=due) if number % 2 else story.pause(still=still)
    story.until(MOMENTS[4])
    story.happen("did_it")
    story.until("+10d")
    # Of paths that fall due in the same instant, whichever comes first tells that the run is put off.
    return sorted("+3h held paused" if _FIRST.fullmatch(line) else line for line in story.told())


@pytest.mark.parametrize("journey", STORIES.values(), ids=STORIES)
@pytest.mark.parametrize(("still", "due"), [(True, "send"), (False, "send"), (False, "drop")])
def test_both_interpreters_tell_the_same_story(moto: MotoWorlds, journey: str, still: bool, due: str) -> None:
    """To the minute: where a run went on, when it was put off, what was sent and what was not."""
    ours = _played(journey, (still, due))
    moto.patience = 1.0

    theirs = _played(journey, (still, due), moto)
    if (
        theirs != ours
    ):  # on a busy machine a thread of moto's may be overlooked: a true difference shows again
        moto.patience = 10.0
        theirs = _played(journey, (still, due), moto)

    assert theirs == ours
    assert any("paused" in one for one in ours)
