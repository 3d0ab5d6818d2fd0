"""Events in quarantine are put on the bus again, or dropped, by calls; the history has how many, and no customer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.adapters.dynamodb.quarantine import AT_MOST, DynamoQuarantine, Listed
from sojourn.application.quarantine import Quarantined
from sojourn.aws_runtime.clock import SystemClock
from tests.support.control_room import ANA, ControlRoom, Died, control_room

NOW = SystemClock().now()
ASIDE = Quarantined(
    "ana@example.com", "o-1", "began", NOW, ("properties.n: a number is wanted",),
    {"customer": "ana@example.com", "id": "o-1", "name": "began", "properties": {"n": "many"}},
)  # fmt: skip
THREE = [("ana@example.com", "o-1"), ("c-42", "o-2"), ("c-42", "o-3")]
EVENTS = [{"customer": customer, "id": id_} for customer, id_ in THREE]


@contextmanager
def with_events() -> Iterator[ControlRoom]:
    """Give a room with three events in quarantine, one of them of a name that no workspace has."""
    with control_room() as room:
        kept = quarantine(room)
        for customer, id_ in THREE:
            detail = {**ASIDE.detail, "customer": customer, "id": id_}
            name = "ana@example.com wrote" if id_ == "o-3" else "began"
            kept.put(replace(ASIDE, customer=customer, id=id_, name=name, detail=detail))
        room.calls = 0
        yield room


@pytest.fixture
def room() -> Iterator[ControlRoom]:
    """Give such a room."""
    with with_events() as made:
        yield made


def quarantine(room: ControlRoom) -> DynamoQuarantine:
    return DynamoQuarantine(room.client, room.table, SystemClock())


def listed(room: ControlRoom) -> list[Listed]:
    return list(quarantine(room).listed(NOW - timedelta(days=1), NOW + timedelta(days=1)))


def put(room: ControlRoom) -> list[str]:
    """Return the ids of what was put on the bus."""
    return [json.loads(one["Detail"])["id"] for one in room.reached.put]


def test_events_are_put_on_the_bus_again(room: ControlRoom) -> None:
    """As they came, under their names and ids, by the source that says so; then they are in quarantine no more."""
    status, said = room.call("replay", {"events": EVENTS})

    assert (status, said) == (200, {"done": EVENTS, "refused": [], "left": []})
    assert put(room) == ["o-1", "o-2", "o-3"]
    assert room.reached.put[0] == {
        "EventBusName": "bus", "Source": "sojourn-quarantine", "DetailType": "began",
        "Detail": json.dumps(ASIDE.detail, separators=(",", ":")),
    }  # fmt: skip
    assert listed(room) == []


def test_events_are_dropped(room: ControlRoom) -> None:
    """Those that are named; nothing goes on the bus."""
    status, said = room.call("drop", {"events": EVENTS[:2]})

    assert (status, said["done"], put(room)) == (200, EVENTS[:2], [])
    assert [one.id for one in listed(room)] == ["o-3"]


@pytest.mark.parametrize(("route", "did"), [("replay", "replayed"), ("drop", "dropped")])
def test_the_history_says_how_many_and_nothing_of_whose(room: ControlRoom, route: str, did: str) -> None:
    """By the names that the workspace has; a name that somebody made up may be anything."""
    settings = json.dumps({"policy": {"events": {"began": {"n": "number"}}}})
    room.backing = replace(room.backing, live=Told(settings))  # type: ignore[arg-type]
    api = room.made_api(room.backing)
    room.api = api

    room.call(route, {"events": EVENTS, "reason": "the plan is mended"})

    (entry,) = room.backing.history.read()
    assert (entry.by, entry.did, entry.message) == (ANA, did, "the plan is mended")
    assert entry.details == {"events": 3, "names": {"began": 2, "other": 1}}
    assert not {"ana", "c-42", "o-1"} & {
        part for part in ("ana@", "c-42", "o-1") if part in str(entry.details)
    }


class Told:
    """A registry that has these settings."""

    def __init__(self, settings: str) -> None:
        self._settings = settings

    def settings(self) -> str:
        """Return them."""
        return self._settings


def test_what_the_bus_does_not_take_stays(room: ControlRoom) -> None:
    """It is named, with AWS's word for why; the others are on it."""
    room.reached.full = {"o-2"}

    _, said = room.call("replay", {"events": EVENTS})

    assert said["refused"] == [{"customer": "c-42", "id": "o-2", "why": "ThrottlingException"}]
    assert [one["id"] for one in said["done"]] == ["o-1", "o-3"]
    assert [one.id for one in listed(room)] == ["o-2"]


