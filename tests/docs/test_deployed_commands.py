from __future__ import annotations

import re
import shlex
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from sojourn.cli.command import Command, Group
from sojourn.cli.main import NAMES, command_of, main
from tests.cli.publishers import CUSTOMERS, for_audiences, with_a_past
from tests.cli.travellers import underway
from tests.docs.pages import DOCS, ROOT, read

PAGE = DOCS / "commands.md"
ROW = re.compile(r"^\| (?:`([a-z ]+)`)? ?\| (.*) \| .* \|$", re.MULTILINE)
EVERY = {"cloudformation:DescribeStacks"}
PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
"""What a transaction needs to be allowed, part by part."""


def deployed() -> Iterator[Command]:
    for name in NAMES:
        command = command_of(name)
        each = command.commands if isinstance(command, Group) else (command,)
        yield from (one for one in each if one.deployed)


def told() -> dict[str, set[str]]:
    """Return what the page says that each command needs."""
    found: dict[str, set[str]] = {}
    name = ""
    for named, needs in ROW.findall(read(PAGE)):
        name = named or name
        found.setdefault(name, set()).update(re.findall(r"`([a-z]+:[A-Za-z]+)`", needs))
    return found


def actions(service: str, operation: str, parameters: dict[str, Any]) -> set[str]:
    """Return the names that IAM has for a call."""
    if operation == "TransactWriteItems":
        return {f"{service}:{PARTS[next(iter(part))]}" for part in parameters["TransactItems"]}
    return {f"{service}:{operation}"}


def test_every_command_and_what_it_needs_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the commands' examples ask AWS for stands in the table, under the command's name."""
    needed: dict[str, set[str]] = {command.name: set() for command in deployed()}
    now: list[str] = []
    call = BaseClient._make_api_call

    def noted(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        # What the control API does is done in another thread, and under other permissions.
        if now and threading.current_thread() is threading.main_thread():
            needed[now[-1]] |= actions(self.meta.service_model.service_name, operation, parameters)
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    monkeypatch.chdir(tmp_path)
    main(["new", "journeys"])
    with with_a_past() as published:
        underway(published, tmp_path / "journeys" / "welcome" / "journey.yaml")
        for_audiences(published)
        (tmp_path / "customers.csv").write_text(CUSTOMERS)
        for command in deployed():
            for example in command.examples:
                now.append(command.name)
                assert main(shlex.split(example)[1:]) in (0, 1)
        now.clear()

    page = told()
    assert set(page) == set(needed)
    assert {
        name: asked - page[name] - EVERY for name, asked in needed.items() if asked - page[name] - EVERY
    } == {}


def test_the_readme_leads_there() -> None:
    """Whoever has a deployment finds its commands."""
    assert "docs/commands.md" in read(ROOT / "README.md")
