"""Every error that DynamoDB's model knows for the calls we make, and what each means to the caller."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.stub import ANY, Stubber

from sojourn.adapters.dynamodb.customers import PAUSES, DynamoCustomers
from sojourn.adapters.dynamodb.failures import refusal
from sojourn.domain.customer.rows import Change, CustomerFile, Event, Profile, Run, Send
from sojourn.errors import Conflict, EventKnown, NotAllowed, Throttled, TooLarge, TransientError
from tests.support.engine_room import SetClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENT = Event("e1", "did_it", NOON, {}, NOON)
RUN = Run("j-1", "ana", "j", "v1", "", NOON, NOON, "j-1")
SEND = Send("s1", "ana", "j-1", "j", "v1", "s", "hello", "email", "news", True, NOON)

# Error code: what a reader is told, and what a writer.
Meaning = dict[str, tuple[type[Exception], type[Exception]]]
MEANINGS: Meaning = {
    "ProvisionedThroughputExceededException": (Throttled, Throttled),
    "ThrottlingException": (Throttled, Throttled),
    "RequestLimitExceeded": (Throttled, Throttled),
    "InternalServerError": (TransientError, Conflict),
    "TransactionInProgressException": (TransientError, Conflict),
    "ConditionalCheckFailedException": (TransientError, Conflict),
    "TransactionConflictException": (TransientError, Conflict),
    "ReplicatedWriteConflictException": (TransientError, Conflict),
    "ItemCollectionSizeLimitExceededException": (ClientError, TooLarge),
    # A deployment that is broken, or a bug of ours: time does not mend it.
    "ResourceNotFoundException": (ClientError, ClientError),
    "IdempotentParameterMismatchException": (ClientError, ClientError),
    # By its reasons: see REASONS.
    "TransactionCanceledException": (ClientError, ClientError),
}
# What stands in no operation's list and comes all the same.
UNLISTED: Meaning = {
    "ServiceUnavailable": (TransientError, Conflict),
    "SomethingNew": (TransientError, Conflict),
    "ValidationException": (ClientError, ClientError),
    "LimitExceededException": (Throttled, Throttled),
    # A permission that is new takes seconds to be known everywhere.
    "AccessDeniedException": (NotAllowed, NotAllowed),
    "ExpiredTokenException": (ClientError, ClientError),
    "UnrecognizedClientException": (ClientError, ClientError),
}
OUR_FAULT = {
    "ValidationException",
    "AccessDeniedException",
    "ExpiredTokenException",
    "UnrecognizedClientException",
}
# Why one action of a transaction was cancelled, and what the writer is told.
REASONS: dict[str, type[Exception]] = {
    "ConditionalCheckFailed": Conflict,
    "TransactionConflict": Conflict,
    "ProvisionedThroughputExceeded": Throttled,
    "ThrottlingError": Throttled,
    "ItemCollectionSizeLimitExceeded": TooLarge,
    "ValidationError": ClientError,
    "AccessDenied": NotAllowed,
}
READS = {"Query": "query", "GetItem": "get_item"}
WRITES = {"UpdateItem": "update_item", "TransactWriteItems": "transact_write_items"}


def status(code: str) -> int:
    return 400 if code in OUR_FAULT or code.endswith("Exception") else 503


@cache
def listed(operation: str) -> tuple[str, ...]:
    """Return the codes of the errors that botocore's model lists for an operation."""
    model = ServiceModel(Loader().load_service_model("dynamodb", "service-2"))
    return tuple(shape.name for shape in model.operation_model(operation).error_shapes)


def stubbed() -> tuple[DynamoCustomers, Stubber, SetClock]:
    client = boto3.client("dynamodb", region_name="us-east-1")
    clock = SetClock(NOON)
    return DynamoCustomers(client, "t", clock), Stubber(client), clock


def called(operation: str, customers: DynamoCustomers) -> Any:
    """Make the adapter call an operation."""
    file = CustomerFile(Profile("ana"), 3)
    return {
        "Query": lambda: customers.load("ana"),
        "GetItem": lambda: customers.send("ana", "s1"),
        "UpdateItem": lambda: customers.commit(file, Change()),
        "TransactWriteItems": lambda: customers.commit(file, Change(runs={("j", ""): RUN}, event=EVENT)),
    }[operation]()


def test_every_error_that_the_model_lists_has_a_meaning() -> None:
    """A newer botocore that lists another error makes this test fail, and somebody decides."""
    known = {code for operation in {**READS, **WRITES} for code in listed(operation)}

    assert known == set(MEANINGS)


@pytest.mark.parametrize("code", [*MEANINGS, *UNLISTED])
@pytest.mark.parametrize("operation", [*READS, *WRITES])
def test_what_an_error_means(operation: str, code: str) -> None:
    """Readers may try again; writers who have no answer must read again; what is our fault comes as it is."""
    reader, writer = {**MEANINGS, **UNLISTED}[code]
    customers, stub, _ = stubbed()
    stub.add_client_error(
        {**READS, **WRITES}[operation],
        code,
        "said",
        status(code),
        expected_params=None,
    )

    with stub, pytest.raises((TooLarge, ClientError, Conflict, TransientError)) as raised:
        called(operation, customers)

    as_it_came = issubclass(raised.type, ClientError)
    assert (ClientError if as_it_came else raised.type) is (reader if operation in READS else writer)


def cancelled(*codes: str) -> ClientError:
    reasons = [{"Code": code} for code in codes]
    return ClientError(
        {"Error": {"Code": "TransactionCanceledException", "Message": "no"}, "CancellationReasons": reasons},
        "TransactWriteItems",
    )


