"""What a function prints, read back: its log and its metrics."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from sojourn.aws_runtime.observability import logger


class PresentOutput:
    """Writes to what is the standard output at that moment."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Give what was printed since the last look: the logger keeps the output it began with, which is not ours."""
    monkeypatch.setattr(logger.registered_handler, "stream", PresentOutput())
    return lambda: capsys.readouterr().out
