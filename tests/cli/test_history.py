from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.adapters.dynamodb import engine_keys
from sojourn.application.publishing import Entry
from sojourn.cli.render.history import deed, entry_lines
from sojourn.cli.render.spoken import Spoken
from tests.cli.conftest import Sojourn
from tests.cli.publishers import Published
from tests.support.aws_deployment import Deployed

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)
KIM = "arn:aws:sts::111122223333:assumed-role/Publisher/kim"


def entry(did: str, journey: str = "welcome", message: str = "", **details: Any) -> Entry:
    return Entry(1, AT, KIM, did, journey, message, details)


def test_the_account_is_told(sojourn: Sojourn, desk: Published) -> None:
    """Newest first: when, who did what, why, and which versions changed."""
    sojourn("pause", "--all", "--reason", "a wrong price")

    lines = sojourn("history", "--limit", "2").out.splitlines()

    assert lines[:4] == [
        "Fri 6 Mar 2026, 10:00     ana paused all journeys: nobody enters, nothing is sent",
        "                          “a wrong price”",
        "Fri 6 Mar 2026, 10:00     ana published a draft of welcome, for the segment test",
        "                          “Warmer still”",
    ]
    assert lines[4].startswith(" " * 26 + "welcome: draft ")
    assert len(lines) == 5


def test_one_journey_s_account(sojourn: Sojourn, desk: Published) -> None:
    """Only what was done to it; what is not there has none."""
    read = json.loads(sojourn("history", "welcome", "--json").out)
    none = sojourn("history", "again")

    assert [one["did"] for one in read] == ["drafted", "published", "published"]
    assert (none.status, none.out) == (0, "nothing was done to again in dev so far\n")


def test_an_account_that_holds(sojourn: Sojourn, desk: Published) -> None:
    """With the last one's seal, to be noted elsewhere."""
    answer = sojourn("history", "--verify")
    read = json.loads(sojourn("history", "--verify", "--json").out)

    assert (answer.status, read["holds"], read["last"]["sequence"]) == (0, True, 3)
    assert answer.out == (
        "3 entries are as they were written, and none is missing\n"
        f"The last one's seal: {read['last']['hash']}\n"
    )


def test_an_account_that_somebody_changed(sojourn: Sojourn, desk: Published) -> None:
    """Where it breaks is said, and the exit status tells a program."""
    key = {"pk": {"S": engine_keys.HISTORY}, "sk": {"S": engine_keys.entry(2)}}
    desk.deployed.dynamodb.delete_item(TableName=desk.deployed.table, Key=key)

    answer = sojourn("history", "--verify")
    read = json.loads(sojourn("history", "--verify", "--json").out)

    assert answer.status == 1
    assert answer.out.startswith("the history does not hold: entry 2 is missing\n")
    assert (read["holds"], read["broken"]) == (False, {"sequence": 2, "why": "missing"})


def test_what_an_admin_does_is_told(sojourn: Sojourn, dev: Deployed) -> None:
    """Who did what, and why; nothing of the customer, and no key."""
    key = sojourn("sources", "add", "web", "--reason", "the new shop").out.strip()
    sojourn("customer", "erase", "c-42", "--yes", "--reason", "asked for")
    sojourn("links", "rotate")

    told = sojourn("history")
    read = sojourn("history", "--json").out

    assert [line[26:] for line in told.out.splitlines()] == [
        "ana made key 1 the one that links are made with",
        "ana erased a customer",
        "“asked for”",
        "ana added the source web",
        "“the new shop”",
    ]
    assert not [word for word in ("c-42", "ana@example.com", key) if word in told.out + read]
    assert sojourn("history", "--verify").out.startswith("3 entries are as they were written")


def test_who_has_the_id_finds_out_when_somebody_was_erased(sojourn: Sojourn, dev: Deployed) -> None:
    """By a mark that is made of the id; of anybody else it is said that nobody erased them."""
    before = sojourn("history", "--customer", "c-42")
    sojourn("customer", "erase", "c-42", "--yes")

    found = sojourn("history", "--customer", "c-42")
    read = json.loads(sojourn("history", "--customer", "c-42", "--json").out)

    assert (before.status, before.out) == (0, "nobody erased c-42 in dev so far\n")
    assert (found.status, found.out[26:]) == (0, "ana erased a customer\n")
    assert [one["did"] for one in read] == ["erased"]
    assert sojourn("history", "--customer", "c-43").out == "nobody erased c-43 in dev so far\n"
    assert json.loads(sojourn("history", "--customer", "c-43", "--json").out) == []


@pytest.mark.parametrize("besides", [["welcome"], ["--verify"]])
def test_two_questions_at_once_are_refused(sojourn: Sojourn, besides: list[str]) -> None:
    """What was done to a journey was done to no customer."""
    assert sojourn("history", "--customer", "c-42", *besides).status == 2


