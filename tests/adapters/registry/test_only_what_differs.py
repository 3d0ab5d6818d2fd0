"""A publication changes what differs from what is live, and nothing besides: no draft of it, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.registry import Registered, Registry
from sojourn.domain.compile.bundle import Bundle
from sojourn.errors import AuthorError
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import journeys, machines, version_of
from tests.adapters.registry.test_drafts import ANA, BEN, with_testers

STACKS = with_testers(journeys(s="began"))
BOTH = with_testers(journeys(s="began", a="began"))
OTHER = with_testers(journeys(s="did_it", a="did_it"))


@pytest.fixture
def live(room: Room) -> Registry:
    """Return the registry of what is published at run time, beside a journey `s` of the stack."""
    room.registry.register(STACKS, machines(STACKS), leave_settings_to="publish")
    return Registry(room.client, room.table, "publish")


def publish(live: Registry, bundle: Bundle, *, draft: bool = False) -> Registered:
    return live.publish(bundle, machines(bundle, 2), None, {}, ANA, draft)


def test_what_is_live_gets_no_draft(room: Room, live: Registry) -> None:
    """Those who test enter what is live: nothing is there to be tried, and nothing to be withdrawn later."""
    publish(live, BOTH)
    more = with_testers(journeys(s="began", a="began", n="began"))

    came = publish(live, more, draft=True)

    drafts = {one.name: one.draft and one.draft.version for one in Live(room.client, room.table).journeys()}
    assert came.published == ("n",)
    assert drafts == {"a": None, "s": None, "n": version_of(more, "n")}


def test_a_colleague_s_draft_stays_where_a_journey_is_as_it_is_live(room: Room, live: Registry) -> None:
    """Whoever drafts a workspace means what they changed, not what somebody else tries."""
    publish(live, BOTH)
    tried = with_testers(journeys(a="stopped"))
    live.publish(tried, machines(tried, 3), None, {}, BEN, True)

    came = publish(live, BOTH, draft=True)

    (a, _) = Live(room.client, room.table).journeys()
    assert (came.published, a.draft and (a.draft.by, a.draft.version)) == (
        (),
        (BEN.by, version_of(tried, "a")),
    )


@pytest.mark.parametrize("draft", [False, True])
def test_the_stack_s_journey_stops_nothing_while_it_stays_as_it_is(
    room: Room, live: Registry, draft: bool
) -> None:
    """It stays the stack's, with its machine; the others are published beside it."""
    came = publish(live, BOTH, draft=draft)

    told = {one.name: (one.owner, one.machine) for one in Live(room.client, room.table).journeys()}
    assert came.published == ("a",)
    assert told["s"] == ("cdk", machines(STACKS)["s"])


def test_the_stack_s_journey_that_would_change_stops_all(room: Room, live: Registry) -> None:
    """And it is said how the others are published all the same."""
    before = Live(room.client, room.table).journeys()

    with pytest.raises(AuthorError, match=r'"s" belongs to the stack .*; the others go .*WORKSPACE/a$'):
        publish(live, OTHER)
    with pytest.raises(AuthorError, match=r'"s" belongs to the stack .*another name$'):
        publish(live, replace(OTHER, journeys=OTHER.journeys[1:]))

    assert Live(room.client, room.table).journeys() == before
