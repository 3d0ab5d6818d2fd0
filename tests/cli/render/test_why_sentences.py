"""One sentence for each thing that happened, as support reads it out."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.cli.render.spoken import Spoken
from sojourn.cli.render.why_sentences import sentence
from sojourn.cli.render.why_teller import Teller
from tests.cli.customer_rows import TITLES, TOPICS, happened

STEPS = {
    ("abandoned-cart", "v1", "pause"): "wait 2 hours",
    ("abandoned-cart", "v1", "clicked"): "wait for reminder clicked",
    ("abandoned-cart", "v0", "old"): "wait 1 day",
    ("abandoned-cart", "v1", "hook"): "call crm.example/hook",
}
SPOKEN = Spoken("Europe/Berlin", "customer", TITLES, STEPS, TOPICS)
NOON, LATER = "2026-03-06T11:00:00Z", "2026-03-07T11:00:00Z"


def said(one: dict[str, Any], *others: dict[str, Any], entry: dict[str, Any] | None = None) -> str:
    return sentence(Teller(SPOKEN, {"r1": entry or {}}, (*others, one)), one)


@pytest.mark.parametrize(
    ("details", "entry", "why"),
    [
        ({"by": "cart_updated"}, {}, "they did “cart updated”"),
        ({"by": "segment_entered"}, {"segment": "big-spenders"}, "they came to belong to “big spenders”"),
        ({"by": "segment_left"}, {}, "they left a segment that counts here"),
        ({"by": "api", "source": "crm"}, {}, "a program (“crm”) entered them"),
        ({"by": "start:welcome"}, {}, "“Welcome” started it for them"),
        ({"by": "schedule"}, {}, "its hour had come"),
        ({"by": "audience"}, {}, "they were in its audience"),
        ({"by": "cart_updated", "holdout": True}, {},
         "they did “cart updated”; they are sent nothing there, to compare"),
    ],
)  # fmt: skip
def test_why_they_entered(details: dict[str, Any], entry: dict[str, Any], why: str) -> None:
    """By what they did, or by what did it for them."""
    assert said(happened("06T08:00", "entered", **details), entry=entry) == f"they entered, because {why}"


@pytest.mark.parametrize(
    ("step", "reason", "until", "words"),
    [
        ("pause", "", NOON, "they were to wait 2 hours, until 12:00"),
        ("clicked", "", LATER, "they were to wait for reminder clicked, until Sat 7 Mar 2026, 12:00 at most"),
        ("clicked", "", None, "they were to wait for reminder clicked"),
        ("unknown", "", NOON, "they were to wait at “unknown”, until 12:00"),
        ("pause", "09:00 in Europe/Berlin (customer)", NOON, "they were to wait 2 hours, until 12:00"),
        ("pause", "09:00 in Asia/Tokyo (phone)", NOON,
         "they were to wait 2 hours, until 12:00, by the clock of Asia/Tokyo (of the country of their phone)"),
        ("pause", "09:00 in UTC", NOON, "they were to wait 2 hours, until 12:00, by the clock of UTC"),
        ("pause", "continued at once: entry.at is missing", None,
         "there was nothing to wait for at “wait 2 hours”: entry.at is missing"),
        ("pause", "paused", NOON, "“wait 2 hours” goes on until 12:00, as it was paused"),
        ("pause", "paused", None, "the clocks stood still at “wait 2 hours”, because the journey was paused"),
        ("pause", "migrated", NOON, "what was left of their wait went on at “wait 2 hours” until 12:00"),
    ],
)  # fmt: skip
def test_what_they_waited_for(step: str, reason: str, until: str | None, words: str) -> None:
    """Until when, and by whose clock where it is another one than all else is told by."""
    assert said(happened("06T08:00", "waiting", step, reason, until=until)) == words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (happened("06T08:00", "resumed", "clicked", event="message_clicked", path="clicked"),
         ("they followed a link in the message, so “wait for reminder clicked” was over, and they went the way"
         " “clicked”")),
        (happened("06T08:00", "resumed", "clicked", event="paid", path="paid"),
         "they did “paid”, so “wait for reminder clicked” was over"),
        (happened("06T08:00", "resumed", "clicked", path="otherwise"), "“wait for reminder clicked” was over at once"),
        (happened("06T08:00", "resumed", "", "redriven", at_step="pause"),
         "it had failed, and went on again at “wait 2 hours”"),
        (happened("06T08:00", "timed_out", "clicked", path="otherwise"),
         "the time for “wait for reminder clicked” was over, and nothing of it had come"),
        (happened("06T08:00", "branched", "b", '"event.n > 1" is false: event.n is 1', path="else"),
         "they went the way “else”, because the event's n was 1 (asked: event.n > 1 – no)"),
        (happened("06T08:00", "branched", "b", "else", path="else"),
         "they went the way “else”, as there was no other"),
        (happened("06T08:00", "branched", "b", '"1 < 2" is true', path="2"),
         "they went the second way, because the answer to “1 < 2” is yes"),
        (happened("06T08:00", "assigned", "s", "12.30 of 100", path="ten_off"),
         "they were drawn for “ten off”, by a draw that always gives them the same"),
        (happened("06T08:00", "updated", "u", attributes={"plan": "pro", "vip": True}),
         "the journey set their plan to pro and their vip to yes"),
        (happened("06T08:00", "updated", "u", "no plan: entry.plan is missing", attributes={}),
         "the journey set nothing of theirs; not all could be worked out: no plan: entry.plan is missing"),
        (happened("06T08:00", "tasked", "t", task="sales-desk", title="Call Ana"),
         "a task was raised for sales desk: Call Ana"),
        (happened("06T08:00", "called", "hook", status=200),
         "the program at “crm.example/hook” was called: it answered 200"),
        (happened("06T08:00", "called", "hook", "no answer: timeout", status=0),
         "the program at “crm.example/hook” was called: no answer: timeout"),
        (happened("06T08:00", "emitted", "e", event="cart_lost"), "“cart lost” was reported to other systems"),
        (happened("06T08:00", "started", "s", to="welcome"), "“Welcome” was started for them"),
        (happened("06T08:00", "goal", event="paid"), "they reached its goal: they did “paid”"),
        (happened("06T08:00", "goal", event="paid", after_end=True),
         "they reached its goal after it had ended: they did “paid”"),
        (happened("06T08:00", "restarted", "", "cart_updated"), "it began anew, because they did “cart updated”"),
        (happened("06T08:00", "redirected", "", "came_back", to="welcome"),
         "they went on in “Welcome”, because they did “came back”"),
        (happened("06T08:00", "exited", "", "exit:paid_up"), "it ended: paid up"),
        (happened("06T08:00", "exited", "", "stopped", detail="wrong price"),
         "it was stopped by an operator (wrong price)"),
        (happened("06T08:00", "failed", "", "Boom", cause="no table"),
         "it failed, by a mistake of ours: Boom (no table)"),
        (happened("06T08:00", "migrated", "pause", version="v0", **{"from": "old"}),
         ("the journey was changed while they were in it: they went on in version v1, from “wait 1 day”, at"
         " “wait 2 hours”")),
        (happened("06T08:00", "migrated", "pause", "drain"),
         "the journey was changed while they were in it: they finish what they wait for, and leave it then"),
        (happened("06T08:00", "merged", "", "told so", **{"from": "c-41"}), "“c-41” was found to be them: told so"),
        (happened("06T08:00", "not_entered", "", "already_running"),
         "they did not enter, because they were in it already"),
        (happened("06T08:00", "not_entered", "", "paused", detail="wrong price"),
         "they did not enter, because it was paused, and nobody entered it (“wrong price”)"),
        (happened("06T08:00", "something_new", "s", "why"), "→ Win back a cart, s: something new: why"),
    ],
)  # fmt: skip
def test_what_happened_in_the_journey(one: dict[str, Any], words: str) -> None:
    """In words; what a later release tells is not lost."""
    assert said(one) == words


def test_what_somebody_did_with_a_task() -> None:
    """By its title, whoever ended it, or nobody in time."""
    raised = happened("06T08:00", "tasked", "call", task="sales-desk", title="Call Ana")

    done = said(happened("06T09:00", "resumed", "call", path="completed", by="crm"), raised)
    late = said(happened("06T09:00", "timed_out", "call", path="otherwise"), raised)

    assert (done, late) == (
        "the task “Call Ana” was completed, as “crm” told",
        "nobody had done the task in time",
    )


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (happened("06T08:00", "sent", "r", message="hi", channel="email"), "they were sent “hi” by email"),
        (happened("06T08:00", "sent", "r", message="hi", channel="sms",
                  instead_of="push: no_address; email: refused (no; such; box)"),
         ("they were sent “hi” by SMS; not by push, as there is no address for it; nor by email, as the provider"
         " refused it (no; such; box)")),
        (happened("06T08:00", "sent", "r", "unknown", message="hi", channel="sms"),
         "“hi” by SMS was handed over, and nobody knows whether it was taken; it was not sent twice"),
        (happened("06T08:00", "held", "r", "paused", message="hi", channel="sms"),
         "“hi” by SMS was put off, because the journey was paused"),
        (happened("06T08:00", "held", "r", "paused", until=NOON),
         "what fell due in the pause was put off until 12:00, so that not all goes out at once"),
        (happened("06T08:00", "held", "r", "paused", task="sales-desk"),
         "the task for sales desk was put off, because the journey was paused"),
        (happened("06T08:00", "suppressed", "r", "cap", message="hi", channel="sms", detail="3 per 7 days"),
         "they were not sent “hi” by SMS, because they have had enough messages (at most 3 per 7 days)"),
        (happened("06T08:00", "suppressed", "r", "holdout", task="sales-desk"),
         "no task was raised for sales desk, because they are sent nothing in this journey, to compare"),
        (happened("06T08:00", "suppressed", "hook", "holdout"),
         "“call crm.example/hook” was passed over, because they are sent nothing in this journey, to compare"),
        (happened("06T08:00", "opened", "r", message="hi", channel="email"), "they opened “hi” by email"),
        (happened("06T08:00", "opened", "r", message="hi", channel="email", machine=True),
         "a program opened “hi” by email, which says nothing of them"),
        (happened("06T08:00", "bounced", "r", message="hi", channel="email"),
         "“hi” by email came back: the address is nobody's"),
    ],
)  # fmt: skip
def test_what_became_of_messages(one: dict[str, Any], words: str) -> None:
    """Sent or not, on which channel instead of which, and what their reader did."""
    assert said(one) == words
