"""With `--json` a program reads what went wrong where it reads the answer: one object, `error` and `message`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
from sojourn.aws_runtime.clock import SystemClock
from sojourn.cli.main import NAMES, command_of
from sojourn.emit import Emitter, Event, NotTaken
from tests.cli.conftest import Sojourn, change
from tests.cli.publishers import Published
from tests.cli.test_events import ASIDE
from tests.support.aws_deployment import Deployed

NOBODY = "20260301T000000000Z-ffffff"
"""The id of no operation."""
WRONG = [
    ("status nosuch", 1, "no_journey"),
    ("why nosuch welcome", 1, "no_customer"),
    ("why c-42 nosuch", 1, "no_journey"),
    ("why c-42 welcome nosuch", 1, "no_step"),
    ("why c-42", 2, "wrong_usage"),
    ("customer show nosuch", 1, "no_customer"),
    ("customer export nosuch", 1, "no_customer"),
    ("customer erase nosuch --yes", 1, "no_customer"),
    ("customer erase c-42", 2, "nobody_asked"),
    (f"audience status {NOBODY}", 1, "no_audience"),
    ("audience start nosuch --segment buyers --yes", 1, "no_journey"),
    ("audience start welcome nosuch.csv", 2, "no_file"),
    (f"audience cancel {NOBODY}", 1, "no_operation"),
    (f"audience resume {NOBODY}", 1, "no_operation"),
    ("sources revoke nosuch", 1, "no_source"),
    ("sources add x --right fly", 2, "wrong_usage"),
    ("events put bought", 2, "wrong_usage"),
    ("events quarantine --replay nothing", 2, "no_event"),
    ("links rotate --drop-older-than soon", 2, "wrong_usage"),
    ("plan nosuch", 2, "wrong_usage"),
    ("publish nosuch -m x", 2, "wrong_usage"),
    ("migrate nosuch", 2, "wrong_usage"),
    ("rollback nosuch -m x", 1, "no_journey"),
    ("withdraw nosuch --draft", 1, "no_draft"),
    (f"approve {NOBODY} --yes", 1, "no_operation"),
    (f"cancel {NOBODY}", 1, "no_operation"),
    (f"operations {NOBODY}", 1, "no_operation"),
    ("pause nosuch", 1, "no_journey"),
    ("resume nosuch --yes", 1, "no_journey"),
    ("stop nosuch --reason x", 1, "no_journey"),
    ("history --limit 0", 2, "wrong_usage"),
    ("status --stage nosuch", 2, "no_deployment"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "status", "error"), WRONG)
def test_what_went_wrong_is_one_object_where_the_answer_would_be(
    sojourn: Sojourn, dev: Deployed, shop: Path, call: str, status: int, error: str
) -> None:
    """Whatever it is: what is not there, what is refused, and a call that is wrong; in words it is said as well."""
    answer = sojourn(*call.split(), "--json")

    told = json.loads(answer.out)
    assert (answer.status, told["error"]) == (status, error)
    assert answer.err.splitlines()[-1 - answer.err.rstrip("\n").count("\n  ")].startswith("sojourn: ")
    assert told["message"]


def test_every_command_against_a_deployment_is_tried() -> None:
    """So no new one is left out."""
    commands = {
        one.name
        for name in NAMES
        for found in [command_of(name)]
        for one in getattr(found, "commands", (found,))
        if one.deployed
    }

    tried = {name for name in commands for call, *_ in WRONG if f"{call} ".startswith(f"{name} ")}

    assert commands - tried == {"sources list"}


def test_files_that_are_wrong_are_told_with_what_is_wrong(
    sojourn: Sojourn, dev: Deployed, shop: Path
) -> None:
    """A program that publishes for somebody can show them the findings."""
    change(shop / "welcome" / "journey.yaml", "on: signed_up", "on: signed_upp")

    answers = [
        sojourn(*call.split(), "--json") for call in ("publish -m x", "plan", "migrate welcome --dry-run")
    ]

    told = [json.loads(one.out) for one in answers]
    assert [one.status for one in answers] == [1, 1, 1]
    assert {one["error"] for one in told} == {"files_wrong"}
    assert all(one["findings"][0]["file"].endswith("welcome/journey.yaml") for one in told)


def test_an_operation_that_came_to_nothing_says_so_at_the_top(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """A program looks in one place, whether the call was refused or what it began failed."""
    change(files, "title: Welcome new customers", "title: Good morning")
    broken = files.read_text(encoding="utf-8").replace("on: signed_up", "on: signed_upp")
    desk.gateway.replaces = {
        str(file.relative_to(files.parents[1])): broken if file == files else file.read_text(encoding="utf-8")
        for file in files.parents[1].rglob("*")
        if file.is_file()
    }

    answer = sojourn("publish", "-m", "Good morning", "--yes", "--json")

    told = json.loads(answer.out)
    assert (answer.status, told["operation"]["state"]) == (1, "failed")
    assert told["error"] == told["operation"]["result"]["error"]
    assert told["message"].startswith("the workspace has 1 error")


def test_what_was_done_before_a_refusal_stands_in_the_same_object(sojourn: Sojourn, desk: Published) -> None:
    """A program reads one object, and not two."""
    kept = DynamoQuarantine(desk.deployed.dynamodb, desk.deployed.table, SystemClock())
    kept.put(ASIDE)
    desk.gateway.instead = [(409, b'{"error": "not_now", "message": "not just now"}')]

    answer = sojourn("events", "quarantine", "--replay", "--json")

    assert answer.status == 1
    assert json.loads(answer.out) == {"replayed": [], "error": "not_now", "message": "not just now"}


def test_what_an_erasure_took_away_before_a_refusal_is_told_with_it(
    sojourn: Sojourn, desk: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else can say it any more: those rows are gone."""
    for number in range(60):
        row = {"pk": {"S": "C#c-42"}, "sk": {"S": f"S#{number}"}}
        desk.deployed.dynamodb.put_item(TableName=desk.deployed.table, Item=row)
    monkeypatch.setattr("sojourn.aws_runtime.publishing.erasures.SECONDS", 0.0)
    busy = (503, b'{"error": "try_again", "message": "not just now"}')
    desk.gateway.before = lambda: desk.gateway.instead.append(busy)

    answer = sojourn("customer", "erase", "c-42", "--yes", "--json")

    told = json.loads(answer.out)
    assert (answer.status, told["error"], told["customer"]) == (1, "try_again", "c-42")
    assert told["removed"] == {"sends": 25}


