"""Which operations are not over, of all there ever were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.adapters.dynamodb.open_operations import LATEST, open_operations
from sojourn.adapters.dynamodb.operation_rows import key_of
from sojourn.adapters.dynamodb.operations import Operations
from sojourn.application.publishing import Operation, operation_id
from tests.adapters.registry.registering import Calls
from tests.support.aws_table import aws_table

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = "arn:aws:iam::1:user/ana"


@pytest.fixture
def table() -> Iterator[tuple[Any, str]]:
    """Give the client and the name of a table."""
    with aws_table() as made:
        yield made


def asked(operations: Operations, number: int) -> str:
    """Ask for an operation; return its id."""
    at = NOON + timedelta(minutes=number)
    return operations.create(Operation(operation_id(at, f"{number:06x}"), "audience", ANA, at, "welcome")).id


def ids(table: tuple[Any, str]) -> list[str]:
    return [one.id for one in open_operations(*table)]


def test_one_that_runs_for_days_is_there_behind_many_later_ones(table: tuple[Any, str]) -> None:
    """What ended is not; what was cancelled and goes on again is."""
    operations = Operations(*table)
    waits, runs, ended, again = (asked(operations, number) for number in range(4))
    operations.begin(runs)
    operations.finish(ended, "done", {}, NOON)
    operations.cancel(again, NOON)
    operations.reopen(again)
    later = [asked(operations, number) for number in range(10, 10 + LATEST)]
    for one in later[1:]:
        operations.finish(one, "failed", {}, NOON)

    assert ids(table) == [later[0], again, runs, waits]


def test_what_an_earlier_release_asked_for_is_listed_once_somebody_works_at_it(
    table: tuple[Any, str],
) -> None:
    """Its row has no part until then; the latest are looked at in any case."""
    client, name = table
    operations = Operations(*table)
    old = asked(operations, 0)
    client.update_item(
        TableName=name, Key=key_of(old), UpdateExpression="REMOVE #part", ExpressionAttributeNames={"#part": "part"}
    )  # fmt: skip
    among_the_latest = ids(table)
    for number in range(1, 1 + LATEST):
        operations.finish(asked(operations, number), "done", {}, NOON)
    behind = ids(table)
    operations.begin(old)

    assert (among_the_latest, behind, ids(table)) == ([old], [], [old])


def test_it_takes_two_reads_where_none_is_older_than_the_latest(table: tuple[Any, str]) -> None:
    """Whoever asks how things stand pays for no more."""
    client, name = table
    calls = Calls(client)
    asked(Operations(client, name), 0)

    assert len(open_operations(calls, name)) == 1
    assert calls.since() == {"query surely": 1, "query": 1}
