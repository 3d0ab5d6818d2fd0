from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from sojourn.adapters.dynamodb import engine_keys, keys, rows
from sojourn.adapters.dynamodb.counters import (
    DynamoCounters,
    Generations,
    counts,
    generations_of,
    place_of,
    rows_of,
)
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.recount import READINGS, rebuild_counters
from sojourn.adapters.dynamodb.stream import change_of
from sojourn.application.counting import Deltas, Place, counted
from sojourn.domain.customer.rows import Change, Profile, Run
from sojourn.domain.ledger import Happening
from sojourn.errors import Conflict, TransientError
from tests.support.aws_table import aws_table
from tests.support.engine_room import SetClock
from tests.support.told_stream import records_of

WELCOME = ("welcome", "v1")
WHOLE = Place(*WELCOME)


@pytest.fixture
def table() -> Iterator[tuple[Any, str]]:
    with aws_table() as made:
        yield made


class Travelled:
    """Customers who enter, move on and leave, and the functions that count it; each commit with one clock."""

    def __init__(self, client: Any, table: str) -> None:
        self.client, self.table = client, table
        self.clock = SetClock()
        self.customers = DynamoCustomers(client, table, self.clock)
        self.delivered = 0

    def go(self, customer: str, step: str, *whats: str) -> None:
        """Let a customer's run be at *step*, "" where it ends; something happens with it."""
        file = self.customers.load(customer)
        before = file.runs.get(("welcome", ""))
        if before is None or not before.active:
            before = None
        now = self.clock.at
        run = Run(
            id=before.id if before else f"{customer}-{now.isoformat()}", customer=customer, journey="welcome",
            version="v1", key="", entered=now, begun=now, execution="x", at={"": step} if step else {},
            status="running" if step else "ended", ended=None if step else now,
        )  # fmt: skip
        change = Change(profile=Profile(customer), runs={("welcome", ""): run})
        told = (*([] if before else ["entered"]), *whats, *([] if step else ["exited"]))
        change.happened = [
            Happening(now, customer, *WELCOME, run.id, what, "", "completed" if what == "exited" else "")  # type: ignore[arg-type]
            for what in told
        ]
        self.customers.commit(file, change)
        self.clock.pass_by(seconds=1)

    def deliver(self) -> None:
        """Let the stream deliver what it has not delivered yet."""
        records = records_of(self.table)
        changes = [change_of(record) for record in records[self.delivered :]]
        self.delivered = len(records)
        DynamoCounters(self.client, self.table, self.clock).count(
            [counted(change) for change in changes if change is not None]
        )

    def counts(self) -> Deltas:
        return counts(self.client, self.table, "welcome")

    def rebuild(self, client: Any = None) -> Any:
        return rebuild_counters(client or self.client, self.table, self.clock, segments=2)


@pytest.fixture
def story(table: tuple[Any, str]) -> Travelled:
    travelled = Travelled(*table)
    for customer in ("ana", "ben", "cem"):
        travelled.go(customer, "pause")
    travelled.go("ana", "later")
    travelled.go("ben", "")
    travelled.go("ben", "pause")
    return travelled


STORY: Mapping[Place, Mapping[str, int]] = {
    WHOLE: {"entered": 4, "active": 3, "completed": 1},
    Place(*WELCOME, "pause"): {"now": 2, "passed": 2, "ended": 1},
    Place(*WELCOME, "later"): {"now": 1},
}


class Interrupted:
    """A client that does something else once, before a call; other calls it passes on."""

    def __init__(self, client: Any, act: Callable[[], object], before: str) -> None:
        self.client, self.act, self.before = client, act, before

    def __getattr__(self, name: str) -> Any:
        if name == self.before:
            self.before = ""
            self.act()
        return getattr(self.client, name)


def test_a_rebuild_comes_to_what_the_stream_came_to(story: Travelled) -> None:
    """Counters built from the table are those that were counted as things happened."""
    story.deliver()
    assert story.counts() == STORY

    rebuilt = story.rebuild()

    assert story.counts() == STORY
    assert (rebuilt.generation, rebuilt.customers, rebuilt.commits, rebuilt.places) == (2, 3, 6, 3)


def test_a_rebuild_restores_what_was_lost(story: Travelled) -> None:
    """Counters nobody counted, because the stream was down for longer than it keeps, are there again."""
    story.clock.pass_by(days=2)

    story.rebuild()

    assert story.counts() == STORY


def test_what_the_stream_brings_afterwards_counts_once(story: Travelled) -> None:
    """Young rows may come by the scan and by the stream: they count by the first of the two."""
    story.rebuild()

    story.deliver()

    assert story.counts() == STORY


