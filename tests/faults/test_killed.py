"""A function dies, and what it was working on is delivered again."""

from __future__ import annotations

import pytest

from tests.faults.cloud import Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken, lost
from tests.faults.stories import happen, names_of
from tests.faults.trouble import ANSWER, EachOnce, Fault, Killed, killed

CLAIM, CONFIRMATION = 1, 2
"""The transactions of a send."""
POINTS = {
    "before the claim": Fault(killed("before"), "send", "dynamodb", "transact_write_items", CLAIM),
    "after the claim": Fault(killed("after"), "send", "dynamodb", "transact_write_items", CLAIM),
    "before the provider": Fault(killed("before"), "send", "sesv2", "send_email"),
    "after the provider": Fault(killed("after"), "send", "sesv2", "send_email"),
    "before the confirmation": Fault(
        killed("before"), "send", "dynamodb", "transact_write_items", CONFIRMATION
    ),
    "after the confirmation": Fault(
        killed("after"), "send", "dynamodb", "transact_write_items", CONFIRMATION
    ),
    "before the answer": Fault(killed("before"), "send", "lambda", ANSWER),
}
# How many messages the provider has in the end, what the ledger says, and the send's row.
SENT, UNKNOWN = ["sent s"], ["sent s unknown"]
ONCE = {
    "before the claim": (1, SENT, "sent"),
    "after the claim": (0, UNKNOWN, "claimed"),
    "before the provider": (0, UNKNOWN, "claimed"),
    "after the provider": (1, UNKNOWN, "claimed"),
    "before the confirmation": (1, UNKNOWN, "claimed"),
    "after the confirmation": (1, SENT, "sent"),
    "before the answer": (1, SENT, "sent"),
}
LEAST = {
    "before the claim": (1, SENT, "sent"),
    "after the claim": (1, SENT, "sent"),
    "before the provider": (1, SENT, "sent"),
    "after the provider": (2, SENT, "sent"),
    "before the confirmation": (2, SENT, "sent"),
    "after the confirmation": (1, SENT, "sent"),
    "before the answer": (1, SENT, "sent"),
}
STORY = (("began", 3), ("answered", 2), ("again", 3), ("did_it", 1))
"""What a customer does, and the hours that follow: they enter, go on, begin anew and reach the goal."""


def story(cloud: Cloud) -> None:
    """Let a customer go through the whole journey."""
    for name, hours in STORY:
        happen(cloud, name)
        cloud.run(hours=hours)


@injected(
    "`send` is killed, once", "before and after the claim, the provider, the confirmation; before its answer"
)
@pytest.mark.parametrize("delivery", ["once", "least"])
@pytest.mark.parametrize("point", POINTS)
def test_a_send_that_is_killed_is_done_again(cloud: Cloud, point: str, delivery: str) -> None:
    """`at_most_once`: one message or none, and then the ledger says `unknown`; `at_least_once`: one, and two where the
    provider had it before.
    """
    fault = POINTS[point]
    fault.seen = fault.hits = 0
    cloud.plans = [fault]
    happen(cloud, names_of("email", delivery)[1])
    cloud.run(hours=1)
    cloud.settle()

    seen = Seen(cloud)
    found = (
        len(cloud.provider.taken),
        seen.told("sent", "suppressed"),
        *(one.status for one in seen.sends.values()),
    )
    assert fault.hits == 1
    assert found == {"once": ONCE, "least": LEAST}[delivery][point]
    assert broken(cloud, repeated=1) == []
    assert seen.told("exited") == ["exited completed"]


@injected("Every function is killed, once at each of its calls", "a whole journey")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("function", ["route", "step", "send", "close", "export"])
def test_a_function_that_is_killed_anywhere_is_called_again(cloud: Cloud, function: str, when: str) -> None:
    """Lambda, the queue, the state machine and the stream bring it again; it finds what it did, and does the rest."""
    deaths = EachOnce(killed(when), function)
    cloud.plans = [deaths]
    story(cloud)
    happen(cloud, "began", "second")
    cloud.run(days=5)
    cloud.export()
    cloud.settle()

    assert deaths.hits >= 2
    assert broken(cloud, repeated=3) == []
    assert Seen(cloud).told("failed") == []


@injected("A function is killed whenever it is called, for hours", "the beginning of `route`, `step`, `send`")
@pytest.mark.parametrize("function", ["route", "step", "send"])
def test_a_function_that_always_dies_leaves_a_row(cloud: Cloud, function: str) -> None:
    """The event is among the dead letters, or the run ended as `failed`; both are an operator's to redrive."""
    cloud.plans = [Fault(killed("before"), function, times=10_000)]
    happen(cloud, "began")
    cloud.run(hours=2)
    before = Seen(cloud)

    assert lost(before) == []
    assert (len(cloud.dead_events), before.told("failed")) == (
        (1, []) if function == "route" else (0, ["failed Lambda.Unknown"])
    )
    cloud.settle()
    assert broken(cloud) == []
    assert Seen(cloud).told("exited")[:1] == (
        ["exited completed"] if function == "route" else ["exited failed"]
    )


@injected("`close` is killed whenever it is called, and `send` before it", "the end of an execution")
def test_a_run_that_nobody_could_close_is_closed_from_the_dead_letters(cloud: Cloud) -> None:
    """Step Functions tells once; what `close` could not take lies in its dead-letter queue until it is redriven."""
    cloud.plans = [
        Fault(killed("before"), "send", times=10_000),
        Fault(killed("before"), "close", times=10_000),
    ]
    happen(cloud, "began")
    cloud.run(hours=2)

    assert len(cloud.dead_closes) == 1
    assert lost(Seen(cloud)) == []
    cloud.settle()
    assert broken(cloud) == []
    assert Seen(cloud).told("failed", "exited") == ["failed Lambda.Unknown", "exited failed"]


def test_a_function_that_is_killed_tells_nobody(cloud: Cloud) -> None:
    """No handler of errors stands between a death and whoever called: else these tests would show nothing."""
    cloud.plans = [Fault(killed("before"), "route")]

    with pytest.raises(Killed):
        cloud.invoke("route", {"Records": [cloud.message("began", {"customer": "ana"})]})

    assert cloud.raised == []
