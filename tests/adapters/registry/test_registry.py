"""What a registration writes, when readers see it, and what becomes of one that fails or is overtaken."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import registration
from sojourn.adapters.dynamodb.contents import DynamoContents
from sojourn.adapters.dynamodb.registry import Registered, Registry
from sojourn.domain.compile.bundle import Bundle
from sojourn.domain.compile.compiled import Trigger
from sojourn.domain.message.compiled import CompiledMessage
from sojourn.errors import AuthorError, Conflict, Throttled, TransientError
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import (
    Calls,
    event,
    journeys,
    machines,
    rules,
    version_of,
    workspace,
)
from tests.support.aws_table import items

OLD = journeys(a="began", b="began did_it", c="stopped")
NEW = journeys(a="stopped", b="began", d="began")


def seen(room: Room) -> dict[str, Any]:
    """Return what a function that has just begun sees."""
    catalogue = room.catalogue()
    entered = {
        name: [(one.name, one.version) for one in catalogue.entered_by(event(name))]
        for name in ("began", "did_it", "stopped")
    }
    current = {name: one.version if (one := catalogue.current(name)) else None for name in "abcd"}
    return {"entered": entered, "current": current, "locale": catalogue.policy.locale}


def expected(bundle: Bundle) -> dict[str, Any]:
    """Return what is to be seen of a bundle."""
    entered = {
        name: [(one.name, one.version) for one in bundle.journeys if event(name) in one.enter.triggers]
        for name in ("began", "did_it", "stopped")
    }
    current = {one.name: one.version for one in bundle.journeys}
    return {
        "entered": entered, "current": {name: current.get(name) for name in "abcd"}, "locale": bundle.policy.locale,
    }  # fmt: skip


def with_locale(bundle: Bundle, locale: str) -> Bundle:
    return replace(bundle, policy=replace(bundle.policy, locale=locale))


def test_what_is_registered_is_read_back(room: Room) -> None:
    """Journeys by name, version and trigger, where they run, policy, segments and contents."""
    bundle = workspace()
    (journey,), (message,) = bundle.journeys, bundle.messages.values()

    room.registry.register(bundle, machines(bundle))

    catalogue = room.catalogue()
    assert rules(journey) == catalogue.current("j")
    assert rules(journey) == catalogue.version("j", journey.version)
    assert [rules(journey)] == catalogue.entered_by(event("began"))
    assert machines(bundle)["j"] == catalogue.machine("j", journey.version)
    assert (bundle.policy, bundle.segments) == (catalogue.policy, catalogue.segments)
    assert message == DynamoContents(room.client, room.table).get(message.digest)


def test_a_registration_says_what_it_changed(room: Room) -> None:
    """Published is what has another version or machine; withdrawn is what vanished from the bundle."""
    first = room.registry.register(OLD, machines(OLD))
    second = room.registry.register(NEW, machines(NEW))

    assert Registered(1, ("a", "b", "c")) == first
    assert Registered(2, ("a", "b", "d"), ("c",)) == second
    assert expected(NEW) == seen(room)


def test_what_a_registration_would_take_out_is_known_before(room: Room) -> None:
    """Journeys of this owner that are registered now; those withdrawn, and another owner's, are not among them."""
    room.registry.register(OLD, machines(OLD))
    room.registry.withdraw(["b"])
    other = journeys(x="began")
    Registry(room.client, room.table, "another").register(other, machines(other))

    left_out = room.registry.left_out({"a", "d"})

    assert left_out == ("c",)
    assert room.registry.left_out(()) == ("a", "c")


def test_a_repetition_writes_nothing(room: Room) -> None:
    """The same bundle with the same machines leaves every row as it is, the head's revision included."""
    room.registry.register(OLD, machines(OLD))
    before = items(room.client, room.table)
    registry = Registry(room.calls, room.table)

    again = registry.register(OLD, machines(OLD))

    assert Registered(1) == again
    assert room.calls.since() == {"query surely": 1}
    assert before == items(room.client, room.table)


def test_another_policy_alone_moves_the_head(room: Room) -> None:
    """Nothing is written but the head, and functions hear of the new rules."""
    room.registry.register(OLD, machines(OLD))
    registry = Registry(room.calls, room.table)

    came = registry.register(with_locale(OLD, "de"), machines(OLD))

    assert Registered(2) == came
    assert room.calls.since() == {"query surely": 1, "update_item": 1}
    assert expected(with_locale(OLD, "de")) == seen(room)