def test_rebuilding_while_things_happen_loses_nothing_and_counts_nothing_twice(story: Travelled) -> None:
    """Between announcing and scanning, and after the scan, customers move on and functions count it."""
    story.deliver()

    def meanwhile() -> None:
        story.go("cem", "later")
        story.deliver()
        story.go("dia", "pause")

    story.rebuild(Interrupted(story.client, meanwhile, "get_paginator"))
    story.go("dia", "")
    story.deliver()

    assert story.counts() == {
        WHOLE: {"entered": 5, "active": 3, "completed": 2},
        Place(*WELCOME, "pause"): {"now": 1, "passed": 4, "ended": 2},
        Place(*WELCOME, "later"): {"now": 2},
    }


def test_where_customers_are_outlasts_the_ledger(story: Travelled) -> None:
    """Sums over rows that expired are gone; where customers are now, and how many runs go on, is not."""
    story.deliver()
    for record in records_of(story.table):
        key = record["dynamodb"]["Keys"]
        if key["sk"]["S"].startswith(keys.LEDGER) and key["pk"]["S"] != keys.customer("cem"):
            story.client.delete_item(TableName=story.table, Key=key)

    story.rebuild()

    assert story.counts() == {
        WHOLE: {"entered": 1, "active": 3},
        Place(*WELCOME, "pause"): {"now": 2},
        Place(*WELCOME, "later"): {"now": 1},
    }
    story.go("ana", "")
    story.deliver()
    assert story.counts()[WHOLE] == {"entered": 1, "active": 2, "completed": 1}


def test_only_the_new_generation_is_left(story: Travelled) -> None:
    """Counters of earlier generations, and of rebuilds that died, are taken away."""
    story.deliver()
    with pytest.raises(RuntimeError):
        story.rebuild(Interrupted(story.client, _die, "get_paginator"))
    assert generations_of(story.client, story.table) == Generations(1, 2)
    assert story.counts() == STORY

    story.rebuild()

    assert generations_of(story.client, story.table) == Generations(3)
    numbers = {place_of(item)[0] for item in rows_of(story.client, story.table, "welcome")}
    assert numbers == {3}
    assert story.counts() == STORY


def _die() -> None:
    raise RuntimeError


def test_of_two_rebuilds_the_later_one_counts(story: Travelled) -> None:
    """Whoever was overtaken by another rebuild changes nothing that is read."""
    story.deliver()

    with pytest.raises(Conflict):
        story.rebuild(Interrupted(story.client, story.rebuild, "get_paginator"))

    assert generations_of(story.client, story.table) == Generations(3)
    assert story.counts() == STORY


def test_a_customer_who_is_written_while_read_is_read_again(story: Travelled) -> None:
    """A ledger row of a later revision than the profile's shows that the two were read at different times."""
    story.deliver()
    torn = TornScan(story.client)

    story.rebuild(torn)

    assert torn.asked == 1
    assert story.counts() == STORY


def test_a_customer_who_is_written_all_the_time_ends_the_rebuild(story: Travelled) -> None:
    """Nobody is counted half: it is to be begun again, and the old counters stay."""
    story.deliver()

    with pytest.raises(TransientError, match="begin again"):
        story.rebuild(TornScan(story.client, readings=READINGS))

    assert story.counts() == STORY


class TornScan:
    """A client that reads ana's profile as it was one revision ago, so many times."""

    def __init__(self, client: Any, readings: int = 1) -> None:
        self.client, self.left, self.asked = client, readings, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def get_paginator(self, operation: str) -> Any:
        return TornPages(self, self.client.get_paginator(operation), operation)


class TornPages:
    def __init__(self, torn: TornScan, pages: Any, operation: str) -> None:
        self.torn, self.pages, self.operation = torn, pages, operation

    def paginate(self, **request: Any) -> Iterator[Any]:
        about = str(request["ExpressionAttributeValues"].get(":pk", ""))
        self.torn.asked += self.operation == "query" and keys.customer("ana") in about
        for page in self.pages.paginate(**request):
            for item in page["Items"]:
                if (
                    item["pk"]["S"] == keys.customer("ana")
                    and item["sk"]["S"] == keys.PROFILE
                    and self.torn.left
                ):
                    self.torn.left -= 1
                    item["revision"] = {"N": str(rows.revision(item) - 1)}
            yield page


def test_an_empty_table_has_no_counters(table: tuple[Any, str]) -> None:
    """There is nothing to count, and that is no mistake."""
    rebuilt = rebuild_counters(*table, SetClock())

    assert (rebuilt.generation, rebuilt.customers, rebuilt.places) == (2, 0, 0)


def test_rows_too_old_for_the_stream_need_no_marker(story: Travelled) -> None:
    """What no stream can deliver any more is added up in memory: a marker each would be the dearest of it."""
    story.clock.pass_by(hours=30)
    story.go("ana", "")

    story.rebuild()

    markers = [item for page in story.client.get_paginator("scan").paginate(TableName=story.table)
               for item in page["Items"] if item["sk"]["S"] == engine_keys.SEEN]  # fmt: skip
    assert len(markers) == 2
    assert story.counts()[WHOLE] == {"entered": 4, "active": 2, "completed": 2}
