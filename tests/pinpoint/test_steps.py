from __future__ import annotations

from typing import Any

import pytest

from sojourn.pinpoint.outcome import Outcome
from tests.support.pinpoint_exports import (
    Json,
    email,
    errors,
    happens,
    imported,
    journey,
    mail,
    pause,
    project,
    push,
    row,
    sms,
)


def steps(activities: Json, **more: Any) -> list[Any]:
    """Return the steps that activities become, of which `check` finds no error."""
    came = imported(journey(activities, **more), email("hello"), sms("hello"), push("hello"))
    assert errors(came) == []
    return [
        step.model_dump(exclude_defaults=True, by_alias=True)
        for step in project(came).journeys["try"].journey.steps
    ]


def event(name: str, about: str | None = None, **dimensions: Any) -> Json:
    given: Json = {"Dimensions": happens(name, **dimensions)}
    return {"EventCondition": given | ({"MessageActivity": about} if about else {})}


def split(*asked: Json, how: str = "ALL", **more: Any) -> Json:
    return {"ConditionalSplit": {"Condition": {"Conditions": list(asked), "Operator": how}, **more}}


def test_waits() -> None:
    """A time to wait is exact; a moment is the same moment, in UTC."""
    assert steps({"a": pause("b", WaitFor="P1DT12H"), "b": pause(WaitUntil="2026-12-24T18:00:00+01:00")}) == [
        {"id": "a", "wait": "1 day 12 hours"},
        {"id": "b", "wait": {"until": "2026-12-24T17:00:00", "zone": "UTC"}},
    ]


def test_messages() -> None:
    """Each channel's activity sends its template on that channel alone."""
    sends = {
        "a": mail("b"),
        "b": {"SMS": {"TemplateName": "hello", "NextActivity": "c"}},
        "c": {"PUSH": {"TemplateName": "hello"}},
    }

    assert steps(sends) == [
        {"id": "a", "send": "hello", "via": ("email",)},
        {"id": "b", "send": "hello-2", "via": ("sms",)},
        {"id": "c", "send": "hello-3", "via": ("push",)},
    ]


def test_a_message_without_a_template_only_marks_its_place() -> None:
    """An activity that names no template sends nothing, and the report says so."""
    came = imported(journey({"a": {"EMAIL": {}}}))

    assert errors(came) == []
    assert row(came, "a").outcome is Outcome.LOST


def test_a_holdout_ends_the_journey_for_a_share() -> None:
    """Who is held out leaves by an exit of that name; the others go on."""
    (held, *_) = steps({"a": {"Holdout": {"Percentage": 10, "NextActivity": "b"}}, "b": pause()})

    assert held["split"]["held_out"] == {"weight": 10, "steps": ({"exit": "holdout"},)}
    assert held["split"]["going_on"] == {"weight": 90}


def test_opened_and_clicked_are_asked_when_the_time_is_over() -> None:
    """A split waits as long as Pinpoint waits, and then asks what came of the message."""
    activities = {"a": mail("b"), "b": split(event("_email.open", "a"), event("_email.click", "a"), how="ANY",
                                             EvaluationWaitTime={"WaitFor": "P3D"}, TrueActivity="c"),
                  "c": pause()}  # fmt: skip

    (_, wait, branch) = steps(activities)

    assert wait == {"id": "b_wait", "wait": "3 days"}
    assert branch["branch"][0]["when"] == 'opened("a") || clicked("a")'


@pytest.mark.parametrize(
    ("asked", "release"),
    [
        (event("_email.hardbounce", "a"), {"event": "message_bounced", "where": 'event.step == "a"'}),
        (
            event("_email.delivered"),
            {"event": "message_delivered", "where": 'event.journey == "try" && event.channel == "email"'},
        ),
        (event("_SMS.OPTOUT", "a"), {"event": "unsubscribed", "where": 'event.channel == "sms"'}),
        (event("bought"), {"event": "bought"}),
        (
            event("bought", Metrics={"n": {"ComparisonOperator": "EQUAL", "Value": 2}}),
            {"event": "bought", "where": "event.n == 2"},
        ),
        (event("_email.open", "c"), {"event": "message_opened", "where": 'event.step == "c"'}),
    ],
)
def test_other_events_are_looked_for(asked: Json, release: Json) -> None:
    """What no function asks is looked for by a step that ends at once: what came since the entry counts."""
    activities = {"a": mail("b"), "b": split(asked, TrueActivity="c"), "c": mail()}

    (_, seen, branch) = steps(activities)

    assert seen == {"id": "b_seen", "wait_for": (release,), "up_to": "1 second"}
    assert branch["branch"][0]["when"] == 'steps.b_seen.path != "otherwise"'


