from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
from sojourn.application.quarantine import Quarantined
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.incoming.inbound import incoming
from tests.cli.conftest import Sojourn
from tests.support.aws_deployment import BUS, Deployed

NOW = SystemClock().now()
ASIDE = Quarantined(
    "c-42", "order-1", "order_completed", NOW - timedelta(hours=1),
    ("properties.total: a number is wanted, and it is a text",),
    {"customer": "c-42", "id": "order-1", "name": "order_completed", "time": "2026-03-06T09:00:00Z",
     "properties": {"total": "many"}},
)  # fmt: skip


class Keyboard(io.StringIO):
    """A standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def quarantine(dev: Deployed) -> DynamoQuarantine:
    """The deployment's quarantine, with one event of today, one of last week, and one of another name."""
    kept = DynamoQuarantine(dev.dynamodb, dev.table, SystemClock())
    kept.put(ASIDE)
    kept.put(replace(ASIDE, id="order-0", received=NOW - timedelta(days=7)))
    kept.put(replace(ASIDE, id="view-1", name="viewed", customer="c-43"))
    return kept


def ids(answer: Any) -> list[str]:
    return [one["id"] for one in answer]


def test_an_event_is_put(sojourn: Sojourn, dev: Deployed) -> None:
    """Values that are JSON are what they say, others are text; the bus has it as the router reads it."""
    answer = sojourn(
        "events", "put", "order_completed", "--customer", "c-42", "--property", "total=99.5", "--property",
        "order_id=A-1", "--attribute", "vip=true", "--email", "ana@example.com", "--id", "o-1",
        "--time", "2026-03-06T09:00:00Z",
    )  # fmt: skip

    (envelope,) = dev.events()
    read = incoming(json.dumps(envelope))
    assert (answer.status, answer.out.splitlines()) == (0, [
        f"put order_completed of c-42 on {BUS}: id o-1",
        "  property total: 99.5 (a number)",
        '  property order_id: "A-1" (a text)',
        "  attribute vip: true (true or false)",
    ])  # fmt: skip
    assert (read.customer, read.identities, read.attributes) == (
        "c-42",
        {"email": "ana@example.com"},
        {"vip": True},
    )
    assert (read.event.id, read.event.properties) == ("o-1", {"total": 99.5, "order_id": "A-1"})


def test_the_answer_as_json(sojourn: Sojourn, dev: Deployed) -> None:
    """A program learns the id that was made up."""
    answer = sojourn("events", "put", "viewed", "--anonymous", "5f2b", "--json")

    (told,) = json.loads(answer.out)
    assert told == {
        "id": dev.events()[0]["detail"]["id"], "name": "viewed", "customer": "", "properties": {}, "attributes": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        '{"customer": "c-42", "id": "1"}\n\n{"customer": "c-43", "id": "2", "name": "bought"}\n',
        '[{"customer": "c-42", "id": "1"}, {"customer": "c-43", "id": "2", "name": "bought"}]',
    ],
)
def test_events_of_a_file(sojourn: Sojourn, dev: Deployed, text: str) -> None:
    """One a line or all in a list; what is typed fills what they do not say."""
    Path("events.jsonl").write_text(text, encoding="utf-8")

    answer = sojourn("events", "put", "viewed", "--from", "events.jsonl")

    assert (answer.status, "not in the plan" in answer.err) == (0, False)
    found = sorted(dev.events(), key=lambda one: str(one["detail"]["id"]))
    assert [(one["detail-type"], one["detail"]["customer"]) for one in found] == [
        ("viewed", "c-42"),
        ("bought", "c-43"),
    ]


