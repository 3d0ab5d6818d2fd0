from __future__ import annotations

import json
import time

from sojourn.adapters.dynamodb import keys
from tests.support.cloud import Cloud, eventually

HEAD = ("G#sweep", "head")


def swept(cloud: Cloud) -> None:
    """Begin a sweep by hand, and wait until it has gone through everybody."""
    before = cloud.row(*HEAD).get("sweep")
    cloud.client("sqs").send_message(
        QueueUrl=cloud.first.outputs["SweepsQueueUrl"], MessageBody=json.dumps({"begin": "now"})
    )
    eventually(lambda: cloud.row(*HEAD), lambda head: head.get("sweep") != before and "done" in head)


def rests(cloud: Cloud, customer: str) -> None:
    """Let a customer do something once, and nothing for three seconds."""
    cloud.put("rest_began", customer)
    eventually(lambda: cloud.rows(customer, keys.EVENTS))
    time.sleep(3)
    assert cloud.run(customer, "rest") == {}


def test_the_sweep_finds_who_changed_by_time_alone(cloud: Cloud) -> None:
    """Nothing happens to them but time: the sweep moves them into the segment, and that into a journey. The first goes
    through the whole table, the next by the index of customers.
    """
    for customer in ("rita", "rolf"):
        rests(cloud, customer)
        swept(cloud)

        assert cloud.ended(customer, "rest")["exit_reason"] == "completed"
        assert cloud.rows(customer, keys.PROFILE)[0]["segments"] == ["rested"]
