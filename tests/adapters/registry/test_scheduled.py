"""Which journeys customers enter by a schedule, as memory and the table say it: the same, and never a draft."""

from __future__ import annotations

from dataclasses import replace

from sojourn.adapters.dynamodb.registry import Registry
from sojourn.adapters.memory.catalogue import MemoryCatalogue
from sojourn.application.publishing import Signed
from sojourn.domain.compile.bundle import Bundle
from sojourn.domain.decide.segments import segment_rule
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import journeys, machines, rules, workspace
from tests.adapters.registry.test_drafts import NOON

WEEKLY = "enter: {schedule: weekly mon 09:00, segment: pros}\nsteps: [{id: a, send: hello}]"
ANA = Signed("arn:aws:iam::1:user/ana", NOON, "", "d1")


def scheduled(*names: str, **triggers: str) -> Bundle:
    """Return a bundle of journeys with a schedule, and of others."""
    (weekly,) = workspace(WEEKLY).journeys
    bundle = journeys(**triggers)
    testers = (*bundle.segments, segment_rule("test", "customer.tester", {}))
    named = tuple(replace(weekly, name=name).versioned() for name in names)
    return replace(bundle, journeys=bundle.journeys + named, segments=testers)


def test_journeys_with_a_schedule_are_found_by_it(room: Room) -> None:
    """As they are live now: one that lost its schedule, or was withdrawn, is found no more; a draft is not yet."""
    registry = Registry(room.client, room.table, "publish")
    room.registry.register(scheduled(), {}, leave_settings_to="publish")
    first, second = scheduled("b", "a", c="began"), scheduled("d", b="began", c="did_it")
    registry.publish(first, machines(first), None, {}, ANA)
    catalogue, memory = room.catalogue(), MemoryCatalogue(first.policy, (), map(rules, first.journeys))

    before = catalogue.scheduled(), memory.scheduled()
    registry.publish(second, machines(second, 2), ["d"], {}, ANA, draft=True)
    drafted = room.catalogue().scheduled()
    registry.publish(second, machines(second, 3), ["b"], {}, ANA)
    registry.withdraw(["a"])
    after = room.catalogue().scheduled()

    assert [one.name for one in before[0]] == ["a", "b"]
    assert before[0] == before[1]
    assert [one.name for one in drafted] == ["a", "b"]
    assert after == []


def test_no_event_is_called_like_the_time(room: Room) -> None:
    """What finds the journeys is no event: one of the name enters nobody."""
    bundle = scheduled("a")
    room.registry.register(bundle, machines(bundle))

    (found,) = room.catalogue().scheduled()

    assert found.enter.triggers == ()
    assert found == rules(bundle.journeys[0])
