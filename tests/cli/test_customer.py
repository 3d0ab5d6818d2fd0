from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.adapters.dynamodb.whole_customer import export_customer
from sojourn.application.quarantine import Quarantined
from sojourn.application.route import Incoming, route
from sojourn.aws_runtime.clock import SystemClock
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.customer.identity import unknown_id
from sojourn.domain.customer.rows import Change, Event, Run
from sojourn.domain.journey.project import read_project
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.scenario import play
from tests.cli.conftest import Sojourn
from tests.cli.test_events import Keyboard
from tests.docs.pages import ROOT
from tests.support.aws_deployment import Deployed, aws_deployment
from tests.support.aws_table import aws_table, items
from tests.support.controlled import controlled
from tests.support.engine_room import Room
from tests.support.told_stream import TableWorld
from tests.support.workspaces import project

SAMPLES = ROOT / "journeys"
STORY = "abandoned-cart/scenarios/never-comes-back.yaml"


@cache
def samples() -> Deployment:
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    return deploy(read_project({path.relative_to(SAMPLES).as_posix(): path.read_bytes() for path in files}))


@cache
def story() -> list[dict[str, Any]]:
    """Return the table's items after a story of the samples, as the real engine tells it."""
    with aws_table() as (client, table):
        folders = samples().project.journeys.values()
        (scenario,) = (one.scenario for folder in folders for one in folder.scenarios if one.file == STORY)
        played = play(
            scenario, samples(), lambda *given: TableWorld(given[0], given[1], given[2], client, table)
        )
        assert played.failures == []
        return items(client, table)


@pytest.fixture
def told() -> Iterator[Deployed]:
    """The deployment `dev` after that story."""
    rows = story()
    with aws_deployment() as deployed, controlled(deployed):
        for item in rows:
            deployed.dynamodb.put_item(TableName=deployed.table, Item=item)
        yield deployed


def test_a_story_is_shown(sojourn: Sojourn, told: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """As support reads it to her: journeys, messages and what she did, in 80 columns; no id, no hash, nothing twice."""
    monkeypatch.setenv("COLUMNS", "80")

    answer = sojourn("customer", "show", "cleo")

    lines = answer.out.splitlines()
    assert (answer.status, answer.err) == (0, "")
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "cleo@example.com",
        "Journeys",
        "Messages, newest first",
        "What they did, and what came of it, newest first",
        "6 steps inside of journeys left out: --steps shows them.",
    ]
    assert lines[1] == "  Times are of UTC, the workspace's, as nobody knows theirs."
    assert "  Fri 6 Mar 2026, 10:00   push “reminder”, abandoned cart: sent" in lines
    assert answer.out.count("cart lost") == 1
    assert not {"6e5f50567175", "wait_1", "branch_1", "device-cleo"} & set(re.findall(r"[\w-]+", answer.out))


def test_journeys_topics_and_steps_go_by_their_words(sojourn: Sojourn, dev: Deployed, here: Path) -> None:
    """Titles and topics are the deployment's; a step's words those of the same version in the folder at hand."""
    shop = project({"j": "title: Say hello\nenter: {on: began}\nsteps: [{id: nap, wait: 1 day}]"})
    for path, text in shop.files.items():
        file = here / "journeys" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    bundle = compiled_workspace(shop)
    Registry(dev.dynamodb, dev.table).register(bundle, {"j": "arn:j:1"})
    (journey,) = bundle.journeys
    now = SystemClock().now()
    run = Run("r1", "c-42", "j", journey.version, "", now, now, "r1", at={"": "nap"})
    customers = DynamoCustomers(dev.dynamodb, dev.table, SystemClock())
    customers.commit(customers.load("c-42"), Change(runs={("j", ""): run}))

    here_it_is = sojourn("customer", "show", "c-42").out
    (here / "journeys" / "workspace.yaml").unlink()
    elsewhere = sojourn("customer", "show", "c-42").out

    assert "\n  Say hello, since " in here_it_is
    assert "\n    now: wait 1 day" in here_it_is
    assert "\n    now: at the step “nap”" in elsewhere
    assert "\n  News: email, push, SMS yes (never asked)\n" in here_it_is
    assert "Times are of Europe/Berlin, the workspace's" in here_it_is


def test_the_newest_is_shown(sojourn: Sojourn, told: Deployed) -> None:
    """As much of it as is asked for, from when it is asked for; what is left out is said."""
    short = sojourn("customer", "show", "cleo", "--limit", "1").out.splitlines()
    late = sojourn("customer", "show", "cleo", "--since", "2026-03-10").out.splitlines()
    rows = json.loads(sojourn("customer", "show", "cleo", "--since", "2026-03-10", "--json").out)["timeline"]

    assert "Messages, the newest 1 of 2" in short
    assert "  none since then; 2 before" in late
    assert [(one.get("event"), one.get("what")) for one in rows] == [
        ("cart_lost", None), (None, "emitted"), (None, "exited"),
    ]  # fmt: skip


