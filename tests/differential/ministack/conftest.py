"""One MiniStack for all tests of a worker: starting it takes seconds, and many stories can be played on it at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ministack_states import Ministack, ministack

REAL_SECONDS_A_DAY = 5.0


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    """MiniStack, on which a day takes five seconds."""
    with ministack(REAL_SECONDS_A_DAY / 86_400, tmp_path_factory.mktemp("ministack")) as running:
        yield running
