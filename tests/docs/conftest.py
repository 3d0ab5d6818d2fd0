"""Where the reader of a page stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.publishers import starter


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand beside the starter's `journeys`, as the pages about a deployment do; return that folder."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    for name, text in starter().items():
        file = tmp_path / "journeys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "journeys"