def test_a_version_may_run_on_another_machine(room: Room) -> None:
    """A stack that was made anew has other machines for the same versions: functions use those from then on."""
    bundle = workspace()
    version = version_of(bundle, "j")
    room.registry.register(bundle, machines(bundle, 1))
    catalogue = room.catalogue()
    before = catalogue.machine("j", version)

    came = room.registry.register(bundle, machines(bundle, 7))
    room.clock.now += 5

    assert Registered(2, ("j",)) == came
    assert [machines(bundle, number)["j"] for number in (1, 7)] == [before, catalogue.machine("j", version)]


def test_versions_outlive_their_journey(room: Room) -> None:
    """A run that is on its way reads its version and goes on in its machine, though nobody enters any more."""
    room.registry.register(OLD, machines(OLD))
    room.registry.register(NEW, machines(NEW))
    version = version_of(OLD, "c")

    catalogue = room.catalogue()

    assert catalogue.current("c") is None
    assert version == catalogue.version("c", version).version
    assert machines(OLD)["c"] == catalogue.machine("c", version)


def test_a_journey_comes_back(room: Room) -> None:
    """A journey that was withdrawn is entered again once it is registered again."""
    for bundle in (OLD, NEW, OLD):
        room.registry.register(bundle, machines(bundle))

    assert expected(OLD) == seen(room)
    kept = [item for item in items(room.client, room.table) if "expires" in item]
    assert [(item["pk"]["S"], item["sk"]["S"]) for item in kept] == [
        ("G#catalogue", "journey#d"),
        ("G#trigger#event#began", "d"),
        ("G#trigger#event#stopped", "a"),
    ]


def test_what_says_nothing_any_more_expires(room: Room) -> None:
    """Rows of withdrawn journeys and of triggers that no longer enter go after an hour, and no others."""
    registry = Registry(room.client, room.table, now=lambda: 1_000.0)
    registry.register(OLD, machines(OLD))

    registry.register(NEW, machines(NEW))

    going = {
        (i["pk"]["S"], i["sk"]["S"]): i["expires"]["N"]
        for i in items(room.client, room.table)
        if "expires" in i
    }
    assert going == {
        ("G#catalogue", "journey#c"): "4600",
        ("G#trigger#event#began", "a"): "4600",
        ("G#trigger#event#did_it", "b"): "4600",
        ("G#trigger#event#stopped", "c"): "4600",
    }


class KilledError(Exception):
    """The function was killed."""