def test_a_program_reads_the_same(sojourn: Sojourn, told: Deployed) -> None:
    """Rows as they are, and the timeline in order."""
    shown = json.loads(sojourn("customer", "show", "cleo", "--json").out)

    assert " ".join(shown) == "customer profile traits runs waiters sends quarantined timeline"
    assert shown["runs"][0]["exit_reason"] == "completed"
    assert [one["at"] for one in shown["timeline"]] == sorted(one["at"] for one in shown["timeline"])


def test_what_the_workspace_computes_is_worked_out(sojourn: Sojourn, dev: Deployed) -> None:
    """As a condition would read it now."""
    journey = "enter: {on: stopped}\nsteps: [{wait: 1 day}]"
    bundle = compiled_workspace(project({"j": journey}, segments="times_done: {count: did_it}"))
    Registry(dev.dynamodb, dev.table).register(bundle, {"j": "arn:j:1"})

    assert json.loads(sojourn("customer", "show", "c-42", "--json").out)["traits"] == {"times_done": 0}


def test_a_customer_cannot_steer_a_terminal(sojourn: Sojourn, dev: Deployed) -> None:
    """What they wrote is shown with its control characters written out."""
    dev.dynamodb.update_item(
        TableName=dev.table, Key={"pk": {"S": "C#c-42"}, "sk": {"S": "A#profile"}},
        UpdateExpression="SET #data = :data", ExpressionAttributeNames={"#data": "data"},
        ExpressionAttributeValues={":data": {"S": json.dumps({"id": "c-42", "attributes": {"name": "\x1b[2J"}})}},
    )  # fmt: skip

    answer = sojourn("customer", "show", "c-42")

    assert "\x1b" not in answer.out
    assert "\\x1b[2J" in answer.out


def test_a_customer_is_found_by_what_they_are_known_by(sojourn: Sojourn, dev: Deployed) -> None:
    """An address in any case; who it is, is said."""
    answer = sojourn("customer", "show", "--email", " Ana@Example.com")

    assert (answer.status, answer.err) == (0, "note: this is c-42\n")
    assert answer.out.startswith("ana@example.com, known since ")


def test_whoever_was_found_to_be_somebody_is_shown_as_them(sojourn: Sojourn, dev: Deployed) -> None:
    """By the browser, and by the id that they had before; and what they did in it is theirs."""
    clock = SystemClock()
    customers = DynamoCustomers(dev.dynamodb, dev.table, clock)
    engine = replace(
        Room("enter: {on: stopped}\nsteps: [{wait: 1 day}]").engine, customers=customers, clock=clock
    )
    browser = {"anonymous_id": "5f2b"}
    route(engine, Incoming("", Event("v1", "began", clock.now()), identities=browser))
    before = sojourn("customer", "show", "--anonymous", "5f2b")
    route(engine, Incoming("c-42", Event("v2", "did_it", clock.now()), identities=browser))

    visitor = unknown_id("anonymous", "5f2b")
    after = [sojourn("customer", "show", *who) for who in (["--anonymous", "5f2b"], [visitor])]

    assert before.out.startswith(f"{visitor}, known since")
    assert [answer.out.splitlines()[0].split(",")[0] for answer in after] == ["ana@example.com"] * 2
    assert {answer.err for answer in after} == {
        f"note: {visitor} was found to be c-42, who has everything now\n"
    }
    assert {"began", "did it"} <= {line.rpartition("  ")[2] for line in after[0].out.splitlines()}
    assert f"erased {visitor} too, who became c-42" in sojourn("customer", "erase", visitor, "--yes").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "there is no customer nobody in dev"),
        (["--email", "nobody@example.com"], "there is no customer with email nobody@example.com in dev"),
        (["--anonymous", "5f2b"], "there is no customer with anonymous 5f2b in dev"),
    ],
)
@pytest.mark.parametrize("command", ["show", "export", "erase"])
def test_a_customer_who_is_not_there(
    sojourn: Sojourn, dev: Deployed, command: str, arguments: list[str], said: str
) -> None:
    """It is said, with status 1."""
    answer = sojourn("customer", command, *arguments)

    assert (answer.status, answer.out, answer.err) == (1, "", f"sojourn: {said}\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say who: CUSTOMER, --email, --phone or --anonymous"),
        (["c-42", "--email", "a@b"], "say who by one thing"),
        (["--phone", "030 1234567"], "--phone: 030 1234567 is no number with its country"),
        (["--email", "ana"], "--email: ana is no email address"),
        (["--anonymous", "undefined"], "--anonymous: undefined is no id of anybody"),
        (["c-42", "--stage", "prod"], 'there is no deployment "prod"'),
    ],
)
def test_whom_is_not_said(sojourn: Sojourn, dev: Deployed, arguments: list[str], said: str) -> None:
    """By nothing, by two things, by what is none, or nowhere."""
    answer = sojourn("customer", "show", *arguments)

    assert (answer.status, said in answer.err) == (2, True)


