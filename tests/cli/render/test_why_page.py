"""The whole answer: passages, what they wait for now, and why they never came to a step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.application.publishing import Draft, Publication
from sojourn.cli.render.why import Why, why_json, why_text
from sojourn.cli.render.why_story import Journey
from sojourn.domain.change.outline import Outline, Step
from sojourn.domain.control import Control
from tests.cli.customer_rows import happened, instant, ledger, spoken, whole

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
CART = "abandoned-cart"
OUTLINE = Outline(
    CART,
    steps=(
        Step("reminder", "send", True, ("", ""), {}),
        Step("text", "send", True, ("reminder", "otherwise"), {}),
        Step("half", "split", True, ("", ""), {}),
        Step("offer", "send", True, ("half", "ten_off"), {}),
        Step("answer", "wait_for", True, ("half", "ten_off"), {}),
        Step("thanks", "send", True, ("answer", "clicked"), {}),
        Step("bye", "send", True, ("", ""), {}),
    ),
)
PUBLISHED = Publication("p1", CART, "v1", "", "arn:aws:iam::111122223333:user/kim", AT, "Spring", "publish")
LIVE = Journey(CART, {"v1": OUTLINE}, {"v1": PUBLISHED}, "v1")
RUN: dict[str, Any] = {
    "id": "r1", "journey": CART, "version": "v1", "key": "c1", "entered": instant("06T08:00"), "status": "running",
    "at": {"": "reminder"},
}  # fmt: skip
ENDED = {**RUN, "status": "ended", "ended": instant("07T08:00"), "exit_reason": "completed", "at": {}}


def text(
    step: str = "", limit: int = 5, journey: Journey = LIVE, asked: tuple[str, ...] = (), **rows: Any
) -> list[str]:
    return why_text(Why(whole(**rows), journey, spoken(200), step, limit, asked)).splitlines()


def test_a_passage_is_told_day_by_day() -> None:
    """With the version it runs on, by whom that was published, and where they are now."""
    rows = ledger(
        happened("06T08:00", "entered", by="cart_updated"),
        happened("07T08:00", "held", "reminder", "quiet hours in Asia/Tokyo (customer)", message="hi", channel="sms",
                 until=instant("08T08:00")),
    )  # fmt: skip

    assert text(runs=[RUN], ledger=rows) == [
        "c-42 in “Win back a cart”",
        "  Times are of Europe/Berlin, the customer's own.",
        "",
        "Since Fri 6 Mar 2026, 09:00, for “c1”",
        "  On version v1, live since Sun 1 Mar 2026, 09:00 by kim (“Spring”).",
        "  Friday 6 March 2026",
        "    09:00  They entered, because they did “cart updated”.",
        "  Saturday 7 March 2026",
        (
            "    09:00  “hi” by SMS was put off until Sun 8 Mar 2026, 09:00, because it was a quiet hour in Asia/Tokyo"
            " (the customer's own)."
        ),
        (
            "  Now “hi” by SMS is put off until Sun 8 Mar 2026, 09:00, because it was a quiet hour in Asia/Tokyo"
            " (the customer's own)."
        ),
    ]


def test_what_they_wait_for_now_is_said() -> None:
    """By what releases it, since when and until when; of a step of which nothing is known, where they are."""
    wait = {"run": "r1", "step": "answer", "since": instant("06T09:00"), "deadline": instant("06T12:00"),
            "releases": [{"kind": "clicked", "of": "offer"}]}  # fmt: skip

    waiting = text(runs=[RUN | {"at": {"": "answer"}}], waiters=[wait])[-1]
    standing = text(runs=[RUN])[-1]

    assert (
        waiting == "  Now they wait for a click in “offer”, since Fri 6 Mar 2026, 10:00, until 13:00 at most."
    )
    assert standing == "  Now they are at “reminder”."


def test_the_newest_passages_come_first() -> None:
    """How each ended; what is left out is said. A run whose row is gone is told by the ledger."""
    older = ledger(
        happened("05T08:00", "entered", run="r0", by="cart_updated", key="c1"),
        happened("05T09:00", "restarted", "", "cart_updated", run="r0"),
        happened("05T09:00", "exited", "", "restarted", run="r0"),
    )

    lines = text(runs=[ENDED], ledger=older)

    assert [line for line in lines if line and not line.startswith(" ")] == [
        "c-42 in “Win back a cart”",
        "Fri 6 Mar 2026, 09:00 to Sat 7 Mar 2026, 09:00, for “c1”: came to its end",
        "Thu 5 Mar 2026, 09:00 to 10:00, for “c1”: began anew",
    ]
    assert lines[-1] == "    10:00  It began anew, because they did “cart updated”."
    assert text(runs=[ENDED], ledger=older, limit=1)[-1] == "1 earlier passage left out: --limit shows more."


def test_what_is_put_off_again_and_again_is_told_once() -> None:
    """The last time, with how often; a program is told each."""
    times = [
        happened(
            at, "held", "reminder", "provider: busy", message="hi", channel="sms", until=instant("06T12:00")
        )
        for at in ("06T08:00", "06T09:00", "06T10:00")
    ]
    why = Why(whole(runs=[ENDED], ledger=ledger(*times)), LIVE, spoken(200))

    (line,) = [line for line in why_text(why).splitlines() if "put off" in line]
    assert line.endswith("because its provider was busy: busy. That was the last of 3 times.")
    assert len(why_json(why)["passages"][0]["decisions"]) == 3


@pytest.mark.parametrize(
    ("step", "rows", "said"),
    [
        ("offer", [happened("06T09:00", "assigned", "half", path="control")],
         ("They did not come to “offer”: it stands on the way “ten off” of “half”, and on Fri 6 Mar 2026, 10:00 they"
          " were drawn for “control”, by a draw that always gives them the same.")),
        ("text", [happened("06T09:00", "sent", "reminder", message="hi", channel="email")],
         ("They did not come to “text”: it stands on the way “otherwise” of “reminder”, and on Fri 6 Mar 2026, 10:00"
          " they were sent “hi” by email.")),
        ("thanks", [happened("06T09:00", "assigned", "half", path="ten_off"),
                    happened("06T10:00", "timed_out", "answer", path="otherwise")],
         ("They did not come to “thanks”: it stands on the way “clicked” of “answer”, and on Fri 6 Mar 2026, 11:00 the"
          " time for “answer” was over, and nothing of it had come (the way “otherwise”).")),
        ("bye", [], "They did not come to “bye”: it came to its end before."),
        ("gone", [], "The version that they were on (v1) has no step “gone”."),
    ],
)  # fmt: skip
def test_why_they_never_came_to_a_step(step: str, rows: list[dict[str, Any]], said: str) -> None:
    """They went another way, or it ended before, or their version has no such step."""
    lines = text(step, runs=[ENDED], ledger=ledger(*rows))

    assert lines[-1] == f"  {said}"
    assert (
        why_json(Why(whole(runs=[ENDED], ledger=ledger(*rows)), LIVE, spoken(200), step))["passages"][0][
            "missed"
        ]
        == said
    )


def test_a_step_still_to_come() -> None:
    """Somebody who is on the way has not come to it yet; without an outline nobody knows the way."""
    assert text("bye", runs=[RUN])[-1] == "  They have not come to “bye” yet."
    assert text("bye", runs=[RUN], journey=Journey(CART))[-1] == "  They have not come to “bye” yet."


def test_only_the_step_asked_for_is_told() -> None:
    """With where they are now, if it is there."""
    rows = ledger(
        happened("06T08:00", "entered", by="cart_updated"),
        happened("06T09:00", "sent", "reminder", message="hi", channel="email"),
    )

    lines = text("reminder", runs=[RUN], ledger=rows)

    assert [line for line in lines if line.startswith("    ")] == ["    10:00  They were sent “hi” by email."]
    assert lines[-1] == "  Now they are at “reminder”."


def test_how_the_journey_stands_is_said_first() -> None:
    """What it was told; whose draft there is, to those who would enter that; that another version is live."""
    told = Control(entries="paused", sends="paused", clocks="still", since=AT, by="arn:aws:sts::1:assumed-role/Ops/kim",
                   reason="wrong price")  # fmt: skip
    journey = replace(LIVE, live="v2", control=told, draft=Draft("v3", "arn", "kim", AT))
    profile = {"id": "c-42", "segments": ["test"]}

    lines = text(journey=journey, runs=[ENDED], profile=profile)

    assert lines[2:4] == [
        (
            "  Paused since Sun 1 Mar 2026, 09:00 by kim (the role Ops) (“wrong price”): nobody enters for now; no"
            " message goes out for now, and no task is raised; clocks stand still."
        ),
        "  Draft v3 since Sun 1 Mar 2026, 09:00 by kim: only the segment “test” enters it.",
    ]
    assert lines[-1].endswith("(“Spring”); another is live now.")
    assert len(text(journey=journey, runs=[ENDED])) == len(lines) - 1


def test_a_holdout_is_told_what_it_is() -> None:
    """Else support looks for a message that is never sent."""
    assert text(runs=[ENDED | {"holdout": True}])[-1] == (
        "  They are sent nothing in it: they are among those with whom the journey's effect is compared."
    )


def test_why_they_did_not_enter() -> None:
    """What the ledger has, the last time first, and what was asked now; where nothing is kept, that."""
    refused = ledger(
        happened("06T08:00", "not_entered", "", "already_running", run=""),
        happened("07T08:00", "not_entered", "", "again: never", run=""),
    )

    lines = text(ledger=refused, asked=("It is paused.",))

    assert lines[3:] == [
        "Not entered",
        "  It is paused.",
        "  Saturday 7 March 2026",
        "    09:00  They did not enter, because one enters it once, and they had been in it.",
        "  Friday 6 March 2026",
        "    09:00  They did not enter, because they were in it already.",
    ]
    assert text()[3:] == ["Nothing is told", "  Nothing of Win back a cart is kept about them."]


def test_a_program_reads_reasons_conditions_and_sentences() -> None:
    """What each decision read, and on which version."""
    rows = ledger(
        happened("06T09:00", "branched", "half", '"event.n > 1" is false: event.n is 1', path="else")
    )

    (passage,) = why_json(Why(whole(runs=[RUN], ledger=rows), LIVE, spoken(200)))["passages"]

    assert passage["published"]["message"] == "Spring"
    assert passage["decisions"] == [
        {
            "at": instant("06T09:00"), "version": "v1", "step": "half", "what": "branched",
            "reason": '"event.n > 1" is false: event.n is 1', "details": {"path": "else"},
            "conditions": [{"condition": "event.n > 1", "held": False, "because": "the event's n was 1"}],
            "sentence": "On Friday 6 March 2026 at 10:00 they went the way “else”, because the event's n was 1"
            " (asked: event.n > 1 – no).",
        }
    ]  # fmt: skip


def test_a_narrow_terminal_breaks_lines() -> None:
    """No line is wider than the terminal, and what somebody wrote cannot steer it."""
    rows = ledger(happened("06T08:00", "entered", by="cart\x1b[2Jupdated " + "x" * 100))

    lines = why_text(Why(whole(runs=[RUN], ledger=rows), LIVE, spoken(60))).splitlines()

    assert max(map(len, lines)) <= 60
    assert "\x1b" not in "".join(lines)
