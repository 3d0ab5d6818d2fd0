"""Random small journeys and histories that are right by construction: every verb, nested, and no fault to find.

Waits end on the hour and events come at half past, so that no two things happen in one instant by chance and two
interpreters can be compared. Journeys come as they would be written (plain data), with a description:

    @given(journeys(), histories())
    def test_…(journey, history): deployment = deploy(workspace_of(journey)); play(scenario_of(history), deployment)
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from sojourn.domain.journey.model.scenario import Scenario
from sojourn.domain.journey.project import Project, read_project

Written = dict[str, Any]
Random = st.DrawFn

PEOPLE: list[Written] = [
    {
        "id": "ana", "email": "ana@example.com", "phone": "+12025550123", "device": "token-a",
        "timezone": "America/New_York", "attributes": {"plan": "free", "score": 3},
    },
    {"id": "ben", "email": "ben@example.com", "timezone": "Europe/Berlin", "consents": {"news": ["email"]}},
    {"id": "cy", "timezone": "UTC", "phone": "+12025550124", "holdout": True, "attributes": {"plan": "pro"}},
]  # fmt: skip
WORKSPACE: Written = {
    "workspace": "shop",
    "timezone": "Europe/Berlin",
    "locale": "en",
    "senders": {
        "email": {"from": "Shop <hello@shop.example>"},
        "sms": {"pool": "pool-1"},
        "push": {"fcm": "arn:fcm"},
    },
    "topics": {"news": {"title": "News", "channels": ["email", "sms", "push"], "default": "opted_in"}},
    "caps": [{"max": 4, "per": "2 days"}],
    "quiet_hours": {"sms": {"from": "21:00", "to": "08:00"}},
    "attributes": {"plan": "string", "score": "number"},
    "events": {
        "began": {"ref": "string", "n": "number"},
        "did_it": {"ref": "string", "n": "number"},
        "stopped": {"ref": "string", "n": "number"},
        "noted": {"ref": "string", "n": "number"},
    },
}
SEGMENTS: Written = {"pros": {"when": 'customer.plan == "pro"'}, "doers": {"when": 'did("did_it")'}}
MESSAGE: Written = {
    "email": {"subject": "Hello", "html": '<p>Hello <a href="{{ unsubscribe_url }}">no more</a></p>'},
    "sms": "Hello. Reply STOP to opt out.",
    "push": {"title": "Hello", "body": "Hello"},
}
OTHER: Written = {
    "journey": "other",
    "topic": "news",
    "enter": {"on": "api", "again": "always"},
    "steps": [{"wait": "5 hours"}, {"exit": "done"}],
}
"""The journey that the others start and redirect to."""

EVENTS = ("did_it", "stopped", "noted")
PLAIN = (
    "customer.score > 2", 'customer.plan == "pro"', "entry.n > 2", 'did("did_it", "2 days")', 'in_segment("pros")',
    'times("did_it") >= 2', 'reachable("sms") && consented("news", "sms")', "has(customer.score)",
)  # fmt: skip


@dataclass
class _Writing:
    """One journey while it is written: what was drawn, what there is to refer to."""

    draw: Random
    long: bool
    room: int
    ids: int = 0
    sends: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)

    def one_of(self, *several: Any) -> Any:
        return self.draw(st.sampled_from(several))

    def chance(self) -> bool:
        return self.draw(st.booleans())

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def new_id(self, kind: str) -> str:
        self.ids += 1
        return f"{kind}{self.ids}"

    def condition(self) -> str:
        known = [
            *PLAIN,
            *(f"steps.{one}.sent" for one in self.sends),
            *(f'steps.{one}.channel == "email"' for one in self.sends),
            *(f'steps.{one}.path == "otherwise"' for one in self.waits),
            *(f"steps.{one}.event.n > 2" for one in self.events),
            *(f"steps.{one}.answer.ok" for one in self.calls),
        ]
        return str(self.draw(st.sampled_from(known)))

    def hours(self, most: int = 60) -> str:
        return f"{self.number(1, most)} hours"

    def steps(self, depth: int, most: int = 4, *, lane: bool = False, least: int = 0) -> list[Written]:
        """Write some steps, the last of which may end the run or go back."""
        made: list[Written] = []
        for _ in range(self.number(least, most)):
            if self.room <= 0:
                break
            self.room -= 1
            made.append(self.step(depth, lane=lane))
            if not _goes_on(made[-1]):
                return made
        if not lane and made and self.room > 0 and self.number(0, 5) == 0:
            made = self.looped(made)
        if made and self.number(0, 6) == 0:
            made.append({"exit": self.one_of("done", "enough", "left")})
        return made

    def looped(self, made: list[Written]) -> list[Written]:
        """Let a wait and a way back follow the steps."""
        self.verbs.append("goto")
        first = made[0].setdefault("id", self.new_id("x"))
        return [*made, {"wait": self.hours(30)}, {"goto": first, "at_most": self.number(1, 3)}]

    def step(self, depth: int, *, lane: bool) -> Written:
        kinds = ["wait", "wait_until", "send", "update", "emit", "call", "start", "wait_for", "task"]
        if depth > 0:
            kinds += ["branch", "split", "wait_for", "send"] + ([] if lane else ["parallel"])
        kind = self.one_of(*kinds)
        self.verbs.append(kind)
        made: Written = getattr(self, f"_{kind}")(depth, lane)
        return made

    def _wait(self, depth: int, lane: bool) -> Written:
        return {"wait": "400 days" if self.long and not lane and self.number(0, 2) == 0 else self.hours()}

    def _wait_until(self, depth: int, lane: bool) -> Written:
        zone = self.one_of({}, {"zone": "workspace"}, {"zone": "Asia/Tokyo"})
        when = self.one_of(
            {"until": "09:00"}, {"until": "monday 10:00"}, {"between": ["22:00", "06:00"]},
            {"between": ["10:00", "16:00"], "days": ["tue", "fri"]}, {"until": "2026-03-05T18:00:00"},
            {"until": "12:00"},
        )  # fmt: skip
        return {"wait": when | zone}

    def _send(self, depth: int, lane: bool) -> Written:
        made: Written = {"id": self.new_id("s"), "send": "hello"}
        via = self.draw(st.lists(st.sampled_from(["email", "sms", "push"]), unique=True, max_size=3))
        if via:
            made["via"] = via
        made["when_quiet"] = self.one_of("hold", "drop", "send")
        made["delivery"] = self.one_of("at_most_once", "at_least_once")
        if depth > 0 and self.chance():
            made["otherwise"] = self.steps(depth - 1, 2, lane=lane)
        self.sends.append(made["id"])
        return made

    def _update(self, depth: int, lane: bool) -> Written:
        plan = {"plan": self.one_of("pro", "free", "entry.ref")}
        return {"update": self.one_of({"score": self.number(0, 9)}, plan, {"score": "=entry.n + 1"})}

    def _emit(self, depth: int, lane: bool) -> Written:
        return {"emit": "noted", "with": {"ref": "entry.ref", "n": self.number(0, 5)}}

    def _call(self, depth: int, lane: bool) -> Written:
        made: Written = {
            "id": self.new_id("c"),
            "call": "https://api.shop.example/x",
            "with": {"n": "entry.n"},
        }
        if depth > 0 and self.chance():
            made["otherwise"] = self.steps(depth - 1, 2, lane=lane)
        self.calls.append(made["id"])
        return made

    def _start(self, depth: int, lane: bool) -> Written:
        return {"start": "other", "with": {"ref": "entry.ref"}}

    def _task(self, depth: int, lane: bool) -> Written:
        made: Written = {"id": self.new_id("t"), "task": "desk", "title": "Call", "up_to": self.hours(40)}
        if depth > 0 and self.chance():
            made["otherwise"] = self.steps(depth - 1, 2, lane=lane)
        return made

    def _wait_for(self, depth: int, lane: bool) -> Written:
        releases = [self.release(depth, lane) for _ in range(self.number(1, 3))]
        up_to = "500 days" if self.long and not lane and self.number(0, 3) == 0 else self.hours()
        made: Written = {"id": self.new_id("w"), "wait_for": releases, "up_to": up_to}
        if depth > 0 and self.chance():
            made["otherwise"] = self.steps(depth - 1, 2, lane=lane)
        self.waits.append(made["id"])
        if all("event" in release for release in releases):
            self.events.append(made["id"])
        return made

    def release(self, depth: int, lane: bool) -> Written:
        kinds: list[Written] = [
            {"event": "did_it"}, {"event": "did_it", "where": "event.n > entry.n"}, {"event": "noted"},
            {"entered_segment": "pros"}, {"left_segment": "pros"},
            *({how: one} for one in self.sends for how in ("opened", "clicked")),
        ]  # fmt: skip
        made: Written = dict(self.draw(st.sampled_from(kinds)))
        if depth > 0 and self.chance():
            made["steps"] = self.steps(depth - 1, 2, lane=lane)
        return made

    def _branch(self, depth: int, lane: bool) -> Written:
        cases: list[Written] = [
            {"when": self.condition(), "steps": self.steps(depth - 1, 2, lane=lane)}
            for _ in range(self.number(1, 3))
        ]
        if self.chance():
            cases.append({"else": self.steps(depth - 1, 2, lane=lane)})
        return {"branch": cases}

    def _split(self, depth: int, lane: bool) -> Written:
        weight = self.number(1, 99)
        shares = {"a": weight, "b": 100 - weight}
        return {
            "split": {
                name: {"weight": one, "steps": self.steps(depth - 1, 2, lane=lane)}
                for name, one in shares.items()
            }
        }

    def _parallel(self, depth: int, lane: bool) -> Written:
        names = ("a", "b", "c")[: self.number(2, 3)]
        return {"parallel": {name: self.steps(depth - 1, 2, lane=True) for name in names}}


def _goes_on(step: Written) -> bool:
    """Say whether a run can come past a step: what would follow it otherwise could never be reached."""
    if "exit" in step:
        return False
    if "branch" in step:
        cases = [case.get("steps", case.get("else")) for case in step["branch"]]
        return "else" not in step["branch"][-1] or any(map(_all_go_on, cases))
    if "split" in step:
        return any(_all_go_on(share["steps"]) for share in step["split"].values())
    if "wait_for" in step:
        ways = [release.get("steps", []) for release in step["wait_for"]]
        return any(map(_all_go_on, [*ways, step.get("otherwise", [])]))
    return "parallel" not in step or all(map(_all_go_on, step["parallel"].values()))


def _all_go_on(steps: list[Written]) -> bool:
    return all(map(_goes_on, steps))


@st.composite
def journeys(draw: Random, *, long: bool = False, room: int = 10) -> tuple[Written, str]:
    """Draw a journey as it would be written, and a description of it.

    Args:
        long: with waits that no execution outlasts.
        room: how many steps it may have, those of a loop not counted.
    """
    writing = _Writing(draw, long, room)
    enter: Written = {"on": "began", "again": writing.one_of("always", "never", "after 1 day", "unless goal")}
    if writing.chance():
        enter["key"] = "event.ref"
    if writing.chance():
        enter["where"] = "event.n > 0"
    if writing.chance():
        enter["holdout"] = "10%"
    journey: Written = {"journey": "drawn", "topic": "news", "enter": enter}
    if enter["again"] == "unless goal" or writing.chance():
        journey["goal"] = {"event": "stopped", "within": writing.one_of("3 days", "30 days")}
        if writing.chance():
            journey["goal"]["where"] = "event.ref == entry.ref"
    reactions = [
        {"on": "stopped", "where": "event.n > 3", "do": "exit", "reason": "stopped"},
        {"on": "began", "where": "event.ref == entry.ref", "do": "restart"},
        {"on": {"entered_segment": "doers"}, "do": "redirect", "to": "other"},
        {"on": {"left_segment": "pros"}, "do": "exit", "reason": "left"},
    ]
    drawn = draw(st.lists(st.sampled_from(reactions), max_size=2, unique_by=str))
    if drawn:
        journey["while_running"] = drawn
    journey["steps"] = writing.steps(3, 5, least=1)
    return journey, " ".join(writing.verbs)


@st.composite
def histories(draw: Random, *, days: int = 8, most: int = 10) -> Written:
    """Draw what happens to the people within so many days, always at half past: `events` and `also` of a scenario."""
    hours = sorted(draw(st.lists(st.integers(1, days * 24 - 1), max_size=most)))
    history: Written = {
        "events": [
            {"at": "+0s", "customer": one["id"], "event": "began", "properties": {"ref": "r1", "n": 2}}
            for one in PEOPLE
        ],
        "also": [],
    }
    for place, hour in enumerate(hours):
        # A minute apart, so that not even events come together.
        at, who = f"+{hour}h {30 + place % 25}m", draw(st.sampled_from([one["id"] for one in PEOPLE]))
        what = draw(st.sampled_from(["began", *EVENTS, "did_it", "set", "unsubscribed"]))
        if what == "set":
            becomes = draw(st.sampled_from([{"plan": "pro"}, {"plan": "free"}, {"score": 5}]))
            history["also"].append({"at": at, "customer": who, "set": becomes})
        elif what == "unsubscribed":
            history["also"].append({"at": at, "customer": who, "unsubscribed": "news"})
        else:
            properties = {"ref": draw(st.sampled_from(["r1", "r2"])), "n": draw(st.integers(0, 5))}
            history["events"].append({"at": at, "customer": who, "event": what, "properties": properties})
    return history


def workspace_of(journey: Written, scenario: Written | None = None) -> Project:
    """Read a workspace that holds a drawn journey, the `other` one and, if given, a scenario."""
    files: dict[str, Any] = {
        "workspace.yaml": WORKSPACE, "segments.yaml": SEGMENTS, "drawn/journey.yaml": journey,
        "drawn/messages/hello.yaml": MESSAGE, "other/journey.yaml": OTHER,
    }  # fmt: skip
    if scenario is not None:
        files["drawn/scenarios/story.yaml"] = scenario
    return read_project({path: json.dumps(data).encode() for path, data in files.items()})


def written_scenario(
    history: Written, until: str | None = None, start: str = "2026-03-02T12:00:00Z"
) -> Written:
    """Return a whole scenario of this history, as written."""
    scenario: Written = {"scenario": "drawn", "start": start, "customers": PEOPLE, **history}
    return scenario | ({"until": until} if until else {})


def scenario_of(history: Written, until: str | None = None, start: str = "2026-03-02T12:00:00Z") -> Scenario:
    """Return a scenario of this history."""
    return Scenario.model_validate(written_scenario(history, until, start))
