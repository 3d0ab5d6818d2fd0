"""What DynamoDB's errors mean to whoever reads or writes a customer.

    overtaken     somebody else wrote, or writes now        Conflict: read again
    unanswered    it may have been written                  Conflict when writing: reading again shows it
                                                            TransientError when reading
    throttled     not written, may be in a moment           Throttled
    not allowed   a permission that is new takes seconds    TransientError: one that is missing fails in the end
    too large     never will be                             TooLarge, naming customer, row and size
    the rest      a mistake of ours, or of a deployment     as it came

It knows error codes, and what breaks a limit; it knows no rows.
"""  # fmt: skip

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sojourn.adapters.botocore_errors import outcome_of
from sojourn.adapters.dynamodb.sizes import (
    ITEM_LIMIT,
    PARTITION_LIMIT,
    SORT_KEY_LIMIT,
    TRANSACTION_LIMIT,
    item_size,
)
from sojourn.adapters.transient_errors import SPREADING
from sojourn.errors import (
    Conflict,
    EventKnown,
    NotAllowed,
    Throttled,
    TooLarge,
    TransientError,
    UnknownOutcome,
)

CANCELLED = "TransactionCanceledException"
FAILED_CONDITION = "ConditionalCheckFailed"
SECONDS = 1.0
"""How long a caller may wait after throttling that neither botocore's repetitions nor ours could outlast."""

OVERTAKEN = frozenset(
    {
        "ConditionalCheckFailedException",
        FAILED_CONDITION,
        "TransactionConflictException",
        "TransactionConflict",
        "ReplicatedWriteConflictException",
    }
)
THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "ThrottlingException",
        "ThrottlingError",
        "Throttling",
        "RequestLimitExceeded",
        "LimitExceededException",
    }
)
UNANSWERED = frozenset(
    {
        "InternalServerError",
        "InternalFailure",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        # botocore repeated a transaction of which the first delivery is still being worked on.
        "TransactionInProgressException",
    }
)
COLLECTION_TOO_LARGE = frozenset(
    {"ItemCollectionSizeLimitExceededException", "ItemCollectionSizeLimitExceeded"}
)
SIZE_EXCEEDED = "exceeded the maximum allowed size"
"""What DynamoDB says, with the code of what is not valid, of a row that an update makes too large."""
NOT_VALID = frozenset({"ValidationException", "ValidationError"})

Written = Sequence[Mapping[str, Any]]
"""The items of a write: keys, and the attributes it sets."""


@contextmanager
def reading() -> Iterator[None]:
    """Around reads, and around writes that may be repeated as they are: raise what an error means.

    Raises:
        TransientError: the same call may succeed in a moment; Throttled, if it was too much.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        kind = _kind(code(error), error)
        if kind == "throttled":
            raise Throttled(str(error), SECONDS) from error
        if kind == "not allowed":
            raise NotAllowed(str(error)) from error
        if kind in ("unanswered", "overtaken"):
            raise TransientError(str(error)) from error
        raise


def refusal(
    error: Exception, customer: str, items: Written = (), event: int | Sequence[int] = ()
) -> Exception:
    """Return what to raise for an error of a write that a condition guards: *error* itself if it means nothing.

    Args:
        items: what was to be written, in the order of the transaction's actions.
        event: which of them is the event that must be new, or asks that it is nowhere else.
    """
    reasons = reasons_of(error)
    places = (event,) if isinstance(event, int) else event
    if any(place < len(reasons) and reasons[place] == FAILED_CONDITION for place in places):
        return EventKnown(f"an event of {customer} is stored already")
    codes = reasons or [code(error)]
    kinds = [_kind(one, error) for one in codes]
    if "overtaken" in kinds:
        return Conflict(f"somebody else wrote {customer}")
    if "unanswered" in kinds:
        return Conflict(f"no answer, it may be written: {customer}: {error}")
    if "not valid" in kinds:
        wrong = [one for one, kind in zip(items, kinds, strict=False) if reasons and kind == "not valid"]
        return (
            _too_large(customer, wrong or items) or _grown_too_large(error, customer, wrong or items) or error
        )
    if "collection" in kinds:
        return TooLarge(f'everything about customer "{customer}" together is over 10 GB: {error}')
    if "throttled" in kinds:
        return Throttled(str(error), SECONDS)
    if "not allowed" in kinds:
        return NotAllowed(str(error))
    return error


def reasons_of(error: Exception) -> list[str]:
    """Return why each action of a cancelled transaction failed, "None" where it did not; empty for other errors."""
    if not isinstance(error, ClientError) or code(error) != CANCELLED:
        return []
    return [str(reason.get("Code")) for reason in error.response.get("CancellationReasons", ())]


def code(error: BaseException | None) -> str:
    """Return the code of an error that DynamoDB answered; empty for one that came up on the way."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def _kind(name: str, error: Exception) -> str:
    for kind, names in (
        ("overtaken", OVERTAKEN),
        ("throttled", THROTTLED),
        ("unanswered", UNANSWERED),
        ("collection", COLLECTION_TOO_LARGE),
        ("not valid", NOT_VALID),
        ("not allowed", SPREADING),
    ):
        if name in names:
            return kind
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return "unanswered" if status >= 500 else ""
    outcome = outcome_of(error, {})
    if isinstance(outcome, UnknownOutcome):
        return "unanswered"
    return "throttled" if isinstance(outcome, Throttled) else ""


def _grown_too_large(error: Exception, customer: str, items: Written) -> TooLarge | None:
    """Return that a row became too large with what is in it besides; None where DynamoDB says nothing of sizes."""
    said = [str(error)]
    if isinstance(error, ClientError):
        said += [str(reason.get("Message", "")) for reason in error.response.get("CancellationReasons", ())]
    if not any(SIZE_EXCEEDED in text for text in said):
        return None
    row = f", row {items[0]['sk']['S'][:200]!r}" if items else ""
    return TooLarge(
        f'customer "{customer[:200]}"{row}: over {ITEM_LIMIT:,} bytes; DynamoDB takes no more in one row'
    )


def _too_large(customer: str, items: Written) -> TooLarge | None:
    """Return which item broke which limit; None where none did, so that the request was wrong: a bug of ours."""
    for item in items:
        where = f'customer "{customer[:200]}", row {item["sk"]["S"][:200]!r}'
        if (size := item_size(item)) > ITEM_LIMIT:
            return TooLarge(f"{where}: {size:,} bytes; DynamoDB takes {ITEM_LIMIT:,} in one row")
        for name, limit in (("pk", PARTITION_LIMIT), ("sk", SORT_KEY_LIMIT), ("by_name", SORT_KEY_LIMIT)):
            if name in item and (size := len(item[name]["S"].encode())) > limit:
                return TooLarge(
                    f"{where}: its names and ids come to {size:,} bytes; DynamoDB takes {limit:,}"
                )
    if (size := sum(map(item_size, items))) > TRANSACTION_LIMIT:
        return TooLarge(
            f'customer "{customer[:200]}": {size:,} bytes in {len(items)} rows; DynamoDB takes '
            f"{TRANSACTION_LIMIT:,} at once"
        )
    return None
