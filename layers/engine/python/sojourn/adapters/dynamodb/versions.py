"""Writes what never changes: versions of journeys, what they were made of, contents of messages.

Only a version's machines may change, where they were made anew: `machine` is where runs begin at the first step,
`at_machine` where they begin in the middle (after a pause, or coming from another version).

Versions and contents are called by a few digits of a hash, of which somebody who tries for a while finds two alike. So
what is there already is compared: a draft must not become what others publish by being called like it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys, keys, published
from sojourn.adapters.dynamodb.failures import code, reading
from sojourn.adapters.dynamodb.switch import query
from sojourn.adapters.dynamodb.together import put_new
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.rows import Item
    from sojourn.domain.compile.bundle import Bundle
    from sojourn.domain.compile.compiled import CompiledJourney


class StoredVersions:
    """The versions in one table.

    Args:
        client: `boto3.client("dynamodb")`.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def keeping(self, bundle: Bundle, machines: Mapping[str, str]) -> Callable[[Collection[str]], None]:
        """Return what writes all that these journeys of a bundle are, given their names.

        Args:
            machines: journey -> ARN of the version of its state machine.

        Raises:
            AuthorError: something in the bundle is more than a row takes; nothing is written then. What is returned
                raises it where another version or content is called alike.
        """
        # Imported here: it knows messages, which whoever only asks where a version runs has no use for.
        from sojourn.adapters.dynamodb.contents import content, content_item

        def message(items: Sequence[Item]) -> Any:
            return content(bytes(items[0]["content"]["B"]))[0]

        versions = {
            journey.name: published.version_item(journey, machines[journey.name])
            for journey in bundle.journeys
        }
        contents = {digest: content_item(message) for digest, message in bundle.messages.items()}

        def keep(names: Collection[str]) -> None:
            journeys = [journey for journey in bundle.journeys if journey.name in names]
            for digest in sorted({digest for journey in journeys for digest in journey.messages.values()}):
                self._put_same([contents[digest]], message, f'a message "{bundle.messages[digest].name}"')
            for journey in journeys:
                what = f'a version of journey "{journey.name}"'
                made = published.made_of(journey, bundle.outlines.get(journey.name))
                definition = [item for item in made if item["sk"]["S"].startswith(engine_keys.DEFINITIONS)]
                self._put_same(definition, published.unpacked, what)
                # An outline is not what a version is called by: one may be written in several ways.
                for item in made[len(definition) :]:
                    put_new(self._client, self._table, item)
                self._put(versions[journey.name], what)

        return keep

    def read(self, journey: str, version: str) -> tuple[CompiledJourney, str]:
        """Return a version, without its definition, and the ARN of its state machine's version.

        Raises:
            LookupError: there is none.
            TransientError: the table does not answer.
        """
        with reading():
            answer = self._client.get_item(
                TableName=self._table, Key=published.version_key(journey, version), ConsistentRead=True
            )
        if "Item" not in answer:
            raise LookupError(f'journey "{journey}" never had a version "{version}"')
        return published.journey(answer["Item"]), str(answer["Item"]["machine"]["S"])

    def any_of(self, journey: str) -> bool:
        """Say whether a journey ever had a version."""
        with reading():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
                ExpressionAttributeValues={
                    ":pk": {"S": engine_keys.journey(journey)},
                    ":sk": {"S": engine_keys.VERSIONS},
                },
                Limit=1,
            )
        return bool(answer["Items"])

    def keep_machine(self, journey: str, version: str, machine: str, *, at: bool = False) -> None:
        """Note where a version runs: from its first step on, or beginning *at* any.

        Raises:
            LookupError: there is no such version.
            TransientError: the table does not answer.
        """
        with reading():
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=published.version_key(journey, version),
                    UpdateExpression="SET #machine = :machine",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeNames={"#machine": published.AT_MACHINE if at else published.MACHINE},
                    ExpressionAttributeValues={":machine": {"S": machine}},
                )
            except ClientError as error:
                if code(error) != "ConditionalCheckFailedException":
                    raise
                raise LookupError(f'journey "{journey}" never had a version "{version}"') from error

    def machines_of(self, journey: str) -> dict[str, set[str]]:
        """Return where each version of a journey runs: version -> the ARNs, of its first step and of any.

        Raises:
            TransientError: the table does not answer.
        """
        found: dict[str, set[str]] = {}
        for item in query(self._client, self._table, engine_keys.journey(journey), engine_keys.VERSIONS):
            arns = (item.get(name, {"S": ""})["S"] for name in (published.MACHINE, published.AT_MACHINE))
            found[keys.parts(item["sk"]["S"])[1]] = {arn for arn in arns if arn}
        return found

    def forget_at(self, journey: str, version: str, machine: str) -> None:
        """Let a version have no machine that begins at any step any more, if it is this one.

        Raises:
            TransientError: the table does not answer.
        """
        with reading():
            try:
                self._client.update_item(
                    TableName=self._table, Key=published.version_key(journey, version),
                    UpdateExpression="REMOVE #at", ConditionExpression="#at = :machine",
                    ExpressionAttributeNames={"#at": published.AT_MACHINE},
                    ExpressionAttributeValues={":machine": {"S": machine}},
                )  # fmt: skip
            except ClientError as error:
                if code(error) != "ConditionalCheckFailedException":
                    raise

    def _put(self, item: Item, what: str) -> None:
        """Put a version's row if there is none; where it runs may change, if its machine was made anew.

        Raises:
            AuthorError: there is one that says something else.
        """
        with reading():
            try:
                self._client.update_item(
                    TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression="SET #data = if_not_exists(#data, :data), machine = :machine",
                    ConditionExpression="attribute_not_exists(#data) OR #data = :data",
                    ExpressionAttributeNames={"#data": "data"},
                    ExpressionAttributeValues={":data": item["data"], ":machine": item["machine"]},
                )  # fmt: skip
            except ClientError as error:
                if code(error) != "ConditionalCheckFailedException":
                    raise
                raise _alike(what) from error

    def _put_same(self, items: Sequence[Item], read: Callable[[Sequence[Item]], Any], what: str) -> None:
        """Put rows that together hold something compressed, if there are none.

        Args:
            read: what they hold.

        Raises:
            AuthorError: there are some that hold something else.
        """
        there = [self._there_or_put(item) for item in items]
        if all(old["content"] == new["content"] for old, new in zip(there, items, strict=True)):
            return
        try:
            # Another release may have compressed the same otherwise.
            same = read(there) == read(items)
        except (EOFError, OSError, ValueError, zlib.error):
            same = False
        if not same:
            raise _alike(what)

    def _there_or_put(self, item: Item) -> Item:
        """Put a row if there is none; return the one that is there then."""
        if put_new(self._client, self._table, item):
            return item
        with reading():
            answer = self._client.get_item(
                TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]}, ConsistentRead=True
            )
        there: Item = answer["Item"]
        return there


def _alike(what: str) -> AuthorError:
    return AuthorError(
        f"{what} was published before that is called the same and says something else, which happens by chance to"
        " nobody: look who published it (sojourn history), or change any word of this one"
    )
