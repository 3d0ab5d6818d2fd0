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
from sojourn.cli.render.customer import customer_text, timeline
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.customer.identity import unknown_id
from sojourn.domain.customer.rows import Event
from sojourn.domain.journey.project import read_project
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.scenario import play
from tests.cli.conftest import Sojourn
from tests.cli.test_events import Keyboard
from tests.docs.pages import ROOT
from tests.support.aws_deployment import Deployed, aws_deployment
from tests.support.aws_table import aws_table, items
from tests.support.engine_room import Room
from tests.support.told_stream import TableWorld
from tests.support.workspaces import project

SAMPLES = ROOT / "journeys"
STORY = "abandoned-cart/scenarios/never-comes-back.yaml"
PROFILE: dict[str, Any] = {
    "id": "cleo", "email": "cleo@example.com", "since": "2026-03-06T08:00:00Z", "timezone": "Europe/Berlin",
    "attributes": {"plan": "pro", "score": 7}, "as_of": {
        "plan": "2026-03-06T08:00:00Z", "email": "2026-03-05T08:00:00Z", "consent:news:sms": "2026-03-05T09:00:00Z",
    },
    "consents": [["news", "sms", False], ["*", "email", False]], "suppressed": {"sms": "stop"},
    "segments": ["big", "lapsed"],
    "engagement": {"email": {"opened": "2026-03-06T10:05:00Z", "sent": "2026-03-06T10:00:00Z"}},
    "others": {"anonymous-0a": "merged"},
}  # fmt: skip


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
    with aws_deployment() as deployed:
        for item in rows:
            deployed.dynamodb.put_item(TableName=deployed.table, Item=item)
        yield deployed


def whole(**rows: Any) -> dict[str, Any]:
    kinds = ("runs", "waiters", "events", "sends", "ledger", "inbox", "quarantined", "other")
    return {"customer": "cleo", "profile": None, **{kind: [] for kind in kinds}, **rows}


def page(width: int = 80, **rows: Any) -> list[str]:
    everything = whole(**rows)
    return customer_text(everything, timeline(everything), 0, width).splitlines()


