from __future__ import annotations

from typing import Any

import pytest

from sojourn.domain.journey.model.journey import EnteredSegment
from sojourn.pinpoint.outcome import Outcome
from tests.support.pinpoint_exports import (
    errors,
    happens,
    imported,
    journey,
    on_event,
    pause,
    project,
    row,
    segment,
)

MEMBERS = {"SegmentStartCondition": {"SegmentId": "pros"}}
PROS = segment("pros", Dimensions={"UserAttributes": {"plan": {"Values": ["pro"]}}})
START = {"StartTime": "2026-03-02T08:30:00Z", "Timezone": "UTC+01"}


def entered(**more: Any) -> Any:
    """Return the `enter` of a journey with these settings, of which `check` has nothing to say."""
    came = imported(journey({"a": pause()}, **more), PROS)
    assert errors(came) == []
    return project(came).journeys["try"].journey.enter


def test_an_event_starts_it() -> None:
    """Who did the event enters; what was asked of the event is asked in `where`."""
    start = on_event(
        "Order Placed",
        Attributes={"shop": {"AttributeType": "INCLUSIVE", "Values": ["berlin", "rome"]}},
        Metrics={"total": {"ComparisonOperator": "GREATER_THAN", "Value": 49.9}},
    )
    start["EventStartCondition"]["SegmentId"] = "pros"

    enter = entered(StartCondition=start)

    assert enter.on == "Order_Placed"
    assert enter.where == 'in_segment("pros") && event.shop in ["berlin", "rome"] && event.total > 49.9'


def test_one_of_several_events_starts_it() -> None:
    """Several events enter, and Sojourn's own are those of the right channel."""
    assert entered(StartCondition=on_event("a", "b")).on == ("a", "b")
    assert entered(StartCondition=on_event("_SMS.OPTOUT")).where == 'event.channel == "sms"'


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ({}, "it does not say who starts"),
        ({"EventStartCondition": {}}, "it asks for any event"),
        (
            {"EventStartCondition": {"EventFilter": {"FilterType": "SYSTEM", "Dimensions": {
                "EventType": {"DimensionType": "EXCLUSIVE", "Values": ["a"]}}}}},
            "it asks for all events but some",
        ),
    ],
)  # fmt: skip
def test_who_starts_is_never_guessed(start: dict[str, Any], why: str) -> None:
    """Where it cannot be said who enters, a program has to ask for it, and the report says why."""
    came = imported(journey({"a": pause()}, StartCondition=start))

    (lost,) = [one for one in came.rows if one.kind == "StartCondition"]
    assert project(came).journeys["try"].journey.enter.on == "api"
    assert lost.outcome is Outcome.LOST
    assert why in lost.notes[-1]


@pytest.mark.parametrize(
    ("more", "schedule"),
    [
        ({"RefreshFrequency": "P1D"}, "daily 09:30"),
        ({"RefreshFrequency": "PT24H"}, "daily 09:30"),
        ({"RefreshFrequency": "P7D"}, "weekly mon 09:30"),
        ({"RefreshFrequency": "P3D"}, "daily 09:30"),
    ],
)
def test_members_enter_as_often_as_they_were_looked_for(more: dict[str, Any], schedule: str) -> None:
    """A segment that was evaluated every day or week becomes a schedule, by the clock of the journey's zone."""
    enter = entered(StartCondition=MEMBERS, Schedule=START, **more)

    assert (enter.schedule, enter.segment, enter.again, enter.where) == (schedule, "pros", "never", None)


@pytest.mark.parametrize("more", [{"RefreshOnSegmentUpdate": True}, {"RefreshFrequency": "PT4H"}, {}])
def test_members_enter_as_they_become_it(more: dict[str, Any]) -> None:
    """A segment that was evaluated all day long becomes its change."""
    enter = entered(StartCondition=MEMBERS, **more)

    assert enter.triggers == (EnteredSegment(entered_segment="pros"),)


def test_a_start_of_its_own_happens_once() -> None:
    """Members that were taken once, at a time, enter on the one day that holds it."""
    enter = entered(StartCondition=MEMBERS, Schedule=START)

    assert enter.schedule == "daily 09:30"
    assert (
        enter.where == 'now >= timestamp("2026-03-02T08:30:00Z") && now < timestamp("2026-03-03T08:30:00Z")'
    )


def test_nobody_enters_after_the_end() -> None:
    """`EndTime` shuts the door, whatever starts the journey."""
    assert (
        entered(Schedule={"EndTime": "2026-12-31T23:00:00+01:00"}).where
        == 'now < timestamp("2026-12-31T22:00:00Z")'
    )


@pytest.mark.parametrize(
    ("limits", "again", "outcome"),
    [
        ({}, "never", None),
        ({"EndpointReentryCap": 1}, "never", Outcome.SAME),
        ({"EndpointReentryCap": 0}, "always", Outcome.SAME),
        ({"EndpointReentryCap": 0, "EndpointReentryInterval": "P7D"}, "after 7 days", Outcome.SAME),
        ({"EndpointReentryCap": 3, "EndpointReentryInterval": "PT36H"}, "after 1 day 12 hours", Outcome.LOST),
    ],
)
def test_limits_say_whether_somebody_enters_again(
    limits: dict[str, Any], again: str, outcome: Outcome | None
) -> None:
    """How often and how soon somebody may enter again is `again`; a number of entries cannot be said."""
    came = imported(journey({"a": pause()}, Limits=limits))

    assert project(came).journeys["try"].journey.enter.again == again
    assert [one.outcome for one in came.rows if "Reentry" in one.kind] == ([outcome] if outcome else [])


def test_times_of_the_customers_own_are_not_expressible() -> None:
    """A schedule in each participant's local time is told as lost."""
    came = imported(journey({"a": pause()}, StartCondition=MEMBERS, Schedule=START, LocalTime=True), PROS)

    assert row(came, "true").outcome is Outcome.LOST


def test_a_segment_that_no_file_has_lets_nobody_in() -> None:
    """A segment that was not exported holds nobody until somebody says who is in it."""
    came = imported(journey({"a": pause()}, StartCondition=MEMBERS))

    assert errors(came) == []
    assert project(came).segments["segment-pros"].when == "customer.in_segment_pros"
    assert row(came, "pros").outcome is Outcome.LOST


def test_event_dimensions_are_helped_by_name() -> None:
    """The builders of these tests say what Pinpoint's model says."""
    assert happens("a")["EventType"] == {"DimensionType": "INCLUSIVE", "Values": ["a"]}
