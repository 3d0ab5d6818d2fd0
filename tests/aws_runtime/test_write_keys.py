from __future__ import annotations

import pytest

from sojourn.application.sources import Source, key_digest
from sojourn.aws_runtime.api.write_keys import FRESH_FOR, MOST, STALE_FOR, UNKNOWN_FOR, WriteKeys, key_in
from sojourn.errors import TransientError
from tests.support.tracking import KEY, NOON, basic

WEB = Source("web", frozenset(("events",)), NOON)


class Table:
    """The hashes of keys, how often it was asked, and a clock."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {str(key_digest(KEY)): WEB}
        self.asked: list[str] = []
        self.now = 1_000.0
        self.broken = False
        self.keys = WriteKeys(self.find, lambda: self.now)

    def find(self, digest: str) -> Source | None:
        self.asked.append(digest)
        if self.broken:
            raise TransientError("GetItem: InternalServerError")
        return self.sources.get(digest)


@pytest.fixture
def table() -> Table:
    return Table()


def made_up(number: int) -> str:
    return f"{number:043d}"


def test_a_key_is_looked_up_once_in_half_a_minute(table: Table) -> None:
    """The table is asked for its hash, never for the key."""
    assert [table.keys(KEY) for _ in range(3)] == [WEB] * 3
    table.now += FRESH_FOR - 1
    assert table.keys(KEY) is WEB

    assert table.asked == [key_digest(KEY)]
    assert KEY not in str(vars(table.keys))


def test_a_revoked_key_is_nobodys_within_half_a_minute(table: Table) -> None:
    """So long and no longer is it known."""
    table.keys(KEY)
    table.sources.clear()
    assert table.keys(KEY) is WEB

    table.now += FRESH_FOR

    assert table.keys(KEY) is None
    assert table.keys(KEY) is None
    assert len(table.asked) == 2


def test_a_new_key_is_known_soon(table: Table) -> None:
    """That it was nobody's is forgotten sooner."""
    key = made_up(1)
    assert table.keys(key) is None
    table.sources[str(key_digest(key))] = WEB
    assert table.keys(key) is None

    table.now += UNKNOWN_FOR

    assert table.keys(key) is WEB


@pytest.mark.parametrize("key", ["", "k", KEY + "k", KEY[:-1] + "+", KEY[:-1] + "\u00e9", KEY + "\n"])
def test_what_can_be_no_key_is_looked_up_nowhere(table: Table, key: str) -> None:
    """Only what is written as one."""
    assert table.keys(key) is None
    assert table.asked == []


def test_keys_that_are_made_up_fill_no_memory(table: Table) -> None:
    """Nor do they drive out those that are known."""
    table.keys(KEY)
    for number in range(MOST + 10):
        assert table.keys(made_up(number)) is None

    assert len(table.keys._nobodies) == MOST
    assert table.keys(KEY) is WEB
    assert len(table.asked) == MOST + 11


def test_while_the_table_cannot_be_read_sources_stay_known(table: Table) -> None:
    """For five minutes; nobody else is let in, nor told to be nobody."""
    table.keys(KEY)
    table.broken = True
    table.now += STALE_FOR - 1
    assert table.keys(KEY) is WEB
    with pytest.raises(TransientError):
        table.keys(made_up(1))

    table.now += 1

    with pytest.raises(TransientError):
        table.keys(KEY)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (basic(KEY), KEY), ("basic  " + basic(KEY)[6:] + " ", KEY), ("Basic azpwdw==", "k"), ("Basic Og==", ""),
        ("Basic %", ""), ("Basic /////w==", ""), ("Basic", ""), ("Bearer k", None), ("", None),
    ],
)  # fmt: skip
def test_the_key_is_the_user_name(header: str, key: str | None) -> None:
    """Of basic authentication (RFC 7617); what is none of it says nothing."""
    assert key_in({"authorization": header}) == key
