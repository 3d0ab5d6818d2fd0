"""A file of customers that enters them into a journey, with rows that are wrong, interrupted half way."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.local_cloud.deployment import STAGE
from infra.local_cloud.emulator import ACCOUNT, REGION
from sojourn.adapters.dynamodb import keys
from tests.support.cloud import Cloud, eventually
from tests.support.commands import Person

ROWS = int(os.environ.get("SOJOURN_AUDIENCE_ROWS", "10000"))
"""Of the file. Ten thousand take minutes on the emulator: for a quick look say 300 (docs/embedded-aws.md)."""
BAD, TWICE = 50, 75
"""Each row of these numbers is wrong, and each of those the one before once more."""


def lines() -> list[str]:
    """Return the rows, the header not counted."""
    return [line(number) for number in range(ROWS)]


def line(number: int) -> str:
    """Return a row."""
    if number % BAD == BAD - 1:
        return f"traveller-{number},{number},soon"
    who = number - 1 if number % TWICE == TWICE - 2 else number
    return f"traveller-{who},{who},{who % 9 + 1}"


GOOD = {row.split(",")[0] for row in lines() if not row.endswith("soon")}
"""Whoever is in a row that can be taken."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An audience that was killed half way, and resumed.

    Args:
        so_far: how many rows were done when it was. page: what is said of it in the end.
    """

    so_far: int
    page: Mapping[str, Any]
    failures: list[Mapping[str, Any]]


@pytest.fixture(scope="module")
def audience(
    cloud: Cloud, publisher: Person, versions: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Interrupted:
    """Enter the file; kill its execution when some of it is done; resume it, and wait for its end."""
    assert "trip" in versions
    folder = tmp_path_factory.mktemp("audience")
    file, bad = folder / "trips.csv", folder / "bad.jsonl"
    file.write_text("\n".join(["user_id,booking,nights:number", *lines()]) + "\n", encoding="utf-8")
    words = ["trip", str(file), "-m", "The spring trips", "--rate", "20" if ROWS < 1_000 else "100"]
    begun = publisher.does("audience", "start", *words, "--yes", "--no-wait", "--json").json["operation"]

    def page() -> dict[str, Any]:
        said: dict[str, Any] = publisher.does("audience", "status", begun["id"], "--json").json
        return said

    taken = eventually(page, lambda told: (told["progress"] or {}).get("batches_done", 0) >= 1)["progress"]
    machine = f"sojourn-{STAGE}-audience"
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine}:{begun['id']}-1"
    cloud.client("stepfunctions").stop_execution(executionArn=arn)
    publisher.does("audience", "resume", begun["id"], "-m", "It was interrupted", "--no-wait")
    publisher.does("operations", begun["id"], "--wait")
    publisher.does("audience", "status", begun["id"], "--failures", str(bad))
    return Interrupted(
        taken["taken"], page(), [json.loads(one) for one in Path(bad).read_text().splitlines()]
    )


def test_it_was_interrupted_half_way(audience: Interrupted) -> None:
    """Some rows were done when its execution was killed, and some were not; a second attempt did the rest."""
    assert 0 < audience.so_far < ROWS
    assert (audience.page["operation"]["state"], audience.page["progress"]["attempt"]) == ("done", 2)


def test_each_good_customer_enters_once(cloud: Cloud, audience: Interrupted) -> None:
    """Whoever is in a row that can be read has one run, and no other row let anybody in; the counts add up."""
    entered = [run["customer"] for run in runs(cloud)]

    assert sorted(GOOD) == sorted(entered)
    bad = sum(row.endswith("soon") for row in lines())
    assert {"entered": len(GOOD), "failed": bad, "twice": ROWS - bad - len(GOOD)} == audience.page[
        "progress"
    ]["counts"]


def test_each_bad_row_is_named_by_its_line(audience: Interrupted) -> None:
    """Its line, and what is wrong; never what stands in it."""
    expected = [number + 2 for number, row in enumerate(lines()) if row.endswith("soon")]

    assert expected == sorted(one["line"] for one in audience.failures)
    assert all('column "nights"' in one["why"] and "soon" not in one["why"] for one in audience.failures)


def runs(cloud: Cloud) -> list[dict[str, Any]]:
    """Return all runs of the journey."""
    pages = cloud.client("dynamodb").get_paginator("scan").paginate(
        TableName=cloud.table, ConsistentRead=True, FilterExpression="begins_with(sk, :run)",
        ExpressionAttributeValues={":run": {"S": keys.run("trip", "")}},
    )  # fmt: skip
    return [json.loads(row["data"]["S"]) for page in pages for row in page["Items"]]