@pytest.mark.parametrize("code", REASONS)
@pytest.mark.parametrize("place", [0, 1])
def test_what_a_cancellation_means(code: str, place: int) -> None:
    """Whichever action was the reason, the profile's or another."""
    codes = ["None", "None", "None"]
    codes[place] = code

    assert type(refusal(cancelled(*codes), "ana", event=2)) is REASONS[code]


def test_a_transaction_may_be_too_large_though_none_of_its_rows_is() -> None:
    """DynamoDB takes 4 MB at once, and says of more no more than that it is not valid."""
    error = ClientError({"Error": {"Code": "ValidationException", "Message": "no"}}, "TransactWriteItems")
    items = [
        {"pk": {"S": "C#ana"}, "sk": {"S": f"A#run#j#{n}"}, "data": {"S": "x" * 390_000}} for n in range(11)
    ]

    assert refusal(error, "ana", items[:10]) is error
    assert str(refusal(error, "ana", items)).startswith('customer "ana": 4,29')
    assert isinstance(refusal(error, "ana", items), TooLarge)


GROWN = "Item size to update has exceeded the maximum allowed size"


@pytest.mark.parametrize("reasons", [[], [{"Code": "ValidationError", "Message": GROWN}, {"Code": "None"}]])
def test_a_row_may_become_too_large_by_something_small(reasons: list[dict[str, str]]) -> None:
    """What is in it besides is not in the request, so that only the message tells; alone, and in a transaction."""
    code = "TransactionCanceledException" if reasons else "ValidationException"
    said = {"Error": {"Code": code, "Message": "no" if reasons else GROWN}, "CancellationReasons": reasons}
    item = {"pk": {"S": "C#ana"}, "sk": {"S": "A#profile"}, "revision": {"N": "2"}}

    error = refusal(ClientError(said, "UpdateItem"), "ana", [item, item])  # type: ignore[arg-type]

    assert isinstance(error, TooLarge)
    assert str(error).startswith("customer \"ana\", row 'A#profile': over 409,600 bytes")


def test_an_event_that_is_stored_is_known_whatever_else_failed() -> None:
    """Its own condition says so, though the revision has moved too; a mere conflict at its row says nothing."""
    known = refusal(cancelled("ConditionalCheckFailed", "None", "ConditionalCheckFailed"), "ana", event=2)
    meanwhile = refusal(cancelled("None", "None", "TransactionConflict"), "ana", event=2)

    assert (type(known), type(meanwhile)) == (EventKnown, Conflict)


@pytest.mark.parametrize(
    ("codes", "meaning"),
    [
        (("ConditionalCheckFailed", "ValidationError"), Conflict),
        (("TransactionConflict", "ThrottlingError"), Conflict),
        (("ItemCollectionSizeLimitExceeded", "ThrottlingError"), TooLarge),
    ],
)
def test_of_several_reasons_the_one_that_decides_counts(codes: tuple[str, ...], meaning: type) -> None:
    """Who was overtaken reads again, whatever else; who will never succeed need not wait."""
    assert type(refusal(cancelled(*codes), "ana")) is meaning


def test_a_transaction_cancelled_for_load_is_asked_for_again() -> None:
    """botocore does not: after pauses it succeeds, and the caller hears nothing of it."""
    customers, stub, clock = stubbed()
    params = {"TransactItems": ANY}
    for _ in PAUSES:
        stub.add_client_error(
            "transact_write_items", "TransactionCanceledException", expected_params=params,
            modeled_fields={"CancellationReasons": [{"Code": "ThrottlingError"}, {"Code": "None"}]},
        )  # fmt: skip
    stub.add_response("transact_write_items", {}, params)

    with stub:
        file = called("TransactWriteItems", customers)

    stub.assert_no_pending_responses()
    assert file.revision == 4
    assert [0 < pause <= most for pause, most in zip(clock.paused, PAUSES, strict=True)] == [True] * 3


def test_load_that_lasts_is_told_in_the_end() -> None:
    """Nothing was written, and the caller may come again later."""
    customers, stub, clock = stubbed()
    for _ in range(len(PAUSES) + 1):
        stub.add_client_error(
            "transact_write_items", "TransactionCanceledException",
            modeled_fields={"CancellationReasons": [{"Code": "ProvisionedThroughputExceeded"}]},
        )  # fmt: skip

    with stub, pytest.raises(Throttled):
        called("TransactWriteItems", customers)

    assert len(clock.paused) == len(PAUSES)


class Broken:
    """A client whose every call fails on its way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> None:
            raise self.error

        return call


@pytest.mark.parametrize(
    ("error", "reader", "writer"),
    [
        (ReadTimeoutError(endpoint_url="x"), TransientError, Conflict),
        (ConnectTimeoutError(endpoint_url="x"), Throttled, Throttled),
        (EndpointConnectionError(endpoint_url="x"), Throttled, Throttled),
        (NoCredentialsError(), Throttled, Throttled),
        (ZeroDivisionError(), ZeroDivisionError, ZeroDivisionError),
    ],
)
def test_what_happens_on_the_way_means(
    error: Exception, reader: type[Exception], writer: type[Exception]
) -> None:
    """Where no connection was made nothing was written; where no answer came nobody knows."""
    customers = DynamoCustomers(Broken(error), "t", SetClock(NOON))

    for operation in (*READS, *WRITES):
        with pytest.raises(Exception) as raised:  # noqa: PT011 - its type is what is asked
            called(operation, customers)
        assert raised.type is (reader if operation in READS else writer)
