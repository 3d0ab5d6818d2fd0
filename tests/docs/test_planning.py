from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.application.counting import Counted, Place
from tests.cli.publishers import Published, published_to, starter
from tests.cli.travellers import CLOCK, people
from tests.docs.pages import DOCS, agrees, blocks, shown
from tests.docs.test_commands import run


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


def test_the_page_tells_what_happens_beside_a_deployment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of the page that asks a deployment says what is shown below it."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    for name, text in starter().items():
        file = tmp_path / "journeys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    calls = [call for block in blocks(DOCS / "plan.md", "text") for call in shown(block)]

    differing = []
    with published_to() as published:
        published.room.publish(starter(), message="Say hello")
        live = published.room.live()["welcome"]
        people(published, live, "ana", "ben")
        four_weeks(published, live)
        for call in calls:
            status, said = run(call.command)
            if status != call.status or not agrees(call.output, said):
                differing.append(f"{call.command}: exit status {status}\n{said}")

    assert len(calls) > 1
    assert differing == []
