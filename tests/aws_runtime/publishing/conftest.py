"""A room to publish in, for each test a new one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.control_room import ControlRoom, control_room


@pytest.fixture
def room() -> Iterator[ControlRoom]:
    """Give a room with an empty table."""
    with control_room() as made:
        yield made
