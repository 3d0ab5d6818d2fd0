"""`sojourn status` beside a deployment: figures from its counters, words from its outlines, and what failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Barrier
from typing import Any

import pytest

from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.operations import Operations
from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
from sojourn.adapters.dynamodb.recount import rebuild_counters
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.application.publishing import Operation, Signed
from sojourn.application.quarantine import Quarantined
from sojourn.aws_runtime.clock import SystemClock
from sojourn.cli.commands import status
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.customer.rows import Profile
from tests.cli.conftest import BY, Sojourn
from tests.docs.pages import DOCS, read
from tests.support.aws_deployment import Deployed, aws_deployment, created_stack
from tests.support.aws_table import aws_table, items
from tests.support.told_stream import TableWorld
from tests.support.workspaces import deployed as made

START = datetime(2026, 3, 6, 19, tzinfo=UTC)
"""In the evening: in Berlin it is quiet for text messages from nine on."""
NOW = START + timedelta(hours=3)
QUIET = 'quiet_hours: {sms: {from: "21:00", to: "08:00"}}\n'
JOURNEY = """
title: Say hello
enter: {on: began}
goal: {event: stopped}
steps:
  - {id: hello, send: hello, via: [email]}
  - {id: nap, wait: 2 hours}
  - {id: text, send: hello, via: [sms]}
  - {id: rest, wait: 30 days}
"""
LINES = [
    "Say hello (j)",
    "  Version {version}, live since Thu 5 Mar 2026, 20:00 by kim (the role Publisher) (“Spring”).",
    "  Times are of Europe/Berlin, the workspace's.",
    "",
    "Who is in it",
    "  2 in it now, 3 entered.",
    "  Of the others: reached the goal 1.",
    "  Goal: 1 of 3 (33.3 %) reached it.",
    "",
    "Steps",
    "  step          now  passed  sent  not sent  put off  delivered  id",
    "  send hello      0       3     2         1                   1  hello",
    "  wait 2 hours    0       3                                      nap",
    "  send hello      1       2               2        1             text",
    "  wait 30 days    1       1                                      rest",
    "",
    "Messages",
    "  channel       sent   delivered  came back   spam",
    "  Email            2  1 (50.0 %)      0.0 %  0.0 %",
    "",
    "Not sent: 3",
    "  why                         messages",
    "  no address for the channel         3",
    "",
    "Held now",
    "  1 at “send hello”, until Sat 7 Mar 2026, 08:00.",
]


@cache
def told() -> list[dict[str, Any]]:
    """Return the items of a table in which three entered a journey."""
    deployment = made(JOURNEY, "enter: {on: did_it}\nsteps: [{wait: 1 day}]", workspace=QUIET)
    bundle = compiled_workspace(deployment.project)
    signed = Signed(BY, START - timedelta(days=1), "Spring", "20260305T080000000Z-000001")
    with aws_table() as (client, table):
        Registry(client, table).register(bundle, {"j": "arn:j:1", "k": "arn:k:1"}, signed=signed)
        world = TableWorld(deployment, START, lambda _: None, client, table)
        world.add_customer(Profile("ana", email="ana@example.com"))
        world.add_customer(Profile("ben", phone="+491701234567"))
        world.add_customer(Profile("cleo", email="cleo@example.com"))
        for name in ("ana", "ben", "cleo"):
            world.happen(name, "began", {})
        world.clock.run(START + timedelta(hours=1))
        (send,) = world.customers.sends("ana")
        world.happen(
            "ana",
            "message_delivered",
            {"send": send.id, "step": "hello", "run": send.run, "channel": "email"},
        )
        world.clock.run(NOW - timedelta(minutes=30))
        world.happen("cleo", "stopped", {})
        rebuild_counters(client, table, SystemClock(), segments=1)
        return items(client, table)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """The deployment `dev` with those journeys, in the evening."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(status, "_now", lambda: NOW)
    rows = told()
    with aws_deployment() as deployed:
        for row in rows:
            deployed.dynamodb.put_item(TableName=deployed.table, Item=row)
        yield deployed


def test_a_journey_on_one_screen(sojourn: Sojourn, shop: Deployed) -> None:
    """In the order of its steps, though no workspace is at hand."""
    answer = sojourn("status", "j")

    version = json.loads(sojourn("status", "j", "--json").out)["journeys"][0]["version"]
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.splitlines() == [line.format(version=version) for line in LINES]


