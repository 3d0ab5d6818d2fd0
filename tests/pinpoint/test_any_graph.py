from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.domain.journey.flow import END, Flow
from sojourn.domain.journey.model.steps import Goto, Send
from sojourn.local.deployment import deploy
from sojourn.pinpoint.graph import KINDS
from sojourn.pinpoint.importing import Imported
from tests.support.pinpoint_exports import (
    Json,
    email,
    errors,
    imported,
    journey,
    on_event,
    project,
    push,
    segment,
    sms,
)
from tests.support.pinpoint_strategies import ATTRIBUTES, EVENTS, METRICS, activities, segments

QUIETLY = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
TEMPLATES = (email("t"), sms("t"), push("t"))


def ways(activity: Json) -> list[str | None]:
    """Return what follows an activity, path by path."""
    ((kind, given),) = [(kind, activity[kind]) for kind in KINDS if kind in activity]
    if kind == "ConditionalSplit":
        return [given.get("TrueActivity"), given.get("FalseActivity")]
    paths = [one.get("NextActivity") for one in given.get("Branches", [])]
    if kind == "MultiCondition":
        return [*paths, given.get("DefaultActivity")]
    return paths if kind == "RandomSplit" else [given.get("NextActivity")]


def reached(all_of: Json, start: str) -> list[str]:
    """Return the activities that participants can come to."""
    found = [start]
    for id_ in found:
        found += [way for way in dict.fromkeys(ways(all_of[id_])) if way is not None and way not in found]
    return found


def main_steps(came: Imported) -> dict[str, str]:
    """Return the step that each activity became, as the report says."""
    steps = [row for row in came.rows if row.became.startswith("step ")]
    return {row.became.removeprefix("step "): row.name.split(" ")[0] for row in steps}


def follows(flow: Flow, node: str, steps: dict[str, str]) -> str | None:
    """Return the activity to which a way leads, over the steps that only belong to one."""
    while node != END and node not in steps:
        inner = [edge for edge in flow.out(node) if edge.path != "done"]
        if isinstance(flow.nodes[node].step, Goto):
            inner = [edge for edge in inner if edge.path == "again"]
        targets = {edge.target for edge in inner}
        if len(targets) > 1:  # a step before a send, whose other way goes round it
            targets = {edge.target for edge in inner if edge.path != "otherwise"} - {END}
        node = min(targets, key=lambda one: one == END)
    return None if node == END else steps[node]


@QUIETLY
@given(activities(most=12, asking=False))
def test_every_way_leads_where_it_led(given_activities: dict[str, Any]) -> None:
    """Every activity becomes one step, and from each path of it a run comes to what followed it in Pinpoint."""
    came = imported(journey(given_activities), *TEMPLATES)

    flow = project(came).journeys["try"].flow
    steps = main_steps(came)
    assert sorted(steps.values()) == sorted(reached(given_activities, "a0"))
    assert follows(flow, flow.start, steps) == "a0"
    for step, id_ in steps.items():
        out = [edge for edge in flow.out(step) if edge.label != "holdout" and edge.path != "held_out"]
        targets = [follows(flow, edge.target, steps) for edge in out]
        assert targets == ways(given_activities[id_]), id_


@QUIETLY
@given(activities(most=12, asking=False))
def test_no_message_is_written_twice(given_activities: dict[str, Any]) -> None:
    """There is one send for each message activity that can be come to, however many ways lead to it."""
    came = imported(journey(given_activities), *TEMPLATES)

    nodes = project(came).journeys["try"].flow.nodes.values()
    sends = [node for node in nodes if isinstance(node.step, Send)]
    sending = [
        id_
        for id_ in reached(given_activities, "a0")
        if any(given_activities[id_].get(kind, {}).get("TemplateName") for kind in ("EMAIL", "SMS", "PUSH"))
    ]
    assert len(sends) == len(sending)


@QUIETLY
@given(st.data())
def test_whatever_the_model_allows_imports_into_a_workspace_that_checks(data: st.DataObject) -> None:
    """Any activities, conditions, segments and settings give a workspace without errors, which compiles."""
    start = on_event(*data.draw(st.lists(EVENTS, min_size=1, max_size=2)))
    dimensions = start["EventStartCondition"]["EventFilter"]["Dimensions"]
    dimensions |= {"Attributes": data.draw(ATTRIBUTES), "Metrics": data.draw(METRICS)}
    settings_of = data.draw(st.fixed_dictionaries(
        {},
        optional={
            "StartCondition": st.sampled_from([start, {}, {"SegmentStartCondition": {"SegmentId": "s0"}}]),
            "RefreshFrequency": st.sampled_from(["PT4H", "P1D", "P3D", "P7D"]),
            "RefreshOnSegmentUpdate": st.booleans(),
            "LocalTime": st.booleans(),
            "Schedule": st.sampled_from([{}, {"StartTime": "2026-03-02T09:00:00Z", "Timezone": "UTC-05"},
                                         {"EndTime": "2026-12-31T00:00:00Z", "Timezone": "UTC+05:30"}]),
            "Limits": st.fixed_dictionaries({}, optional={
                "DailyCap": st.integers(0, 100), "TotalCap": st.integers(0, 100),
                "EndpointReentryCap": st.integers(0, 100), "MessagesPerSecond": st.integers(0, 500),
                "EndpointReentryInterval": st.sampled_from(["PT1H", "P7D", "PT0S"]),
                "TimeframeCap": st.fixed_dictionaries({"Cap": st.integers(0, 100), "Days": st.integers(0, 30)}),
            }),
            "QuietTime": st.sampled_from([{}, {"Start": "21:00", "End": "08:00"}, {"Start": "09:00", "End": "09:00"}]),
            "WaitForQuietTime": st.booleans(),
            "SendingSchedule": st.booleans(),
            "OpenHours": st.sampled_from([{}, {"SMS": {"MONDAY": [{"StartTime": "09:00", "EndTime": "17:00"}]}}]),
        },
    ))  # fmt: skip
    export = journey(data.draw(activities()), **settings_of)
    built = [
        segment("s0", **data.draw(segments("s0", ["s1", "gone"]))),
        segment("s1", **data.draw(segments("s1", []))),
    ]

    came = imported(export, *built, *TEMPLATES)

    assert errors(came) == []
    assert [name for name, _ in deploy(project(came)).machines] == ["try"]


@QUIETLY
@given(st.data())
def test_whatever_the_ways_are_an_import_or_reasons_come_of_it(data: st.DataObject) -> None:
    """Ways that lead anywhere, back or to nothing, give a workspace that checks, or name every activity to mend."""
    given_activities = data.draw(activities())
    for activity in given_activities.values():
        for kind in ("EMAIL", "SMS", "PUSH", "Wait", "Holdout"):
            if kind in activity:
                activity[kind]["NextActivity"] = data.draw(st.sampled_from(["a0", "a1", "a2", "nowhere"]))

    came = imported(journey(given_activities), *TEMPLATES)

    lost = {
        f'journey "Try", activity "{id_}"'
        for id_, activity in given_activities.items()
        if any(way is not None and way not in given_activities for way in ways(activity))
    }
    if came.problems:
        assert came.files == {}
        assert lost <= {problem.where for problem in came.problems}
        assert all(problem.repair for problem in came.problems)
    else:
        assert lost == set()
        assert errors(came) == []
