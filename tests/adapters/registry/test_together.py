"""What is written beside a change of the registry: all of it or nothing, whoever else writes, however much it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.adapters.dynamodb import registration, switch
from sojourn.adapters.dynamodb.history import History
from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.registry import Registry, Signed
from sojourn.adapters.dynamodb.switch import Also, Moved
from sojourn.domain.control import EVERY, PAUSED, STOPPED, Control
from sojourn.errors import Conflict
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import journeys, machines, version_of
from tests.support.aws_table import aws_table
from tests.support.turns import Turns

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Signed("arn:aws:iam::1:user/ana", NOON, "", "d1")
ONE, TWO = journeys(a="began", b="began"), journeys(a="did_it", b="began", c="began")


class Died(BaseException):
    """Whoever worked died here."""


def paused(control: Control) -> Control:
    return replace(control, sends=PAUSED, since=NOON, by="ana")


def telling(history: History, did: str, by: str = "ana") -> Also:
    """Return what writes an entry with a change."""

    def also(moved: Moved) -> list[Any]:
        return history.next(NOON, by, did, details={"revision": moved.revision}, once=f"{did} {by}")[1]

    return also


def told(room: Room) -> list[str]:
    """Return what is told, the oldest first, in an account that holds."""
    history = History(room.client, room.table)
    assert history.verify() is None
    return [entry.did for entry in reversed([*history.read()])]


def state(room: Room) -> Any:
    held = Live(room.client, room.table).state()
    return held.now(), held.head


DEEDS: dict[str, Callable[[Registry, Also], object]] = {
    "control": lambda registry, also: registry.control("a", paused, also),
    "register": lambda registry, also: registry.register(TWO, machines(TWO), signed=ANA, also=also),
    "settings": lambda registry, also: registry.register(
        replace(ONE, policy=replace(ONE.policy, locale="de")), machines(ONE), signed=ANA, also=also
    ),
    "machine": lambda registry, also: registry.register(ONE, machines(ONE, 2), signed=ANA, also=also),
    "publish": lambda registry, also: registry.publish(TWO, machines(TWO), ["a"], {}, ANA, also=also),
    "draft": lambda registry, also: registry.publish(TWO, machines(TWO), ["b"], {}, ANA, also=also),
    "roll back": lambda registry, also: registry.roll_back("a", version_of(ONE, "a"), None, ANA, also=also),
    "withdraw": lambda registry, also: registry.withdraw(["b"], signed=ANA, also=also),
}


def prepared(room: Room, name: str) -> None:
    room.registry.register(ONE, machines(ONE))
    if name == "roll back":
        room.registry.register(TWO, machines(TWO))


def dying(room: Room, number: int, *, after: bool) -> Registry:
    """Return a registry whose writer dies at so many-th of its writes, before it or after it."""
    left = number

    class Client:
        def __getattr__(self, name: str) -> Callable[..., Any]:
            def call(**arguments: Any) -> Any:
                nonlocal left
                left -= name in ("put_item", "update_item", "transact_write_items")
                if left == 0 and not after:
                    raise Died
                answer = getattr(room.client, name)(**arguments)
                if left == 0:
                    raise Died
                return answer

            return call

    return Registry(Client(), room.table)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", [name for name in DEEDS if name != "draft"])
def test_whoever_dies_at_a_write_did_and_told_it_or_neither(name: str, *, after: bool) -> None:
    """And whoever does it again afterwards has it done and told once."""
    number, through = 0, False
    while not through:
        number += 1
        with aws_table() as (client, table):
            room = Room(client, table)
            prepared(room, name)
            before = state(room)
            history = History(client, table)
            through = True
            try:
                DEEDS[name](dying(room, number, after=after), telling(history, name))
            except Died:
                through = False

            assert told(room) == [name] * (state(room) != before), number

            with suppress(Conflict):
                DEEDS[name](Registry(client, table), telling(history, name))
            assert told(room) == [name], number
    assert number > (1 if name in ("control", "settings") else 2)


def test_nothing_is_told_where_nothing_changes(room: Room) -> None:
    """Neither of a repetition, nor of what somebody else did by the time that the head is claimed."""
    history = History(room.client, room.table)
    room.registry.register(ONE, machines(ONE))
    room.registry.register(ONE, machines(ONE), also=telling(history, "again"))

    def meanwhile(name: str, arguments: dict[str, Any]) -> None:
        if "SET claim" in arguments.get("UpdateExpression", ""):
            room.calls.before = lambda *_: None
            room.registry.withdraw(["b"], also=telling(history, "first"))

    room.calls.before = meanwhile
    second = Registry(room.calls, room.table)
    for _ in range(2):
        with suppress(Conflict):
            second.withdraw(["b"], also=telling(history, "second"))

    assert told(room) == ["first"]


@pytest.mark.parametrize("did", ["told already", "told by another"])
def test_who_comes_between_the_account_and_the_change_costs_another_attempt(room: Room, did: str) -> None:
    """The entry takes the next number, and the change is made once."""
    room.registry.register(ONE, machines(ONE))
    other = History(room.client, room.table)
    if did == "told already":
        other.add(NOON, "ben", "something")

    def meanwhile(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            room.calls.before = lambda *_: None
            other.add(NOON, "ben", did)

    room.calls.before = meanwhile
    registry = Registry(room.calls, room.table, pause=lambda _: None)
    registry.control("a", paused, telling(History(room.calls, room.table), "paused"))

    assert told(room)[-2:] == [did, "paused"]
    assert Live(room.client, room.table).state().revision == 2


def test_a_pause_reads_twice_and_writes_once(room: Room) -> None:
    """What is registered, and where the account ends; then all of it at once."""
    room.registry.register(ONE, machines(ONE))

    Registry(room.calls, room.table).control(
        EVERY, paused, telling(History(room.calls, room.table), "paused")
    )

    assert room.calls.since() == {"query surely": 1, "get_item surely": 1, "transact_write_items": 1}


def test_a_pause_takes_the_claim_from_whoever_publishes(room: Room) -> None:
    """It is told with it, and whoever publishes begins anew, and undoes nothing."""
    room.registry.register(ONE, machines(ONE))
    history = History(room.client, room.table)

    def meanwhile(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            room.calls.before = lambda *_: None
            room.registry.control(EVERY, paused, telling(history, "paused"))

    room.calls.before = meanwhile
    publisher = Registry(room.calls, room.table)
    with pytest.raises(Conflict):
        publisher.register(TWO, machines(TWO), also=telling(history, "deployed"))
    assert told(room) == ["paused"]

    publisher.register(TWO, machines(TWO), also=telling(history, "deployed"))

    now, head = state(room)
    assert told(room) == ["paused", "deployed"]
    assert (sorted(now), head.controls[EVERY].sends) == (["a", "b", "c"], PAUSED)


def test_what_is_told_of_many_journeys_is_written_with_the_first_publications(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash after a transaction that was too small for all loses notes, and neither the change nor the entry."""
    for module in (switch, registration):
        monkeypatch.setattr(module, "ACTIONS_LIMIT", 10)
    names = [f"j{number:02}" for number in range(14)]
    many = journeys(**dict.fromkeys(names, "began"))
    sizes: list[int] = []

    def die_after_the_switch(name: str, arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            sizes.append(len(arguments["TransactItems"]))
        if name == "put_item" and sizes and arguments["Item"]["sk"]["S"].startswith("p#"):
            raise Died

    room.calls.before = die_after_the_switch
    registry = Registry(room.calls, room.table)
    with pytest.raises(Died):
        registry.register(
            many, machines(many), signed=ANA, also=telling(History(room.client, room.table), "deployed")
        )

    live = Live(room.client, room.table)
    noted = sum(len(live.publications(name)) for name in ("", *names))
    assert (told(room), len(live.journeys())) == (["deployed"], 14)
    assert (sizes[-1], max(sizes), noted) == (10, 10, 10 - 4)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), publish=st.booleans())
