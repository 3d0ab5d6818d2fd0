"""A customer as support reads them to the person: what is said of each row, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.cli.render.customer import customer_text
from sojourn.domain.message.channels import CHANNELS
from tests.cli.customer_rows import did, happened, instant, ledger, sent, spoken, whole

PROFILE: dict[str, Any] = {
    "id": "c-42", "email": "ana@example.com", "phone": "+491701234567", "device": "fcm:abc", "locale": "de-DE",
    "since": "2026-03-05T23:30:00Z",
    "attributes": {"first_name": "Ana", "last_name": "Meier", "plan": "pro", "vip": True},
    "as_of": {"plan": "2026-03-06T08:00:00Z", "consent:promotions:sms": "2026-03-05T23:30:00Z"},
    "consents": [["promotions", "sms", False], ["promotions", "email", True], ["*", "push", False]],
    "suppressed": {"sms": "stop"}, "segments": ["big-spenders", "lapsed"],
    "engagement": {"email": {"opened": "2026-03-06T10:05:00Z", "sent": "2026-03-06T10:00:00Z"}},
    "others": {"anonymous-" + "0" * 32: "merged", "c-43": "apart", "c-41": "merged", "c-40": "merged"},
}  # fmt: skip


def page(
    width: int = 80, limit: int = 30, *, ids: bool = False, steps: bool = False, **rows: Any
) -> list[str]:
    return customer_text(whole(**rows), spoken(width, ids=ids), limit, inner=steps).splitlines()


def section(lines: list[str], title: str) -> list[str]:
    """Return the lines under a title."""
    begins = next(place for place, line in enumerate(lines) if line.startswith(title))
    rest = lines[begins + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


def test_who_it_is() -> None:
    """By name, with the zone that all times are of, and the day by which a thing is known."""
    nobody = [{"customer": "c-40", "known": False}, {"customer": "c-41", "known": True}]

    lines = page(profile=PROFILE, traits={"orders": 3}, merged=nobody)

    assert lines[: lines.index("")] == [
        "Ana Meier, known since 6 Mar 2026",
        "  Times are of Europe/Berlin, the customer's own.",
        "  email             ana@example.com",
        "  phone             +491701234567",
        "  language          de-DE",
        "  device            an app that takes push messages",
        "  plan              pro (6 Mar 2026)",
        "  vip               yes",
        "  orders            3 (worked out of what they did)",
        "  last by email     sent Fri 6 Mar 2026, 11:00; opened Fri 6 Mar 2026, 11:05",
        "  belongs to        big spenders, lapsed",
        "  also known as     c-41",
        "  also              a visitor who was found to be them (--ids names them)",
    ]


@pytest.mark.parametrize(
    ("profile", "called"),
    [
        ({"attributes": {"name": "A. Meier"}, "email": "a@b"}, "A. Meier"),
        ({"email": "ana@example.com", "phone": "+1"}, "ana@example.com"),
        ({"phone": "+12025550123"}, "+12025550123"),
        ({}, "c-42"),
        (None, "c-42"),
    ],
)
def test_somebody_goes_by_what_is_known_of_them(profile: dict[str, Any] | None, called: str) -> None:
    """A name, else an address, else the id; with `--ids` the id stands beside it."""
    assert page(profile=profile)[0] == called
    assert page(profile=profile, ids=True)[0] == (called if called == "c-42" else f"{called} [c-42]")


def test_what_they_want() -> None:
    """Each topic by its title and channel, with the day it was said; the channels that must not be used, with why."""
    assert section(page(profile=PROFILE), "What they want") == [
        "  no SMS            they replied STOP; START lifts it",
        "  no to everything by push, unless said of a topic since",
        "  Offers and news: email yes; push no; SMS no (6 Mar 2026)",
        "  Cart reminders: email yes (never asked); push no",
    ]


def test_no_to_everything_is_one_line() -> None:
    """Where it was said of every channel at once; on some channels each is named."""
    every = [["*", one, False] for one in CHANNELS]

    lines = section(
        page(profile={**PROFILE, "consents": every, "suppressed": {}, "as_of": {}}), "What they want"
    )

    assert lines[0] == "  no to everything, on every channel, unless said of a topic since"
    assert not any("everything by" in line for line in lines)


def test_an_address_that_anybody_may_have_said_is_told_as_such() -> None:
    """So that nobody in support believes it."""
    as_of = dict.fromkeys(("email", "hearsay:email", "hearsay:phone"), "2026-03-06T08:00:00Z")

    lines = page(120, profile={"email": "ana@example.com", "phone": "+491701234567", "as_of": as_of})

    assert lines[2:4] == [
        "  email             ana@example.com (6 Mar 2026, told by a web page or an app: not sure)",
        "  phone             +491701234567 (told by a web page or an app: not sure)",
    ]


def test_a_channel_that_must_not_be_used_says_since_when() -> None:
    """As far as the event that did it is there still, whether or not it says which message it was about."""
    events = [
        did("06T08:00", "message_bounced", channel="email"),
        did("07T08:00", "message_bounced", channel="email", hard=False),
        did("08T08:00", "message_bounced", channel="push"),
    ]

    profile = {"suppressed": {"email": "bounce", "sms": "stop"}}

    lines = section(page(120, profile=profile, events=events), "What they want")

    assert lines[:2] == [
        "  no email          the address is nobody's: a message came back (6 Mar 2026)",
        "  no SMS            they replied STOP; START lifts it",
    ]


def test_where_they_stand() -> None:
    """Since when and until when, in words; how others ended; a holdout is said."""
    run = {"id": "r1", "journey": "abandoned-cart", "version": "v1", "key": "c1", "entered": instant("06T08:00"),
           "status": "running", "at": {"": "p", "p/a": "clicked", "p/b": "nap_2"}}  # fmt: skip
    welcome = {**run, "id": "r2", "journey": "welcome", "version": "v2", "key": "", "entered": instant("05T08:00"),
               "holdout": True, "at": {"": "wait_1"}}  # fmt: skip
    over = {**run, "id": "r3", "journey": "win-back", "status": "ended", "entered": instant("01T08:00"),
            "ended": instant("01T09:30"), "exit_reason": "exit:no-longer-shopping"}  # fmt: skip
    waiter = {"run": "r1", "step": "clicked", "since": instant("07T10:00"), "deadline": instant("09T10:00"),
              "releases": [{"path": "a", "kind": "clicked", "of": "reminder"},
                           {"path": "b", "kind": "event", "event": "order_completed"}]}  # fmt: skip
    waits = happened("05T08:00", "waiting", "wait_1", journey="welcome", run="r2", until=instant("10T07:00"))

    answered = {**waiter, "step": "asked", "released": "e1"}

    lines = page(160, runs=[over, welcome, run], waiters=[waiter, answered], ledger=ledger(waits))

    assert section(lines, "Journeys") == [
        "  Win back a cart, since Fri 6 Mar 2026, 09:00",
        (
            "    now: waits for a click in “reminder” or order completed, since Sat 7 Mar 2026, 11:00,"
            " until Mon 9 Mar 2026, 11:00 at most"
        ),
        "    now: at the step “nap 2”",
        "  Welcome, since Thu 5 Mar 2026, 09:00 (is sent nothing there, to compare)",
        "    now: wait until 09:00, since Thu 5 Mar 2026, 09:00, until Tue 10 Mar 2026, 08:00",
        "  win back, Sun 1 Mar 2026, 09:00 to 10:30: ended: no longer shopping",
    ]


def test_a_message_and_what_became_of_it_are_one_line() -> None:
    """What its reader did is said once, with when; a second opening only counts; a program is no reader."""
    events = [
        did("07T10:01", "message_delivered", send="s1"), did("07T10:20", "message_opened", send="s1"),
        did("07T10:25", "message_opened", send="s1"), did("07T10:30", "message_opened", send="s1", machine=True),
        did("08T10:20", "message_clicked", send="s1", url="https://acme.example"),
    ]  # fmt: skip
    twins = ledger(
        happened("07T10:00", "sent", "offer", message="ten-off", channel="email", send="s1"),
        happened("07T10:20", "opened", "offer", message="ten-off", channel="email", send="s1"),
    )
    row = sent("07T10:00", "s1", "ten-off", status="delivered", did=["delivered", "opened", "clicked"])

    lines = page(120, events=events, sends=[row], ledger=twins)

    assert section(lines, "Messages") == [
        (
            "  Sat 7 Mar 2026, 11:00   email “ten-off”, Win back a cart: delivered 11:01, opened 11:20,"
            " opened by a program 11:30,"
        ),
        "                          clicked (https://acme.example) Sun 8 Mar 2026, 11:20, opened 1 time more",
    ]
    assert not any("What they did" in line for line in lines)


@pytest.mark.parametrize(
    ("row", "became"),
    [
        ({"status": "claimed"}, "on its way; nobody knows yet whether it left"),
        ({"status": "failed"}, "not sent: the provider did not take it"),
        ({"status": "sent"}, "sent"),
        ({"status": "bounced", "did": ["bounced"]}, "came back: the address is nobody's"),
        ({"status": "delivered", "did": ["opened.machine"]}, "delivered, opened by a program"),
        ({"status": "undelivered", "did": ["undelivered"]}, "came back"),
        ({"status": "complained", "did": ["clicked", "complained"]}, "called spam, clicked"),
    ],
)
def test_what_became_of_a_message_of_which_only_the_row_is_left(row: dict[str, Any], became: str) -> None:
    """Its events may have expired."""
    (line,) = section(page(120, sends=[sent("07T10:00", "s1", "ten-off", **row)]), "Messages")

    assert line.endswith(f"“ten-off”, Win back a cart: {became}")


@pytest.mark.parametrize(
    ("happening", "said"),
    [
        (happened("07T10:00", "suppressed", "t", "suppressed (stop)", message="text", channel="sms"),
         "SMS “text”, Win back a cart: not sent: they replied STOP; START lifts it"),
        (happened("07T10:00", "suppressed", "t", "consent (promotions)", message="text"),
         "“text”, Win back a cart: not sent: they do not want it (Offers and news)"),
        (happened("07T10:00", "suppressed", "t", "consent", message="text", detail="promotions"),
         "“text”, Win back a cart: not sent: they do not want it (Offers and news)"),
        (happened("07T10:00", "suppressed", "t", "content", message="text", detail="customer.bike is not known"),
         "“text”, Win back a cart: not sent: it says something that is not known of them; customer.bike is not known"),
        (happened("07T10:00", "suppressed", "t", "holdout", task="sales-desk"),
         "sales desk, Win back a cart: not sent: they are sent nothing in this journey, to compare"),
        (happened("07T21:00", "held", "t", "quiet hours", message="text", channel="sms", until=instant("08T07:00")),
         "SMS “text”, Win back a cart: put off until Sun 8 Mar 2026, 08:00: it was a quiet hour"),
    ],
)  # fmt: skip
def test_what_was_not_sent_says_why(happening: dict[str, Any], said: str) -> None:
    """Among the messages, where somebody looks for it."""
    lines = section(page(200, ledger=ledger(happening)), "Messages")

    assert [line[26:] for line in lines] == [said]


def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut_silently() -> None:
    """Whatever properties hold: what is longer than a few lines says how long it is; a wide terminal shows more."""
    events = [did("06T08:00", "viewed", url="https://shop.example/" + "x" * 300, **{"a" * 100: [1] * 300})]
    pages = {width: page(width, profile=PROFILE, events=events) for width in (40, 80, 120)}

    assert [max(map(len, lines)) <= width for width, lines in pages.items()] == [True] * 3
    whole_text = {width: "".join("".join(lines).split()) for width, lines in pages.items()}
    assert "(321characters,allofthemwith--json)" in whole_text[80]
    assert "x" * 300 in whole_text[120]


def test_a_customer_can_neither_steer_a_terminal_nor_write_a_title() -> None:
    """What they typed stays on its line."""
    lines = page(events=[did("06T08:00", "replied", text="hi\nJourneys\x1b[2J")])

    assert "Journeys" not in lines
    assert "hi\\nJourneys\\x1b[2J" in lines[-1]