def test_all_is_verified_or_nothing(sojourn: Sojourn, desk: Published) -> None:
    """A part of a chain says nothing."""
    assert sojourn("history", "welcome", "--verify").status == 2


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (entry("published", "", journeys=["a", "b"]), "published a, b"),
        (entry("published", "", journeys=list("abcdefgh")), "published a, b, c, d, e, 3 more"),
        (entry("published", "", journeys=[], settings=True), "published the workspace's settings"),
        (entry("deployed", journeys={"welcome": {}}), "deployed welcome with the stack"),
        (entry("rolled_back", version="v1"), "took welcome back to v1"),
        (entry("withdrew", draft="v2"), "withdrew the draft v2 of welcome"),
        (entry("withdrew"), "withdrew welcome"),
        (entry("paused", sends=True, clocks="still"), "paused welcome: nothing is sent, clocks stand still"),
        (entry("resumed", due="drop"), "resumed welcome: what fell due meanwhile is dropped"),
        (
            entry("resumed", "", due="spread", over="1 hour"),
            "resumed all journeys: what fell due meanwhile is spread over 1 hour",
        ),
        (entry("stopped", runs="end"), "stopped welcome: whoever is in it leaves it"),
        (
            entry("refused", kind="publish", operation="op-1", asked_by="arn:aws:iam::1:user/ana"),
            "refused the publication of welcome (op-1), asked for by ana",
        ),
        (entry("cancelled", "", kind="audience", operation="op-1"), "cancelled the audience (op-1)"),
        (entry("migrated"), "moved customers of welcome to another version"),
        (
            entry("migrated", **{"from": "3f9c2ab41d07", "to": "5f7b5404560f"}),
            "moved customers of welcome from 3f9c2ab41d07 to 5f7b5404560f",
        ),
        (entry("started_audience", name="vips.csv"), "began to enter vips.csv into welcome"),
        (entry("started_audience", segment="vips"), "began to enter segment vips into welcome"),
        (entry("started_audience", resumed=True), "went on entering an audience into welcome"),
        (
            entry("left_out", times=1, first="2026-03-02T08:00:00Z", operation="20260302T080000000Z-a1b2c3"),
            (
                "left out the time of 2026-03-02T08:00:00Z of welcome: nobody looked until a day later"
                " (20260302T080000000Z-a1b2c3)"
            ),
        ),
        (
            entry("left_out", times=3, first="2026-03-02T08:00:00Z", operation="20260304T080000000Z-a1b2c3"),
            (
                "left out 3 times since 2026-03-02T08:00:00Z of welcome: nobody looked until a day later"
                " (20260304T080000000Z-a1b2c3)"
            ),
        ),
        (entry("erased", "", customers=["0f" * 16]), "erased a customer"),
        (entry("added_source", "", name="web", rights=["events"]), "added the source web"),
        (
            entry("added_source", "", name="crm", rights=["events", "tasks"]),
            "added the source crm with tasks",
        ),
        (entry("revoked_source", "", name="web"), "revoked the source web"),
        (
            entry("replayed", "", events=3, names={"bought": 2, "other": 1}),
            "put 3 events of quarantine on the bus again (2 bought, 1 of other names)",
        ),
        (entry("dropped", "", events=1, names={"bought": 1}), "dropped 1 event out of quarantine (1 bought)"),
        (entry("renewed_key", "", current="2", dropped=[]), "made key 2 the one that links are made with"),
        (
            entry("renewed_key", "", current="2", dropped=["0", "1"]),
            "made key 2 the one that links are made with, and took away the keys 0, 1",
        ),
        (entry("did_something_new"), "did something new welcome"),
    ],
)
def test_every_deed_is_a_sentence(one: Entry, said: str) -> None:
    """Also one that a later release wrote."""
    assert deed(one) == said


def test_what_changed_is_told_below() -> None:
    """Versions, settings, and who approved it."""
    one = entry(
        "published", versions={"welcome": {"version": "v2", "before": ""}}, settings=True,
        approved_by="arn:aws:iam::1:user/ben",
    )  # fmt: skip
    withdrawn = entry("withdrew", journeys={"welcome": {"version": "", "before": "v2"}})

    assert [line.strip() for line in entry_lines(one, Spoken())][1:] == [
        "welcome: new → v2", "the workspace's settings: changed", "approved by ben",
    ]  # fmt: skip
    assert next(entry_lines(one, Spoken())).endswith("kim (the role Publisher) published welcome")
    assert [line.strip() for line in entry_lines(withdrawn, Spoken())][1:] == ["welcome: v2 → withdrawn"]
