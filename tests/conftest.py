"""What holds for every test: made-up AWS credentials, no way out of this machine, golden files.

`AWS_ENDPOINT_URL` stays unset on purpose: moto recognises AWS by its host names, and with an endpoint of our
own it would never see the call.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.no_network import guard_sockets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AWS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
UNSET = ("AWS_PROFILE", "AWS_ENDPOINT_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")

GOLDEN = Path(__file__).parent / "golden"

# No deadline: a busy machine is no defect. In CI the same examples every time, so that a red build is about
# the change and not about luck.
settings.register_profile("sojourn", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("sojourn")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make goldens` write what the tests would otherwise compare with."""
    parser.addoption("--update-goldens", action="store_true", help="write the golden files anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that uses a golden file, so that `make goldens` can choose them."""
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker("golden")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Give a function that compares a text with the file of that name below tests/golden, byte for byte."""
    update = request.config.getoption("--update-goldens")

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert path.is_file(), f"there is no tests/golden/{name} yet: run `make goldens` and read it"
        expected = path.read_bytes().decode()
        assert expected == text, f"tests/golden/{name} differs: if that is meant, run `make goldens`"

    return compare


@pytest.fixture(autouse=True, scope="session")
def fake_aws_account() -> Iterator[None]:
    """Give every test credentials that open nothing, and take away what might point at a real account."""
    with pytest.MonkeyPatch.context() as patch:
        for name in UNSET:
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        for name, value in AWS.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Keep every test on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        guard_sockets(patch)
        yield
