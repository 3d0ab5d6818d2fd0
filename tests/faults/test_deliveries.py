"""Events come three times, in another order than they happened, and two at once."""

from __future__ import annotations

import pytest

from tests.faults.cloud import Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken
from tests.faults.stories import event, happen
from tests.faults.trouble import Fault, meanwhile

ORDERS = {
    "goal before entry": ("did_it", "began"),
    "restart before entry": ("again", "began"),
    "exit before entry": ("stopped", "began"),
    "what is waited for before entry": ("answered", "began"),
    "goal before restart": ("began", "did_it", "again"),
    "restart before what is waited for": ("began", "again", "answered"),
    "exit before goal": ("began", "stopped", "did_it"),
}
PAIRS = {
    "two entries": (("began", "r"), ("began", "other")),
    "two entries with one key": (("began", "r"), ("began", "r")),
    "entry and goal": (("began", "new"), ("did_it", "r")),
    "restart and goal": (("again", "r"), ("did_it", "r")),
    "restart and exit": (("again", "r"), ("stopped", "r")),
    "what is waited for and goal": (("answered", "r"), ("did_it", "r")),
    "what is waited for, twice": (("answered", "r"), ("answered", "r")),
}


@injected("The queue delivers every message three times", "twice in one batch, once more an hour later")
def test_a_message_that_comes_three_times_acts_once(cloud: Cloud) -> None:
    """The second and third delivery find the event stored, and change nothing."""
    for name in ("began", "answered", "again", "did_it"):
        message = event(cloud, name)
        cloud.arrive(message, message)
        cloud.run(minutes=30)
        before = Seen(cloud).rows
        cloud.deliver([message])
        assert Seen(cloud).rows == before
    cloud.settle()

    assert broken(cloud) == []
    whole = [one for one in Seen(cloud).happened if one.journey == "whole"]
    assert [f"{one.what} {one.reason}" for one in whole if one.what in ("entered", "exited")] == [
        "entered ", "exited restarted", "entered ", "exited goal",
    ]  # fmt: skip


@injected("Two or three events of a customer's come in another order", "`route`")
@pytest.mark.parametrize("order", ORDERS)
def test_events_in_another_order(cloud: Cloud, order: str) -> None:
    """Each acts on what there is when it comes; one that finds nothing to act on is stored, and no more."""
    for name in ORDERS[order]:
        happen(cloud, name)
        cloud.run(minutes=1)
    cloud.settle()

    assert broken(cloud) == []
    assert Seen(cloud).told("failed") == []
    assert len([one for one in cloud.arrived if '"ref": "r"' in one["body"]]) >= len(ORDERS[order])


@injected(
    "Two `route` functions have two events of one customer",
    "between any two calls of the one, the other as a whole",
)
@pytest.mark.parametrize("pair", PAIRS)
def test_two_events_at_once(cloud: Cloud, pair: str) -> None:
    """One is first; the other is told so by the table, reads again, and acts on what it finds then."""
    (first, ref), (second, other) = PAIRS[pair]
    for place in (1, 2):
        key = f"{ref}{place}"
        happen(cloud, "began", key)
        cloud.run(hours=1)
        late = event(cloud, second, key if other == ref else f"{other}{place}")
        cloud.arrived.append(late)
        overtaking = Fault(
            meanwhile(lambda late=late: cloud.invoke("route", {"Records": [late]})),  # type: ignore[misc]
            "route",
            "dynamodb",
            place=place,
        )
        cloud.plans = [overtaking]
        happen(cloud, first, key if ref == "r" else f"{ref}{place}")
        cloud.run(hours=1)
        assert overtaking.hits == 1
        cloud.plans = []
    cloud.settle()

    assert broken(cloud) == []
    assert Seen(cloud).told("failed") == []


@injected("An event comes while a message is sent", "before each call of `send`")
@pytest.mark.parametrize("name", ["did_it", "again", "stopped"])
def test_an_event_during_a_send(cloud: Cloud, name: str) -> None:
    """Before the claim, nothing is sent; after it, the message is out, and its row says so though the run has ended."""
    for place in range(1, 5):
        key = f"r{place}"
        late = event(cloud, name, key)
        cloud.arrived.append(late)
        overtaking = Fault(
            meanwhile(lambda late=late: cloud.invoke("route", {"Records": [late]})),  # type: ignore[misc]
            "send",
            place=place,
        )
        cloud.plans = [overtaking]
        happen(cloud, "began", key)
        cloud.run(minutes=30)
        assert overtaking.hits == 1
        cloud.plans = []
    cloud.settle()

    assert broken(cloud) == []
