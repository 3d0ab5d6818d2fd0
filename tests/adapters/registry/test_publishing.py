"""What a publication at run time changes, what it is refused for, and how two at once come out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.adapters.dynamodb import engine_keys, switch
from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.registry import ChangedMeanwhile, Registered, Registry, Signed
from sojourn.application.publishing import SETTINGS, Publication
from sojourn.domain.compile.bundle import Bundle
from sojourn.errors import AuthorError, Conflict
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import event, journeys, machines, rules, version_of, workspace
from tests.support.aws_table import items

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Signed("arn:aws:iam::1:user/ana", NOON, "softer words", "d1")
BEN = Signed("arn:aws:iam::1:user/ben", NOON + timedelta(hours=1), "other words", "d2")
CLEO = Signed("arn:aws:iam::1:user/cleo", NOON + timedelta(hours=2), "", "d3")
ONE = journeys(a="began", b="did_it")
TWO = journeys(a="began stopped", b="did_it", c="stopped")
THREE = journeys(a="did_it", b="began")


@pytest.fixture
def live(room: Room) -> Registry:
    """Return the registry of what is published at run time, in a workspace that leaves its settings to it."""
    room.registry.register(journeys(), {}, leave_settings_to="publish")
    registry = Registry(room.calls, room.table, "publish")
    registry.publish(ONE, machines(ONE), None, {"a": "", "b": ""}, ANA)
    room.calls.since()
    return registry


def publish(
    registry: Registry, bundle: Bundle, signed: Signed = BEN, *names: str, **expected: str
) -> Registered:
    return registry.publish(bundle, machines(bundle), names or None, expected, signed)


def with_locale(bundle: Bundle, locale: str) -> Bundle:
    return replace(bundle, policy=replace(bundle.policy, locale=locale))


def current(room: Room) -> dict[str, str]:
    return {one.name: one.version for one in Live(room.client, room.table).journeys()}


def test_a_publication_is_about_the_journeys_it_names(room: Room, live: Registry) -> None:
    """Others of the owner stay as they are, though the workspace has them otherwise."""
    came = publish(live, THREE, BEN, "b", b=version_of(ONE, "b"))

    assert came.published == ("b",)
    assert current(room) == {"a": version_of(ONE, "a"), "b": version_of(THREE, "b")}
    catalogue = room.catalogue()
    assert [one.name for one in catalogue.entered_by(event("began"))] == ["a", "b"]
    assert catalogue.current("b") == rules(THREE.journeys[1])


def test_each_publication_is_noted_with_what_was_before(room: Room, live: Registry) -> None:
    """Who, when and why, for each journey that came to another version; the newest is read first."""
    came = publish(live, TWO, BEN, "a", "c")

    reader = Live(room.client, room.table)
    one, two = version_of(ONE, "a"), version_of(TWO, "a")
    first = Publication("d1", "a", one, "", ANA.by, ANA.at, "softer words", "publish")
    second = Publication("d2", "a", two, one, BEN.by, BEN.at, "other words", "publish")
    assert reader.publications("a") == (second, first)
    assert reader.publications("a", limit=1) == (second,)
    assert [one.publication for one in reader.journeys() if one.name == "a"] == [second]
    assert {publication.journey for publication in came.publications} == {"a", "c"}
    assert {publication.id for publication in reader.publications("b")} == {"d1"}


def test_a_repetition_changes_nothing(room: Room, live: Registry) -> None:
    """What is live already is done: whoever asks again, with whatever in mind, is told so and writes nothing."""
    publish(live, TWO)
    before = items(room.client, room.table)
    room.calls.since()

    again = publish(live, TWO, replace(BEN, id="d3"), a="somebody else's", b="", c="")

    assert again == Registered(3)
    assert room.calls.since() == {"query surely": 1}
    assert before == items(room.client, room.table)


def test_the_later_of_two_is_told_what_changed(room: Room, live: Registry) -> None:
    """Both planned against the same version: the second is told who came first, when and why, and changes nothing."""
    planned = version_of(ONE, "a")
    publish(live, TWO, BEN, "a", a=planned)
    before = items(room.client, room.table)

    with pytest.raises(
        ChangedMeanwhile, match=r'journey a by arn.*/ben at 2026-03-02T13.*"other words"'
    ) as told:
        publish(live, THREE, ANA, a=planned, b=version_of(ONE, "b"))

    assert [(one.by, one.version) for one in told.value.changes] == [(BEN.by, version_of(TWO, "a"))]
    assert before == items(room.client, room.table)


def test_what_nobody_expected_to_be_there_is_a_change_too(room: Room, live: Registry) -> None:
    """Whoever thinks a journey is new is told that somebody published one of that name."""
    with pytest.raises(ChangedMeanwhile) as told:
        publish(live, THREE, BEN, "a", a="")

    assert [(one.by, one.before) for one in told.value.changes] == [(ANA.by, "")]


@pytest.mark.parametrize("number", range(1, 14))
def test_whenever_two_publish_at_once_one_is_told(room: Room, live: Registry, number: int) -> None:
    """Whichever call of the one the other comes before, one of them is live whole; the earlier tries again and hears
    what changed, and what is noted is what happened.
    """
    planned = {name: version_of(ONE, name) for name in "ab"}
    other, left = Registry(room.client, room.table, "publish"), number
    met = False

    def meanwhile(_name: str, _arguments: dict[str, Any]) -> None:
        nonlocal left, met
        left -= 1
        if left == 0:
            met = True
            other.publish(THREE, machines(THREE), None, planned, BEN)

    room.calls.before = meanwhile
    outcomes = []
    for _ in range(2):
        try:
            outcomes.append(live.publish(TWO, machines(TWO), ["a", "b"], planned, CLEO).published)
            break
        except ChangedMeanwhile as error:
            outcomes.append(tuple(one.id for one in error.changes))
            break
        except Conflict:
            outcomes.append(())
    room.calls.before = lambda *_: None

    won = THREE if met else TWO
    noted = Live(room.client, room.table).publications("a")
    assert current(room) == {name: version_of(won, name) for name in "ab"}
    assert outcomes[-1] == (("d2", "d2") if met else ("a",))
    assert [(one.before, one.version) for one in noted] == [
        (version_of(ONE, "a"), version_of(won, "a")),
        ("", version_of(ONE, "a")),
    ]


@pytest.mark.parametrize("number", range(1, 12))
def test_publishing_while_the_stack_registers(room: Room, live: Registry, number: int) -> None:
    """Whichever comes first, both come true in the end: neither takes the other's journeys."""
    mine, left = journeys(s="began"), number

    def meanwhile(_name: str, _arguments: dict[str, Any]) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            room.registry.register(mine, machines(mine), leave_settings_to="publish")

    room.calls.before = meanwhile
    for _ in range(2):
        try:
            publish(live, TWO)
            break
        except Conflict:
            continue
    room.calls.before = lambda *_: None
    room.registry.register(mine, machines(mine), leave_settings_to="publish")

    expected = {one.name: one.version for one in (*TWO.journeys, *mine.journeys)}
    assert current(room) == expected