def test_where_there_was_no_time_for_any_of_them_that_is_said(
    sojourn: Sojourn, dev: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is done, and a status that says so alone would leave somebody to guess."""
    DynamoQuarantine(dev.dynamodb, dev.table, SystemClock()).put(ASIDE)
    monkeypatch.setattr("sojourn.aws_runtime.publishing.quarantine_calls.SECONDS", -1.0)

    told = sojourn("events", "quarantine", "--drop", "--yes")
    answer = sojourn("events", "quarantine", "--drop", "--yes", "--json")

    assert (told.status, told.out) == (1, "0 events dropped\n")
    assert "had no time for any more of them: the same again does the rest" in told.err
    assert (answer.status, json.loads(answer.out)["error"]) == (1, "try_again")


def test_where_nothing_is_in_quarantine_nothing_is_said_to_come_back(sojourn: Sojourn, dev: Deployed) -> None:
    """Nothing to do is good."""
    again, dropped = (sojourn("events", "quarantine", option, "--yes") for option in ("--replay", "--drop"))

    assert (again.status, again.out, again.err) == (0, "there is nothing to put on the bus again\n", "")
    assert (dropped.status, dropped.out) == (0, "there is nothing to drop\n")


def test_events_that_the_bus_does_not_take_are_named(
    sojourn: Sojourn, dev: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each by its id, with why."""

    def refuses(_: Emitter, *events: Event) -> None:
        raise NotTaken([(one, "too busy") for one in events])

    monkeypatch.setattr(Emitter, "put", refuses)

    answer = sojourn("events", "put", "viewed", "--customer", "c-42", "--id", "e-1", "--json")

    assert (answer.status, json.loads(answer.out)) == (1, {
        "error": "not_taken", "message": "1 of 1 events were not taken",
        "events": [{"id": "e-1", "name": "viewed", "why": "too busy"}],
    })  # fmt: skip
