"""One moto for all stories of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.moto_world import moto_worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.moto_world import MotoWorlds


@pytest.fixture(scope="module")
def moto() -> Iterator[MotoWorlds]:
    """Worlds on moto's interpreter."""
    with moto_worlds() as worlds:
        yield worlds
