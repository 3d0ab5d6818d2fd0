"""What two interpreters must agree on when they play the same story."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sojourn.local.scenario import play

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.domain.journey.model.scenario import Scenario
    from sojourn.domain.ledger import Happening
    from sojourn.local.deployment import Deployment
    from sojourn.local.scenario import Played
    from tests.support.moto_world import MotoWorlds


def story_on(
    moto: MotoWorlds, scenario: Scenario, deployment: Deployment, ours: Played
) -> list[tuple[Any, ...]]:
    """Play a scenario on moto and return its story; one that differs from ours is played once more, with patience.

    On a busy machine a thread of moto's may be overlooked that is about to go on. A true difference shows again.
    """
    moto.patience = 1.0
    told = story(play(scenario, deployment, moto))
    if told != story(ours):
        moto.patience = 10.0
        told = story(play(scenario, deployment, moto))
    return told


def story(played: Played) -> list[tuple[Any, ...]]:
    """Return all that happened, by time and customer; what happens at one instant has no order to agree on."""
    return sorted(_told(one, played.start) for one in played.trace)


def _told(one: Happening, start: datetime) -> tuple[Any, ...]:
    details = {
        name: str(value)
        for name, value in one.details.items()
        if name not in ("until", "entered", "cause", "send")
    }
    return (_minutes(one.at - start), one.customer, one.journey, one.what, one.step, one.reason, str(details))


def _minutes(passed: timedelta) -> int:
    """Two minutes are one here: the pauses between retries are jittered, each interpreter its own way."""
    return round(passed.total_seconds() / 120)
