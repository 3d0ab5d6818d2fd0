from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.publishers import published_to, starter
from tests.cli.travellers import migration, mover, people, recounted
from tests.docs.pages import DOCS, agrees, blocks, shown
from tests.docs.test_commands import run

FATES = "steps:\n  clicked: {move: clicked}\n  reminder: drain"


def test_the_page_tells_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the page says what is shown below it, with two customers who wait and one a pause stopped."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    for name, text in starter().items():
        file = tmp_path / "journeys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    calls = [call for block in blocks(DOCS / "migrating.md", "text") for call in shown(block)]

    differing = []
    with published_to() as published:
        published.room.publish(starter(), message="Say hello")
        live = published.room.live()["welcome"]
        people(published, live, "ana", "ben")
        people(published, live, "cleo", step="reminder", paused=True)
        mover(published)
        migration(tmp_path / "journeys" / "welcome" / "journey.yaml", live, FATES)
        for call in calls:
            status, said = run(call.command)
            recounted(published)
            if status != call.status or not agrees(call.output, said):
                differing.append(f"{call.command}: exit status {status}\n{said}")

    assert len(calls) > 6
    assert differing == []