def test_events_of_the_standard_input(
    sojourn: Sojourn, dev: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program may write them."""
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"name": "viewed", "customer": "c-42"}'))

    assert sojourn("events", "put", "--from", "-").status == 0
    assert len(dev.events()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["viewed"], "nothing was put: customer: name the customer"),
        (["two words", "--customer", "c-42"], "nothing was put: name: "),
        (["--customer", "c-42"], "it has no name"),
        (["viewed", "--customer", "c-42", "--property", "total"], '"total" is no NAME=VALUE'),
        (["viewed", "--customer", "c-42", "--time", "yesterday"], "time: "),
        (
            ["viewed", "--customer", "c-42", "--time", "2026-03-06T09:00"],
            "nothing was put: time: a datetime with its zone is wanted",
        ),
        (["viewed", "--customer", "c-42", "--phone", "030 1"], "nothing was put: identities.phone: "),
        (["--from", "nothing.json"], "nothing.json cannot be read: No such file"),
        (["--from", "bad.json"], "bad.json:2: it is no JSON"),
        (["--from", "seven.json"], "seven.json:1: this is no event"),
        (["--from", "odd.json"], "odd.json:1 (event 2): there is no event in an event"),
        (["viewed", "--customer", "c-42", "--stage", "prod"], 'there is no deployment "prod" in us-east-1'),
    ],
)
def test_what_cannot_be_put(sojourn: Sojourn, dev: Deployed, arguments: list[str], said: str) -> None:
    """It is said in words, with status 2, and nothing is on the bus."""
    Path("bad.json").write_text('{"name": "viewed", "customer": "c-42"}\n{"name":\n', encoding="utf-8")
    Path("seven.json").write_text("7", encoding="utf-8")
    Path("odd.json").write_text(
        '[{"name": "viewed", "customer": "c-42"}, {"name": "viewed", "event": "x"}]', encoding="utf-8"
    )

    answer = sojourn("events", "put", *arguments)

    assert (answer.status, answer.out, dev.events()) == (2, "", [])
    assert answer.err.startswith("sojourn: ")
    assert said in answer.err


def test_what_is_in_quarantine(sojourn: Sojourn, quarantine: DynamoQuarantine) -> None:
    """When it came and happened, its name, whose it is, its id, and what is wrong with it; no value of it."""
    answer = sojourn("events", "quarantine")

    assert answer.status == 0
    assert answer.out.splitlines()[-8:-4] == [
        f"{ASIDE.received:%Y-%m-%d %H:%M:%S} UTC  order_completed  c-42",
        "  id order-1",
        "  happened 2026-03-06 09:00:00 UTC",
        "  properties.total: a number is wanted, and it is a text",
    ]
    assert "many" not in answer.out
    assert answer.err.startswith("3 events in quarantine; ")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], ["order-0", "order-1", "view-1"]),
        (["--since", "2d"], ["order-1", "view-1"]),
        (["--since", f"{NOW - timedelta(days=2):%Y-%m-%d}"], ["order-1", "view-1"]),
        (["--event", "viewed"], ["view-1"]),
        (["--customer", "c-42"], ["order-0", "order-1"]),
        (["--event", "nothing"], []),
    ],
)
def test_what_is_listed_can_be_chosen(
    sojourn: Sojourn, quarantine: DynamoQuarantine, arguments: list[str], found: list[str]
) -> None:
    """By when it came, by name, by customer."""
    assert ids(json.loads(sojourn("events", "quarantine", "--json", *arguments).out)) == found


def test_a_replay_puts_events_on_the_bus_again(
    sojourn: Sojourn, dev: Deployed, quarantine: DynamoQuarantine
) -> None:
    """Under their ids, with their times; and they are in quarantine no more."""
    answer = sojourn("events", "quarantine", "--replay", "order-1", "view-1")

    put = {one["detail"]["id"]: one for one in dev.events()}
    assert (answer.status, answer.out) == (0, "2 events put on the bus again\n")
    assert set(put) == {"order-1"}  # both have the detail of the one
    assert incoming(json.dumps(put["order-1"])).event.properties == {"total": "many"}
    assert put["order-1"]["detail"]["time"] == "2026-03-06T09:00:00Z"
    assert ids(json.loads(sojourn("events", "quarantine", "--json").out)) == ["order-0"]


def test_a_replay_of_all_that_are_listed(
    sojourn: Sojourn, dev: Deployed, quarantine: DynamoQuarantine
) -> None:
    """Without ids it takes what the other options choose."""
    answer = sojourn("events", "quarantine", "--event", "order_completed", "--replay", "--json")

    assert ids(json.loads(answer.out)["replayed"]) == ["order-0", "order-1"]
    assert len(dev.events()) == 2


def test_dropping_asks(
    sojourn: Sojourn, quarantine: DynamoQuarantine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who types something else drops nothing."""
    monkeypatch.setattr(sys, "stdin", Keyboard("no\n"))
    refused = sojourn("events", "quarantine", "--drop", "order-1")
    monkeypatch.setattr(sys, "stdin", Keyboard("1\n"))
    done = sojourn("events", "quarantine", "--drop", "order-1")

    assert (refused.status, refused.err.splitlines()[-1]) == (1, "Type 1 to go on: nothing was done")
    assert (done.status, done.out) == (0, "1 event dropped\n")
    assert ids(json.loads(sojourn("events", "quarantine", "--json").out)) == ["order-0", "view-1"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--drop"], "--yes does it without asking"),
        (["--drop", "--replay"], "--replay and --drop are two things"),
        (["--replay", "nothing"], 'there is no event "nothing" in quarantine'),
        (["--since", "soon"], '--since "soon" is no time'),
    ],
)
def test_what_cannot_be_done_with_quarantine(
    sojourn: Sojourn, quarantine: DynamoQuarantine, arguments: list[str], said: str
) -> None:
    """It is said, and nothing is changed."""
    answer = sojourn("events", "quarantine", *arguments)

    assert (answer.status, said in answer.err) == (2, True)
    assert len(json.loads(sojourn("events", "quarantine", "--json").out)) == 3


