"""Every error that DynamoDB answers, at every call of the functions: once, and for as long as anybody tries."""

from __future__ import annotations

import pytest

from tests.faults.cloud import Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken, lost
from tests.faults.services import codes
from tests.faults.stories import happen, known, names_of
from tests.faults.trouble import EachOnce, Fault, Trouble, answered, answered_late, no_answer, unreachable

CALLS = ("query", "get_item", "put_item", "update_item", "transact_write_items")
MODELLED = {code: status for call in CALLS for code, status in codes("dynamodb", call).items()}
# What stands in no operation's list and comes all the same.
UNLISTED = {
    "ServiceUnavailable": 503, "AccessDeniedException": 400, "ValidationException": 400, "ExpiredTokenException": 400,
    "UnrecognizedClientException": 400,
}  # fmt: skip
REASONS = (
    "ConditionalCheckFailed", "TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError",
    "ItemCollectionSizeLimitExceeded", "ValidationError", "AccessDenied",
)  # fmt: skip
TROUBLES: dict[str, Trouble] = {
    **{
        code: answered(code, status)
        for code, status in {**MODELLED, **UNLISTED}.items()
        if "Canceled" not in code
    },
    **{
        f"cancelled: {reason}": answered(
            "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": reason}]
        )
        for reason in REASONS
    },
    "no answer, not done": no_answer("before"),
    "no answer, done": no_answer("after"),
    "InternalServerError, done": answered_late("InternalServerError"),
    "unreachable": unreachable(),
}
LASTING = [
    name for name in TROUBLES
    if "cancelled" not in name or name.endswith(("TransactionConflict", "ThrottlingError", "AccessDenied"))
]  # fmt: skip
"""What is tried for as long as anybody tries: of a transaction's reasons one of each kind."""
POINTS = (
    ("route", "transact_write_items", 1), ("send", "query", 1), ("send", "transact_write_items", 1),
    ("send", "transact_write_items", 2), ("step", "transact_write_items", 1),
)  # fmt: skip
EVENT = names_of("email", "once")[1]


@injected("DynamoDB answers an error, once at each call", "`route`, `send`, `step`, `export`")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_an_error_of_the_table_once(cloud: Cloud, trouble: str) -> None:
    """What passes is tried again, by whoever called the function; what does not ends a run as `failed`, or lies among
    the dead letters: nothing is lost, and nobody messaged twice.
    """
    faults = {
        name: EachOnce(TROUBLES[trouble], name, "dynamodb") for name in ("route", "step", "export", "send")
    }
    if trouble == "cancelled: ConditionalCheckFailed":
        # To counters this says that a change was counted before; it would not be true.
        del faults["export"]
    cloud.plans = [fault for name, fault in faults.items() if name != "send"]
    happen(cloud, EVENT, "one")
    cloud.run(hours=1)
    cloud.export()
    # What does not pass ends a run at its first call: each of these comes one further.
    cloud.plans = [faults["send"]]
    for ref in ("two", "three", "four"):
        happen(cloud, EVENT, ref)
        cloud.run(minutes=10)
    cloud.settle()

    assert [name for name, fault in faults.items() if not fault.hits] == []
    assert faults["send"].hits >= 2
    assert broken(cloud) == []


@injected(
    "DynamoDB answers an error, to everybody who tries",
    "each write of `route`, `send` and `step`, and a read",
)
@pytest.mark.parametrize("trouble", LASTING)
def test_an_error_of_the_table_for_ever(cloud: Cloud, trouble: str) -> None:
    """The event lies among the dead letters, or the run ended as `failed`; once the table is well again and what is
    dead was redriven, the counts add up.
    """
    for number, (function, operation, place) in enumerate(POINTS):
        fault = Fault(TROUBLES[trouble], function, "dynamodb", operation, place, times=10_000)
        cloud.plans = [fault]
        customer = known(cloud, f"customer-{number}")
        happen(cloud, EVENT, customer=customer)
        # The queue gives up after five deliveries; a state machine tries on for hours.
        cloud.run(minutes=13 if function == "route" else 2)

        assert fault.hits > 0, (function, operation, place)
        assert lost(Seen(cloud)) == [], (function, operation, place)
    cloud.settle()
    assert broken(cloud) == []
