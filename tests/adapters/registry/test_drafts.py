"""What a draft changes for whom, and that reading of it costs nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.registry import Registered, Registry, Signed
from sojourn.adapters.memory.catalogue import MemoryCatalogue
from sojourn.application.publishing import Draft
from sojourn.domain.compile.bundle import Bundle
from sojourn.domain.decide.segments import segment_rule
from sojourn.errors import AuthorError
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import event, journeys, machines, rules, version_of
from tests.support.aws_table import items

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Signed("arn:aws:iam::1:user/ana", NOON, "a try", "d1")
BEN = Signed("arn:aws:iam::1:user/ben", NOON, "mine", "d2")
HEAD, QUERY = {"get_item": 1}, {"query surely": 1}


def with_testers(bundle: Bundle) -> Bundle:
    """Return the bundle of a workspace that says who tests."""
    return replace(bundle, segments=(*bundle.segments, segment_rule("test", "customer.tester", {})))


ONE = with_testers(journeys(a="began", b="began did_it"))
TWO = with_testers(journeys(a="stopped did_it", n="began"))


@pytest.fixture
def live(room: Room) -> Registry:
    """Return the registry of what is published at run time."""
    room.registry.register(with_testers(journeys()), {}, leave_settings_to="publish")
    registry = Registry(room.client, room.table, "publish")
    registry.publish(ONE, machines(ONE), None, {}, ANA)
    return registry


def draft(live: Registry, bundle: Bundle, *names: str) -> Registered:
    return live.publish(bundle, machines(bundle, 2), names or None, {}, ANA, draft=True)


def test_a_draft_stands_beside_what_is_live(room: Room, live: Registry) -> None:
    """Whoever asks for what is live hears nothing of it, by name or by trigger; a journey may have a draft alone."""
    draft(live, TWO)

    catalogue = room.catalogue()
    a, n = version_of(TWO, "a"), version_of(TWO, "n")
    assert catalogue.current("a") == rules(ONE.journeys[0])
    assert catalogue.current("n") is None
    assert catalogue.draft("a") == rules(TWO.journeys[0])
    assert (catalogue.draft("n"), catalogue.draft("b")) == (rules(TWO.journeys[1]), None)
    entered = {
        name: [one.version for one in catalogue.entered_by(event(name))]
        for name in ("began", "did_it", "stopped")
    }
    drafts = {
        name: [one.version for one in catalogue.drafts_by(event(name))]
        for name in ("began", "did_it", "stopped")
    }
    assert entered == {
        "began": [version_of(ONE, "a"), version_of(ONE, "b")],
        "did_it": [version_of(ONE, "b")],
        "stopped": [],
    }
    assert drafts == {"began": [n], "did_it": [a], "stopped": [a]}
    assert catalogue.machine("a", a) == machines(TWO, 2)["a"]


def test_the_catalogue_in_memory_says_the_same(room: Room, live: Registry) -> None:
    """Of live versions and drafts, until the draft is published or dropped."""
    draft(live, TWO)
    memory = MemoryCatalogue(ONE.policy, ONE.segments, map(rules, ONE.journeys))
    for journey in TWO.journeys:
        memory.put_draft(rules(journey))
    catalogue = room.catalogue()

    def says(one: MemoryCatalogue) -> list[object]:
        names = ("began", "did_it", "stopped")
        return [
            *(list(one.entered_by(event(name))) for name in names),
            *(list(one.drafts_by(event(name))) for name in names),
            *((one.current(name), one.draft(name)) for name in "abnx"),
            one.version("a", version_of(TWO, "a")),
        ]

    first = says(memory), says(catalogue)  # type: ignore[arg-type]
    live.publish(TWO, machines(TWO), ["a"], {}, ANA)
    live.drop_draft("n", ANA)
    memory.publish(rules(TWO.journeys[0]))
    memory.drop_draft("n")
    room.clock.now += 5
    second = says(memory), says(catalogue)  # type: ignore[arg-type]

    assert first[0] == first[1]
    assert second[0] == second[1]
    assert first != second


def test_asking_for_drafts_costs_no_read(room: Room, live: Registry) -> None:
    """What an event reads anyway says which drafts it enters, and which journeys have one by another trigger."""
    draft(live, TWO, "a")
    catalogue, calls = room.catalogue(), room.calls
    for version in (version_of(ONE, "a"), version_of(ONE, "b"), version_of(TWO, "a")):
        catalogue.version("a" if version != version_of(ONE, "b") else "b", version)
    calls.since()

    catalogue.entered_by(event("began"))
    reading = calls.since()
    catalogue.drafts_by(event("began"))
    drafts = [one and one.version for one in map(catalogue.draft, "ab")]

    assert reading == HEAD | QUERY
    assert calls.since() == {}
    assert drafts == [version_of(TWO, "a"), None]


def test_a_journey_without_a_draft_costs_what_it_did(room: Room, live: Registry) -> None:
    """Its rows are as they were: a trigger's row is the version alone."""
    draft(live, TWO)

    rows = {
        (item["pk"]["S"], item["sk"]["S"]): item["data"]["S"]
        for item in items(room.client, room.table)
        if item["pk"]["S"].startswith("G#trigger#")
    }

    assert f'"latest":"{version_of(ONE, "b")}"' in rows["G#trigger#event#did_it", "b"]
    assert '"drafted"' in rows["G#trigger#event#began", "a"]


