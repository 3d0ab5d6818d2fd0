"""One deployment for every module of tests here; each test begins it anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.cloud import Cloud, deployed_cloud
from tests.faults.stories import known, workspace


@pytest.fixture(scope="module")
def deployed() -> Iterator[Cloud]:
    """Deploy the workspace once."""
    with deployed_cloud(workspace()) as cloud:
        yield cloud


@pytest.fixture
def cloud(deployed: Cloud) -> Cloud:
    """Begin anew, with one customer."""
    deployed.begin()
    known(deployed)
    return deployed