def test_an_export_is_a_copy_for_the_person(sojourn: Sojourn, told: Deployed) -> None:
    """In sections and words, without keys of the storage; with --raw it is the rows as they are."""
    answer = sojourn("customer", "export", "cleo", "-o", "cleo.json")

    text = Path("cleo.json").read_text(encoding="utf-8")
    copy = json.loads(text)
    assert (answer.out, re.sub(r"\d+", "N", answer.err)) == ("", "wrote cleo.json: N rows about cleo\n")
    assert [one["message"] for one in copy["messages"]["sent"]] == ["reminder", "ten-off"]
    assert copy["journeys"]["entered"][0]["why"] == "came to its end"
    assert not re.search(r"#|\"revision|[0-9a-f]{16}", text)
    assert json.loads(sojourn("customer", "export", "cleo").out) == copy
    raw = json.loads(sojourn("customer", "export", "cleo", "--raw").out)
    assert raw == export_customer(told.dynamodb, told.table, "cleo")


def test_an_erasure_takes_it_all_and_says_what_it_cannot(sojourn: Sojourn, told: Deployed) -> None:
    """Events in quarantine too; others' rows stay; who erases again is told that there is nobody."""
    at = SystemClock().now()
    quarantine = DynamoQuarantine(told.dynamodb, told.table, SystemClock())
    aside = Quarantined("cleo", "o1", "order", at, ("wrong",), {})
    quarantine.put(aside)
    quarantine.put(replace(aside, customer="gus"))

    answer = sojourn("customer", "erase", "cleo", "--yes")

    left = {item["pk"]["S"] for item in items(told.dynamodb, told.table)}
    first, *others = answer.out.splitlines()
    assert answer.status == 0
    assert first.startswith("erased cleo: ")
    assert "1 profile, 1 quarantined, 1 runs, 2 sends" in first
    assert others[0] == "not here, and so not erased:"
    assert "  table stream: holds the deleted rows for 24 hours" in others
    assert max(map(len, others)) <= 80
    assert ("C#cleo" in left, "C#gus" in left) == (False, True)
    assert [one.customer for one in quarantine.listed(at, SystemClock().now())] == ["gus"]
    assert sojourn("customer", "erase", "cleo", "--yes").status == 1


def test_an_erasure_as_json(sojourn: Sojourn, told: Deployed) -> None:
    """What was removed, by kind, what was stopped, and what is elsewhere."""
    answer = json.loads(sojourn("customer", "erase", "gus", "--yes", "--json").out)

    assert list(answer) == ["customer", "removed", "stopped", "others", "outside"]
    assert (answer["customer"], answer["removed"]["profile"]) == ("gus", 1)


@pytest.mark.parametrize(("typed", "status"), [("cleo\n", 0), ("yes\n", 1), ("", 1)])
def test_an_erasure_asks_for_the_id(
    sojourn: Sojourn, told: Deployed, monkeypatch: pytest.MonkeyPatch, typed: str, status: int
) -> None:
    """Nothing else will do."""
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))

    answer = sojourn("customer", "erase", "cleo")

    there = any(item["pk"]["S"] == "C#cleo" for item in items(told.dynamodb, told.table))
    assert (answer.status, there) == (status, status == 1)
    assert "Type cleo to go on: " in answer.err


def test_an_erasure_that_nobody_can_be_asked_about(
    sojourn: Sojourn, dev: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script says --yes, or nothing is done."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("c-42\n"))

    answer = sojourn("customer", "erase", "c-42")

    assert (answer.status, "--yes" in answer.err) == (2, True)


@pytest.mark.parametrize("who", [["c-42"], ["--email", "ana@example.com"]])
def test_an_erasure_that_was_interrupted_is_gone_on_with(
    sojourn: Sojourn, dev: Deployed, who: list[str]
) -> None:
    """Whoever wrote nothing for them any more is told to come again; whoever erases them is not."""
    dev.dynamodb.update_item(
        TableName=dev.table, Key={"pk": {"S": "C#c-42"}, "sk": {"S": "A#profile"}},
        UpdateExpression="SET erasing = :yes", ExpressionAttributeValues={":yes": {"BOOL": True}},
    )  # fmt: skip

    answer = sojourn("customer", "erase", *who, "--yes")

    assert (answer.status, answer.err) == (0, "note: this is c-42\n" if len(who) > 1 else "")
    assert not [one for one in items(dev.dynamodb, dev.table) if one["pk"]["S"].startswith(("C#", "I#"))]


def test_a_large_customer_is_erased_with_several_calls(
    sojourn: Sojourn, dev: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each does what there is time for; what all of them took away is told as one."""
    for number in range(60):
        row = {"pk": {"S": "C#c-42"}, "sk": {"S": f"S#{number}"}}
        dev.dynamodb.put_item(TableName=dev.table, Item=row)
    monkeypatch.setattr("sojourn.aws_runtime.publishing.erasures.SECONDS", 0.0)

    answer = sojourn("customer", "erase", "c-42", "--yes", "--json")

    assert (answer.status, json.loads(answer.out)["removed"]["sends"]) == (0, 60)
    assert answer.err.splitlines()[0].endswith("rows are gone, and there are more")
