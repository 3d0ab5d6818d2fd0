"""Random journeys as Pinpoint's model allows them: activities of every kind, their ways joining anywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.support.pinpoint_exports import happens

Json = dict[str, Any]
Draw = st.DrawFn

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=8)
NAMES = st.sampled_from(["plan", "First Name", "last-seen", "größe", "in", "email", "1st", "tier"])
TIMES = st.sampled_from(["2026-01-01T00:00:00Z", "2026-06-30T12:00:00+02:00", "2026-02-03"])
WAITS = st.sampled_from(
    [{"WaitFor": "PT1H"}, {"WaitFor": "P2W"}, {"WaitFor": "PT0S"}, {"WaitUntil": "2026-12-24T18:00:00Z"}]
)
EVENTS = st.sampled_from(
    ["_email.open", "_email.click", "_email.hardbounce", "_SMS.OPTOUT", "_campaign.opened_notification",
     "_session.start", "Order Placed", "signed_up", "message_sent", "page_viewed"]
)  # fmt: skip


@st.composite
def attribute_dimensions(draw: Draw) -> Json:
    """One `AttributeDimension`, of texts or of times."""
    how = draw(
        st.sampled_from(["", "INCLUSIVE", "EXCLUSIVE", "CONTAINS", "BEFORE", "AFTER", "ON", "BETWEEN"])
    )
    values = TIMES if how in ("BEFORE", "AFTER", "ON", "BETWEEN") else TEXTS
    many = 2 if how == "BETWEEN" else 3
    given = {"Values": draw(st.lists(values, min_size=2 if how == "BETWEEN" else 0, max_size=many))}
    return given | ({"AttributeType": how} if how else {})


ATTRIBUTES = st.dictionaries(NAMES, attribute_dimensions(), max_size=2)
METRICS = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {
            "ComparisonOperator": st.sampled_from(["GREATER_THAN", "LESS_THAN_OR_EQUAL", "EQUAL"]),
            "Value": st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6, allow_nan=False),
        }
    ),
    max_size=2,
)
SETS = st.fixed_dictionaries(
    {"Values": st.lists(TEXTS, min_size=1, max_size=2)},
    optional={"DimensionType": st.sampled_from(["INCLUSIVE", "EXCLUSIVE"])},
)
DIMENSIONS = st.fixed_dictionaries(
    {},
    optional={
        "Attributes": ATTRIBUTES,
        "UserAttributes": ATTRIBUTES,
        "Metrics": METRICS,
        "Demographic": st.fixed_dictionaries(
            {},
            optional={
                "Make": SETS,
                "Channel": st.just({"DimensionType": "EXCLUSIVE", "Values": ["EMAIL", "APNS", "VOICE"]}),
            },
        ),
        "Location": st.fixed_dictionaries(
            {},
            optional={
                "Country": SETS,
                "GPSPoint": st.just({"Coordinates": {"Latitude": 1.5, "Longitude": 2}, "RangeInKilometers": 3}),
            },
        ),
        "Behavior": st.sampled_from(
            [{}, {"Recency": {"Duration": "DAY_7", "RecencyType": "ACTIVE"}},
             {"Recency": {"Duration": "HR_24", "RecencyType": "INACTIVE"}}]
        ),
    },
)  # fmt: skip


@st.composite
def segments(draw: Draw, id_: str, others: list[str]) -> Json:
    """The dimensions or groups of one segment, built on *others* at most."""
    if draw(st.booleans()):
        return {"Dimensions": draw(DIMENSIONS)}
    sources = (
        st.lists(st.sampled_from(others).map(lambda one: {"Id": one}), max_size=2) if others else st.just([])
    )
    how = st.sampled_from(["ALL", "ANY", "NONE"])
    group = st.fixed_dictionaries(
        {"Dimensions": st.lists(DIMENSIONS, max_size=2), "SourceSegments": sources},
        optional={"Type": how, "SourceType": how},
    )
    return {"SegmentGroups": {"Groups": draw(st.lists(group, max_size=2)), "Include": draw(how)}}


@st.composite
def conditions(draw: Draw, ids: list[str]) -> Json:
    """One `SimpleCondition`; a message it asks about is any activity's."""
    kind = draw(st.sampled_from(["segment", "dimensions", "event", "none"]))
    if kind == "segment":
        return {"SegmentCondition": {"SegmentId": draw(st.sampled_from(["s0", "s1", "gone"]))}}
    if kind == "dimensions":
        return {"SegmentDimensions": draw(DIMENSIONS)}
    if kind == "none":
        return {}
    dimensions = happens(*draw(st.lists(EVENTS, max_size=2)))
    if draw(st.booleans()):
        dimensions |= {"Attributes": draw(ATTRIBUTES), "Metrics": draw(METRICS)}
    if draw(st.integers(0, 5)) == 0:
        dimensions["EventType"]["DimensionType"] = "EXCLUSIVE"
    about = draw(st.none() | st.sampled_from(ids))
    return {"EventCondition": {"Dimensions": dimensions} | ({"MessageActivity": about} if about else {})}