def test_a_story_is_shown(sojourn: Sojourn, told: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who she is, what ran for her and why it ended, what was sent, what happened and why, in 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    answer = sojourn("customer", "show", "cleo")

    lines = answer.out.splitlines()
    assert (answer.status, answer.err) == (0, "")
    assert max(map(len, lines)) <= 80
    assert lines[0] == "cleo"
    assert [line for line in lines if not line.startswith(" ")] == [
        "cleo",
        "",
        "Runs",
        "",
        "Sends",
        "",
        "Timeline, in UTC",
    ]
    assert "  2026-03-06 10:00  push: reminder (abandoned-cart, reminder): sent" in lines
    assert lines[-1].strip() == "exited abandoned-cart: completed"
    assert "  2026-03-06 08:00:00  * cart_updated (cart_id=c1," in lines


def test_the_newest_of_a_timeline_is_shown(sojourn: Sojourn, told: Deployed) -> None:
    """As much of it as is asked for, from when it is asked for."""
    short = sojourn("customer", "show", "cleo", "--limit", "2").out.splitlines()
    late = json.loads(sojourn("customer", "show", "cleo", "--since", "2026-03-10", "--json").out)

    assert next(line for line in short if line.startswith("Timeline")).startswith(
        "Timeline, in UTC (the last 2 of "
    )
    assert [(one.get("event"), one.get("what")) for one in late["timeline"]] == [
        ("cart_lost", None), (None, "emitted"), (None, "exited"),
    ]  # fmt: skip


def test_a_program_reads_the_same(sojourn: Sojourn, told: Deployed) -> None:
    """Rows as they are, and the timeline in order."""
    shown = json.loads(sojourn("customer", "show", "cleo", "--json").out)

    assert list(shown) == [
        "customer",
        "profile",
        "traits",
        "runs",
        "waiters",
        "sends",
        "quarantined",
        "timeline",
    ]
    assert shown["runs"][0]["exit_reason"] == "completed"
    assert [one["at"] for one in shown["timeline"]] == sorted(one["at"] for one in shown["timeline"])


def test_everything_that_is_known_has_a_line() -> None:
    """With the instant by which it is known, where there is one."""
    assert page(profile=PROFILE, traits={"orders": 3}) == [
        "cleo, known since 2026-03-06 08:00",
        "  email         cleo@example.com (2026-03-05 08:00)",
        "  timezone      Europe/Berlin",
        "  also          anonymous-0a (merged)",
        "  attribute     plan = pro (2026-03-06 08:00)",
        "  attribute     score = 7",
        "  trait         orders = 3",
        "  segments      big, lapsed",
        "  consent       every topic by email: no",
        "  consent       news by sms: no (2026-03-05 09:00)",
        "  suppressed    sms: stop",
        "  engagement    email: sent 2026-03-06 10:00, opened 2026-03-06 10:05",
    ]


def test_what_the_workspace_computes_is_worked_out(sojourn: Sojourn, dev: Deployed) -> None:
    """As a condition would read it now."""
    journey = "enter: {on: stopped}\nsteps: [{wait: 1 day}]"
    bundle = compiled_workspace(project({"j": journey}, segments="times_done: {count: did_it}"))
    Registry(dev.dynamodb, dev.table).register(bundle, {"j": "arn:j:1"})

    assert json.loads(sojourn("customer", "show", "c-42", "--json").out)["traits"] == {"times_done": 0}


def test_where_a_run_stands() -> None:
    """What it waits for and until when; a holdout is said."""
    run = {
        "id": "r1", "journey": "welcome", "version": "v1", "key": "k", "entered": "2026-03-06T08:00:00Z",
        "status": "running", "holdout": True, "at": {"": "clicked", "1": "call"},
    }  # fmt: skip
    waiter = {
        "run": "r1",
        "step": "clicked",
        "since": "2026-03-06T09:00:00Z",
        "deadline": "2026-03-09T09:00:00Z",
    }
    other = {**run, "id": "r2", "at": {}, "key": "", "holdout": False, "status": "ended",
             "ended": "2026-03-07T08:00:00Z", "exit_reason": "exit:purchased"}  # fmt: skip

    assert page(profile={}, runs=[other, run], waiters=[waiter])[2:] == [
        "Runs",
        "  welcome [k] v1, since 2026-03-06 08:00, in the holdout",
        "    at clicked: waits since 2026-03-06 09:00, at most until 2026-03-09 09:00",
        "    at call",
        "  welcome v1, 2026-03-06 08:00 to 2026-03-07 08:00: exit:purchased",
    ]


def test_a_customer_of_whom_there_is_nothing_but_an_event_in_quarantine() -> None:
    """It is shown with its reasons."""
    event = {
        "id": "o1",
        "name": "order",
        "received": "2026-03-06T08:00:00Z",
        "reasons": ["properties.n: wrong"],
    }

    assert page(quarantined=[event])[1:] == [
        "",
        "In quarantine",
        "  2026-03-06 08:00  order (o1): properties.n: wrong",
    ]


@pytest.mark.parametrize("width", [40, 80, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Whatever a customer's properties hold."""
    event = {
        "at": "2026-03-06T08:00:00Z", "name": "viewed", "id": "e1",
        "properties": {"url": "https://shop.example/" + "x" * 200, "a" * 100: [1] * 100},
    }  # fmt: skip

    assert max(map(len, page(width, profile=PROFILE, events=[event]))) <= width


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
    assert answer.out.startswith("c-42, known since ")


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
    assert [answer.out.splitlines()[0].split(",")[0] for answer in after] == ["c-42"] * 2
    assert {answer.err for answer in after} == {
        f"note: {visitor} was found to be c-42, who has everything now\n"
    }
    assert {"began", "did_it"} <= {line.split("* ")[-1] for line in after[0].out.splitlines()}
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

    assert (answer.status, answer.out, answer.err) == (1, "", said + "\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say who: CUSTOMER, --email, --phone or --anonymous"),
        (["c-42", "--email", "a@b"], "say who by one thing"),
        (["--phone", "030 1234567"], "--phone: 030 1234567 is no number with its country"),
        (["c-42", "--stage", "prod"], 'there is no deployment "prod"'),
    ],
)
def test_whom_is_not_said(sojourn: Sojourn, dev: Deployed, arguments: list[str], said: str) -> None:
    """By nothing, by two things, by what is none, or nowhere."""
    answer = sojourn("customer", "show", *arguments)

    assert (answer.status, said in answer.err) == (2, True)


def test_an_export_is_everything(sojourn: Sojourn, told: Deployed) -> None:
    """The file has what the table has, and how much that is, is said."""
    answer = sojourn("customer", "export", "cleo", "-o", "cleo.json")

    written = json.loads(Path("cleo.json").read_text(encoding="utf-8"))
    assert written == export_customer(told.dynamodb, told.table, "cleo")
    assert (answer.out, re.sub(r"\d+", "N", answer.err)) == ("", "wrote cleo.json: N rows about cleo\n")
    assert json.loads(sojourn("customer", "export", "cleo").out) == written


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