def test_all_journeys_and_what_failed(sojourn: Sojourn, shop: Deployed) -> None:
    """What was told to one, what waits in queues and in quarantine, what is under way; what is over is not."""
    queue = shop.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    shop.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
    created_stack("observability", {"EventsDeadUrl": queue, "CloseDeadUrl": f"{queue}-gone"})
    DynamoQuarantine(shop.dynamodb, shop.table, SystemClock(), days=10_000).put(
        Quarantined("ana", "e9", "did_it", NOW - timedelta(days=2), ("n is no number",), {})
    )
    operations = Operations(shop.dynamodb, shop.table)
    operations.create(
        Operation("20260306T080000000Z-000001", "resume", BY, START, "j", state="running", total=4)
    )
    operations.create(Operation("20260306T080000000Z-000002", "stop", BY, START, "j", state="done", done=4))
    Registry(shop.dynamodb, shop.table).control(
        "k", lambda now: replace(now, entries="paused", since=START, by=BY)
    )

    lines = sojourn("status").out.splitlines()
    of_k = sojourn("status", "k").out

    assert [line.split()[:6] for line in lines[:3]] == [
        ["journey", "in", "it", "entered", "sent", "goal"],
        ["j", "2", "3", "2", "33.3", "%"],
        ["k", "0", "0", "0", "–", "0"],
    ]
    assert lines[4:] == [
        "Paused or stopped",
        "  k: Paused since Fri 6 Mar 2026, 20:00 by kim (the role Publisher): nobody enters for now.",
        "",
        "Failed",
        "  Dead letters: events 1. docs/operations.md says how to get them out.",
        "  Dead letters that you may not count: close.",
        "  In quarantine: 1 event of the last 7 days: sojourn events quarantine.",
        "",
        "Under way",
        "  resume j, running: 0 of about 4 (0 %) done; asked for by kim (the role Publisher), Fri 6 Mar 2026,",
        "    20:00 (20260306T080000000Z-000001).",
    ]
    assert "Under way" not in of_k


def test_a_program_reads_the_same(sojourn: Sojourn, shop: Deployed) -> None:
    """One JSON object; the page says what each key holds."""
    told = json.loads(sojourn("status", "j", "--json").out)

    (journey,) = told["journeys"]
    assert journey["publication"]["by"] == BY
    assert journey["channels"]["email"]["delivered"] == 1
    assert journey["held"] == {
        "runs_looked_at": 2, "of_all": True,
        "steps": [{"version": journey["version"], "step": "text", "put_off": 1, "stopped_by_a_pause": 0,
                   "first": "2026-03-07T07:00:00+00:00", "last": "2026-03-07T07:00:00+00:00"}],
    }  # fmt: skip
    missing = [key for key in (*told, *journey) if f"`{key}`" not in read(DOCS / "status.md")]
    assert missing == []


def test_runs_are_looked_at_as_far_as_asked(sojourn: Sojourn, shop: Deployed) -> None:
    """A sample says so; none is none."""
    assert json.loads(sojourn("status", "j", "--runs", "0", "--json").out)["journeys"][0]["held"] is None
    assert (
        json.loads(sojourn("status", "j", "--runs", "1", "--json").out)["journeys"][0]["held"]["of_all"]
        is False
    )
    assert json.loads(sojourn("status", "--json").out)["journeys"][0]["held"] is None


def test_journeys_are_asked_for_side_by_side(
    sojourn: Sojourn, shop: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand of them one after the other would take a minute."""
    both, real = Barrier(2, timeout=10), Live.counts

    def counts(*asked: Any) -> Any:
        both.wait()
        return real(*asked)

    monkeypatch.setattr(Live, "counts", counts)

    told = json.loads(sojourn("status", "--json").out)

    assert [one["runs"].get("entered", 0) for one in told["journeys"]] == [3, 0]


def test_a_journey_that_is_not_there(sojourn: Sojourn, dev: Deployed) -> None:
    """With what may have been meant."""
    answer = sojourn("status", "welcom")

    assert (answer.status, answer.err) == (
        1, 'sojourn: there is no journey "welcom" in dev\n  did you mean welcome?\n'
    )  # fmt: skip


def test_nothing_is_published(sojourn: Sojourn) -> None:
    """It is said, and is no failure."""
    with aws_deployment():
        answer = sojourn("status")

    assert (answer.status, answer.out) == (0, "no journey is published in dev\n")
