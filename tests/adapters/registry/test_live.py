"""What commands read of what is published: with one query for all journeys, and with what each was told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sojourn.adapters.dynamodb.counters import addition
from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.registry import Registry, Signed
from sojourn.adapters.dynamodb.versions import StoredVersions
from sojourn.application.counting import Place
from sojourn.application.publishing import (
    Draft,
    Entry,
    LiveJourney,
    Operation,
    Publication,
    operation_id,
)
from sojourn.domain.control import PAUSED, Control, Pause
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import journeys, machines, version_of, workspace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Signed("arn:aws:iam::1:user/ana", NOON, "first", "d1")
ONE = journeys(**{f"j{number}": "began" for number in range(12)})


def test_all_journeys_are_shown_by_one_query(room: Room) -> None:
    """With owner, version, machine, triggers, publication and what each was told."""
    room.registry.register(ONE, machines(ONE), signed=ANA)
    room.registry.control("j3", lambda _: Control(entries=PAUSED, since=NOON, by="ana"))
    room.calls.since()

    shown = Live(room.calls, room.table).journeys()

    assert room.calls.since() == {"query surely": 1}
    assert [one.name for one in shown] == sorted(one.name for one in ONE.journeys)
    version = version_of(ONE, "j3")
    found = Live(room.client, room.table).journey("j3")
    assert found == LiveJourney(
        "j3", "cdk", version, machines(ONE)["j3"], None, Control(entries=PAUSED, since=NOON, by="ana"),
        Publication("d1", "j3", version, "", ANA.by, NOON, "first", "deploy"), (("event", "began"),),
    )  # fmt: skip


def test_what_is_withdrawn_or_unknown_is_not_shown(room: Room) -> None:
    """Nobody enters it; what nobody signed for has no publication."""
    room.registry.register(ONE, machines(ONE))
    room.registry.withdraw(["j3"])
    live = Live(room.client, room.table)

    assert live.journey("j3") is None
    assert live.journey("x") is None
    assert (live.publications("j4"), getattr(live.journey("j4"), "publication", "")) == ((), None)


def test_an_empty_table_shows_nothing(room: Room) -> None:
    """Nothing was registered yet."""
    live = Live(room.client, room.table)

    assert (live.journeys(), live.settings(), live.publications("j")) == ((), "", ())


def test_settings_are_read_without_what_journeys_were_told(room: Room) -> None:
    """They are compared with a workspace's files."""
    bundle = workspace()
    room.registry.register(bundle, machines(bundle))
    before = Live(room.client, room.table).settings()

    room.registry.control("j", lambda _: Control(entries=PAUSED, since=NOON))

    assert Live(room.client, room.table).settings() == before
    assert '"policy"' in before


def test_counters_are_those_of_a_journey_or_of_one_version(room: Room) -> None:
    """As far as they were counted."""
    for version, step, entered in (("v1", "", 3), ("v1", "a", 2), ("v2", "", 5)):
        room.client.update_item(
            TableName=room.table, **addition(1, Place("j", version, step), {"entered": entered})
        )
    live = Live(room.client, room.table)

    assert live.counts("j") == {
        Place("j", "v1", ""): {"entered": 3},
        Place("j", "v1", "a"): {"entered": 2},
        Place("j", "v2", ""): {"entered": 5},
    }
    assert live.counts("j", "v2") == {Place("j", "v2", ""): {"entered": 5}}


PUBLICATION = Publication("d1", "j", "v2", "v1", ANA.by, NOON, "why", "publish")
DRAFT = Draft("v3", "arn", ANA.by, NOON, (("event", "began"),))
RECORDS = [
    PUBLICATION,
    DRAFT,
    LiveJourney(
        "j", "publish", "v2", "arn", DRAFT, Control(entries=PAUSED, pauses=(Pause(NOON),)), PUBLICATION
    ),
    LiveJourney("j", "publish", "", ""),
    Operation(
        operation_id(NOON, "0a0b0c"), "stop", ANA.by, NOON, total=3, failures=({"what": "a", "why": "b"},)
    ),
    Operation("o", "publish", ANA.by, NOON, finished=NOON, result={"findings": [1]}),
    Entry(1, NOON, ANA.by, "published", "j", "why", {"n": [1, {"a": None}]}).sealed(),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_from_its_json(record: LiveJourney) -> None:
    """Whatever a later release wrote beside it."""
    told = record.to_json()

    assert type(record).from_json({**told, "later": 1}) == record
    assert type(record).from_json(told).to_json() == told


def test_an_entry_is_about_the_journeys_it_names() -> None:
    """Alone, or among others."""
    entry = Entry(1, NOON, ANA.by, "deployed", "a", details={"journeys": {"b": {}}})

    assert [entry.is_about(name) for name in "abc"] == [True, True, False]


def test_where_a_version_runs_is_noted_and_read_back(room: Room) -> None:
    """Its machine for beginning in the middle is found as soon as it is made; there is none before."""
    bundle = workspace()
    version = version_of(bundle, "j")
    room.registry.register(bundle, machines(bundle))
    catalogue, stored = room.catalogue(), StoredVersions(room.client, room.table)
    before = catalogue.at_machine("j", version)

    stored.keep_machine("j", version, "arn:at:1", at=True)
    at = catalogue.at_machine("j", version)
    room.calls.since()
    again = catalogue.at_machine("j", version)

    assert (before, at, again) == ("", "arn:at:1", "arn:at:1")
    assert room.calls.since() == {}
    assert catalogue.machine("j", version) == machines(bundle)["j"]
    with pytest.raises(LookupError, match='never had a version "v9"'):
        stored.keep_machine("j", "v9", "arn")


def test_another_owner_may_be_told_apart(room: Room) -> None:
    """Of each journey it is said whose it is."""
    room.registry.register(ONE, machines(ONE))
    other = journeys(x="began")
    Registry(room.client, room.table, "publish").publish(other, machines(other), None, {}, ANA)

    owners = {one.name: one.owner for one in Live(room.client, room.table).journeys()}

    assert (owners["x"], owners["j1"]) == ("publish", "cdk")
