"""A law of moving: whoever is moved from a wait to the same wait of a version that says the same notices nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.migrants import Republished

WAITS = st.sampled_from(
    [
        "{{id: {id}, wait: 3 hours}}",
        "{{id: {id}, wait: {{until: '09:00', zone: UTC}}}}",
        "{{id: {id}, wait: {{between: ['10:00', '11:30'], zone: UTC}}}}",
        "{{id: {id}, wait_for: [{{event: did_it, steps: [{{update: {{plan: pro}}}}]}}], up_to: 5 hours}}",
        "{{id: {id}, task: desk, title: Call, up_to: 7 hours}}",
    ]
)
STEPS = st.one_of(WAITS, WAITS, st.just("{{id: {id}, send: hello, via: [email]}}"))
JOURNEYS = st.lists(STEPS, min_size=1, max_size=5)


def _journey(steps: list[str], title: str) -> str:
    told = [step.format(id=f"s{place}") for place, step in enumerate(steps)]
    return f"title: {title}\nenter: {{on: began}}\nsteps: [{', '.join(told)}]"


def _played(steps: list[str], moves: list[int], event: int) -> list[str]:
    """Play a journey for ten days; at these minutes, everybody is moved to where they are, in the other version."""
    story = Republished(_journey(steps, "one"))
    story.happen("began")
    stops = sorted({*((at, "move") for at in moves), (event, "event")})
    for minute, what in stops:
        story.until(f"+{minute}m")
        if what == "event":
            story.happen("did_it")
        elif not hasattr(story, "first"):
            story.publish(_journey(steps, "two"))
            waits = {f"s{n}": {"move": f"s{n}"} for n, step in enumerate(steps) if "send" not in step}
            story.migrate(waits)
    story.until("+10d")
    return story.told("sent", "resumed", "timed_out", "updated", "exited")


@settings(max_examples=60, deadline=None)
@given(JOURNEYS, st.integers(0, 2000), st.integers(0, 2000))
def test_who_is_moved_to_where_they_are_notices_nothing(steps: list[str], move: int, event: int) -> None:
    """Every message, timeout and end comes at the same instant as if nobody had published anything."""
    assert _played(steps, [move], event) == _played(steps, [], event)
