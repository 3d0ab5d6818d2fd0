from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.links.tickets import Tickets, task_id, task_of
from sojourn.application.ports import TaskRef

KEYS = Keys("k1", {"k1": b"a secret of enough bytes"})
TASK = TaskRef("ana@mail.example", "cart-1", "call", datetime(2026, 3, 6, 12, 0, 0, 123_000, tzinfo=UTC))


def test_a_task_tells_its_id_and_where_it_is_ended() -> None:
    """The id says which task it is to whoever has the key, and nothing to anybody else."""
    told = Tickets("https://api.example/", lambda: KEYS)(TASK)

    assert set(told) == {"task_id", "url"}
    assert told["url"] == f"https://api.example/v1/tasks/{told['task_id']}"
    assert task_of(told["task_id"], KEYS) == TASK
    assert b"ana" not in urlsafe_b64decode(told["task_id"].partition(".")[2] + "===")


def test_without_an_api_there_is_the_id_alone() -> None:
    """An operator may have put another API in front."""
    assert set(Tickets("", lambda: KEYS)(TASK)) == {"task_id"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20), st.datetimes(timezones=st.just(UTC)))
def test_any_task_comes_back_as_it_was(customer: str, run: str, since: datetime) -> None:
    """Whatever a customer is called, and to the microsecond."""
    task = TaskRef(customer, run, "call", since)

    assert task_of(task_id(task, KEYS), KEYS) == task


@pytest.mark.parametrize("id_", ["", ".", "k1.", "k1.AAAA", "k1.é", "nobody.AAAA", "x" * 20_000])
def test_what_nobody_sealed_is_no_task(id_: str) -> None:
    """Anything may be asked for at that address."""
    assert task_of(id_, KEYS) is None


def test_an_id_outlives_a_change_of_the_key() -> None:
    """A task may wait for weeks, while a key is changed; taken away, it ends nothing any more."""
    new = b"another one of as many!!"
    id_ = task_id(TASK, KEYS)

    assert task_of(id_, Keys("k2", {"k2": new, "k1": KEYS.secrets["k1"]})) == TASK
    assert task_of(id_, Keys("k2", {"k2": new})) is None