def test_so_many_are_listed_and_that_there_are_more_is_said(
    sojourn: Sojourn, quarantine: DynamoQuarantine
) -> None:
    """The oldest first; a program still reads nothing but the list."""
    some = sojourn("events", "quarantine", "--limit", "2", "--json")
    every = sojourn("events", "quarantine", "--limit", "3")

    assert (some.status, ids(json.loads(some.out))) == (0, ["order-0", "order-1"])
    assert some.err == ("there are more than these 2: --limit says how many at once, --since from when on\n")
    assert "there are more" not in every.err
    assert "between 1 and" in sojourn("events", "quarantine", "--limit", "0").err


def test_no_more_than_that_are_put_again_at_once(
    sojourn: Sojourn, dev: Deployed, quarantine: DynamoQuarantine
) -> None:
    """Unless they are named; the next command goes on with the rest."""
    first = sojourn("events", "quarantine", "--replay", "--limit", "1")
    left = ids(json.loads(sojourn("events", "quarantine", "--json").out))
    named = sojourn("events", "quarantine", "--replay", "order-1", "view-1", "--limit", "1")

    assert (left, len(dev.events())) == (["order-1", "view-1"], 3)
    assert "there are more than these 1" in first.err
    assert "2 events put on the bus again" in named.out
    assert "there are more" not in named.err


def test_what_is_kept_of_somebody_under_the_id_they_had_is_theirs(
    sojourn: Sojourn, dev: Deployed, quarantine: DynamoQuarantine
) -> None:
    """Who became somebody else keeps their rows where they are, until they are replayed, dropped or erased."""
    merged = {"pk": {"S": keys.customer("c-42")}, "sk": {"S": keys.merged("c-43")}}
    dev.dynamodb.put_item(TableName=dev.table, Item=merged)

    answer = sojourn("events", "quarantine", "--customer", "c-42", "--json")

    assert ids(json.loads(answer.out)) == ["order-0", "order-1", "view-1"]


def test_nothing_in_quarantine(sojourn: Sojourn, dev: Deployed) -> None:
    """That is good news, and an empty list for a program."""
    assert sojourn("events", "quarantine").err == "nothing is in quarantine\n"
    assert json.loads(sojourn("events", "quarantine", "--json").out) == []


def test_a_group_lists_its_commands(sojourn: Sojourn) -> None:
    """A word that is missing or wrong is answered with those there are."""
    helped, bare, wrong = sojourn("events", "--help"), sojourn("events"), sojourn("events", "putt")

    assert (helped.status, bare.status, wrong.status) == (0, 2, 2)
    assert "  events put  " in helped.out
    assert "put, quarantine" in bare.err
    assert "did you mean `sojourn events put`?" in wrong.err
    assert sojourn("help", "events", "put").out == sojourn("events", "put", "--help").out
