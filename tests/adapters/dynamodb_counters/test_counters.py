from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.counters import (
    ATTEMPTS,
    DynamoCounters,
    Generations,
    counts,
    generations_of,
    head_key,
    under_way,
)
from sojourn.application.counting import Counted, Place, added
from sojourn.errors import TransientError
from tests.support.aws_table import aws_table
from tests.support.engine_room import SetClock
from tests.support.metered import Metered


@pytest.fixture
def table() -> Iterator[tuple[Any, str]]:
    with aws_table() as made:
        yield made


@pytest.fixture
def journey() -> str:
    return "welcome"


def entry(number: int, journey: str, step: str = "pause", by: int = 1) -> Counted:
    return Counted(f"{journey}/{number}", {Place(journey, "v1", step): {"now": by}})


def now_at(table: tuple[Any, str], journey: str, step: str = "pause") -> int:
    return counts(*table, journey).get(Place(journey, "v1", step), {}).get("now", 0)


class Refusing:
    """A client whose first transactions are cancelled with a reason for every action, or raise."""

    def __init__(self, client: Any, *faults: Exception | str, times: int = 1) -> None:
        self.client = client
        self.faults = [fault for fault in faults for _ in range(times)]
        self.asked: list[int] = []

    def get_item(self, **request: Any) -> Any:
        return self.client.get_item(**request)

    def transact_write_items(self, **request: Any) -> Any:
        actions = request["TransactItems"]
        self.asked.append(len(actions))
        if not self.faults:
            return self.client.transact_write_items(**request)
        fault = self.faults.pop(0)
        if isinstance(fault, Exception):
            raise fault
        raise ClientError(
            {
                "Error": {"Code": "TransactionCanceledException", "Message": fault},
                "CancellationReasons": [{"Code": "None"}] * (len(actions) - 1) + [{"Code": fault}],
            },
            "TransactWriteItems",
        )


def test_changes_are_added_up(table: tuple[Any, str], journey: str) -> None:
    """Counters hold the sum of what changes add, down as well as up."""
    counters = DynamoCounters(*table, SetClock())

    known = counters.count([entry(1, journey), entry(2, journey), entry(3, journey, by=-1)])

    assert known == 0
    assert counts(*table, journey) == {Place(journey, "v1", "pause"): {"now": 1}}


def test_a_change_counts_once_however_often_it_comes(table: tuple[Any, str], journey: str) -> None:
    """In one call, in another and among new ones: only what is new is added, and the rest is known as such."""
    counters = DynamoCounters(*table, SetClock())

    known = [
        counters.count([entry(1, journey), entry(1, journey)]),
        counters.count([entry(2, journey), entry(1, journey), entry(3, journey)]),
        counters.count([entry(3, journey)]),
    ]

    assert known == [1, 1, 1]
    assert now_at(table, journey) == 3


def test_runs_under_way_are_those_of_all_versions(table: tuple[Any, str], journey: str) -> None:
    """What is counted at steps is of the same runs; a journey of which nothing was counted has none."""
    counters = DynamoCounters(*table, SetClock())
    counters.count([
        Counted("1", {Place(journey, "v1"): {"entered": 3, "active": 3}}),
        Counted("2", {Place(journey, "v1"): {"active": -1}, Place(journey, "v2"): {"entered": 1, "active": 1}}),
        Counted("3", {Place(journey, "v1", "pause"): {"now": 9}}),
    ])  # fmt: skip

    assert under_way(*table, journey) == 3
    assert under_way(*table, f"{journey}-other") == 0


def test_what_adds_nothing_costs_nothing(table: tuple[Any, str]) -> None:
    """Rows that no counter is about leave no marker."""
    client = Refusing(table[0])

    DynamoCounters(client, table[1], SetClock()).count([Counted("nothing", {})])

    assert client.asked == []


def test_more_than_a_transaction_takes_is_counted_in_several(table: tuple[Any, str], journey: str) -> None:
    """A hundred actions is the limit: changes and the places they count at are dealt out to transactions."""
    client = Refusing(table[0])
    changes = [entry(n, journey, step=f"step-{n % 7}") for n in range(130)]

    DynamoCounters(client, table[1], SetClock()).count(changes)

    assert max(client.asked) <= 100
    assert len(client.asked) == 2
    assert sum(c["now"] for c in counts(*table, journey).values()) == 130


def test_a_change_larger_than_a_transaction_is_counted_in_parts(table: tuple[Any, str], journey: str) -> None:
    """A change at very many places is counted in parts, each once."""
    counters = DynamoCounters(*table, SetClock())
    change = Counted(f"{journey}/big", {Place(journey, "v1", f"s{n}"): {"now": 1} for n in range(110)})

    known = [counters.count([change]), counters.count([change])]

    assert known == [0, 2]
    assert {c["now"] for c in counts(*table, journey).values()} == {1}
    assert len(counts(*table, journey)) == 110


@pytest.mark.parametrize(
    "fault",
    ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"],
)
def test_whoever_is_in_the_way_is_waited_for(table: tuple[Any, str], journey: str, fault: str) -> None:
    """Functions that count in the same rows at once come again after a pause."""
    clock, client = SetClock(), Refusing(table[0], fault, times=2)

    DynamoCounters(client, table[1], clock).count([entry(1, journey)])

    assert len(clock.paused) == 2
    assert now_at(table, journey) == 1