def test_an_event_that_comes_back_at_once_stays(room: ControlRoom) -> None:
    """Whoever is still not as planned is put aside again before the call ends; that row is not taken away."""
    kept = quarantine(room)
    again = replace(ASIDE, received=NOW + timedelta(minutes=1))
    room.reached.counted = lambda call: (call(), kept.put(again))[0]  # type: ignore[func-returns-value]

    room.call("replay", {"events": EVENTS[:1]})

    assert [one.id for one in listed(room) if one.customer == ASIDE.customer] == ["o-1"]


@pytest.mark.parametrize("route", ["replay", "drop"])
def test_what_is_not_there_is_left_out_and_not_told(room: ControlRoom, route: str) -> None:
    """Somebody did it already: a second delivery of the call changes nothing."""
    room.call(route, {"events": EVENTS})

    again = room.call(route, {"events": [*EVENTS, {"customer": "c-42", "id": "nothing"}]})

    assert again == (200, {"done": [], "refused": [], "left": []})
    assert len(room.told()) == 1


def test_an_event_that_is_named_twice_is_done_once(room: ControlRoom) -> None:
    """DynamoDB takes no key twice, and the bus would."""
    _, said = room.call("replay", {"events": [*EVENTS[:1], *EVENTS[:1]]})

    assert (said["done"], put(room)) == (EVENTS[:1], ["o-1"])


def test_what_there_is_no_time_for_is_named(room: ControlRoom) -> None:
    """Whoever called calls again with the rest."""
    room.reached.slow = 15.0

    _, first = room.call("replay", {"events": EVENTS})
    _, second = room.call("replay", {"events": first["left"]})

    assert (first["done"], first["left"]) == (EVENTS[:1], EVENTS[1:])
    assert second["done"] == EVENTS[1:2]
    assert put(room) == ["o-1", "o-2"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("route", ["replay", "drop"])
def test_wherever_it_dies_nothing_is_gone_that_is_not_told_and_the_next_call_does_the_rest(
    route: str, *, after: bool
) -> None:
    """An event may be on the bus twice, under its id, and be stored once; it is never gone without being there."""
    number, died = 0, True
    while died:
        number += 1
        with with_events() as room:
            room.dies_at, room.after = number, after

            with suppress(Died):
                room.call(route, {"events": EVENTS})
            died, room.dies_at = room.calls >= number, 0

            gone = {id_ for _, id_ in THREE} - {one.id for one in listed(room)}
            assert not (gone or put(room)) or room.told(), number
            assert route == "drop" or gone <= set(put(room)), number
            room.call(route, {"events": EVENTS})
            assert listed(room) == []
            assert route == "drop" or set(put(room)) == {"o-1", "o-2", "o-3"}
            assert len(room.told()) in (1, 2)
    assert number > 6


@pytest.mark.parametrize(
    "body",
    [
        {}, {"events": []}, {"events": "all"}, {"events": ["o-1"]}, {"events": [{"customer": "c-42"}]},
        {"events": [{"customer": "c-42", "id": ""}]}, {"events": [{"customer": 1, "id": "o-1"}]},
        {"events": [{"customer": "c" * 257, "id": "o-1"}]}, {"events": EVENTS[:1], "since": "2 days"},
        {"events": [{"customer": "c-42", "id": "o-1", "received": "now"}]},
        {"events": [{"customer": "c-42", "id": str(number)} for number in range(AT_MOST + 1)]},
    ],
)  # fmt: skip
def test_what_names_no_events_is_refused(room: ControlRoom, body: Any) -> None:
    """And nothing is done."""
    status, said = room.call("replay", body)

    assert (status, said["error"]) == (400, "bad_field")
    assert (len(listed(room)), put(room), room.told()) == (3, [], [])
