"""Journeys that are published while everything runs, by the command, beside those that the stack brought along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sojourn.adapters.dynamodb import keys
from tests.support.cloud import Cloud, eventually
from tests.support.commands import Person, person, published

STEPS = ("cover", "preface", "index", "notes")
READERS = {step: f"reader-of-{step}" for step in STEPS}
SECOND = """\
journey: reader
title: Published while everything runs, changed, and taken back
topic: news
enter: {on: book_opened, again: always}
steps:
  - {id: cover, wait_for: [{event: page_turned}], up_to: 10 minutes}
  - {id: chapter, wait_for: [{event: page_turned}], up_to: 10 minutes}
  - exit: second-edition
"""
MIGRATION = """\
from: {version}
steps:
  cover: {{move: chapter}}
  preface: drain
  index: exit
otherwise: stay
"""
NUMBERS = count(1)


@pytest.fixture(scope="module")
def first(versions: Mapping[str, str]) -> str:
    """Give the version of the journey `reader` that was published first."""
    return versions["reader"]


@pytest.fixture(scope="module")
def planned(cloud: Cloud, publisher: Person, workspace: Path, first: str) -> Mapping[str, Any]:
    """Let a customer be at each of its steps, and publish another version; give what the plan said before."""
    for step, customer in READERS.items():
        cloud.put("book_opened", customer)
        read(cloud, customer, *STEPS[: STEPS.index(step)])
        cloud.waits(customer, step)
    files = workspace / "reader"
    (files / "journey.yaml").write_text(SECOND, encoding="utf-8")
    (files / "migration.yaml").write_text(MIGRATION.format(version=first), encoding="utf-8")

    def plan() -> Mapping[str, Any]:
        found: Mapping[str, Any] = publisher.does("plan", str(files), "--json").json["deployed"]["reader"]
        return found

    def all_are_seen(plan: Mapping[str, Any]) -> bool:
        (inside,) = plan["runs"] or [{"steps": []}]
        return {one["step"]: one["runs"] for one in inside["steps"] if one["runs"]} == dict.fromkeys(STEPS, 1)

    told = eventually(plan, all_are_seen)
    assert {"reader": told["version"]} == published(publisher, files, "The second edition")
    return told


@pytest.fixture(scope="module")
def opens(cloud: Cloud) -> Callable[[str], str]:
    """Give what lets customers open the book until one reads a version of it; it says who that is."""
    numbers = count(1)

    def opened() -> Mapping[str, Any]:
        customer = f"reader-{next(numbers)}"
        cloud.put("book_opened", customer)
        return cloud.entered(customer, "reader")

    # What a function was told of the registry holds for five seconds.
    return lambda version: str(eventually(opened, lambda run: run["version"] == version)["customer"])


def read(cloud: Cloud, customer: str, *steps: str) -> None:
    """Turn the page at each of these steps, once the customer is there."""
    for step in steps:
        cloud.waits(customer, step)
        cloud.put("page_turned", customer)


def test_a_journey_is_entered_as_soon_as_it_is_published(
    cloud: Cloud, opens: Callable[[str], str], first: str
) -> None:
    """Nothing is deployed for it: a state machine is there, and whoever opens the book is in it."""
    reader = opens(first)

    cloud.waits(reader, "cover")
    assert cloud.execution(cloud.run(reader, "reader"))["status"] == "RUNNING"
    read(cloud, reader, *STEPS)
    assert cloud.ended(reader, "reader")["exit_reason"] == "exit:first-edition"


def test_each_customer_goes_where_the_plan_said(cloud: Cloud, planned: Mapping[str, Any], first: str) -> None:
    """One at each step: one moves, one leaves after her wait, one leaves at once, one stays, as was planned."""
    (fates,) = planned["runs"]
    assert first == fates["version"]
    assert {one["step"]: one["fate"] for one in fates["steps"] if one["runs"]} == {
        "cover": {"move": "chapter"},
        "preface": "drain",
        "index": "exit",
        "notes": "stay",
    }
    eventually(lambda: "migrated preface drain" in cloud.happened(READERS["preface"]))
    for step, here in {"cover": "chapter", "preface": "preface", "notes": "notes"}.items():
        read(cloud, READERS[step], here)

    ended = {step: cloud.ended(customer, "reader") for step, customer in READERS.items()}

    assert {
        "cover": (planned["version"], "exit:second-edition"),
        "preface": (first, "exit:migrated"),
        "index": (first, "exit:migrated"),
        "notes": (first, "exit:first-edition"),
    } == {step: (run["version"], run["exit_reason"]) for step, run in ended.items()}


def test_a_version_is_taken_back(
    cloud: Cloud, opens: Callable[[str], str], planned: Mapping[str, Any], publisher: Person, first: str
) -> None:
    """Who enters then reads the first edition again to its end; who is in the second goes on in it."""
    between = opens(planned["version"])

    publisher.does("rollback", "reader", "-m", "The first one was better")
    again = opens(first)
    read(cloud, between, "cover", "chapter")
    read(cloud, again, *STEPS)

    assert cloud.ended(between, "reader")["exit_reason"] == "exit:second-edition"
    assert cloud.ended(again, "reader")["exit_reason"] == "exit:first-edition"


def test_an_editor_publishes_drafts_and_nothing_else(
    cloud: Cloud, workspace: Path, planned: Mapping[str, Any]
) -> None:
    """IAM refuses the publication; the draft is entered by those who test, and by nobody else."""
    editor, files = person(cloud, "editor"), str(workspace / "reader")
    (workspace / "reader" / "migration.yaml").unlink()

    refused = editor.types("publish", files, "-m", "Mine", "--yes")
    editor.does("publish", files, "-m", "Let me try", "--yes", "--draft")

    assert refused.status == 2
    assert "it takes the role publisher" in refused.errors
    draft = eventually(
        lambda: opened_by(cloud, "tester.example"), lambda version: version == planned["version"]
    )
    assert draft != opened_by(cloud, "mail.example")
    editor.does("withdraw", "reader", "--draft", "--reason", "Seen")


def opened_by(cloud: Cloud, host: str) -> str:
    """Let somebody open the book whose mails go to a host, as is known already; return the version that they read."""
    customer = f"editor-{next(NUMBERS)}"
    cloud.put("page_turned", customer, attributes={"email": f"{customer}@{host}"})
    eventually(lambda: cloud.rows(customer, keys.PROFILE))
    cloud.put("book_opened", customer)
    return str(cloud.entered(customer, "reader")["version"])


def test_a_viewer_looks_and_changes_nothing(
    cloud: Cloud, workspace: Path, planned: Mapping[str, Any]
) -> None:
    """Status, plan, history and customers are theirs to see; IAM refuses the pause and the draft."""
    viewer = person(cloud, "viewer")

    status = viewer.does("status", "reader", "--json").json
    viewer.does("plan", str(workspace / "reader"))
    viewer.does("customer", "show", READERS["cover"])
    viewer.does("why", READERS["cover"], "reader")
    refused = [
        viewer.types("pause", "reader"),
        viewer.types("publish", str(workspace / "reader"), "-m", "Mine", "--yes", "--draft"),
    ]

    (reader,) = status["journeys"]
    assert reader["name"] == "reader"
    assert [said.status for said in refused] == [2, 2]
    assert [said.errors.partition("it takes the role ")[2].split()[0] for said in refused] == [
        "publisher",
        "editor",
    ]


def test_the_history_tells_the_story(publisher: Person, planned: Mapping[str, Any]) -> None:
    """Who did what to the journey, in its order; every entry is as it was written, and none is missing."""
    told = publisher.does("history", "reader", "--json").json

    assert [(entry["by"].rpartition("/")[2], entry["did"]) for entry in reversed(told)] == [
        ("some-publisher", "published"), ("some-publisher", "published"), ("some-publisher", "migrated"),
        ("some-publisher", "rolled_back"), ("some-editor", "drafted"), ("some-editor", "withdrew"),
    ]  # fmt: skip
    assert "are as they were written, and none is missing" in publisher.does("history", "--verify").text
