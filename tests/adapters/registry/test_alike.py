"""Versions and contents are called by a few digits of a hash: what is called alike and says something else is refused.

Somebody who may only draft could look for two journeys that are called alike, draft the one, and let others publish
the other: customers would enter the draft.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.domain.compile.bundle import Bundle
from sojourn.domain.compile.compiled import CompiledJourney
from sojourn.errors import AuthorError
from tests.adapters.registry.conftest import Room
from tests.adapters.registry.registering import JOURNEY, machines, workspace
from tests.adapters.registry.test_publishing import ANA, BEN

HARMLESS = workspace(JOURNEY, "")


def _rule(journey: CompiledJourney) -> CompiledJourney:
    return replace(journey, title="Another")


def _machine(journey: CompiledJourney) -> CompiledJourney:
    return replace(journey, definition={**journey.definition, "Comment": "another"})


def _journey(other: Callable[[CompiledJourney], CompiledJourney]) -> Bundle:
    (journey,) = HARMLESS.journeys
    return replace(HARMLESS, journeys=(other(journey),))


def _message() -> Bundle:
    ((digest, message),) = HARMLESS.messages.items()
    return replace(
        HARMLESS, messages={digest: replace(message, locales={"en": {"email": {"subject": "Another"}}})}
    )


@pytest.mark.parametrize(
    "other", [_journey(_rule), _journey(_machine), _message()], ids=["rule", "machine", "message"]
)
def test_what_is_called_alike_and_is_another_is_refused(room: Room, other: Bundle) -> None:
    """Nothing gets live then, and it is said what to do."""
    room.registry.register(replace(HARMLESS, journeys=()), {}, leave_settings_to="publish")
    registry = Registry(room.client, room.table, "publish")
    registry.publish(other, machines(other), None, {}, ANA)
    registry.withdraw(["j"])

    with pytest.raises(AuthorError, match="change any word"):
        registry.publish(HARMLESS, machines(HARMLESS), None, {}, BEN)

    assert Live(room.client, room.table).journeys() == ()


def test_the_same_is_published_again(room: Room) -> None:
    """What was live is live again, though all of its rows are there already."""
    room.registry.register(HARMLESS, machines(HARMLESS))
    room.registry.withdraw(["j"])

    came = room.registry.register(HARMLESS, machines(HARMLESS, 2))

    assert came.published == ("j",)