def test_a_table_that_stays_busy_is_told(table: tuple[Any, str], journey: str) -> None:
    """After some attempts the stream is to bring the changes again, and then they count."""
    client = Refusing(table[0], "TransactionConflict", times=ATTEMPTS)
    counters = DynamoCounters(client, table[1], SetClock())

    with pytest.raises(TransientError, match="TransactionConflict"):
        counters.count([entry(1, journey)])

    assert counters.count([entry(1, journey)]) == 0
    assert now_at(table, journey) == 1


def test_no_answer_is_no_mistake(table: tuple[Any, str], journey: str) -> None:
    """Where nobody knows whether a transaction was written, it is asked for again, and its markers know."""

    class Deaf(Refusing):
        def transact_write_items(self, **request: Any) -> Any:
            super().transact_write_items(**request)
            raise ReadTimeoutError(endpoint_url="https://dynamodb.example")

    with pytest.raises(TransientError):
        DynamoCounters(Deaf(table[0]), table[1], SetClock()).count([entry(1, journey)])

    assert DynamoCounters(*table, SetClock()).count([entry(1, journey)]) == 1
    assert now_at(table, journey) == 1


def test_what_the_deployment_got_wrong_is_not_tried_again(table: tuple[Any, str], journey: str) -> None:
    """A mistake of ours comes as it is."""
    wrong = ClientError({"Error": {"Code": "ValidationException", "Message": "no"}}, "TransactWriteItems")

    with pytest.raises(ClientError):
        DynamoCounters(Refusing(table[0], wrong), table[1], SetClock()).count([entry(1, journey)])


def test_markers_expire_when_no_stream_knows_their_change_any_more(
    table: tuple[Any, str], journey: str
) -> None:
    """Three days are enough for a stream that keeps one."""
    clock = SetClock()

    DynamoCounters(*table, clock).count([entry(1, journey)])

    key = {"pk": {"S": engine_keys.record(f"{journey}/1.1")}, "sk": {"S": engine_keys.SEEN}}
    marker = table[0].get_item(TableName=table[1], Key=key)["Item"]
    assert int(marker["expires"]["N"]) == (clock.at + timedelta(days=3)).timestamp()


def test_while_a_generation_is_built_changes_count_in_both(table: tuple[Any, str], journey: str) -> None:
    """Once in each: the one that is read, and the one that will be."""
    client, name = table
    counters = DynamoCounters(client, name, SetClock())
    counters.count([entry(1, journey)])
    client.put_item(TableName=name, Item={**head_key(), "current": {"N": "1"}, "building": {"N": "2"}})

    known = counters.count([entry(1, journey), entry(2, journey)])

    assert known == 1
    assert generations_of(client, name) == Generations(1, 2)
    assert now_at(table, journey) == 2
    client.put_item(TableName=name, Item={**head_key(), "current": {"N": "2"}})
    assert now_at(table, journey) == 2


def test_names_with_signs_of_the_key_grammar_are_kept_apart(table: tuple[Any, str]) -> None:
    """A step called `a#b` is not step `b` of version `a`."""
    places = [Place("odd#one", "v1", "a#b"), Place("odd#one", "v1#a", "b"), Place("odd", "v1", "a#b")]

    DynamoCounters(*table, SetClock()).count(
        [Counted(str(p), {p: {"now": n}}) for n, p in enumerate(places, 1)]
    )

    assert counts(*table, "odd#one") == {places[0]: {"now": 1}, places[1]: {"now": 2}}
    assert counts(*table, "odd") == {places[2]: {"now": 3}}


def test_a_full_chunk_costs_little_more_than_its_markers(table: tuple[Any, str], journey: str) -> None:
    """A commit costs two units for its marker, and a share of those of the counters."""
    client = Metered(table[0])
    changes = [entry(n, journey, step=f"step-{n % 10}") for n in range(90)]

    DynamoCounters(client, table[1], SetClock()).count(changes)

    assert sum(call.writes for call in client.calls) == 2 * 90 + 2 * 10
    assert sum(call.reads for call in client.calls) == 1


DELTAS = st.dictionaries(
    st.sampled_from(["", "pause", "hello"]),
    st.dictionaries(st.sampled_from(["now", "passed"]), st.sampled_from([-2, -1, 1, 2]), min_size=1),
    max_size=3,
)


def test_order_repetition_and_splitting_change_nothing(table: tuple[Any, str]) -> None:
    """However changes are dealt out to batches, in whatever order and how often: each is in the sum once."""
    counters, journeys = DynamoCounters(*table, SetClock()), count(1)

    @given(
        told=st.lists(DELTAS, max_size=12),
        batches=st.lists(st.lists(st.integers(0, 11), max_size=8), max_size=6),
        data=st.data(),
    )
    @settings(max_examples=20)
    def check(told: list[Any], batches: list[list[int]], data: st.DataObject) -> None:
        journey = f"journey-{next(journeys)}"
        changes = [
            Counted(f"{journey}/{n}", {Place(journey, "v1", step): by for step, by in deltas.items()})
            for n, deltas in enumerate(told)
        ]
        delivered: list[Sequence[Counted]] = [
            [changes[n] for n in batch if n < len(changes)] for batch in batches
        ]
        delivered.append(data.draw(st.permutations(changes)))

        for batch in delivered:
            counters.count(batch)

        assert counts(*table, journey) == added(change.deltas for change in changes)

    check()
