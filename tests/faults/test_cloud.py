"""The cloud that faults happen in is itself to be trusted."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.faults.cloud import Cloud
from tests.faults.laws import Seen, broken
from tests.faults.stories import CHANNELS, DELIVERIES, happen, names_of
from tests.faults.trouble import Fault, killed


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("delivery", DELIVERIES)
def test_without_faults_all_is_well(cloud: Cloud, channel: str, delivery: str) -> None:
    """Each channel's message goes out, the run completes, and no law is broken."""
    happen(cloud, names_of(channel, delivery)[1])
    cloud.run(hours=1)
    cloud.settle()

    assert broken(cloud) == []
    assert Seen(cloud).told("sent", "exited") == ["sent s", "exited completed"]
    assert len(cloud.provider.taken) == (channel != "in_app")
    assert cloud.raised == []


def test_a_cancelled_transaction_leaves_table_and_stream_as_they_were(cloud: Cloud) -> None:
    """Rows that were there and rows that were not, an update in place included."""
    before, told = Seen(cloud).rows, len(cloud.records())
    key = {"pk": {"S": "C#ana"}, "sk": {"S": "A#profile"}}

    with pytest.raises(ClientError, match="TransactionCanceled"):
        cloud.dynamodb.transact_write_items(
            TransactItems=[
                {"Update": {"TableName": cloud.table, "Key": key, "UpdateExpression": "SET revision = :r",
                            "ExpressionAttributeValues": {":r": {"N": "7"}}}},
                {"Put": {"TableName": cloud.table, "Item": {"pk": {"S": "C#ana"}, "sk": {"S": "E#1"}}}},
                {"ConditionCheck": {"TableName": cloud.table, "ConditionExpression": "attribute_exists(pk)",
                                    "Key": {"pk": {"S": "C#nobody"}, "sk": {"S": "A#profile"}}}},
            ]
        )  # fmt: skip

    assert (Seen(cloud).rows, len(cloud.records())) == (before, told)


@pytest.mark.parametrize(
    "wrong",
    ["a message twice", "an event nowhere", "a counter more", "a run without its execution", "a row less"],
)
def test_the_laws_see_what_is_wrong(cloud: Cloud, wrong: str) -> None:
    """A law that finds nothing where something was broken on purpose would prove nothing."""
    happen(cloud, "began")
    cloud.run(hours=1)
    cloud.export()
    assert broken(cloud) == []
    seen = Seen(cloud)
    if wrong == "a message twice":
        cloud.provider.taken *= 2
    elif wrong == "an event nowhere":
        cloud.arrived.append(cloud.message("began", {"customer": "ana"}))
    elif wrong == "a run without its execution":
        (run,) = seen.runs
        cloud.states.interpreter.stop(run.execution)
    else:
        prefix = "S#" if wrong == "a row less" else "G#count#whole"
        row = next(
            one for one in seen.rows
            if one["pk"]["S"].startswith(prefix) or one["sk"]["S"].startswith(prefix)
        )  # fmt: skip
        key = {"pk": row["pk"], "sk": row["sk"]}
        cloud.dynamodb.delete_item(TableName=cloud.table, Key=key)

    assert broken(cloud) != []


def test_a_fault_is_about_the_calls_it_names(cloud: Cloud) -> None:
    """The so-manieth, and no other; a function that died begins anew."""
    fault = Fault(killed("after"), "send", "dynamodb", "transact_write_items", number=2)
    cloud.plans = [fault]
    handler = cloud.handlers["send"]
    happen(cloud, names_of("email", "once")[1])
    cloud.run(hours=1)

    assert (fault.hits, fault.seen) == (1, 2)
    assert cloud.handlers["send"] is not handler
