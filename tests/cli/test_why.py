"""`sojourn why` beside a deployment: the customer, the journey and the step are found, and the answer is read out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.application.publishing import Signed
from sojourn.application.quarantine import Quarantined
from sojourn.aws_runtime.clock import SystemClock
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.customer.rows import Profile
from tests.cli.conftest import BY, Sojourn
from tests.support.aws_deployment import Deployed, aws_deployment
from tests.support.aws_table import aws_table, items
from tests.support.told_stream import TableWorld
from tests.support.workspaces import deployed as made

START = datetime(2026, 3, 6, 8, tzinfo=UTC)
JOURNEY = """
title: Say hello
enter: {on: began, where: event.n > 1}
goal: {event: stopped}
steps:
  - {id: nap, wait: 2 hours}
  - branch:
      - {when: customer.score > 5, name: keen, steps: [{id: hello, send: hello, via: [email]}]}
      - else: [{id: text, send: hello, via: [sms]}]
  - {id: rest, wait: 30 days}
"""
OTHERS = (
    "enter: {on: {entered_segment: pros}}\nsteps: [{wait: 1 day}]",
    "enter: {on: api}\nsteps: [{wait: 1 day}]",
    'enter: {on: did_it, where: customer.plan == "pro"}\nsteps: [{wait: 1 day}]',
    'enter: {schedule: "weekly mon 09:00", segment: pros}\nsteps: [{wait: 1 day}]',
)


@cache
def told() -> list[dict[str, Any]]:
    """Return the items of a table in which ana came to be sent nothing, and ben was not let in."""
    deployment = made(JOURNEY, *OTHERS)
    bundle = compiled_workspace(deployment.project)
    signed = Signed(BY, START - timedelta(days=1), "Spring", "20260305T080000000Z-000001")
    with aws_table() as (client, table):
        machines = {journey.name: f"arn:{journey.name}:1" for journey in bundle.journeys}
        Registry(client, table).register(bundle, machines, signed=signed)
        world = TableWorld(deployment, START, lambda _: None, client, table)
        world.add_customer(Profile("ana", {"first_name": "Ana", "score": 3}, email="ana@example.com"))
        world.add_customer(Profile("ben", {"score": 9}, email="ben@example.com"))
        world.happen("ana", "began", {"n": 2})
        world.happen("ben", "began", {"n": 1})
        world.happen("ben", "did_it", {})
        world.clock.run(START + timedelta(hours=3))
        return items(client, table)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """The deployment `dev` with those customers."""
    monkeypatch.setenv("COLUMNS", "100")
    rows = told()
    with aws_deployment() as deployed:
        for row in rows:
            deployed.dynamodb.put_item(TableName=deployed.table, Item=row)
        yield deployed


def version_of(deployed: Deployed) -> str:
    (row,) = [
        row for row in items(deployed.dynamodb, deployed.table, "v#") if row["pk"]["S"] == "G#journey#j"
    ]
    return str(row["sk"]["S"].removeprefix("v#"))


def test_a_support_agent_reads_it_out(sojourn: Sojourn, shop: Deployed) -> None:
    """In the words of the version they are on, with who published it, though no workspace is at hand."""
    answer = sojourn("why", "ana", "j")

    assert (answer.status, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "Ana in “Say hello”",
        "  Times are of Europe/Berlin, the workspace's, as nobody knows theirs.",
        "",
        "Since Fri 6 Mar 2026, 09:00",
        f"  On version {version_of(shop)}, live since Thu 5 Mar 2026, 09:00 by kim (the role Publisher) (“Spring”).",
        "  Friday 6 March 2026",
        "    09:00  They entered, because they did “began”.",
        "    09:00  They were to wait 2 hours, until 11:00.",
        "    11:00  They went the way “else”, because their score was 3 (asked: customer.score > 5 – no).",
        "    11:00  They were not sent “hello” by SMS, because there is no address for it.",
        "    11:00  They were to wait 30 days, until Sun 5 Apr 2026, 12:00.",
        "  Now they wait 30 days, since Fri 6 Mar 2026, 11:00, until Sun 5 Apr 2026, 12:00.",
    ]


def test_why_they_never_got_a_message(sojourn: Sojourn, shop: Deployed) -> None:
    """A step they never came to says which way they went instead; they may be named by an address."""
    answer = sojourn("why", "--email", "ana@example.com", "j", "hello")

    lines = answer.out.splitlines()
    assert (answer.status, answer.err) == (0, "note: this is ana\n")
    assert " ".join(line.strip() for line in lines[-3:]).endswith(
        "They did not come to “send hello”: it stands on the way “keen” of “customer.score > 5 ?”, and on Fri 6 Mar"
        " 2026, 11:00 they went the way “else”, because their score was 3 (asked: customer.score > 5 – no)."
    )


@pytest.mark.parametrize(
    ("journey", "said"),
    [
        ("j", ("On Fri 6 Mar 2026, 09:00 they did “began”, and did not enter, because the event's n was 1 (asked:"
         " event.n > 1 – no).")),
        ("k", "Whoever comes to belong to “pros” enters it; they do not belong to it."),
        ("l", "Programs enter people into it, by a call; none is told of for them."),
        ("m", ('On Fri 6 Mar 2026, 09:00 they did “did it”, and did not enter, because their plan is not known (asked:'
         ' customer.plan == "pro" – no). So it is asked now: what was known of them then may have been other.')),
        ("n", "It takes in whoever belongs to “pros” at its hours (weekly mon 09:00); they do not belong to it now."),
    ],
)  # fmt: skip
def test_why_they_are_not_in_it(sojourn: Sojourn, shop: Deployed, journey: str, said: str) -> None:
    """Nothing is told of most events that a journey does not take: what lets people in is asked anew."""
    answer = sojourn("why", "ben", journey)

    lines = answer.out.splitlines()
    assert " ".join(line.strip() for line in lines[lines.index("Not entered") + 1 :]) == said


def test_who_has_done_nothing_did_not_enter(sojourn: Sojourn, shop: Deployed) -> None:
    """What would have let them in came and was not taken in, or never came."""
    detail = {"customer": "ana", "time": "2026-03-06T07:00:00Z"}
    DynamoQuarantine(shop.dynamodb, shop.table, SystemClock()).put(
        Quarantined("ana", "e9", "did_it", SystemClock().now(), ("n is no number",), detail)
    )

    said = sojourn("why", "ana", "m").out

    assert "a “did it” of theirs came and was not taken in: n is no number." in said
    assert "Whoever does “did it” enters it; nothing is kept of them having done that." in said


def test_an_event_of_before_the_version_was_live(sojourn: Sojourn, shop: Deployed) -> None:
    """The version that is live could not have asked it."""
    bundle = compiled_workspace(made(JOURNEY.replace("event.n > 1", "event.n > 0"), *OTHERS).project)
    later = Signed(BY, START + timedelta(days=1), "Let more in", "20260307T080000000Z-000002")
    machines = {journey.name: f"arn:{journey.name}:2" for journey in bundle.journeys}
    Registry(shop.dynamodb, shop.table).register(bundle, machines, signed=later)

    said = sojourn("why", "ben", "j").out

    assert "did not enter: the live version was published after that, Sat 7 Mar 2026, 09:00." in " ".join(
        said.split()
    )
    assert "; another is live now." in " ".join(sojourn("why", "ana", "j").out.split())


def test_a_journey_that_is_paused_or_gone(sojourn: Sojourn, shop: Deployed) -> None:
    """Nobody enters either, and what was told is still read."""
    registry = Registry(shop.dynamodb, shop.table)
    registry.control(
        "j", lambda now: replace(now, entries="paused", since=START, by=BY, reason="wrong price")
    )
    paused = sojourn("why", "ben", "j").out
    registry.withdraw(["j"])
    gone = sojourn("why", "ana", "j").out
    nothing = sojourn("why", "ben", "j")

    assert (
        "  Paused since Fri 6 Mar 2026, 09:00 by kim (the role Publisher) (“wrong price”): nobody enters"
        in paused
    )
    assert "\n  Nobody enters it now: it is paused.\n" in paused
    assert "They were not sent “hello” by SMS, because there is no address for it." in gone
    assert (nothing.status, nothing.err.splitlines()[0]) == (1, 'sojourn: there is no journey "j" in dev')


def test_after_a_passage_only_what_came_since_is_asked(sojourn: Sojourn, shop: Deployed) -> None:
    """What they did while they were in it has been accounted for."""
    world = TableWorld(
        made(JOURNEY, *OTHERS), START + timedelta(days=1), lambda _: None, shop.dynamodb, shop.table
    )
    for name, properties in (("began", {"n": 1}), ("stopped", {})):
        world.happen("ana", name, properties)
    world.clock.run(START + timedelta(days=2))
    over = sojourn("why", "ana", "j").out
    world.happen("ana", "began", {"n": 0})
    again = sojourn("why", "ana", "j").out

    assert "Not entered" not in over
    assert "they did “began”, and did not enter, because the event's n was 0" in " ".join(again.split())
    assert again.count("did not enter") == 1


def test_a_program_reads_the_same(sojourn: Sojourn, shop: Deployed) -> None:
    """One JSON object; its keys stand on the page."""
    told = json.loads(sojourn("why", "ana", "j", "text", "--json").out)

    assert (told["customer"], told["journey"], told["step"], told["live"]) == (
        "ana",
        "j",
        "text",
        version_of(shop),
    )
    (decision,) = told["passages"][0]["decisions"]
    assert (decision["what"], decision["reason"]) == ("suppressed", "no_address")
    assert decision["sentence"] == (
        "On Friday 6 March 2026 at 11:00 they were not sent “hello” by SMS, because there is no address for it."
    )


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["ana", "zzz"], 1, 'sojourn: there is no journey "zzz" in dev\n  there are: j, k, l, m, n\n'),
        (["ana", "j", "helo"], 1, 'sojourn: journey "j" has no step "helo"\n  did you mean hello?\n'),
        (["nobody", "j"], 1, "sojourn: there is no customer nobody in dev\n"),
        (["ana"], 2, "sojourn: say who, and in which journey\n"),
        (["--email", "ana@example.com"], 2, "sojourn: say who, and in which journey\n"),
        (["--email", "ana@example.com", "ana", "j", "hello"], 2, "sojourn: say who by one thing"),
    ],
)
def test_what_is_not_there_is_said(
    sojourn: Sojourn, shop: Deployed, arguments: list[str], status: int, said: str
) -> None:
    """With what may have been meant."""
    answer = sojourn("why", *arguments)

    assert answer.status == status
    assert answer.err.startswith(said)


def test_a_customer_of_whom_nothing_is_kept(sojourn: Sojourn, dev: Deployed) -> None:
    """They are known, and the journey is; nothing was decided."""
    profile = DynamoCustomers(dev.dynamodb, dev.table, SystemClock()).load("c-42").profile

    answer = sojourn("why", profile.id, "welcome")

    assert (answer.status, "\nNot entered\n" in answer.out) == (0, True)
