"""Whoever is moved between versions, there and back, at any instant: counters add up, and everybody comes to an end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from sojourn.adapters.dynamodb.stream import committed
from sojourn.application.counting import added, counted
from sojourn.domain.ledger import Happening
from sojourn.local.deployment import Deployment
from sojourn.local.world import World
from tests.properties.test_counters_add_up import WritingCustomers
from tests.support.migrants import Republished
from tests.support.recounted import Came, recomputed, without_days, without_moves

PATHS = "a: [{{wait: 4 hours}}, {{send: hello, via: [sms]}}], b: [{{wait_for: [{{event: did_it}}], up_to: 6 hours}}]"
LEAVES = st.sampled_from(
    [
        "{{id: {id}, wait: 3 hours}}",
        "{{id: {id}, wait: {{until: '09:00', zone: UTC}}}}",
        "{{id: {id}, wait_for: [{{event: did_it, steps: [{{update: {{plan: pro}}}}]}}], up_to: 5 hours}}",
        "{{id: {id}, task: desk, title: Call, up_to: 7 hours}}",
        "{{id: {id}, send: hello, via: [email]}}",
        "{{id: {id}, update: {{plan: free}}}}",
        "{{id: {id}, branch: [{{when: 'customer.plan == \"pro\"', steps: [{{wait: 1 hour}}]}}]}}",
        "{{id: {id}, split: {{a: {{weight: 50, steps: [{{wait: 2 hours}}]}}, b: {{weight: 50, steps: []}}}}}}",
        "{{id: {id}, parallel: {{" + PATHS + "}}}}",
    ]
)  # fmt: skip
JOURNEYS = st.lists(LEAVES, min_size=1, max_size=4)
STEPS = [f"s{place}" for place in range(4)]
FATES = st.one_of(
    st.sampled_from(["stay", "drain", "exit"]), st.sampled_from([{"move": step} for step in STEPS])
)
DEEDS = st.lists(
    st.tuples(
        st.integers(0, 1500),
        st.one_of(
            st.just(("did_it",)), st.just(("again",)), st.just(("pause",)), st.just(("pause", "still")),
            st.just(("resume",)),
            st.tuples(st.sampled_from(["there", "back"]), st.dictionaries(st.sampled_from(STEPS), FATES), FATES),
        ),
    ),
    max_size=8,
)  # fmt: skip


def _journey(steps: list[str], title: str) -> str:
    told = [step.format(id=f"s{place}") for place, step in enumerate(steps)]
    return f"title: {title}\nenter: {{on: began, again: always}}\nsteps: [{', '.join(told)}]"


def _fitting(fate: Any, steps: list[str]) -> Any:
    """Move to a step that there is."""
    if not isinstance(fate, dict):
        return fate
    return {"move": f"s{int(fate['move'][1:]) % len(steps)}"}


class _Story:
    """A journey in two versions, whose customers are moved."""

    def __init__(self, one: list[str], two: list[str]) -> None:
        self.items: list[Any] = []
        self.story = Republished(_journey(one, "one"), make_world=self._world)
        self.story.happen("began")
        self.story.publish(_journey(two, "two"))
        self.steps = {"there": (one, two), "back": (two, one)}

    def _world(self, deployment: Deployment, start: datetime, ledger: Callable[[Happening], None]) -> World:
        world = World(deployment, start, ledger)
        world.customers = WritingCustomers(ledger, self.items)
        world.engine = replace(world.engine, customers=world.customers)
        return world

    def do(self, deed: tuple[Any, ...]) -> None:
        """Let somebody do something now."""
        story, control = self.story, self.story.controls.get("j")
        if deed[0] in ("did_it", "again"):
            story.happen("began" if deed[0] == "again" else "did_it")
        elif deed[0] == "pause":
            story.pause(still=len(deed) > 1)
        elif deed[0] == "resume":
            if control is not None:
                story.resume()
        else:
            self._move(*deed)

    def _move(self, way: str, map_: dict[str, Any], otherwise: Any) -> None:
        story, (before, after) = self.story, self.steps[way]
        first, second = story.first, story.second
        if way == "back":
            story.first, story.second = second, first
        steps = {step: _fitting(fate, after) for step, fate in map_.items() if int(step[1:]) < len(before)}
        story.migrate(steps, _fitting(otherwise, after))
        story.first, story.second = first, second


@given(JOURNEYS, JOURNEYS, DEEDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nobody_is_lost_and_nobody_counted_twice(
    one: list[str], two: list[str], deeds: list[tuple[int, Any]]
) -> None:
    """What is counted is what counting anew finds; once nothing is paused, everybody comes to an end."""
    told = _Story(one, two)
    story = told.story
    for minute, deed in sorted(deeds, key=lambda done: done[0]):
        story.until(f"+{minute}m")
        told.do(deed)
        note(f"{minute} {deed} {[(run.version, dict(run.at), run.status) for run in story.runs()]}")
    if "j" in story.controls:
        story.resume()
    story.until("+60d")

    runs = story.runs()
    total = without_days(added(counted(committed(item)).deltas for item in told.items))
    counters = {
        place: {name: by for name, by in numbers.items() if name != "migrated"}
        for place, numbers in without_moves(total).items()
    }
    again = recomputed(Came(story.happened, runs))
    assert [run.at for run in runs if run.active] == []
    assert {place: by for place, by in counters.items() if by} == again
    assert not [place for place, by in total.items() if by.get("now") or by.get("active")]
