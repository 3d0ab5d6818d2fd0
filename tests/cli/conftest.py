"""The command as somebody at a keyboard meets it: in a folder of its own, with what it says and how it exits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.application.publishing import Signed
from sojourn.aws_runtime.clock import SystemClock
from sojourn.cli.main import main
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.customer.rows import Change, Event, Profile
from sojourn.domain.journey.project import read_project
from tests.cli.publishers import Published, starter, with_a_past
from tests.support.aws_deployment import Deployed, aws_deployment
from tests.support.aws_table import aws_table, items
from tests.support.controlled import controlled

BY = "arn:aws:sts::111122223333:assumed-role/Publisher/kim"
"""Who published what the deployment has."""


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


@cache
def welcome() -> list[dict[str, Any]]:
    """Return the table's items once the workspace of `sojourn new` is published in it: its journey is `welcome`."""
    starter = Path(str(files("sojourn.cli"))) / "starter"
    texts = {
        path.relative_to(starter).as_posix(): path.read_bytes()
        for path in starter.rglob("*")
        if path.is_file()
    }
    bundle = compiled_workspace(read_project(texts))
    signed = Signed(BY, datetime(2026, 3, 1, 8, tzinfo=UTC), "Say hello", "20260301T080000000Z-000001")
    with aws_table() as (client, table):
        Registry(client, table).register(bundle, {"welcome": "arn:welcome:1"}, signed=signed)
        return items(client, table)


@pytest.fixture
def dev() -> Iterator[Deployed]:
    """The deployment `dev` with the journey `welcome` and the customer c-42, who has done one thing."""
    rows = welcome()
    with aws_deployment() as deployed, controlled(deployed):
        for row in rows:
            deployed.dynamodb.put_item(TableName=deployed.table, Item=row)
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


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Published]:
    """The deployment `dev` with the control API before it, and a journey that has a past; on a wide terminal."""
    monkeypatch.setenv("COLUMNS", "120")
    with with_a_past() as published:
        yield published


@pytest.fixture(name="files")
def published_files(here: Path) -> Path:
    """The workspace as it is published, in the current folder; the path of its journey."""
    for name, text in starter().items():
        if "scenarios" in name or "simulation" in name:
            # They name the journey, which some tests rename.
            continue
        file = here / "journeys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return here / "journeys" / "welcome" / "journey.yaml"
