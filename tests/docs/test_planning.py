from __future__ import annotations

from datetime import timedelta

import pytest

from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.application.counting import Counted, Place
from tests.cli.publishers import Published, published_to, starter
from tests.cli.travellers import CLOCK, people
from tests.docs.published_pages import differing


def four_weeks(published: Published, version: str) -> None:
    """Let a hundred customers have entered each day."""
    counters = DynamoCounters(published.deployed.dynamodb, published.deployed.table, CLOCK)
    counted = {
        "entered": 100, "passed@hello": 100, "sent.email@hello": 90, "passed@clicked": 88, "passed@reminder": 60,
        "sent.email@reminder": 55,
    }  # fmt: skip
    for days in range(1, 29):
        day = (CLOCK.now().date() - timedelta(days=days)).isoformat()
        counters.count([Counted(f"day-{days}", {Place("welcome", version, "", day): counted})])


@pytest.mark.usefixtures("beside")
def test_the_page_tells_what_happens_beside_a_deployment() -> None:
    """Every command of the page that asks a deployment says what is shown below it."""
    with published_to() as published:
        published.room.publish(starter(), message="Say hello")
        live = published.room.live()["welcome"]
        people(published, live, "ana", "ben")
        four_weeks(published, live)
        assert differing("plan.md", at_least=2) == []
