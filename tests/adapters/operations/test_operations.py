"""What becomes of an operation, whoever works at it and dies; and how far each part of its work is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb.operations import PLACE_DAYS, Operations, Write
from sojourn.adapters.dynamodb.together import Action, unless_overtaken
from sojourn.application.publishing import MOST_FAILURES, NotSo, Operation, operation_id
from sojourn.errors import TransientError
from tests.adapters.registry.registering import Calls
from tests.support.aws_table import aws_table

NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ANA, BEN = "arn:aws:iam::1:user/ana", "arn:aws:iam::1:user/ben"


class Room:
    """A table with operations in it."""

    def __init__(self, client: Any, table: str) -> None:
        self.calls = Calls(client)
        self.client, self.table = client, table
        self.operations = Operations(self.calls, table, NOON.timestamp)

    def asked(self, number: int = 0, **further: Any) -> Operation:
        at = NOON + timedelta(seconds=number)
        told = {"journey": "welcome", "message": "why", "asked": {"from": "v1"}, **further}
        return self.operations.create(Operation(operation_id(at, f"{number:06x}"), "stop", ANA, at, **told))


@pytest.fixture
def room() -> Iterator[Room]:
    with aws_table() as (client, table):
        yield Room(client, table)


def test_an_operation_is_read_as_it_was_written(room: Room) -> None:
    """Whatever is known of it."""
    whole = Operation(
        "20260302T120000250Z-00000a", "publish", ANA, NOON, "welcome", "softer words", "failed", {"upload": "a.zip"},
        3, 7, ({"what": "row 3", "why": "no email"},), 1, {"findings": []}, BEN, LATER,
    )  # fmt: skip

    room.operations.create(whole)

    assert room.operations.get(whole.id) == whole
    assert room.operations.get("another") is None


def test_an_operation_that_is_there_is_not_begun_anew(room: Room) -> None:
    """Whoever creates it again is told how far it is."""
    one = room.asked()
    room.operations.begin(one.id)

    again = room.operations.create(one)

    assert again.state == "running"


def test_ids_sort_as_operations_were_asked_for(room: Room) -> None:
    """The newest is listed first; those about a journey alone on demand."""
    ids = [room.asked(n, journey="welcome" if n % 2 else "win-back").id for n in (0, 61, 3, 3600)]

    listed = [one.id for one in room.operations.list()]

    assert listed == sorted(ids, reverse=True)
    assert [one.id for one in room.operations.list(2)] == listed[:2]
    assert [one.journey for one in room.operations.list(journey="welcome")] == ["welcome", "welcome"]
    assert operation_id(NOON, "00ff00") == "20260302T120000250Z-00ff00"


def test_what_is_done_adds_up(room: Room) -> None:
    """From several workers at once, in whatever order; the total is told when it is known."""
    one = room.asked()
    room.operations.begin(one.id)

    room.operations.progress(one.id, total=10)
    for _ in range(3):
        room.operations.progress(one.id, add=2, result={"sent": 1})
    told = room.operations.progress(one.id, add=1, failures=[{"what": "ana", "why": "gone"}])

    assert told is not None
    assert (told.done, told.total, told.failed) == (7, 10, 1)
    assert (told.failures, told.result) == (({"what": "ana", "why": "gone"},), {"sent": 1})
    assert room.operations.get(one.id) == told


def test_the_first_failures_are_named_and_all_are_counted(room: Room) -> None:
    """A million bad rows are no row of the table."""
    one = room.asked()
    room.operations.begin(one.id)
    failures = [{"what": f"row {n}", "why": "no email"} for n in range(70)]

    for _ in range(3):
        told = room.operations.progress(one.id, failures=failures)

    assert told is not None
    assert (len(told.failures), told.failed) == (MOST_FAILURES, 210)
    assert told.failures[-1]["what"] == "row 29"


@pytest.mark.parametrize("state", ["done", "failed"])
def test_of_two_workers_one_ends_an_operation(room: Room, state: str) -> None:
    """The other is told that it is over, and changes nothing any more."""
    one = room.asked()
    room.operations.begin(one.id)
    room.operations.begin(one.id)

    first = room.operations.finish(one.id, state, {"runs": 3}, LATER)
    second = room.operations.finish(one.id, "done", {"runs": 4}, LATER)
    late = room.operations.progress(one.id, add=1), room.operations.begin(one.id)

    assert first is not None
    assert (first.state, first.result, first.finished) == (state, {"runs": 3}, LATER)
    assert (second, late) == (None, (None, None))
    assert room.operations.get(one.id) == first


def test_an_operation_ends_well_or_badly(room: Room) -> None:
    """Another end is a mistake of ours."""
    with pytest.raises(ValueError, match="no operation ends as 'over'"):
        room.operations.finish(room.asked().id, "over", None, LATER)


def test_what_waits_is_begun_once_somebody_else_agrees(room: Room) -> None:
    """Not by whoever asked for it; asked again by the same, it is as it is."""
    one = room.asked(state="waiting")
    early = room.operations.begin(one.id)

    with pytest.raises(NotSo, match="asked for by .*ana: somebody else must approve it"):
        room.operations.approve(one.id, ANA)
    approved = room.operations.approve(one.id, BEN)
    begun = room.operations.begin(one.id)
    again = room.operations.approve(one.id, BEN)

    assert early is None
    assert (approved.state, approved.approved_by) == ("queued", BEN)
    assert begun is not None
    assert again == begun


def test_what_does_not_wait_is_not_approved(room: Room) -> None:
    """Nor what is unknown."""
    one = room.asked()

    with pytest.raises(NotSo, match="is queued"):
        room.operations.approve(one.id, BEN)
    with pytest.raises(LookupError, match='no operation "x"'):
        room.operations.approve("x", BEN)


def test_what_somebody_does_to_an_operation_is_told_with_it(room: Room) -> None:
    """Whoever calls writes both; what cannot be done is not told."""
    told: list[str] = []

    def telling(did: str) -> Write:
        def write(change: Action) -> None:
            with unless_overtaken("", 0):
                room.calls.transact_write_items(TransactItems=[change])
            told.append(did)

        return write

    one = room.asked()
    room.operations.begin(one.id)
    room.operations.wait(one.id, {"finds": "nothing"})
    approved = room.operations.approve(one.id, BEN, telling("approved"))
    again = room.operations.approve(one.id, BEN, telling("again"))
    cancelled = room.operations.cancel(one.id, LATER, telling("cancelled"), BEN)
    with pytest.raises(NotSo, match="is cancelled"):
        room.operations.cancel(one.id, LATER, telling("cancelled again"))
    reopened = room.operations.reopen(one.id, telling("reopened"))
    with pytest.raises(LookupError):
        room.operations.reopen("nobody", telling("never"))

    assert told == ["approved", "cancelled", "reopened"]
    assert (approved.state, approved.approved_by, again) == ("queued", BEN, approved)
    assert (cancelled.state, cancelled.finished, cancelled.cancelled_by) == ("cancelled", LATER, BEN)
    assert (reopened.state, reopened.finished, reopened.cancelled_by) == ("queued", None, "")


@pytest.mark.parametrize("state", ["waiting", "queued", "running"])
def test_whoever_works_at_a_cancelled_operation_stops(room: Room, state: str) -> None:
    """What is done stays done; it cannot be approved or ended any more."""
    one = room.asked(state=state, done=3)

    cancelled = room.operations.cancel(one.id, LATER)

    assert (cancelled.state, cancelled.done, cancelled.finished) == ("cancelled", 3, LATER)
    assert room.operations.progress(one.id, add=1) is None
    assert room.operations.finish(one.id, "done", None, LATER) is None
    with pytest.raises(NotSo, match="is cancelled"):
        room.operations.approve(one.id, BEN)
    with pytest.raises(NotSo, match="is cancelled"):
        room.operations.cancel(one.id, LATER)


def test_a_place_goes_when_nobody_moves_it_any_more(room: Room) -> None:
    """It may be the id of a customer, and an operation that was cancelled leaves it where it was."""
    room.operations.move("o1", "runs#0", "", "ana")

    pages = room.client.get_paginator("scan").paginate(TableName=room.table)
    (place,) = [row for page in pages for row in page["Items"] if row.get("after") == {"S": "ana"}]

    assert int(place["expires"]["N"]) == int(NOON.timestamp()) + PLACE_DAYS * 86_400


def test_parts_of_the_work_are_gone_on_with(room: Room) -> None:
    """Of two who move one part on, one is told that the other did; parts and operations do not mix."""
    moved = [room.operations.move("o1", "runs#0", *places) for places in (("", "ana"), ("ana", "ben"))]
    overtaken = (
        room.operations.move("o1", "runs#0", "ana", "cleo"),
        room.operations.move("o1", "runs#0", "", "x"),
    )
    repeated = room.operations.move("o1", "runs#0", "ana", "ben")

    assert moved == [True, True]
    assert (overtaken, repeated) == ((False, False), True)
    assert [room.operations.place(*at) for at in (("o1", "runs#0"), ("o1", "runs#1"), ("o2", "runs#0"))] == [
        "ben",
        "",
        "",
    ]


def test_a_table_that_does_not_answer_is_asked_again_later(room: Room) -> None:
    """What is worth trying again is told apart from what is over."""
    one = room.asked()

    def refuse(_name: str, _arguments: dict[str, Any]) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "UpdateItem")

    room.calls.before = refuse

    with pytest.raises(TransientError):
        room.operations.begin(one.id)