def test_of_many_at_once_all_are_heard_and_told(seed: int, *, publish: bool) -> None:
    """Whoever pauses something in an emergency is not refused as others do too, within Lambda's time and with ease."""
    with aws_table() as (client, table):
        room = Room(client, table)
        room.registry.register(ONE, machines(ONE))
        turns = Turns(client, seed)

        def pausing(name: str, number: int) -> Callable[[], object]:
            registry = Registry(turns.client, table, pause=turns.wait)
            history = History(turns.client, table, turns.wait)
            which: Any = {"sends": PAUSED} if number % 2 else {"entries": STOPPED}
            reason = f"{name}{number}"
            also = telling(history, "told", reason)
            return lambda: registry.control(name, lambda now: replace(now, **which, reason=reason), also)

        def adding(number: int) -> Callable[[], object]:
            history = History(turns.client, table, turns.wait)
            return lambda: history.add(NOON, "ben", "added", once=f"{number}")

        def publishing() -> None:
            registry = Registry(turns.client, table)
            for _ in range(20):
                with suppress(Conflict):
                    registry.register(TWO, machines(TWO))
                    return
                turns.wait(0.2)
            raise AssertionError("a publication never had its turn")

        pauses = [pausing(name, number) for number in range(3) for name in ("a", "b", EVERY)]
        turns.together([*pauses, *map(adding, range(3)), *([publishing] if publish else [])])

        now, head = state(room)
        assert sorted(told(room)) == ["added"] * 3 + ["told"] * 9
        assert {name: (one.sends, one.entries) for name, one in head.controls.items()} == dict.fromkeys(
            ("a", "b", EVERY), (PAUSED, STOPPED)
        )
        assert sorted(now) == (["a", "b", "c"] if publish else ["a", "b"])
        assert turns.now < 10