def test_a_publication_that_is_killed_anywhere_leaves_the_old_or_the_new(room: Room, live: Registry) -> None:
    """Its note with it: a journey's version and what is noted of it always agree, and a second attempt ends it."""

    class KilledError(Exception):
        """The function was killed."""

    seen, number, done = [], 0, False
    while not done:
        left = number

        def count(_name: str, _arguments: dict[str, Any]) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise KilledError

        room.calls.before = count
        try:
            publish(live, TWO)
            done = True
        except KilledError:
            number += 1
        room.calls.before = lambda *_: None
        noted = Live(room.client, room.table).publications("a")
        seen.append((current(room)["a"], noted[0].version))

    old, new = version_of(ONE, "a"), version_of(TWO, "a")
    assert set(seen) == {(old, old), (new, new)}
    assert len(seen) > 8
    assert current(room) == {one.name: one.version for one in TWO.journeys}


def test_more_publications_than_a_transaction_holds_are_all_noted(
    room: Room, live: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that have no room beside the head are noted right after it."""
    monkeypatch.setattr(switch, "ACTIONS_LIMIT", 2)

    publish(live, TWO)

    assert [len(Live(room.client, room.table).publications(name)) for name in "abc"] == [2, 1, 1]


def test_what_the_stack_owns_is_refused(room: Room, live: Registry) -> None:
    """With what to do instead; so for drafts and for taking back."""
    room.registry.register(journeys(s="began"), machines(journeys(s="began")), leave_settings_to="publish")
    bundle = journeys(s="did_it")
    instead = r'journey "s" belongs to the stack .*npx cdk deploy'

    with pytest.raises(AuthorError, match=instead):
        publish(live, bundle)
    with pytest.raises(AuthorError, match=instead):
        live.roll_back("s", version_of(bundle, "s"), None, ANA)
    with pytest.raises(AuthorError, match=instead):
        live.drop_draft("s", ANA)
    assert current(room)["s"] == version_of(journeys(s="began"), "s")


def test_settings_that_belong_to_the_stack_are_deployed(room: Room) -> None:
    """A publication that brings others is refused; one that brings the same is not."""
    room.registry.register(journeys(s="began"), machines(journeys(s="began")))
    live = Registry(room.client, room.table, "publish")

    with pytest.raises(
        AuthorError, match=r'belong to the stack: deploy them \(npx cdk deploy\), or set "journeys"'
    ):
        publish(live, with_locale(ONE, "de"))
    came = publish(live, ONE)

    assert came.published == ("a", "b")
    assert room.catalogue().policy.locale == "en"


def test_settings_that_are_published_come_along(room: Room, live: Registry) -> None:
    """They hold at once with the journeys, and are noted as a publication of their own."""
    came = publish(live, with_locale(TWO, "de"))

    assert room.catalogue().policy.locale == "de"
    (noted,) = [one for one in came.publications if one.journey == SETTINGS]
    assert Live(room.client, room.table).publications(SETTINGS)[0] == noted
    assert noted.before != noted.version


def test_settings_that_changed_meanwhile_are_not_undone(room: Room, live: Registry) -> None:
    """Whoever looked before is told; whoever brings what holds already is not in anybody's way."""
    looked = Live(room.client, room.table).state().revision
    publish(live, with_locale(ONE, "de"))

    with pytest.raises(ChangedMeanwhile, match="the settings by arn.*/ben"):
        live.publish(with_locale(TWO, "fr"), machines(TWO), None, {}, ANA, expected_revision=looked)
    same = live.publish(with_locale(TWO, "de"), machines(TWO), None, {}, ANA, expected_revision=looked)

    assert same.published == ("a", "c")


def test_the_stack_takes_the_settings_back(room: Room, live: Registry) -> None:
    """Once it registers journeys again, the settings are its own; what was published stays."""
    room.registry.register(with_locale(journeys(), "fr"), {})

    with pytest.raises(AuthorError, match="settings belong to the stack"):
        publish(live, TWO)
    assert room.catalogue().policy.locale == "fr"
    assert set(current(room)) == {"a", "b"}


def test_a_stack_that_leaves_the_settings_changes_none(room: Room, live: Registry) -> None:
    """What was published since stays, whatever the files of the stack say; nothing is written for it."""
    publish(live, with_locale(TWO, "de"))
    before = items(room.client, room.table)

    room.registry.register(with_locale(journeys(), "fr"), {}, leave_settings_to="publish")

    assert before == items(room.client, room.table)


def test_a_version_is_taken_back(room: Room, live: Registry) -> None:
    """The one before, or one that is named; it runs on its own machine, and is noted as taken back."""
    one, two = version_of(ONE, "a"), version_of(TWO, "a")
    live.publish(TWO, machines(TWO, 2), None, {}, BEN)

    back = live.roll_back("a", None, two, ANA)
    on = room.catalogue().machine("a", one)
    again = live.roll_back("a", two, one, BEN)

    assert (back.kind, back.version, back.before) == ("rollback", one, two)
    assert (again.version, current(room)["a"], on) == (two, two, machines(ONE)["a"])
    assert [p.kind for p in Live(room.client, room.table).publications("a")].count("rollback") >= 1


def test_taking_back_what_is_live_changes_nothing(room: Room, live: Registry) -> None:
    """The publication that made it live is returned; so is it a second time."""
    back = live.roll_back("a", version_of(ONE, "a"), None, BEN)

    assert (back.id, back.kind) == ("d1", "publish")


def test_taking_back_is_told_what_changed_as_well(room: Room, live: Registry) -> None:
    """Somebody published since the caller looked."""
    publish(live, TWO)
    publish(live, THREE, replace(ANA, at=BEN.at + timedelta(hours=1)))

    with pytest.raises(ChangedMeanwhile):
        live.roll_back("a", version_of(ONE, "a"), version_of(TWO, "a"), BEN)


def test_there_must_be_a_version_to_take_back(room: Room, live: Registry) -> None:
    """A first version has none before it, and an unknown one is none."""
    with pytest.raises(LookupError, match="no version before this one"):
        live.roll_back("a", None, None, BEN)
    with pytest.raises(LookupError, match='never had a version "v9"'):
        live.roll_back("a", "v9", None, BEN)


def test_a_version_is_taken_back_on_a_machine_made_anew(room: Room, live: Registry) -> None:
    """Where its own was deleted."""
    one = version_of(ONE, "a")
    publish(live, TWO)

    live.roll_back("a", one, None, ANA, machine="arn:new:9")

    assert room.catalogue().machine("a", one) == "arn:new:9"


def test_what_was_withdrawn_is_noted_and_can_come_back(room: Room, live: Registry) -> None:
    """Nobody enters any more; the version that was is named."""
    live.withdraw(["a"], signed=BEN)
    withdrawn = Live(room.client, room.table).publications("a")[0]

    live.roll_back("a", withdrawn.before, "", ANA)

    assert (withdrawn.kind, withdrawn.version, withdrawn.before) == ("withdraw", "", version_of(ONE, "a"))
    assert current(room)["a"] == version_of(ONE, "a")


def test_a_version_keeps_what_it_was_made_of(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outline and definition are read back exactly, in however many pieces they are kept."""
    bundle = workspace()
    (journey,) = bundle.journeys
    monkeypatch.setattr("sojourn.adapters.dynamodb.published._PACKED", 100)

    room.registry.register(bundle, machines(bundle))

    reader = Live(room.client, room.table)
    outline = reader.outline("j", journey.version)
    assert outline is not None
    assert outline.to_json() == bundle.outlines["j"]
    assert reader.definition("j", journey.version) == journey.definition
    assert len(items(room.client, room.table, engine_keys.DEFINITIONS)) > 3
    assert (reader.outline("j", "v9"), reader.definition("j", "v9")) == (None, None)


def test_what_a_deployment_registers_is_noted_too(room: Room) -> None:
    """Each journey that has another version, as deployed; a repetition notes nothing."""
    bundle = workspace()
    for _ in range(2):
        room.registry.register(bundle, machines(bundle), signed=ANA)
    room.registry.register(replace(bundle, journeys=()), {}, signed=BEN)

    noted = Live(room.client, room.table).publications("j")
    assert [(one.kind, one.version) for one in noted] == [
        ("withdraw", ""),
        ("deploy", version_of(bundle, "j")),
    ]


def test_a_workspace_publishes_only_journeys_it_has(room: Room, live: Registry) -> None:
    """A name that is none is told before anything is written."""
    with pytest.raises(AuthorError, match="no such journeys: x, y"):
        publish(live, TWO, BEN, "a", "x", "y")
    assert room.calls.since() == {}
