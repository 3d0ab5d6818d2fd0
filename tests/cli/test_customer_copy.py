"""The copy of what is kept of somebody: everything about them, in words, and nothing that is not theirs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sojourn.adapters.dynamodb.erased import OUTSIDE
from sojourn.cli.render.customer_copy import ELSEWHERE, copy_of
from sojourn.domain.customer.identity import unknown_id
from tests.cli.customer_rows import did, happened, instant, ledger, sent, spoken, whole

VISITOR = unknown_id("anonymous", "a1")
PROFILE = {
    "id": "c-42", "email": "ana@example.com", "phone": "+4915112345678", "timezone": "Europe/Berlin",
    "attributes": {"plan": "pro"}, "segments": ["regulars"], "since": instant("01T09:00"),
    "consents": [["promotions", "email", False]], "suppressed": {"sms": "stop"},
    "as_of": {
        "email": instant("01T09:00"), "phone": instant("02T09:00"), "hearsay:phone": instant("02T09:00"),
        "plan": instant("03T09:00"), "consent:promotions:email": instant("04T09:00"),
    },
    "others": {VISITOR: "merged", "c-7": "apart"}, "engagement": {"email": {"opened": instant("05T09:00")}},
}  # fmt: skip
RUN = {
    "id": "r1", "journey": "abandoned-cart", "version": "v1", "entered": instant("05T09:00"), "status": "ended",
    "ended": instant("06T09:00"), "exit_reason": "goal", "entry": {"cart": "k1"}, "entry_event": "cart_updated",
    "execution": "arn:secret", "last": {"": ["x", "y", {}]},
}  # fmt: skip


def copied(**rows: Any) -> dict[str, Any]:
    """Return the copy of a customer, in the words of a workspace, as JSON has it."""
    given = {"merged": [], "links": ["I#email#abc"], "profile": PROFILE, **rows}
    found: dict[str, Any] = json.loads(json.dumps(copy_of(whole(**given), spoken())))
    return found


def test_identities_say_since_when_and_who_said_so() -> None:
    """An address that anybody may have told is said to be not sure."""
    assert copied()["identities"] == [
        {"kind": "user id", "value": "c-42"},
        {"kind": "email", "value": "ana@example.com", "as_of": instant("01T09:00")},
        {
            "kind": "phone", "value": "+4915112345678", "as_of": instant("02T09:00"),
            "source": "told by a web page or an app, not confirmed",
        },
    ]  # fmt: skip


def test_attributes_have_their_time_and_what_is_worked_out_says_so() -> None:
    """The zone is one of them."""
    assert copied(traits={"orders": 3})["attributes"] == [
        {"name": "timezone", "value": "Europe/Berlin"},
        {"name": "plan", "value": "pro", "as_of": instant("03T09:00")},
        {"name": "orders", "value": 3, "source": "worked out of what they did"},
    ]


def test_consents_have_their_reason_and_their_history() -> None:
    """What holds now, on which channel, since when; what closes a channel; every word that was said."""
    said = did("04T09:00", "unsubscribed", topic="promotions", channel="email", how="one_click", send="s1")
    stop = did("05T09:00", "message_replied", channel="sms", text="STOP")

    found = copied(events=[said, stop])["consents"]

    by = {(one["topic"], one["channel"]): one for one in found["now"]}
    assert by["promotions", "email"] == {
        "topic": "promotions", "title": "Offers and news", "channel": "email", "agreed": False,
        "as_of": instant("04T09:00"), "reason": "they said so",
    }  # fmt: skip
    assert by["cart-reminders", "push"]["agreed"]
    assert by["cart-reminders", "push"]["reason"].startswith("they were never asked")
    assert found["channels_closed"] == [{"channel": "sms", "reason": "they replied STOP; START lifts it"}]
    assert found["history"] == [
        {
            "at": instant("04T09:00"), "what": "took it back", "topics": ["promotions"], "channels": ["email"],
            "how": "one_click",
        },
        {"at": instant("05T09:00"), "what": "replied", "channels": ["sms"], "text": "STOP"},
    ]  # fmt: skip


def test_messages_are_sent_held_or_not_sent_with_the_reason() -> None:
    """And what became of each."""
    told = ledger(
        happened("05T21:00", "held", reason="quiet hours", message="offer", channel="sms", until=instant("06T08:00")),
        happened("06T08:00", "suppressed", reason="consent (promotions)", message="offer", channel="sms"),
    )  # fmt: skip
    opened = did("06T10:00", "message_opened", send="s1", channel="email")

    found = copied(sends=[sent("06T09:00", "s1", "hello", topic="promotions", to="abcdef")], ledger=told,
                   events=[opened], inbox=[{"title": "Hi", "sent": instant("06T09:00")}])["messages"]  # fmt: skip

    (message,) = found["sent"]
    assert (message["message"], message["title"], message["state"]) == ("hello", "Win back a cart", "sent")
    assert message["what_became_of_it"] == [{"at": instant("06T10:00"), "what": "opened"}]
    assert [(one["message"], one["until"], one["why"]) for one in found["held"]] == [
        ("offer", instant("06T08:00"), "it was a quiet hour")
    ]
    assert [(one["channel"], one["why"]) for one in found["not_sent"]] == [
        ("sms", "they do not want it (Offers and news)")
    ]
    assert found["inbox"] == [{"title": "Hi", "sent": instant("06T09:00")}]


def test_journeys_say_what_was_decided_and_by_what() -> None:
    """Those they are in, those that ended, those they did not enter; and what is of a run that is kept no more."""
    told = ledger(
        happened("05T09:00", "entered", by="cart_updated"),
        happened("05T10:00", "branched", "b", 'customer.plan is "pro"', path="paid"),
        happened("06T09:00", "exited", reason="goal"),
        happened("06T10:00", "not_entered", reason="already_running", run="", journey="welcome"),
        happened("06T11:00", "entered", run="gone", journey="welcome"),
    )

    found = copied(runs=[RUN], ledger=told)

    (run,) = found["journeys"]["entered"]
    assert (run["title"], run["by"], run["with_what"], run["why"]) == (
        "Win back a cart", "cart_updated", {"cart": "k1"}, "reached its goal",
    )  # fmt: skip
    assert run["what_happened"][1] == {
        "at": instant("05T10:00"), "what": "branched", "step": "b", "path": "paid", "reason": 'customer.plan is "pro"',
    }  # fmt: skip
    assert [one["title"] for one in found["journeys"]["not_entered"]] == ["Welcome"]
    assert found["other_decisions"] == [{"at": instant("06T11:00"), "what": "Welcome: they entered"}]


def test_who_became_them_is_theirs_and_who_stays_apart_is_not() -> None:
    """Whoever shares the browser is somebody else; what the ledger says of them stays where it is."""
    merged: dict[str, Any] = {"from": VISITOR, "by": "e1", "runs": 1, "waiters": 0}
    told = ledger(
        happened("02T09:00", "merged", reason="the same anonymous id", journey="", run="", **merged),
        happened(
            "02T10:00", "merge_refused", reason="the same device", journey="", run="", **{"from": "c-7"}
        ),
    )

    found = copied(ledger=told)

    assert found["merged_profiles"] == [
        {"kind": "visitor", "value": VISITOR, "at": instant("02T09:00"), "reason": "the same anonymous id"}
    ]
    assert "c-7" not in json.dumps(found)
    assert found["other_decisions"] == []


def test_events_are_whole_and_open_no_door() -> None:
    """Properties, where they happened, until when they are kept; not what ends a task, nor what the engine notes."""
    task = {
        **did(
            "05T09:00", "task_raised", title="Call", task_id="sealed", url="https://x.example/v1/tasks/sealed"
        )
    }
    call = {**did("06T09:00", "api:trip", nights=3),
            "context": {"source": "shop", "id": "b-1", "told": "d1", "answer": {"run": "r9"}}}  # fmt: skip
    seen = {
        **did("07T09:00", "page_viewed", url="/a"),
        "context": {"page": {"path": "/a"}},
        "expires": "2027-01-01",
    }

    found = copied(events=[task, call, seen])["events"]

    assert [one["event"] for one in found] == ["task_raised", "entry into trip, by a call", "page_viewed"]
    assert found[0]["properties"] == {"title": "Call"}
    assert (found[1]["properties"], found[1]["context"]) == (
        {"nights": 3},
        {"source": "shop", "entered": True},
    )
    assert (found[2]["properties"], found[2]["context"]) == ({"url": "/a"}, {"page": {"path": "/a"}})
    assert found[2]["kept_until"] == "2027-01-01"


def test_an_event_about_a_message_finds_no_row() -> None:
    """Neither in what they did nor in what a journey was entered with; what it says stays."""
    hashes = {"send": "s1", "run": "r1", "step": "s", "to": "abcdef"}
    bounced = did("05T09:00", "message_bounced", channel="email", reason="full", **hashes)
    entered = {**RUN, "entry_event": "message_bounced", "entry": {"channel": "email", **hashes}}

    found = copied(events=[bounced], runs=[entered])

    assert found["events"][0]["properties"] == {"channel": "email", "reason": "full"}
    assert found["journeys"]["entered"][0]["with_what"] == {"channel": "email"}


@pytest.mark.parametrize(("previous", "told"), [("a1", True), ("c-7", False), ("a2", False)])
def test_who_was_only_said_to_be_them_is_not_told(previous: str, told: bool) -> None:
    """An alias that made nobody one names somebody else."""
    found = copied(events=[did("05T09:00", "aliased", previous_id=previous)])["events"]

    assert found[0].get("properties", {}) == ({"previous_id": previous} if told else {})


def test_what_was_set_aside_is_in_it_too() -> None:
    """With why."""
    aside = {"received": instant("05T09:00"), "name": "order", "id": "o1", "reasons": ["total: a text"],
             "customer": "c-42", "detail": {"properties": {"total": "12"}}}  # fmt: skip

    assert copied(quarantined=[aside])["events_set_aside"] == [
        {"received": instant("05T09:00"), "event": "order", "why": ["total: a text"],
         "said": {"properties": {"total": "12"}}}
    ]  # fmt: skip


def test_of_somebody_of_whom_nothing_is_known_there_is_a_copy_too() -> None:
    """All sections are there, and empty."""
    found = copied(profile=None)

    assert found["identities"] == [{"kind": "user id", "value": "c-42"}]
    assert (found["attributes"], found["segments"], found["events"]) == ([], [], [])


def test_it_says_what_is_left_out_and_where_else_something_is() -> None:
    """The same places as an erasure names, in the words of whoever reads of themselves."""
    about = copied()["about"]

    assert set(about["left_out"]) == {"keys", "technical", "other people", "texts"}
    assert set(about["kept_elsewhere"]) == set(ELSEWHERE) == set(OUTSIDE)
    assert about["known_since"] == instant("01T09:00")
