from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.application.publishing import CANCELLED, DONE, FAILED, QUEUED, RUNNING, WAITING, Operation
from sojourn.cli.render.operation import came_of, cancelled_lines, listed, page, title
from sojourn.cli.render.publication import done_lines
from sojourn.cli.render.refusal import refusal_lines
from sojourn.cli.render.spoken import Spoken
from sojourn.cli.render.versions import version_change

ANA, BEN = "arn:aws:iam::123456789012:user/ana", "arn:aws:iam::123456789012:user/ben"
AT = datetime(2026, 3, 6, 9, tzinfo=UTC)
SPOKEN = Spoken()
CHANGES = {"welcome": {"version": "v2", "before": "v1"}}


def operation(kind: str = "publish", journey: str = "", **more: Any) -> Operation:
    return replace(Operation("op-1", kind, ANA, AT, journey, "why not"), **more)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (operation(), "publish the workspace"),
        (operation(asked={"journeys": ["a", "b"]}), "publish a, b"),
        (operation(asked={"draft": True}, result={"published": CHANGES}), "publish a draft of welcome"),
        (operation(result={"published": {one: {} for one in "hgfedcba"}}), "publish a, b, c, d, e, 3 more"),
        (operation(result={"published": {}, "settings": True}), "publish the workspace's settings"),
        (
            operation(state=FAILED, result={"changes": [{"journey": "fair"}, {"journey": ""}]}),
            "publish fair, the workspace's settings",
        ),
        (operation("resume"), "resume all journeys"),
        (operation("stop", "welcome"), "stop welcome"),
        (operation("audience", "welcome"), "enter an audience into welcome"),
        (operation("dance", "welcome"), "dance welcome"),
    ],
)
def test_what_an_operation_does(one: Operation, said: str) -> None:
    """In words, also of a kind that a later release has."""
    assert title(one) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (WAITING, "waits for somebody else to approve it"), (QUEUED, "waits for its turn"),
        (RUNNING, "under way, 3 of 9 done, 1 failed"), (DONE, "done"), (FAILED, "failed, 3 of 9 done, 1 failed"),
        (CANCELLED, "cancelled, 3 of 9 done, 1 failed"),
    ],
)  # fmt: skip
def test_how_far_it_is(state: str, said: str) -> None:
    """What is all or nothing tells no numbers once it is done."""
    counted = state not in (WAITING, QUEUED)
    one = operation(state=state, done=3 * counted, total=9 if counted else None, failed=1 * counted)

    assert next(listed(one, SPOKEN)) == f"publish the workspace: {said}"


def test_what_became_of_customers() -> None:
    """One and several; what nobody knows a word for is left out."""
    runs = {"ended": 1, "goes_on": 1200, "drops": 1, "waits": 0, "danced": 4}

    assert list(came_of(operation("resume", state=DONE, result={"runs": runs}), SPOKEN)) == [
        "1,200 customers go on", "1 customer goes on without what fell due", "1 customer left the journey",
    ]  # fmt: skip


def test_what_a_kind_tells_besides() -> None:
    """Plain values by their names."""
    assert list(came_of(operation("audience", state=DONE, result={"rows_read": 9, "x": {}}), SPOKEN)) == [
        "rows read: 9"
    ]


def test_a_page_tells_failures() -> None:
    """The first of them, and how many more there were; who approved it."""
    one = operation(
        state=DONE, failures=({"what": "welcome: c-1", "why": "busy"},), failed=3, approved_by=BEN, finished=AT,
        result={"published": CHANGES, "settings": True},
    )  # fmt: skip

    assert [line.strip() for line in page(one, SPOKEN)][-6:] == [
        "approved by       ben", "ended             Fri 6 Mar 2026, 09:00", "welcome: v1 → v2",
        "the workspace's settings: changed", "welcome: c-1: busy", "and 2 more that failed",
    ]  # fmt: skip