@st.composite
def activities(draw: Draw, *, most: int = 9, asking: bool = True) -> Json:
    """The activities of a journey without circles: ways lead to later ones, or end.

    Args:
        asking: whether splits ask something; ways alone are drawn faster, and lie deeper.
    """
    ids = [f"a{number}" for number in range(draw(st.integers(1, most)))]
    asked = conditions(ids) if asking else st.just({})
    return {id_: draw(_activity(ids[number + 1 :], asked)) for number, id_ in enumerate(ids)}


_KINDS = ("EMAIL", "MultiCondition", "RandomSplit", "ConditionalSplit", "SMS", "PUSH", "Wait", "Holdout", "CUSTOM",
          "ContactCenter", "MultiCondition", "EMAIL")  # fmt: skip


@st.composite
def _activity(draw: Draw, later: list[str], asked: st.SearchStrategy[Json]) -> Json:
    way = st.sampled_from([*later[:3], *later, None]) if later else st.none()

    def to(key: str = "NextActivity") -> Json:
        target = draw(way)
        return {key: target} if target else {}

    kind = draw(st.sampled_from(_KINDS))
    settings = to() if kind not in ("RandomSplit", "ConditionalSplit", "MultiCondition") else {}
    if kind in ("EMAIL", "SMS", "PUSH"):
        settings |= draw(
            st.sampled_from([{}, {"TemplateName": "t"}, {"TemplateName": "t", "MessageConfig": {}}])
        )
    elif kind == "Wait":
        settings["WaitTime"] = draw(WAITS)
    elif kind == "Holdout":
        settings["Percentage"] = draw(st.integers(0, 100))
    elif kind == "RandomSplit":
        first = draw(st.integers(0, 100))
        settings["Branches"] = [{"Percentage": first, **to()}, {"Percentage": 100 - first, **to()}]
    elif kind == "CUSTOM":
        place = draw(st.sampled_from(["", "crm", "https://shop.example/hook", "http://shop.example/hook"]))
        settings |= {"DeliveryUri": place, "MessageConfig": {"Data": draw(TEXTS)}}
    elif kind == "ConditionalSplit":
        settings |= to("TrueActivity") | to("FalseActivity")
        settings["Condition"] = {"Conditions": draw(st.lists(asked, max_size=3)),
                                 "Operator": draw(st.sampled_from(["ALL", "ANY"]))}  # fmt: skip
    elif kind == "MultiCondition":
        settings |= to("DefaultActivity")
        settings["Branches"] = [{"Condition": draw(asked), **to()} for _ in range(draw(st.integers(1, 3)))]
    if kind in ("ConditionalSplit", "MultiCondition") and draw(st.booleans()):
        settings["EvaluationWaitTime"] = draw(WAITS)
    described = draw(st.sampled_from(["", "A step", "Größe?", "123"]))
    return {kind: settings} | ({"Description": described} if described else {})
