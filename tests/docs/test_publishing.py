from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.publishers import published_to, starter
from tests.docs.pages import DOCS, agrees, blocks, shown
from tests.docs.test_commands import run


def test_the_page_tells_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the page, in its order, says what is shown below it, over the code that answers it on AWS."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    for name, text in starter().items():
        file = tmp_path / "journeys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    calls = [call for block in blocks(DOCS / "publishing.md", "text") for call in shown(block)]

    differing = []
    with published_to():
        for call in calls:
            status, said = run(call.command)
            if status != call.status or not agrees(call.output, said):
                differing.append(f"{call.command}: exit status {status}\n{said}")

    assert len(calls) > 6
    assert differing == []