def test_publishing_a_draft_makes_it_none(room: Room, live: Registry) -> None:
    """Whoever tried it enters what is live, as all others do."""
    draft(live, TWO, "a")
    again = live.publish(TWO, machines(TWO, 2), ["a"], {}, BEN)

    catalogue = room.catalogue()
    assert again.published == ("a",)
    assert (catalogue.draft("a"), catalogue.drafts_by(event("stopped"))) == (None, [])
    assert catalogue.current("a") == rules(TWO.journeys[0])


def test_a_draft_stays_beside_another_version_that_is_published_or_gone_back_to(
    room: Room, live: Registry
) -> None:
    """It is perhaps somebody else's: whoever publishes what they wrote, or takes it back, does not mean it."""
    draft(live, TWO, "a")
    three = with_testers(journeys(a="began did_it"))

    same = live.publish(ONE, machines(ONE), ["a"], {}, BEN)
    live.publish(three, machines(three, 3), ["a"], {}, BEN)
    beside = room.catalogue().draft("a")
    live.roll_back("a", version_of(ONE, "a"), None, BEN)

    catalogue = room.catalogue()
    assert same.published == ()
    assert (beside, catalogue.draft("a")) == (rules(TWO.journeys[0]), rules(TWO.journeys[0]))
    assert catalogue.current("a") == rules(ONE.journeys[0])
    assert catalogue.drafts_by(event("stopped")) == [rules(TWO.journeys[0])]
    (told, _) = Live(room.client, room.table).journeys()
    assert (told.draft and told.draft.by, told.publication and told.publication.kind) == (ANA.by, "rollback")


def test_a_draft_is_dropped(room: Room, live: Registry) -> None:
    """What is live stays; a journey that had only a draft is gone; without a draft nothing happens."""
    draft(live, TWO)

    dropped = [live.drop_draft(name, ANA) for name in "anb"]

    assert [one and one.version for one in dropped] == [version_of(TWO, "a"), version_of(TWO, "n"), None]
    assert [one.name for one in Live(room.client, room.table).journeys()] == ["a", "b"]
    assert room.catalogue().drafts_by(event("began")) == []


def test_a_draft_is_told_with_who_made_it(room: Room, live: Registry) -> None:
    """Commands show it beside what is live; its publication is noted as a draft's."""
    draft(live, TWO)

    a, _, n = Live(room.client, room.table).journeys()
    assert a.draft == Draft(
        version_of(TWO, "a"), machines(TWO, 2)["a"], ANA.by, NOON, (("event", "did_it"), ("event", "stopped"))
    )
    assert (a.version, n.version, n.publication) == (version_of(ONE, "a"), "", None)
    noted = Live(room.client, room.table).publications("n")
    assert [(one.kind, one.version, one.before) for one in noted] == [("draft", version_of(TWO, "n"), "")]


def test_a_draft_twice_is_one(room: Room, live: Registry) -> None:
    """The same content again changes nothing; other content takes its place."""
    first, again = draft(live, TWO), draft(live, TWO)
    other = with_testers(journeys(a="began did_it"))

    replaced = draft(live, other)

    assert (first.published, again.published, replaced.published) == (("a", "n"), (), ("a",))
    assert getattr(room.catalogue().draft("a"), "version", "") == version_of(other, "a")


def test_a_workspace_without_the_segment_cannot_draft(room: Room) -> None:
    """Nobody would enter; how to have one is said."""
    room.registry.register(journeys(), {}, leave_settings_to="publish")
    bundle = journeys(a="began")

    with pytest.raises(AuthorError, match='only the segment "test" enters drafts.*segments.yaml'):
        draft(Registry(room.client, room.table, "publish"), bundle)

    assert Live(room.client, room.table).journeys() == ()


def test_a_draft_brings_no_settings(room: Room, live: Registry) -> None:
    """They would hold for everybody."""
    other = replace(TWO, policy=replace(TWO.policy, locale="de"))

    with pytest.raises(AuthorError, match="a draft brings no settings along"):
        draft(live, other)

    assert room.catalogue().policy.locale == "en"
