from __future__ import annotations

import json
from typing import Any

import pytest

from sojourn.pinpoint.importing import Asked, import_exports
from tests.support.pinpoint_exports import Json, imported, journey, mail, pause, said, segment

SPLIT: Json = {"ConditionalSplit": {"Condition": {"Conditions": []}}}

MALFORMED: dict[str, tuple[Json, str, str]] = {
    "next activity outside": (
        {"a": {"Wait": {"WaitTime": {"WaitFor": "PT1H"}}, "NextActivity": "b"}, "b": pause()},
        'activity "a": there is no `NextActivity` here', "move `NextActivity` into `Wait`",
    ),
    "kind in capitals": (
        {"a": {"WAIT": {"WaitTime": {"WaitFor": "PT1H"}}}},
        'activity "a": there is no `WAIT` here', "write `Wait` for `WAIT`",
    ),
    "kind written out": (
        {"a": {"MultiConditionalSplit": {"Branches": []}}},
        'activity "a": there is no `MultiConditionalSplit` here', "write `MultiCondition` for `MultiConditionalSplit`",
    ),
    "time without its object": (
        {"a": {"Wait": {"WaitFor": "PT1H"}}},
        'activity "a": Wait: there is no `WaitFor` here', "move `WaitFor` into `WaitTime`",
    ),
    "too deep": (
        {"a": {"EMAIL": {"TemplateName": "t", "MessageConfig": {"NextActivity": "b"}}}, "b": pause()},
        'activity "a": EMAIL.MessageConfig: there is no `NextActivity` here',
        "move `NextActivity` out of `MessageConfig`, beside it",
    ),
    "unknown id": (
        {"hello": mail("secnod"), "second": pause()},
        'activity "hello": it goes on with "secnod", and there is no such activity', 'did you mean "second"?',
    ),
    "two kinds": (
        {"a": {**pause(), "Holdout": {"Percentage": 10}}},
        'activity "a": it is of 2 kinds: Holdout, Wait', "make one activity of each",
    ),
    "no kind": (
        {"a": {"Description": "nothing"}},
        'activity "a": it is of no kind',
        "give it one of CUSTOM, ConditionalSplit, EMAIL, ",
    ),
    "a circle": (
        {"a": mail("b"), "b": pause("c"), "c": mail("b")},
        'activity "c": its activities go round in a circle: b > c > b',
        'let "c" go on with another activity, or end there',
    ),
    "percentages": (
        {"a": {"RandomSplit": {"Branches": [{"Percentage": 50}, {"Percentage": 40}]}}},
        'activity "a": its percentages are 50, 40, not 100 in all', "make them sum to 100",
    ),
    "months": (
        {"a": pause(WaitFor="P1M")},
        'activity "a": WaitTime: "P1M": ', "",
    ),
    "no duration": (
        {"a": pause(WaitFor="3 hours")},
        'activity "a": WaitTime: "3 hours" is no ISO 8601 duration', "write it like PT2H, P3D or P1W",
    ),
    "no time": (
        {"a": {"Wait": {"WaitTime": {}}}},
        'activity "a": WaitTime: it does not say how long', "add `WaitFor`, such as PT2H, or `WaitUntil`",
    ),
    "two times": (
        {"a": pause(WaitFor="PT1H", WaitUntil="2026-12-24T18:00:00Z")},
        'activity "a": WaitTime: `WaitFor` and `WaitUntil` exclude each other', "keep one of them",
    ),
    "no date": (
        {"a": pause(WaitUntil="tomorrow")},
        'activity "a": WaitTime: "tomorrow" is no date and time', "write it like 2026-12-24T18:00:00Z",
    ),
    "a number in quotes": (
        {"a": {"Holdout": {"Percentage": "10"}}},
        'activity "a": Holdout.Percentage: "10" stands where a whole number belongs', "write it without quotes",
    ),
    "no number at all": (
        {"a": {"ConditionalSplit": {"Condition": {"Conditions": [
            {"SegmentDimensions": {"Metrics": {"n": {"ComparisonOperator": "EQUAL", "Value": 10**400}}}}]}}}},
        'activity "a": ', "write a number",
    ),
    "a missing key": (
        {"a": {"Holdout": {}}},
        'activity "a": Holdout: `Percentage` is missing', "add `Percentage`",
    ),
    "holdout of all and more": (
        {"a": {"Holdout": {"Percentage": 110}}}, 'activity "a": 110 % cannot be held out', "write 0 to 100",
    ),
    "no branches": (
        {"a": {"MultiCondition": {}}}, 'activity "a": it has no `Branches`',
        "add them, or let the activity before it go on with the next",
    ),
    "unknown operator": (
        {"a": {"ConditionalSplit": {"Condition": {"Conditions": [
            {"SegmentDimensions": {"Metrics": {"n": {"ComparisonOperator": "greater", "Value": 1}}}}]}}}},
        'activity "a": ComparisonOperator: "greater" is none of GREATER_THAN, LESS_THAN, GREATER_THAN_OR_EQUAL',
        'write "GREATER_THAN"',
    ),
    "unknown message": (
        {"a": {"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity": "b"}}]}}}},
        'activity "a": MessageActivity: there is no activity "b"', "",
    ),
    "a word of its own": (
        {"a": {"ConditionalSplit": {"Condition": {"Operator": "and"}}}},
        'activity "a": ConditionalSplit.Condition.Operator: "and" is none of ALL, ANY', "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_activity_is_named_with_its_repair(name: str) -> None:
    """Nothing is imported; what is wrong names the journey and the activity, and says what to write."""
    activities, what, repair = MALFORMED[name]

    came = imported(journey(activities))

    found = said(came)
    assert came.files == {}
    assert [one for one in found if one[0].startswith(f'journey "Try", {what}') and repair in one[1]], found


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Several mistakes, in several journeys and files, are all reported."""
    first = journey({"a": {"WAIT": {}}, "b": {"Wait": {}, "NextActivity": "a"}})
    second = journey({"a": mail("x"), "b": {"Holdout": {"Percentage": 101}}}, Name="Other", start="c")

    came = import_exports(
        {"one.json": json.dumps(first).encode(), "two.json": json.dumps(second).encode(), "three.json": b"{"},
        Asked("shop"),
    )

    assert [problem.file for problem in came.problems] == ["one.json"] * 2 + ["three.json"] + ["two.json"] * 3


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "this is not JSON: the file is empty"),
        (b'{"a": ', "this is not JSON: expecting value at line 1, column 7"),
        (b"\xff", "this is not JSON: it is not UTF-8"),
        (b'{"a": 1, "a": 2}', 'this is not JSON: the key "a" stands twice in one object'),
        (b"[" * 100_000, "this is not JSON: it is nested too deep"),
        (b'{"Activities": ' * 900 + b"1" + b"}" * 900, "this is not JSON: it is nested too deep"),
        (b'{"Activities": ' * 102 + b"1" + b"}" * 102, "this is not JSON: it is nested too deep"),
        (b"3", "an object is expected"),
        (b'{"Name": "x"}', "this is no journey, segment or template: it holds `Name`"),
        (b'{"TemplatesResponse": {"Item": []}}', "a list of templates holds no texts"),
        (b'{"JourneysResponse": {}}', "`JourneysResponse` has no list `Item`"),
        (b'{"JourneyResponse": [], "SegmentResponse": {}}', "`SegmentResponse` stands beside `JourneyResponse`"),
        (b'{"JourneyResponse": {"Name": "x", "Id": "1", "ApplicationId": "a"}}', "it has no activities"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_export_is_refused(content: bytes, what: str) -> None:
    """What is no JSON, or none of Pinpoint's objects, is refused in words."""
    came = import_exports({"export.json": content}, Asked("shop"))

    assert [problem.what for problem in came.problems] == [what]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"QuietTime": {"Start": "9 pm", "End": "08:00"}}, 'QuietTime.Start: "9 pm" is no time of day'),
        ({"RefreshFrequency": "daily"}, 'RefreshFrequency: "daily" is no ISO 8601 duration'),
        ({"Limits": {"EndpointReentryInterval": "1 day"}},
         'Limits.EndpointReentryInterval: "1 day" is no ISO 8601 duration'),
        ({"ClosedDays": {"SMS": [{"StartDateTime": "x", "EndDateTime": "2026-01-01"}]}},
         'ClosedDays.SMS: "x" is no date and time'),
        ({"OpenHours": {"SMS": {"MONDAY": [{"StartTime": "09:00"}]}}}, "OpenHours.SMS: `EndTime` is missing"),
        ({"StartActivity": "x"}, '`StartActivity` is "x", and there is no such activity'),
        ({"State": "active"}, 'State: "active" is none of DRAFT, ACTIVE, COMPLETED, CANCELLED, CLOSED, PAUSED'),
    ],
)  # fmt: skip
def test_a_malformed_setting_is_refused(more: dict[str, Any], what: str) -> None:
    """Times and words of a journey's settings are read before anything is written."""
    came = imported(journey({"a": pause()}, **more))

    assert [problem.what for problem in came.problems] == [what]