def test_why_it_failed() -> None:
    """The sentence, and what to do; one that says nothing is no reason to say nothing."""
    other = operation(state=FAILED, result={"error": "other_workspace", "message": "another"})

    assert list(came_of(other, SPOKEN)) == [
        "another", "--stage names another deployment, and the first argument another folder",
    ]  # fmt: skip
    assert list(came_of(operation(state=FAILED), SPOKEN)) == ["nobody knows why"]


def test_what_others_published() -> None:
    """Journeys and settings; without a list of them the sentence is all there is."""
    changes = [
        {
            "journey": "",
            "version": "s2",
            "before": "s1",
            "by": BEN,
            "at": "2026-03-06T09:00:00Z",
            "message": "",
        },
        {"journey": "a", "version": "", "before": "v1", "by": BEN, "at": "2026-03-06T09:00:00Z"},
    ]

    lines = refusal_lines("changed_meanwhile", "x", {"changes": changes}, SPOKEN)

    assert lines[1:3] == [
        "the workspace's settings (s1 → s2) by ben, Fri 6 Mar 2026, 09:00",
        "a (v1 → withdrawn) by ben, Fri 6 Mar 2026, 09:00",
    ]
    assert refusal_lines("changed_meanwhile", "x", {}, SPOKEN) == ["x"]


def test_known_journeys_are_named() -> None:
    """The nearest, else all of them if they are few."""
    many = [f"journey-{number}" for number in range(20)]

    assert (
        refusal_lines("no_journey", "none", {}, SPOKEN, ("welcom", ["welcome"]))[1] == "did you mean welcome?"
    )
    assert refusal_lines("no_journey", "none", {}, SPOKEN, ("x", many))[1].endswith("journey-11, …")


def test_what_is_published_is_told() -> None:
    """By journey; several are taken back one by one, and what changed nothing says so."""
    several = {**CHANGES, "again": {"version": "v1", "before": ""}}
    result = {"published": several, "settings": True}

    lines = list(done_lines(operation(state=DONE, result=result), "prod", " --stage prod"))

    assert lines[:3] == [
        "again is live in prod: version v1, for the first time", "welcome is live in prod: version v2, before it v1",
        "the workspace's settings are live in prod",
    ]  # fmt: skip
    assert lines[-1] == '  sojourn rollback JOURNEY -m "…" --stage prod'
    assert list(done_lines(operation(state=DONE), "prod", "")) == ["nothing changed: prod had it already"]


@pytest.mark.parametrize(
    ("before", "version", "said"),
    [
        ("", "v1", "new → v1"), ("v1", "v2", "v1 → v2"), ("v1", "", "v1 → withdrawn"),
        ("v1", "v1", "v1 as it was, without its draft"),
    ],
)  # fmt: skip
def test_versions_change(before: str, version: str, said: str) -> None:
    """Also where only a draft is gone."""
    assert version_change(before, version) == said


def test_a_publication_that_was_refused_is_not_called_cancelled() -> None:
    """By somebody else, before it was approved; whoever asked for it cancels it."""
    one = operation(state=CANCELLED, result={"planned": {"journeys": CHANGES}})

    said = [next(page(replace(one, cancelled_by=by), SPOKEN)) for by in (BEN, ANA, "")]
    approved = next(page(replace(one, cancelled_by=BEN, approved_by=BEN), SPOKEN))

    assert said == [
        "publish welcome: refused by ben", "publish welcome: cancelled", "publish welcome: cancelled",
    ]  # fmt: skip
    assert approved == "publish welcome: cancelled"


@pytest.mark.parametrize(("journey", "which"), [("welcome", "welcome"), ("", "--all")])
def test_whoever_a_cancelled_resumption_leaves_is_not_forgotten(journey: str, which: str) -> None:
    """They are in no execution, and nobody else lets them go on, though the journey is open."""
    one = operation("resume", journey, state=CANCELLED, done=3)

    _, done, *left = cancelled_lines(one, " --stage prod")

    assert done == "What was done stays done: 3."
    assert left[-1] == f"  sojourn resume {which} --sends --stage prod"
    assert not [line for line in cancelled_lines(operation("stop", journey), "") if "resume" in line]
