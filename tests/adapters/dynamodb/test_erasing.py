"""Somebody who has had several ids is erased, whatever happens in the middle; by parts, where there is little time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.erased import Doomed, Erased
from sojourn.adapters.dynamodb.erasing import DEED, FEW, Erasing, erase_customer
from tests.adapters.dynamodb.test_whole_customer import Dying
from tests.support.aws_table import aws_table, items
from tests.support.engine_room import Crash, RecordedExecutions

CHAIN = {"visitor": "interim", "interim": "ana"}
"""Who became whom."""


@pytest.fixture
def table() -> Iterator[tuple[Any, str]]:
    """Give a table with ana, who was two others on the way, and of whom a fourth became one."""
    with aws_table() as (client, name):
        for one in ("ana", "visitor", "interim", "browser"):
            into = CHAIN.get(one, "ana" if one == "browser" else "")
            merged = {keys.MERGED_INTO: {"S": into}} if into else {}
            put(client, name, one, keys.PROFILE, data={"S": f'{{"id": "{one}"}}'}, **merged)
            for number in range(2):
                put(client, name, one, f"E#{number}")
            if into:
                put(client, name, into, keys.merged(one))
        put(client, name, "ben", keys.PROFILE)
        yield client, name


def put(client: Any, table: str, customer: str, sort_key: str, **more: Any) -> None:
    row = {"pk": {"S": keys.customer(customer)}, "sk": {"S": sort_key}}
    client.put_item(TableName=table, Item=row | more)


def left(table: tuple[Any, str]) -> set[str]:
    return {item["pk"]["S"] for item in items(*table)}


@pytest.mark.parametrize("asked", ["visitor", "interim", "ana"])
def test_the_person_is_found_from_whichever_id_is_named(table: tuple[Any, str], asked: str) -> None:
    """Who leads to them, in the order in which they do; and all that they were goes with them."""
    erasing = Erasing(*table, RecordedExecutions())
    found = erasing.find(asked)

    assert found is not None
    assert found.customer == "ana"
    assert found.before == {"visitor": ("visitor", "interim"), "interim": ("interim",), "ana": ()}[asked]
    assert set(erasing.erase(found).others) == {"visitor", "interim", "browser"}
    assert left(table) == {keys.customer("ben")}


def test_somebody_who_was_a_great_many_is_erased_in_parts(table: tuple[Any, str]) -> None:
    """Each call takes some of them away, with what leads to them, so that the next one need not come to these again."""
    client, name = table
    for number in range(FEW + 2):
        put(client, name, f"tab-{number:02d}", keys.PROFILE, **{keys.MERGED_INTO: {"S": "ana"}})
        put(client, name, "ana", keys.merged(f"tab-{number:02d}"))
    erasing = Erasing(*table, RecordedExecutions(), has_time=lambda: False)
    seen: list[tuple[str, ...]] = []
    while (doomed := erasing.find("ana")) is not None:
        assert len(doomed.others) <= FEW
        seen.append(erasing.erase(doomed).others)

    erased = [one for others in seen for one in others]
    assert len(erased) == len(set(erased)) == 3 + FEW + 2
    assert left(table) == {keys.customer("ben")}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("asked", ["visitor", "ana"])
def test_the_same_call_does_the_rest_wherever_it_died(
    table: tuple[Any, str], asked: str, *, after: bool
) -> None:
    """Whoever was asked for leads to what is left, so nothing is left for good, of whichever id."""
    client, name = table
    rows = items(*table)
    for number in range(1, 100):
        for row in rows:
            client.put_item(TableName=name, Item=row)
        try:
            dying: Any = Dying(client, number, after=after)
            erase_customer(dying, name, asked, RecordedExecutions(), pause=lambda _: None)
        except Crash:
            erase_customer(client, name, asked, RecordedExecutions(), pause=lambda _: None)
            assert left(table) == {keys.customer("ben")}, number
            continue
        break

    assert number > 20
    assert left(table) == {keys.customer("ben")}


def test_with_little_time_it_is_done_in_parts(table: tuple[Any, str]) -> None:
    """Each does at least some of it, and what all of them took away is what there was."""
    erasing = Erasing(*table, RecordedExecutions(), has_time=lambda: False)
    parts: list[Erased] = []
    while (doomed := erasing.find("visitor")) is not None:
        parts.append(erasing.erase(doomed, "deed-1"))

    assert [one.finished for one in parts] == [False] * (len(parts) - 1) + [True]
    assert sum(one.removed.get("events", 0) for one in parts) == 8
    assert sum(one.removed.get("profile", 0) for one in parts) == 4
    assert left(table) == {keys.customer("ben")}


def test_a_deed_is_known_until_it_is_done(table: tuple[Any, str]) -> None:
    """Whoever goes on with it belongs to it, whatever they call theirs; then it is forgotten."""
    executions = RecordedExecutions()
    first = Erasing(*table, executions, has_time=lambda: False)
    doomed = first.find("ana")
    assert doomed is not None
    assert doomed.deed == ""
    first.erase(doomed, "deed-1")

    going_on = first.find("visitor")
    assert going_on is not None
    first.erase(going_on, "deed-2")
    again = first.find("ana")

    assert (going_on.deed, again and again.deed) == ("deed-1", "deed-1")
    Erasing(*table, executions).erase(going_on)
    assert first.find("ana") is None


def test_what_begins_it_keeps_everybody_out(table: tuple[Any, str]) -> None:
    """It goes into somebody's transaction, and is the mark that the erasing itself makes."""
    client, name = table
    doomed = Doomed("ana", (), ())

    client.transact_write_items(
        TransactItems=[Erasing(*table, RecordedExecutions()).beginning(doomed, "deed-1")]
    )

    key = {"pk": {"S": keys.customer("ana")}, "sk": {"S": keys.PROFILE}}
    row = client.get_item(TableName=name, Key=key)["Item"]
    assert (row["erasing"], row[DEED], row["revision"]) == ({"BOOL": True}, {"S": "deed-1"}, {"N": "1"})


def test_only_as_much_is_read_as_is_needed_to_know_whom_it_is_about(table: tuple[Any, str]) -> None:
    """Somebody of whom there are a hundred thousand events is found as quickly as anybody."""
    client, name = table
    asked: list[dict[str, Any]] = []

    class Noting:
        """A client that notes what is asked of it."""

        def query(self, **request: Any) -> Any:
            """Note a query."""
            asked.append(request["ExpressionAttributeValues"])
            return client.query(**request)

    with suppress(AttributeError):
        Erasing(Noting(), name, RecordedExecutions()).find("visitor")

    assert asked
    assert {values.get(":begins", {}).get("S") for values in asked} == {keys.PROFILE, keys.MERGED}