def test_a_journey_says_where_it_begins() -> None:
    """Without `StartActivity` the first activity that nothing leads to is suggested."""
    export = journey({"b": pause(), "a": pause("b")})
    del export["JourneyResponse"]["StartActivity"]

    assert [repair for _, repair in said(imported(export))] == ['add `"StartActivity": "a"`']


def test_one_journey_in_two_versions_is_refused() -> None:
    """A journey that is in the files twice and differs would be imported as one or the other."""
    came = imported(journey({"a": pause()}), journey({"a": pause(), "b": pause()}))

    assert [what for what, _ in said(came)] == ['journey "Try": it is in export.json too, and differs there']


def test_the_same_journey_twice_is_one() -> None:
    """An object that is exported twice in the same words is imported once."""
    came = imported(journey({"a": pause()}), journey({"a": pause()}))

    assert [path for path in came.files if path.endswith("journey.yaml")] == ["try/journey.yaml"]


def test_segments_that_are_built_on_each_other_are_refused() -> None:
    """Segments in a circle are named; one that is only built on them is not."""

    def built_on(id_: str, source: str) -> Json:
        return segment(
            id_, SegmentGroups={"Groups": [{"SourceSegments": [{"Id": source}], "SourceType": "ALL"}]}
        )

    came = imported(journey({"a": pause()}), built_on("a", "b"), built_on("b", "a"), built_on("c", "a"))

    assert [what for what, _ in said(came)] == [
        'segment "a": it is built on itself, by way of other segments',
        'segment "b": it is built on itself, by way of other segments',
    ]


def test_a_segment_alone_is_no_workspace() -> None:
    """Without a journey there is nothing to import."""
    assert [what for what, _ in said(imported(segment("a", Dimensions={})))] == [
        ": there is no journey in it"
    ]
