from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.sources import DynamoSources
from sojourn.application.sources import (
    KEY_BYTES,
    RIGHTS,
    Source,
    SourceError,
    key_digest,
    new_source,
    write_key,
)
from sojourn.errors import TransientError
from tests.support.aws_table import aws_table, items

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
KEY = write_key(bytes(range(KEY_BYTES)))
DIGEST = str(key_digest(KEY))
WEB = new_source("web", frozenset(("merge",)), NOW)


@pytest.fixture
def aws() -> Iterator[tuple[Any, str]]:
    with aws_table() as found:
        yield found


@pytest.fixture
def sources(aws: tuple[Any, str]) -> DynamoSources:
    return DynamoSources(*aws)


def test_a_source_is_found_by_the_hash_of_its_key(sources: DynamoSources) -> None:
    """With its rights; every source may tell of events."""
    sources.add(WEB, DIGEST)

    assert sources.find(DIGEST) == WEB == Source("web", frozenset(("events", "merge")), NOW)
    assert sources.find(DIGEST[::-1]) is None


def test_the_key_itself_is_nowhere(aws: tuple[Any, str], sources: DynamoSources) -> None:
    """Whoever reads the table cannot tell of anything."""
    sources.add(WEB, DIGEST)

    assert KEY not in str(items(*aws))
    assert [(item["pk"]["S"], item["sk"]["S"]) for item in items(*aws)] == [
        (f"G#source#{DIGEST}", "key"), ("G#sources", "web"),
    ]  # fmt: skip


def test_a_name_is_one_sources(sources: DynamoSources) -> None:
    """A second is refused, and changes nothing of the first."""
    sources.add(WEB, DIGEST)

    with pytest.raises(SourceError, match='there is a source "web"'):
        sources.add(new_source("web", frozenset(), NOW), DIGEST[::-1])

    assert sources.all() == [WEB]
    assert sources.find(DIGEST[::-1]) is None


def test_a_revoked_source_is_gone(aws: tuple[Any, str], sources: DynamoSources) -> None:
    """So is its key; its name is free."""
    sources.add(WEB, DIGEST)

    sources.revoke("web")

    assert items(*aws) == []
    assert (sources.find(DIGEST), sources.all()) == (None, [])
    sources.add(WEB, DIGEST)


def test_who_is_not_there_cannot_be_revoked(sources: DynamoSources) -> None:
    """Who mistyped a name believes no key to be gone."""
    with pytest.raises(SourceError, match='there is no source "wob"'):
        sources.revoke("wob")


def test_sources_are_listed_by_name(sources: DynamoSources) -> None:
    """However they came."""
    for number, name in enumerate(("web", "app", "shop-2")):
        sources.add(new_source(name, frozenset(), NOW), f"{number:064d}")

    assert [source.name for source in sources.all()] == ["app", "shop-2", "web"]


def test_a_row_under_anothers_hash_is_nobodys(aws: tuple[Any, str], sources: DynamoSources) -> None:
    """The hash stands in the row as well, and is compared."""
    client, table = aws
    sources.add(WEB, DIGEST)
    (row, _) = items(client, table)
    row["pk"]["S"] = engine_keys.write_key("0" * 64)
    client.put_item(TableName=table, Item=row)

    assert sources.find("0" * 64) is None


class Ill:
    """A table that answers with an error."""

    def __init__(self, code: str) -> None:
        self.code = code

    def get_item(self, **_: Any) -> Any:
        answer = {"Error": {"Code": self.code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
        raise ClientError(answer, "GetItem")


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError", "AccessDeniedException"])
def test_a_table_that_cannot_be_read_says_nothing_of_a_key(code: str) -> None:
    """Nobody is told that a key is none because the table is busy."""
    with pytest.raises(TransientError):
        DynamoSources(Ill(code), "table").find(DIGEST)


@pytest.mark.parametrize("name", ["", "Web", "1st", "web shop", "a" * 33, "web#1", "w\u00e9b", "web\n"])
def test_a_name_is_part_of_ids(name: str) -> None:
    """Small letters, digits and hyphens."""
    with pytest.raises(SourceError, match="no name of a source"):
        new_source(name, frozenset(), NOW)


def test_an_unknown_right_is_none() -> None:
    """It is said which there are."""
    with pytest.raises(SourceError, match='no right "sudo": there are events, merge'):
        new_source("web", frozenset(("sudo",)), NOW)
    assert new_source("web", frozenset(RIGHTS), NOW).may("tasks")


def test_a_key_has_as_many_bits_as_its_hash() -> None:
    """Of what is shorter it would not be true that nobody can try them all."""
    assert len(KEY) == 43
    assert key_digest(KEY) == DIGEST
    with pytest.raises(ValueError, match="32 bytes"):
        write_key(b"short")
