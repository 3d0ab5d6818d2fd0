"""Sources are added and revoked by calls, each together with its entry in the history."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from sojourn.adapters.dynamodb.sources import DynamoSources
from sojourn.application.sources import key_digest
from tests.support.aws_table import items
from tests.support.control_room import ANA, BEN, ControlRoom, Died, control_room, event

WEB = {"name": "web", "rights": ["merge", "tasks"], "reason": "the new shop"}


def sources(room: ControlRoom) -> DynamoSources:
    return DynamoSources(room.client, room.table)


def names(room: ControlRoom) -> list[str]:
    return [one.name for one in sources(room).all()]


def test_a_source_is_added_and_its_key_is_answered(room: ControlRoom) -> None:
    """The key is a new one each time; what it may do is what was asked for, and to tell of events."""
    status, said = room.call("add_source", WEB)
    _, other = room.call("add_source", {"name": "app"})

    found = sources(room).find(str(key_digest(said["write_key"])))
    assert status == 200
    assert said["source"] == {
        "name": "web",
        "rights": ["events", "merge", "tasks"],
        "since": "2026-03-06T09:00:00Z",
    }
    assert found is not None
    assert (found.name, sorted(found.rights)) == ("web", ["events", "merge", "tasks"])
    assert said["write_key"] != other["write_key"]


def test_the_history_has_the_source_and_nothing_has_the_key(
    room: ControlRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the table nor the log; whoever wants the key must have heard the answer."""
    _, said = room.call("add_source", WEB)
    room.call("revoke_source", {"reason": "leaked"}, by=BEN, source="web")

    newest, oldest = room.backing.history.read()
    assert (oldest.by, oldest.did, oldest.message) == (ANA, "added_source", "the new shop")
    assert oldest.details == {"name": "web", "rights": ["events", "merge", "tasks"]}
    assert (newest.by, newest.did, newest.details, newest.message) == (
        BEN, "revoked_source", {"name": "web"}, "leaked",
    )  # fmt: skip
    assert said["write_key"] not in str(items(room.client, room.table)) + capsys.readouterr().out


def test_a_source_is_revoked_once(room: ControlRoom) -> None:
    """Its key is nobody's, its name is free; who revokes it again hears that there is none."""
    _, said = room.call("add_source", WEB)

    first = room.call("revoke_source", {}, source="web")
    again = room.call("revoke_source", {}, source="web")

    assert first == (200, {"name": "web", "revoked": True})
    assert (again[0], again[1]["error"]) == (404, "no_source")
    assert sources(room).find(str(key_digest(said["write_key"]))) is None
    assert room.call("add_source", WEB)[0] == 200
    assert [did for _, did in room.told()] == ["added_source", "revoked_source", "added_source"]


def test_a_name_that_is_taken_is_refused_and_told_nobody(room: ControlRoom) -> None:
    """The first keeps its key."""
    _, said = room.call("add_source", WEB)

    status, refused = room.call("add_source", {"name": "web"}, by=BEN)

    assert (status, refused["error"], "write_key" in refused) == (409, "source_taken", False)
    assert sources(room).find(str(key_digest(said["write_key"]))) is not None
    assert room.told() == [("ana", "added_source")]


def calls_of(name: str, room: ControlRoom) -> None:
    """Add the source, or take it away."""
    if name == "add_source":
        room.call(name, WEB)
    else:
        room.call(name, {}, source="web")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ["add_source", "revoke_source"])
def test_wherever_it_dies_it_is_done_and_told_or_neither(name: str, *, after: bool) -> None:
    """There is no source of which the history knows nothing, and no entry of one that is not."""
    number, died = 0, True
    while died:
        number += 1
        with control_room() as room:
            if name == "revoke_source":
                room.call("add_source", WEB)
            before = len(room.told())
            room.calls, room.dies_at, room.after = 0, number, after

            with suppress(Died):
                calls_of(name, room)
            died, room.dies_at = room.calls >= number, 0

            done = (names(room) == ["web"]) == (name == "add_source")
            assert len(room.told()) - before == int(done), number
    assert number > 2


def test_who_adds_another_of_the_name_in_between_keeps_it(room: ControlRoom) -> None:
    """Whoever meant the first source does not revoke the second, whose key somebody just put into an app."""
    room.call("add_source", WEB)
    first = sources(room).revoking("web")
    room.call("revoke_source", {}, source="web")
    _, said = room.call("add_source", {"name": "web"})

    with pytest.raises(room.client.exceptions.TransactionCanceledException):
        room.client.transact_write_items(TransactItems=first)

    assert sources(room).find(str(key_digest(said["write_key"]))) is not None


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "bad_field"),
        ({"name": "Web Shop"}, "bad_source"),
        ({"name": "web", "rights": ["sudo"]}, "bad_source"),
        ({"name": "web", "rights": "merge"}, "bad_field"),
        ({"name": "web", "rights": [["merge"]]}, "bad_field"),
        ({"name": "web", "key": "mine"}, "bad_field"),
    ],
)
def test_what_makes_no_source_changes_nothing(room: ControlRoom, body: Any, error: str) -> None:
    """The field is named."""
    status, said = room.call("add_source", body)

    assert (status, said["error"]) == (400, error)
    assert (names(room), room.told()) == ([], [])


@pytest.mark.parametrize("name", ["wob", "Web Shop", "%2e%2e", "é"])
def test_a_source_that_is_none_is_not_found(room: ControlRoom, name: str) -> None:
    """Whatever stands in the path."""
    answer = room.api(event("POST /v1/sources/{source}/revoke", {}, ANA, {"source": name}))

    assert (answer["statusCode"], json.loads(answer["body"])["error"]) == (404, "no_source")
    assert room.told() == []