def killed_at(calls: Calls, number: int) -> None:
    """Let a client's so-manieth call never reach the table."""
    left = number

    def count(_name: str, _arguments: dict[str, Any]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KilledError

    calls.before = count


def test_readers_see_the_old_or_the_new_whatever_is_killed_when(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registration that is killed before any of its calls changes nothing, and the next one makes it good; so too
    where its rows take several transactions.
    """
    monkeypatch.setattr(registration, "ACTIONS_LIMIT", 5)
    new = with_locale(NEW, "de")
    room.registry.register(OLD, machines(OLD))
    outcomes: list[dict[str, Any]] = []
    done = False
    while not done:
        killed_at(room.calls, len(outcomes))
        try:
            Registry(room.calls, room.table).register(new, machines(new))
            done = True
        except KilledError:
            room.calls.before = lambda *_: None
        outcomes.append(seen(room))

    assert all(outcome in (expected(OLD), expected(new)) for outcome in outcomes)
    assert room.calls.made["transact_write_items"] >= 3
    assert expected(OLD) == outcomes[11]
    assert expected(new) == outcomes[-1]


def test_a_killed_registration_leaves_no_trace_in_the_next(room: Room) -> None:
    """What it had prepared does not come into force with what somebody else registers later."""
    old, other = OLD, journeys(a="began", b="began did_it", c="stopped", d="did_it")
    room.registry.register(old, machines(old))
    killed_at(room.calls, 11)  # the rows are written, and the head is not moved

    with pytest.raises(KilledError):
        Registry(room.calls, room.table).register(NEW, machines(NEW))
    room.calls.before = lambda *_: None
    prepared = seen(room)
    room.registry.register(other, machines(other))

    assert expected(old) == prepared
    assert expected(other) == seen(room)


def test_a_reader_keeps_to_one_revision(room: Room) -> None:
    """A function that heard of the old head finds the old in rows that are rewritten, until it hears of the new."""
    room.registry.register(OLD, machines(OLD))
    catalogue = room.catalogue()
    assert catalogue.policy.locale == "en"  # reads the head, and nothing else

    room.registry.register(with_locale(NEW, "de"), machines(NEW))

    stale = [one.name for one in catalogue.entered_by(event("stopped"))], catalogue.policy.locale
    room.clock.now += 5
    fresh = [one.name for one in catalogue.entered_by(event("stopped"))], catalogue.policy.locale
    assert stale == (["c"], "en")
    assert fresh == (["a"], "de")


def test_a_reader_that_is_two_registrations_behind_reads_the_head_again(room: Room) -> None:
    """Rows hold what was before, and not what was before that: whoever finds only newer ones looks at the head."""
    third = journeys(a="did_it", c="began")
    room.registry.register(OLD, machines(OLD))
    catalogue = room.catalogue()
    assert catalogue.current("nobody") is None

    for bundle in (NEW, third):
        room.registry.register(bundle, machines(bundle))

    assert version_of(third, "a") == getattr(catalogue.current("a"), "version", None)
    assert [one.name for one in catalogue.entered_by(event("began"))] == ["c"]


def test_readers_never_mix_while_registrations_go_on(room: Room) -> None:
    """Asked at random between any two calls of registrations that follow one another, a journey's triggers, its version
    and the policy always belong together.
    """
    bundles = [
        with_locale(OLD, "en"),
        with_locale(NEW, "de"),
        with_locale(journeys(a="did_it", c="began"), "fr"),
    ]
    whole = [expected(bundle) for bundle in bundles]
    dice = random.Random(7)
    room.registry.register(bundles[0], machines(bundles[0]))
    reader = room.catalogue(fresh_for=1e9)
    observed, found = Calls(room.client), []

    def look(_name: str, _arguments: dict[str, Any]) -> None:
        nonlocal reader
        if dice.random() < 0.3:
            reader = room.catalogue(fresh_for=1e9)
        names = dice.sample(["began", "did_it", "stopped"], 3)
        entered = {
            name: [(one.name, one.version) for one in reader.entered_by(event(name))] for name in names
        }
        revision, locale = reader._head.revision if reader._head else 0, reader.policy.locale
        if entered and reader._head and reader._head.revision == revision:
            found.append((locale, entered))

    observed.before = look
    for number in (1, 2, 0, 1):
        Registry(observed, room.table).register(bundles[number], machines(bundles[number]))

    by_locale = {one["locale"]: one["entered"] for one in whole}
    assert len(found) > 30
    assert all(entered == by_locale[locale] for locale, entered in found)


def test_of_two_registrations_at_once_one_wins(room: Room) -> None:
    """Whoever claims later wins; the other is told so, has changed nothing, and may try again."""
    room.registry.register(OLD, machines(OLD))
    third = journeys(a="did_it")
    calls = Calls(room.client)

    def meanwhile(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            calls.before = lambda *_: None
            room.registry.register(third, machines(third))

    calls.before = meanwhile
    loser = Registry(calls, room.table)

    with pytest.raises(Conflict, match="somebody else"):
        loser.register(NEW, machines(NEW))
    between = seen(room)
    again = loser.register(NEW, machines(NEW))

    assert expected(third) == between
    assert Registered(3, ("a", "b", "d")) == again
    assert expected(NEW) == seen(room)


@pytest.mark.parametrize("number", range(1, 6))
def test_whenever_two_registrations_meet_one_wins_whole(room: Room, number: int) -> None:
    """Whichever call of the one the other comes before, afterwards one bundle is seen, and not a bit of both."""
    room.registry.register(OLD, machines(OLD))
    third = journeys(a="did_it", c="began")
    calls, left = Calls(room.client), number

    def meanwhile(_name: str, _arguments: dict[str, Any]) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            room.registry.register(third, machines(third))

    calls.before = meanwhile
    try:
        Registry(calls, room.table).register(NEW, machines(NEW))
        winner = NEW
    except Conflict:
        winner = third

    assert expected(winner) == seen(room)


def test_an_owner_withdraws_only_its_own(room: Room) -> None:
    """What was published at run time stays when the stack is deployed again, or taken down."""
    live = Registry(room.client, room.table, owner="live")
    published = journeys(d="did_it")
    room.registry.register(journeys(a="began", b="began"), machines(OLD))
    live.register(published, machines(published))

    room.registry.register(journeys(a="began"), machines(OLD))
    after_deploying = room.catalogue().current("d"), room.catalogue().current("b")
    room.registry.withdraw()
    catalogue = room.catalogue()

    assert (rules(published.journeys[0]), None) == after_deploying
    assert [name for name in "abd" if catalogue.current(name)] == ["d"]


def test_an_owner_does_not_replace_what_is_anothers(room: Room) -> None:
    """Two owners of one name would withdraw each other's journey in turn; the name is free once it is withdrawn."""
    live = Registry(room.client, room.table, owner="live")
    mine = journeys(a="began")
    room.registry.register(mine, machines(mine))

    with pytest.raises(AuthorError, match='journey "a" was published by "cdk"'):
        live.register(mine, machines(mine))
    room.registry.withdraw(["a"])

    assert Registered(3, ("a",)) == live.register(mine, machines(mine))


def test_single_journeys_can_be_withdrawn(room: Room) -> None:
    """Nobody enters them any more; others, and the policy, are as they were."""
    room.registry.register(OLD, machines(OLD))

    came = room.registry.withdraw(["b", "nobody"])

    assert Registered(2, (), ("b",)) == came
    assert expected(journeys(a="began", c="stopped")) == seen(room)
    assert Registered(2) == room.registry.withdraw(["b"])


def test_a_message_too_large_is_refused_by_name(room: Room) -> None:
    """Nothing is written: neither the message nor any other part of the bundle."""
    noise = random.Random(1).randbytes(700_000).hex()
    large = CompiledMessage("picture-book", "d" * 16, {"en": {"email": {"html": noise}}}, "en")
    bundle = replace(workspace(), messages={**workspace().messages, large.digest: large})

    with pytest.raises(
        AuthorError, match=r'message "picture-book", compressed, is \d{3},\d{3} bytes.*409,600'
    ):
        room.registry.register(bundle, machines(bundle))

    assert items(room.client, room.table) == []


def test_rules_or_policy_too_large_are_refused(room: Room) -> None:
    """With the name of what is too large, before anything is written."""
    (journey,) = workspace().journeys
    rule = workspace().segments[0]
    wide = replace(journey, title="x" * 410_000).versioned()
    segments = tuple(replace(rule, name=f"s{n}", when=f'customer.plan == "{n:0500}"') for n in range(900))

    with pytest.raises(AuthorError, match='journey "j" is 4'):
        room.registry.register(replace(workspace(), journeys=(wide,)), machines(workspace()))
    with pytest.raises(AuthorError, match=r"workspace\.yaml and segments\.yaml together is 4"):
        room.registry.register(replace(workspace(), segments=segments), machines(workspace()))

    assert items(room.client, room.table) == []


def test_a_journey_needs_a_machine(room: Room) -> None:
    """Whoever forgot to publish one is told for which journeys."""
    with pytest.raises(AuthorError, match="no state machine: b, c"):
        room.registry.register(OLD, {"a": "arn"})


def test_more_triggers_than_a_transaction_holds_are_refused(room: Room) -> None:
    """A journey's rows are written together; no journey needs a hundred of them."""
    bundle = journeys(a=" ".join(f"e{number}" for number in range(99)))

    with pytest.raises(AuthorError, match='journey "a" has 99 triggers'):
        room.registry.register(bundle, machines(bundle))

    assert items(room.client, room.table) == []


def test_segments_are_triggers_too(room: Room) -> None:
    """Entering or leaving a segment is another trigger than an event of its name."""
    (journey,) = workspace().journeys
    triggers = (Trigger("entered", "pros#1"), Trigger("left", "pros#1"))
    entered = replace(journey, enter=replace(journey.enter, triggers=triggers)).versioned()
    bundle = replace(workspace(), journeys=(entered,))

    room.registry.register(bundle, machines(bundle))

    catalogue = room.catalogue()
    kinds = ("event", "entered", "left")
    assert [[one.name for one in catalogue.entered_by(Trigger(k, "pros#1"))] for k in kinds] == [
        [],
        ["j"],
        ["j"],
    ]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("ProvisionedThroughputExceededException", Throttled),
        ("InternalServerError", TransientError),
        ("TransactionConflictException", Conflict),
    ],
)
def test_what_dynamodb_says_is_told_apart(room: Room, error: str, raised: type[Exception]) -> None:
    """What passes may be tried again; what was overtaken is a conflict."""
    room.registry.register(OLD, machines(OLD))

    def refuse(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            raise ClientError({"Error": {"Code": error}}, "TransactWriteItems")

    room.calls.before = refuse

    with pytest.raises(raised):
        Registry(room.calls, room.table).register(NEW, machines(NEW))


def test_rows_are_the_same_for_the_same_bundle(room: Room) -> None:
    """Compressed contents have no time in them: two tables that were told the same hold the same."""
    other = Registry(room.client, room.table, now=lambda: 5.0)
    room.registry.register(OLD, machines(OLD))
    first = items(room.client, room.table)
    for item in first:
        room.client.delete_item(TableName=room.table, Key={"pk": item["pk"], "sk": item["sk"]})

    other.register(OLD, machines(OLD))

    assert first == items(room.client, room.table)