def test_a_condition_that_cannot_be_asked_holds_for_nobody() -> None:
    """In its place stands an attribute that nobody has; the report says which, and why."""
    near = {"Location": {"GPSPoint": {"Coordinates": {"Latitude": 1.5, "Longitude": -2.25}}}}
    came = imported(journey({"a": split({"SegmentDimensions": near}, TrueActivity="b"), "b": pause()}))

    branch = project(came).journeys["try"].journey.steps[0]
    assert errors(came) == []
    assert branch.model_dump()["branch"][0]["when"] == "customer.not_imported_near_1_5_2_25"
    assert row(came, "a").outcome is Outcome.LOST


def test_paths_are_asked_in_their_order() -> None:
    """The first path of a multivariate split whose condition holds is taken, the default where none does."""
    asked = {
        "SegmentDimensions": {"UserAttributes": {"plan": {"AttributeType": "EXCLUSIVE", "Values": ["pro"]}}}
    }
    activities = {"a": {"MultiCondition": {"Branches": [{"Condition": asked, "NextActivity": "b"}, {}],
                                           "DefaultActivity": "c"}}, "b": pause(), "c": pause()}  # fmt: skip

    (branch,) = steps(activities)

    assert [case.get("when") for case in branch["branch"]] == [
        '!has(customer.plan) || !(customer.plan == "pro")', "true", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("uri", "step", "outcome"),
    [
        ("https://x.example/h", {"call": "https://x.example/h", "with": {"data": "d"}}, Outcome.NOTED),
        ("crm", {"emit": "custom_message", "with": {"target": "crm", "data": "d"}}, Outcome.NOTED),
        ("http://x.example/h", {"wait": "0 seconds"}, Outcome.LOST),
        ("", {"wait": "0 seconds"}, Outcome.LOST),
    ],
)
def test_custom_messages(uri: str, step: Json, outcome: Outcome) -> None:
    """A webhook is called, a function is told by an event, and what can be neither is reported."""
    activity = {"CUSTOM": {"DeliveryUri": uri, "MessageConfig": {"Data": "d"}}}

    assert steps({"a": activity}) == [{"id": "a", **step}]
    assert row(imported(journey({"a": activity})), "a").outcome is outcome


def test_a_contact_centre_is_told_by_an_event() -> None:
    """The journey goes on at once, as it did in Pinpoint."""
    assert steps({"a": {"ContactCenter": {"NextActivity": "b"}}, "b": pause()})[0] == {
        "id": "a",
        "emit": "contact_center_call",
    }


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, [{"id": "a", "send": "hello", "via": ("sms",)}]),
        ({"WaitForQuietTime": True}, [
            {"id": "a_open", "wait": {"between": ("09:00", "17:00"), "days": ("mon", "sat")}},
            {"id": "a", "send": "hello", "via": ("sms",)},
        ]),
        ({"WaitForQuietTime": False}, [
            {"id": "a_open", "branch": (
                {"when": 'local(now).weekday in ["monday", "saturday"]', "name": "open", "steps": (
                    {"id": "a", "send": "hello", "via": ("sms",), "when_quiet": "drop"},)},
                {"else": ()},
            )},
        ]),
    ],
)  # fmt: skip
def test_weekdays_on_which_a_channel_is_closed(more: Json, expected: list[Json]) -> None:
    """Open hours on some weekdays only become a step before the send: it waits, or the send is left out."""
    rule = [{"StartTime": "09:00", "EndTime": "17:00"}]
    hours = {"OpenHours": {"SMS": {"MONDAY": rule, "SATURDAY": rule}}, "SendingSchedule": bool(more)}

    assert steps({"a": {"SMS": {"TemplateName": "hello"}}}, **hours, **more) == expected


def test_an_unknown_template_is_named() -> None:
    """A template that no file has leaves an error for `check`, and the report says what to do."""
    came = imported(journey({"a": mail()}))

    assert [finding.code for finding in errors(came)] == ["SJ130"]
    assert 'no file has the template "hello"' in row(came, "a").notes[-1]
