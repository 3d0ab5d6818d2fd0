from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.customer_marks import MARK_BYTES, SALT_BYTES, CustomerMarks, mark
from tests.support.aws_table import aws_table, items

SALT = b"s" * SALT_BYTES


@pytest.fixture
def aws() -> Iterator[tuple[Any, str]]:
    """Give an empty table."""
    with aws_table() as found:
        yield found


def test_a_mark_is_found_again_by_the_id(aws: tuple[Any, str]) -> None:
    """Whoever reads makes the same of it as whoever wrote; of another id another."""
    marks = CustomerMarks(*aws)

    first, second = marks.of("c-42", "c-43")

    assert marks.of("c-42") == [first]
    assert CustomerMarks(*aws).known("c-42") == first != second
    assert len(first) == 2 * MARK_BYTES


def test_until_somebody_is_marked_nobody_has_a_mark(aws: tuple[Any, str]) -> None:
    """Who only reads writes nothing."""
    assert CustomerMarks(*aws).known("c-42") is None
    assert items(*aws) == []


def test_two_deployments_mark_the_same_id_differently() -> None:
    """A list of the marks of all ids that are likely helps with one table only."""
    found = []
    for _ in range(2):
        with aws_table() as aws:
            found += CustomerMarks(*aws).of("c-42")

    assert found[0] != found[1]


def test_of_two_who_are_first_at_once_both_mark_alike(aws: tuple[Any, str]) -> None:
    """There is one salt; who comes second takes the other's."""
    first = CustomerMarks(*aws)
    (made,) = first.of("c-42")
    second = CustomerMarks(Late(aws[0]), aws[1])

    assert second.of("c-42") == [made]
    (row,) = items(*aws)
    assert (row["pk"]["S"], row["sk"]["S"]) == (engine_keys.HISTORY, engine_keys.SALT)


class Late:
    """A client that does not see yet, at its first look, what somebody else just wrote."""

    def __init__(self, client: Any) -> None:
        self.client, self.looks = client, 0

    def get_item(self, **request: Any) -> Any:
        """Look."""
        self.looks += 1
        return {} if self.looks == 1 else self.client.get_item(**request)

    def put_item(self, **request: Any) -> Any:
        """Write."""
        return self.client.put_item(**request)


@settings(max_examples=10, deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_whatever_an_id_is_made_of_it_has_one_mark_of_its_own(one: str, other: str) -> None:
    """And no id is in its mark."""
    assert (mark(one, SALT) == mark(other, SALT)) == (one == other)
    assert set(mark(one, SALT)) <= set("0123456789abcdef")
