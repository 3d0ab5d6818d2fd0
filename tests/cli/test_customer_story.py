"""What a customer did and what came of it: each thing once, newest first, in words."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.cli.render.customer import customer_text
from sojourn.domain.customer.identity import unknown_id
from tests.cli.customer_rows import did, happened, ledger, sent, spoken, whole

VISITOR = "anonymous-" + "0" * 32
TITLE = "What they did, and what came of it, newest first"


def told(*, ids: bool = False, steps: bool = False, **rows: Any) -> list[str]:
    """Return the story's lines, and what is said under it."""
    lines = customer_text(whole(**rows), spoken(200, ids=ids), 30, inner=steps).splitlines()
    return lines[lines.index(TITLE) + 1 :]


def test_an_event_and_what_it_set_off_stand_together() -> None:
    """The instant once, what came of it behind an arrow, the last thing first."""
    events = [
        did("06T08:00", "cart_updated", total=20.5),
        did("08T08:00", "order_completed", due="2026-03-09T09:00:00Z"),
    ]
    rows = ledger(
        happened("06T08:00", "entered", by="cart_updated"),
        happened("08T08:00", "goal", event="order_completed"),
        happened("08T08:00", "exited", reason="goal"),
    )

    assert told(events=events, ledger=rows) == [
        "  Sun 8 Mar 2026, 09:00   → Win back a cart: reached its goal",
        "                          order completed: due Mon 9 Mar 2026, 10:00",
        "  Fri 6 Mar 2026, 09:00   → Win back a cart: they entered",
        "                          cart updated: total 20.5",
    ]


def test_what_a_journey_reported_is_told_once() -> None:
    """It is emitted, and comes back as an event of the customer: one line; another event of the name is another."""
    events = [did("06T08:00", "cart_lost", total=1), did("07T08:00", "cart_lost", total=2)]
    rows = ledger(happened("06T08:00", "emitted", "emit_1", event="cart_lost"))

    assert told(events=events, ledger=rows) == [
        "  Sat 7 Mar 2026, 09:00   cart lost: total 2",
        "  Fri 6 Mar 2026, 09:00   Win back a cart reported: cart lost: total 1",
    ]


def test_a_task_is_told_once() -> None:
    """It comes back as an event of the customer, which names no run; with the ledger's row expired, that is left.

    What the task can be ended by is told where ids are.
    """
    event = did("06T08:00", "task_raised", task="sales-desk", title="Call Ana", journey="abandoned-cart",
                task_id="t.1", url="https://api.example/v1/tasks/t.1", **{"with": {"total": 7}})  # fmt: skip
    rows = ledger(happened("06T08:00", "tasked", "call", task="sales-desk", title="Call Ana"))

    assert told(events=[event], ledger=rows) == [
        "  Fri 6 Mar 2026, 09:00   → Win back a cart: a task for sales desk: Call Ana"
    ]
    assert told(events=[event]) == [
        "  Fri 6 Mar 2026, 09:00   → Win back a cart: a task for sales desk: Call Ana"
    ]
    assert "t.1" in "".join(told(events=[event], ids=True))
    other = {**event, "properties": {**event["properties"], "title": "Call Bea"}}
    assert len(told(events=[other], ledger=rows)) == 2


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"path": "completed", "by": "crm", "notes": "Wants blue."},
         "the task “Call Ana” was completed, as “crm” told: Wants blue."),
        ({"path": "failed", "by": "crm"}, "the task “Call Ana” could not be done, as “crm” told"),
        ({"path": "rescheduled"}, "the task “Call Ana” was put off"),
    ],
)  # fmt: skip
def test_what_somebody_did_with_a_task(details: dict[str, str], said: str) -> None:
    """It belongs to the story without `--steps`; a wait that an event released is inner."""
    rows = ledger(
        happened("06T08:00", "tasked", "call", task="sales-desk", title="Call Ana"),
        happened("07T08:00", "resumed", "call", **details),
        happened("08T08:00", "resumed", "wait", path="completed", event="order_completed"),
    )

    lines = told(ledger=rows)

    assert lines[0] == f"  Sat 7 Mar 2026, 09:00   → Win back a cart: {said}"
    assert lines[-1] == "1 step inside of journeys left out: --steps shows them."


def test_within_a_minute_the_newest_is_first_too() -> None:
    """With the seconds, where they differ."""
    later = {**happened("06T08:00", "entered", by="began"), "at": "2026-03-06T08:00:01.000000Z"}

    assert told(events=[did("06T08:00", "began")], ledger=ledger(later)) == [
        "  Fri 6 Mar 2026, 09:00:01  → Win back a cart: they entered",
        "  Fri 6 Mar 2026, 09:00:00  began",
    ]


def test_steps_inside_of_journeys_are_told_on_request() -> None:
    """Else how many there are is said."""
    rows = ledger(
        happened("06T08:00", "entered", by="began"),
        happened("06T08:00", "waiting", "wait_1", until="2026-03-07T08:00:00Z"),
        happened("07T08:00", "branched", "branch_1", "total is 20", path="else"),
    )

    assert told(ledger=rows)[-2:] == ["", "2 steps inside of journeys left out: --steps shows them."]
    assert told(ledger=rows, steps=True) == [
        "  Sat 7 Mar 2026, 09:00   → Win back a cart, branch 1: branched (path else): total is 20",
        "  Fri 6 Mar 2026, 09:00   → Win back a cart, wait 1: waiting (until Sat 7 Mar 2026, 09:00)",
        "                          → Win back a cart: they entered",
    ]


