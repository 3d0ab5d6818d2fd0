"""The command as somebody at a keyboard meets it: in a folder of its own, with what it says and how it exits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.aws_runtime.clock import SystemClock
from sojourn.cli.main import main
from sojourn.domain.customer.rows import Change, Event, Profile
from tests.support.aws_deployment import Deployed, aws_deployment


@dataclass(frozen=True)
class Answer:
    """What came of one call."""

    status: int
    out: str
    err: str


Sojourn = Callable[..., Answer]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sojourn(here: Path, capsys: pytest.CaptureFixture[str]) -> Sojourn:
    """Call the command in the current folder: `sojourn("check", "shop")`."""

    def call(*arguments: str) -> Answer:
        status = main(arguments)
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return call


@pytest.fixture
def dev() -> Iterator[Deployed]:
    """The deployment `dev` with the customer c-42, who has done one thing."""
    with aws_deployment() as deployed:
        customers = DynamoCustomers(deployed.dynamodb, deployed.table, SystemClock())
        now = SystemClock().now()
        customers.commit(
            customers.load("c-42"),
            Change(
                profile=Profile("c-42", {"plan": "free"}, email="ana@example.com", since=now),
                event=Event("sign-up-42", "signed_up", now, {"source": "web"}, now),
            ),
        )
        yield deployed


@pytest.fixture
def shop(here: Path, sojourn: Sojourn) -> Path:
    """The workspace that `sojourn new journeys` makes, in the current folder."""
    answer = sojourn("new", "journeys")
    assert answer.status == 0, answer.err
    return here / "journeys"


def change(file: Path, old: str, new: str) -> None:
    """Replace a text that a file must hold."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def last(lines: str) -> str:
    """Return the last line of a text."""
    found: Sequence[str] = lines.rstrip("\n").splitlines()
    return found[-1]
