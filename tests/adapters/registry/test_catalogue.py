"""What reading the catalogue costs, how fresh it is, and how much of it is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.contents import DynamoContents
from sojourn.adapters.dynamodb.recent import Recent
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.domain.compile.bundle import Bundle
from sojourn.domain.message.compiled import CompiledMessage
from sojourn.errors import Throttled, TransientError
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import (
    InBulk,
    event,
    journeys,
    machines,
    rules,
    version_of,
    workspace,
)
from tests.support.aws_table import items

HEAD = {"get_item": 1}
QUERY = {"query surely": 1}


def register(room: Room, bundle: Bundle) -> None:
    room.registry.register(bundle, machines(bundle))


@pytest.mark.parametrize("others", [0, 999])
def test_an_event_costs_the_same_however_many_journeys_there_are(room: Room, others: int) -> None:
    """With one journey and with a thousand: the head and one query when cold, nothing at all when warm."""
    bundle = journeys(j="began", **{f"j{number}": f"e{number}" for number in range(others)})
    Registry(InBulk(room.client), room.table).register(bundle, machines(bundle))
    catalogue, calls = room.catalogue(), room.calls

    nothing = catalogue.entered_by(event("did_it")), calls.since()
    again = catalogue.entered_by(event("did_it")), calls.since()
    one = [found.name for found in catalogue.entered_by(event("began"))], calls.since()
    once_more = [found.name for found in catalogue.entered_by(event("began"))], calls.since()

    assert nothing == ([], HEAD | QUERY)
    assert again == ([], {})
    assert one == (["j"], QUERY | {"get_item": 1})
    assert once_more == (["j"], {})


def test_a_fresh_head_costs_one_small_read_every_five_seconds(room: Room) -> None:
    """Whatever was read under it stays, as long as nothing was registered."""
    register(room, journeys(j="began"))
    catalogue, calls = room.catalogue(), room.calls
    catalogue.entered_by(event("began"))
    calls.since()
    made = []

    for _ in range(20):
        room.clock.now += 1
        catalogue.entered_by(event("began"))
        made.append(calls.since())

    assert made == ([{}] * 4 + [HEAD]) * 4


def test_after_a_registration_only_what_can_change_is_read_again(room: Room) -> None:
    """Triggers are asked for anew; versions that are known are kept."""
    register(room, journeys(a="began", b="did_it"))
    catalogue, calls = room.catalogue(), room.calls
    catalogue.entered_by(event("began"))
    register(room, journeys(a="began", b="stopped"))
    calls.since()

    room.clock.now += 5
    entered = catalogue.entered_by(event("began"))

    assert [one.name for one in entered] == ["a"]
    assert calls.since() == HEAD | QUERY


def test_that_there_is_nothing_is_remembered_until_something_is_registered(room: Room) -> None:
    """A journey and a trigger that nobody registered cost nothing the second time, and are found once they are."""
    register(room, journeys(a="began"))
    catalogue, calls = room.catalogue(), room.calls
    asked = [(catalogue.current("b"), list(catalogue.entered_by(event("did_it")))) for _ in range(3)]
    cost = calls.since()

    register(room, journeys(a="began", b="did_it"))
    room.clock.now += 5
    found = catalogue.current("b")

    assert asked == [(None, [])] * 3
    assert cost == {"get_item": 1, "get_item surely": 1} | QUERY
    assert found is not None
    assert [found] == catalogue.entered_by(event("did_it"))


def test_a_clock_that_is_set_back_does_not_make_old_things_fresh(room: Room) -> None:
    """The head is read again, rather than believed for as long as the clock was set back."""
    register(room, journeys(a="began"))
    catalogue = room.catalogue()
    assert catalogue.current("b") is None

    register(room, journeys(b="began"))
    room.clock.now -= 300

    assert catalogue.current("b") is not None


def test_a_run_on_a_version_just_registered_finds_it(room: Room) -> None:
    """A copy that has not heard of it yet is passed over for a read that is sure."""
    bundle = workspace()
    register(room, bundle)

    def lagging(name: str, arguments: dict[str, Any]) -> None:
        if name == "get_item" and not arguments["ConsistentRead"]:
            arguments["Key"] = {"pk": {"S": "not copied"}, "sk": {"S": "yet"}}

    room.calls.before = lagging
    catalogue, contents = room.catalogue(), DynamoContents(room.calls, room.table)

    assert rules(bundle.journeys[0]) == catalogue.version("j", version_of(bundle, "j"))
    assert list(bundle.messages.values()) == [contents.get(digest) for digest in bundle.messages]
    assert bundle.policy == catalogue.policy


def test_a_copy_of_the_head_that_lags_behind_is_not_believed(room: Room) -> None:
    """Once a function has seen a revision, it does not go back to an earlier one."""
    old, new = journeys(a="began"), journeys(b="began")
    register(room, old)
    before = room.client.get_item(
        TableName=room.table, Key={"pk": {"S": engine_keys.CATALOGUE}, "sk": {"S": engine_keys.HEAD}}
    )
    register(room, new)
    catalogue = room.catalogue()
    assert [one.name for one in catalogue.entered_by(event("began"))] == ["b"]

    room.client.put_item(TableName=room.table, Item=before["Item"])
    room.clock.now += 5

    assert [one.name for one in catalogue.entered_by(event("began"))] == ["b"]
    assert catalogue.current("a") is None


def test_what_was_never_registered_is_named(room: Room) -> None:
    """A version, a machine or a message that is not there is a mistake of ours, and the error says which it is."""
    register(room, workspace())
    catalogue = room.catalogue()

    with pytest.raises(
        LookupError, match='no version "v9" of journey "j" was registered in table sojourn-test'
    ):
        catalogue.version("j", "v9")
    with pytest.raises(LookupError, match='no version "v9" of journey "k"'):
        catalogue.machine("k", "v9")
    with pytest.raises(LookupError, match="no message with digest d9 was registered in table sojourn-test"):
        DynamoContents(room.client, room.table).get("d9")


def test_before_the_first_registration_there_is_nothing_to_go_by(room: Room) -> None:
    """Events that come too early are tried again, rather than lost; so while the first registration goes on."""

    def early(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            with pytest.raises(TransientError, match="no journeys have been registered"):
                _ = room.catalogue().policy

    with pytest.raises(TransientError, match="no journeys have been registered in table sojourn-test yet"):
        room.catalogue().entered_by(event("began"))
    room.calls.before = early
    Registry(room.calls, room.table).register(workspace(), machines(workspace()))
    room.calls.before = lambda *_: None

    assert workspace().policy == room.catalogue().policy


def test_a_table_that_does_not_answer_is_asked_again_later(room: Room) -> None:
    """Throttling and failures of DynamoDB are worth trying again, and leave the catalogue as it was."""
    register(room, journeys(a="began"))
    catalogue = room.catalogue()

    def refuse(_name: str, _arguments: dict[str, Any]) -> None:
        raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem")

    room.calls.before = refuse
    with pytest.raises(Throttled):
        _ = catalogue.policy
    with pytest.raises(Throttled):
        DynamoContents(room.calls, room.table).get("d")
    room.calls.before = lambda *_: None

    assert [one.name for one in catalogue.entered_by(event("began"))] == ["a"]


def test_memory_is_bounded(room: Room) -> None:
    """What was not used for long is dropped, and read again when it is asked for."""
    bundle = journeys(**dict.fromkeys("abcdef", "began"))
    register(room, bundle)
    (size,) = {len(item["data"]["S"]) for item in items(room.client, room.table, "v#")}
    catalogue = room.catalogue(keep=3 * size)

    for _ in range(2):
        for name in "abcdef":
            assert name == catalogue.version(name, version_of(bundle, name)).name

    assert len(catalogue._versions) == 3
    assert room.calls.since() == {"get_item": 12}


def test_contents_are_read_once_and_bounded(room: Room) -> None:
    """A message is kept after its first use, as long as newer ones leave room for it."""
    base = next(iter(workspace().messages.values()))
    messages = {
        f"d{number}": CompiledMessage(base.name, f"d{number}", base.locales, base.default_locale)
        for number in range(4)
    }
    journey = replace(workspace().journeys[0], messages={digest: digest for digest in messages}).versioned()
    register(room, replace(workspace(), journeys=(journey,), messages=messages))
    contents = DynamoContents(room.calls, room.table, keep=1_000)

    first = [contents.get("d0") for _ in range(3)], room.calls.since()
    for digest in messages:
        contents.get(digest)
    room.calls.since()
    contents.get("d0")

    assert ([messages["d0"]] * 3, {"get_item": 1}) == first
    assert room.calls.since() == {"get_item": 1}


def test_what_was_used_last_is_kept() -> None:
    """The longest unused goes first; a value in place of another weighs once."""
    kept: Recent[str, int] = Recent(3)
    for key in "abc":
        kept.keep(key, 1)
    _ = kept["a"]

    kept.keep("d", 4)
    kept.keep("d", 5, weight=2)

    assert {key: key in kept for key in "abcd"} == {"a": True, "b": False, "c": False, "d": True}
    assert kept["d"] == 5


def test_a_value_too_heavy_is_kept_alone() -> None:
    """What was asked for last is at hand, whatever it weighs."""
    kept: Recent[str, int] = Recent(3)
    kept.keep("a", 1)

    kept.keep("b", 2, weight=10)

    assert ("a" in kept, "b" in kept) == (False, True)