@pytest.mark.parametrize(
    ("happening", "said"),
    [
        (happened("06T08:00", "not_entered", reason="again"), "→ Win back a cart: they did not enter: again"),
        (happened("06T08:00", "exited", reason="completed"), "→ Win back a cart: came to its end"),
        (happened("06T08:00", "exited", reason="exit:paid_up"), "→ Win back a cart: ended: paid up"),
        (happened("06T08:00", "failed", reason="Boom"), "→ Win back a cart: failed: Boom"),
        (happened("06T08:00", "redirected", reason="came_back", to="welcome"),
         "→ Win back a cart: they went on in Welcome, for came back"),
        (happened("06T08:00", "restarted", reason="cart_updated"), "→ Win back a cart: began anew, for cart updated"),
        (happened("06T08:00", "goal", after_end=True), "→ Win back a cart: reached its goal after it had ended"),
        (happened("06T08:00", "tasked", "call", task="sales-desk", title="Call Ana"),
         "→ Win back a cart: a task for sales desk: Call Ana"),
        (happened("06T08:00", "merged", reason="the same anonymous id", journey="", run="", **{"from": VISITOR}),
         "a visitor was found to be them: the same anonymous id"),
        (happened("06T08:00", "merged", reason="told so", journey="", run="", **{"from": "c-41"}),
         "“c-41” was found to be them: told so"),
        (happened("06T08:00", "merge_refused", reason="the same email", journey="", run="", detail="both are known",
                  **{"from": "c-43"}), "“c-43” is perhaps them, and stays apart: the same email; both are known"),
        (happened("06T08:00", "something_new", "s", "why", path="a"),
         "→ Win back a cart, s: something new (path a): why"),
    ],
)  # fmt: skip
def test_what_happens_is_said_in_words(happening: dict[str, Any], said: str) -> None:
    """What a later release tells is not lost."""
    assert told(ledger=ledger(happening)) == [f"  Fri 6 Mar 2026, 09:00   {said}"]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (did("06T08:00", "unsubscribed", topic="promotions", channel="email", how="one_click", send="s1"),
         "unsubscribed from Offers and news by email (one click, in “ten-off”)"),
        (did("06T08:00", "unsubscribed"), "unsubscribed from everything"),
        (did("06T08:00", "subscribed", topic="new-one", channels=["email", "sms"]),
         "subscribed to new one by email, SMS"),
        (did("06T08:00", "message_bounced", ignored="no_channel"),
         "a message: came back; on which channel is not known, so nothing came of it"),
        (did("06T08:00", "message_replied", send="gone", channel="sms", text="Yes!"),
         "a message (SMS): answered (Yes!)"),
        (did("06T08:00", "message_bounced", send="gone", message="hi", channel="email", hard=False, reason="full"),
         "“hi” (email): came back for now (full)"),
        (did("06T08:00", "message_bounced", channel="email"), "a message (email): came back: the address is nobody's"),
        ({**did("06T08:00", "api:callback", prio="high"), "context": {"source": "booking", "answer": {"run": "r9"}}},
         "entered by a call of “booking”: prio high"),
        ({**did("06T08:00", "api:callback"), "context": {"source": "booking", "answer": {"why": "where"}}},
         "did not enter, by a call of “booking”"),
    ],
)  # fmt: skip
def test_what_they_said_and_feedback_on_messages_of_which_no_row_is_left(
    event: dict[str, Any], said: str
) -> None:
    """In words; feedback on a message that is shown is told with that."""
    assert told(events=[event], sends=[sent("05T08:00", "s1", "ten-off")]) == [
        f"  Fri 6 Mar 2026, 09:00   {said}"
    ]


def test_segments_are_inner() -> None:
    """An operator wants to know."""
    events = [did("06T08:00", "began"), did("06T08:00", "segment_entered", segment="big-spenders")]

    assert told(events=events)[-1] == "1 step inside of journeys left out: --steps shows them."
    assert told(events=events, steps=True)[0].endswith("  belongs to big spenders now")


def test_ids_are_told_on_request() -> None:
    """Of events, journeys, versions and runs."""
    rows = ledger(happened("06T08:00", "entered", by="began"))

    assert told(events=[did("06T08:00", "began")], ledger=rows, ids=True) == [
        "  Fri 6 Mar 2026, 09:00   → Win back a cart [abandoned-cart] [v1 r1]: they entered",
        "                          began [id-of-began-06T08:00]",
    ]


def test_what_an_event_told_of_somebody() -> None:
    """As far as it is known still, and since then: an event's row does not keep it."""
    then = dict.fromkeys(("plan", "email", "hearsay:email"), "2026-03-06T08:00:00Z")
    profile = {"as_of": {**then, "vip": "2026-03-05T08:00:00Z"}}

    assert told(events=[did("06T08:00", "identified")], profile=profile) == [
        "  Fri 6 Mar 2026, 09:00   identified: told email, plan"
    ]


@pytest.mark.parametrize(
    ("others", "merged", "is_apart"),
    [
        ({}, [], True),
        ({"c-43": "merged"}, [], False),
        ({unknown_id("anonymous", "c-43"): "merged"}, [], False),
        ({unknown_id("anonymous", "c-43"): "merged"},
         [{"customer": unknown_id("anonymous", "c-43"), "known": False}], True),
    ],
)  # fmt: skip
def test_an_alias_that_joined_nobody_is_told(
    others: dict[str, str], merged: list[dict[str, Any]], is_apart: bool
) -> None:
    """Whoever may not join customers says it in vain: two known ones stay two."""
    event = did("06T08:00", "aliased", previous_id="c-43")

    (line,) = told(events=[event], profile={"others": others}, merged=merged)

    assert ("they stay two" in line) == is_apart
