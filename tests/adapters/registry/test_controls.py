"""What publishers tell journeys: heard within seconds, lost by nobody, and always with room for an emergency."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.adapters.dynamodb import published
from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.registry import Registry, Signed
from sojourn.adapters.dynamodb.sizes import item_size
from sojourn.domain.control import END, EVERY, PAUSED, STOPPED, USUAL, Control, Pause
from sojourn.errors import AuthorError, Conflict, TransientError
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import event, journeys, machines, version_of
from tests.support.aws_table import items

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Signed("arn:aws:iam::1:user/ana", NOON, "", "d1")
ONE = journeys(a="began", b="began")
TWO = journeys(a="did_it", b="began", c="began")
STILL = Control(
    entries=PAUSED, clocks="still", since=NOON, by="ana", reason="a wrong price", pauses=(Pause(NOON),)
)


def paused(control: Control) -> Control:
    return replace(control, sends=PAUSED, since=NOON, by="ana")


def stopped(control: Control) -> Control:
    return replace(control, entries=STOPPED)


@pytest.fixture(autouse=True)
def _registered(room: Room) -> None:
    room.registry.register(ONE, machines(ONE))


def test_a_journey_hears_within_five_seconds_at_no_further_cost(room: Room) -> None:
    """What it was told comes with the head that functions read anyway."""
    catalogue = room.catalogue()
    before = catalogue.control("a")
    room.registry.control("a", lambda _: STILL)
    room.calls.since()

    room.clock.now += 4.9
    stale = catalogue.control("a")
    room.clock.now += 0.1
    heard = catalogue.control("a"), catalogue.control("b"), catalogue.control("c")

    assert (before, stale) == (USUAL, USUAL)
    assert heard == (STILL, USUAL, USUAL)
    assert room.calls.since() == {"get_item": 1}


def test_what_all_are_told_holds_beside_what_each_is(room: Room) -> None:
    """The stricter of both; commands are shown the same."""
    room.registry.control("a", stopped)
    told = room.registry.control(EVERY, paused)

    catalogue = room.catalogue()
    assert told == paused(USUAL)
    assert (catalogue.control("a").entries, catalogue.control("a").sends) == (STOPPED, PAUSED)
    assert catalogue.control("b") == paused(USUAL)
    shown = {one.name: one.control for one in Live(room.client, room.table).journeys()}
    assert shown == {name: catalogue.control(name) for name in "ab"}


def test_what_says_nothing_any_more_is_forgotten(room: Room) -> None:
    """A journey that was told nothing, and one whose pause left no trace, take no room; a repetition writes none."""
    before = items(room.client, room.table)[0]["data"]
    room.registry.control("a", paused)
    room.registry.control("a", lambda _: USUAL)
    revision = Live(room.client, room.table).state().revision

    room.registry.control("a", lambda control: control)

    assert items(room.client, room.table)[0]["data"] == before
    assert Live(room.client, room.table).state().revision == revision == 3


def test_times_in_which_clocks_stood_still_are_kept(room: Room) -> None:
    """They are not over for whoever waits, though the journey goes on as usual."""
    stood = Control(pauses=(Pause(NOON, NOON.replace(hour=13)),))

    room.registry.control("a", lambda _: stood)

    assert room.catalogue().control("a") == stood


def test_controls_outlive_registrations_and_publications(room: Room) -> None:
    """Neither the stack nor a publisher undoes what a journey was told; the journey need not even be there."""
    room.registry.control("b", paused)
    room.registry.control(EVERY, stopped)

    room.registry.register(replace(TWO, policy=replace(TWO.policy, locale="de")), machines(TWO))
    Registry(room.client, room.table, "publish").withdraw()
    room.registry.register(journeys(a="began"), machines(ONE))

    catalogue = room.catalogue()
    assert catalogue.policy.locale == "en"
    assert catalogue.control("b") == replace(paused(USUAL), entries=STOPPED)


@pytest.mark.parametrize("number", range(1, 13))
def test_a_pause_is_not_held_up_by_a_registration(room: Room, number: int) -> None:
    """Whenever it comes: it holds at once, and the registration, which may have to begin anew, does not undo it."""
    left = number

    def meanwhile(_name: str, _arguments: dict[str, Any]) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            Registry(room.client, room.table, "publish").control(EVERY, paused)
            assert room.catalogue().control("a") == paused(USUAL)
            assert [one.name for one in room.catalogue().entered_by(event("did_it"))] in ([], ["a"])

    room.calls.before = meanwhile
    registry = Registry(room.calls, room.table)
    for _ in range(2):
        try:
            registry.register(TWO, machines(TWO))
            break
        except Conflict:
            continue
    room.calls.before = lambda *_: None
    if left > 0:
        room.registry.control(EVERY, paused)

    catalogue = room.catalogue()
    assert catalogue.control("a") == paused(USUAL)
    assert {one.name: one.version for one in catalogue.entered_by(event("began"))} == {
        name: version_of(TWO, name) for name in "bc"
    }


def test_two_who_tell_a_journey_something_at_once_are_both_heard(room: Room) -> None:
    """Each changes what the other said, rather than what it was before."""
    other = Registry(room.client, room.table)

    def meanwhile(name: str, _arguments: dict[str, Any]) -> None:
        if name == "update_item":
            room.calls.before = lambda *_: None
            other.control("a", stopped)

    room.calls.before = meanwhile
    told = Registry(room.calls, room.table).control("a", paused)

    assert (told.entries, told.sends) == (STOPPED, PAUSED)
    assert room.catalogue().control("a") == told


def test_whoever_is_always_overtaken_is_told_in_the_end(room: Room) -> None:
    """It may be tried again; the pauses between attempts grow, and differ."""
    others, pauses = iter(range(100)), list[float]()

    def meanwhile(name: str, _arguments: dict[str, Any]) -> None:
        if name == "update_item":
            reason = f"{next(others)}"
            room.registry.control("b", lambda control: replace(control, sends=PAUSED, reason=reason))

    room.calls.before = meanwhile

    with pytest.raises(Conflict, match="somebody else"):
        Registry(room.calls, room.table, pause=pauses.append).control("a", paused)
    assert len(set(pauses)) == len(pauses) == next(others) - 1
    assert max(pauses) < 1
    assert room.catalogue().control("a") == USUAL


def test_only_journeys_there_are_can_be_told_something(room: Room) -> None:
    """A misspelt name is told; a journey that nobody enters any more may still have customers in it."""
    room.registry.withdraw(["b"])
    for item in items(room.client, room.table, "journey#b"):
        room.client.delete_item(TableName=room.table, Key={"pk": item["pk"], "sk": item["sk"]})

    with pytest.raises(LookupError, match='no journey "z" was ever published'):
        room.registry.control("z", paused)
    ended = room.registry.control("b", lambda control: replace(control, runs=END))

    assert room.catalogue().control("b") == ended


def test_before_anything_is_registered_nothing_is_told(room: Room) -> None:
    """There is no head to write it into."""
    for item in items(room.client, room.table):
        room.client.delete_item(TableName=room.table, Key={"pk": item["pk"], "sk": item["sk"]})

    with pytest.raises(LookupError, match="nothing has been registered in table sojourn-test yet"):
        room.registry.control(EVERY, paused)
    with pytest.raises(TransientError):
        room.catalogue().control("a")


def test_a_head_that_is_full_still_takes_a_pause_of_all(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Journeys one by one are refused with what to do instead; the emergency brake never is."""
    monkeypatch.setattr(published, "ITEM_LIMIT", 40_000)  # moto adds what a row had before to what it gets
    (rule, *_) = room.catalogue().segments
    segments = tuple(replace(rule, name=f"s{n}", when=f'customer.plan == "{n:0{360}}"') for n in range(80))
    full = replace(ONE, segments=segments)
    room.registry.register(full, machines(full))
    told = Control(entries=PAUSED, since=NOON, by="a" * 200, reason="r" * 2_000)

    def more(control: Control) -> Control:
        return replace(told, reason=control.reason + told.reason)

    def tell_one_by_one() -> None:
        for name in "ab" * 10:
            room.registry.control(name, more)

    with pytest.raises(AuthorError, match=r"what journeys were told together is .*sojourn pause --all"):
        tell_one_by_one()
    room.registry.control(EVERY, lambda _: told)

    head = items(room.client, room.table, "head")[0]
    assert item_size(head) <= 40_000
    assert room.catalogue().control("b").entries == PAUSED
