"""How a journey stands, as one screen: what is added up, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.adapters.dynamodb.held import Held, HeldAt
from sojourn.application.counting import Deltas, Place
from sojourn.application.publishing import Draft, LiveJourney, Operation, Publication
from sojourn.cli.next_time import next_time
from sojourn.cli.render.spoken import Spoken
from sojourn.cli.render.status import Failing, overview, page
from sojourn.cli.render.status_figures import Figures
from sojourn.domain.change.outline import Outline, Step
from sojourn.domain.control import Control

AT = datetime(2026, 3, 6, 8, tzinfo=UTC)
KIM = "arn:aws:iam::111122223333:user/kim"
PUBLISHED = Publication("p1", "cart", "v2", "v1", KIM, AT, "Shorter wait", "publish")
OUTLINE = Outline(
    "cart",
    {"title": "Win back a cart"},
    steps=(
        Step("nap", "wait", True, ("", ""), {}),
        Step("hello", "send", True, ("", ""), {}),
        Step("text", "send", True, ("hello", "otherwise"), {}),
        Step("bye", "send", True, ("", ""), {}),
    ),
)
COUNTS: Deltas = {
    Place("cart", "v2"): {"entered": 1_000, "active": 300, "holdout": 100, "goal": 208, "goal_holdout": 8,
                          "goal_late": 8, "completed": 480, "exit:emptied": 20, "not_entered": 7},
    Place("cart", "v1"): {"entered": 20, "active": 4, "completed": 15, "failed": 1},
    Place("cart", "v0"): {"entered": 5, "completed": 5},
    Place("cart", "v2", "bye"): {"now": 10, "passed": 480, "sent": 400, "sent.email": 300, "sent.sms": 100,
                                 "delivered": 380, "delivered.email": 290, "delivered.sms": 90,
                                 "unknown": 3, "unknown.sms": 3},
    Place("cart", "v2", "nap"): {"now": 200, "passed": 790},
    Place("cart", "v2", "hello"): {"now": 90, "passed": 700, "sent": 500, "sent.email": 500, "delivered": 450,
                                   "opened": 200, "clicked": 50, "bounced": 5, "complained": 1, "held": 40,
                                   "suppressed": 200, "suppressed.consent": 120, "suppressed.cap": 80},
    Place("cart", "v1", "nap"): {"now": 4, "passed": 16},
    Place("cart", "v1", "old"): {"passed": 16},
}  # fmt: skip
WORDS = {("v2", "nap"): "wait 2 hours", ("v2", "hello"): "send hello", ("v1", "nap"): "wait 1 day"}


def figures(live: dict[str, Any] | None = None, counts: Deltas | None = None, **more: Any) -> Figures:
    usual: dict[str, Any] = {"name": "cart", "owner": "cdk", "version": "v2", "machine": "arn"}
    journey = LiveJourney(**{**usual, "publication": PUBLISHED, **(live or {})})
    given = {"outlines": {"v2": OUTLINE}, "words": WORDS, **more}
    return Figures(journey, "Win back a cart", COUNTS if counts is None else counts, **given)


def shown(one: Figures, *operations: Operation, width: int = 80, failing: Failing | None = None) -> list[str]:
    return page(one, failing or Failing(), operations, Spoken("Europe/Berlin", width=width))


def section(lines: list[str], title: str) -> list[str]:
    """Return the lines under a title."""
    rest = lines[lines.index(title) + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


def test_a_journey_on_one_screen() -> None:
    """What there is to know of it, in the order in which an operator asks."""
    lines = shown(figures())

    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Win back a cart (cart)", "Who is in it", "Steps", "On version v1, 4 in it", "Messages", "Not sent: 200",
    ]  # fmt: skip
    assert lines[1:3] == [
        "  Version v2, live since Fri 6 Mar 2026, 09:00 by kim (“Shorter wait”).",
        "  Times are of Europe/Berlin, the workspace's.",
    ]
    assert max(map(len, lines)) <= 80


def test_who_is_in_it_and_how_others_left() -> None:
    """Over all versions, with what the journey brings beside those who are sent nothing."""
    assert section(shown(figures(), width=160), "Who is in it") == [
        "  304 in it now, 1,025 entered, 7 times somebody did not.",
        "  Of the others: reached the goal 200, came to the end 500, failed 1, exit: emptied 20.",
        ("  Goal: 200 of 925 (21.6 %) reached it (8 after they had left); of those who are sent nothing, to compare,"
        " 8 of 100 (8.0 %)."),
        "  What it brings: +13.6 points (+6.2 to +18.4). The journey helps.",
    ]  # fmt: skip


def test_steps_stand_in_the_order_of_the_journey() -> None:
    """Those inside of others further right; numbers to the right; of an older version, who is still there."""
    lines = shown(figures())

    assert section(lines, "Steps") == [
        "  step               now  passed  sent  not sent  put off  delivered  opened",
        "  wait 2 hours       200     790",
        "  send hello          90     700   500       200       40        450     200",
        "    otherwise: text    0       0",
        "  bye                 10     480   400                           380",
    ]
    assert section(lines, "On version v1, 4 in it") == [
        "  step          now  passed  id",
        "  wait 1 day      4      16  nap",
    ]


def test_when_a_schedule_begins_next_is_said() -> None:
    """By the workspace's clock, by the journey's own, or by each customer's; none where nobody enters any more."""
    enter = {"schedule": "daily 18:05", "segment": "buyers"}

    def said(**more: str) -> str:
        scheduled = replace(OUTLINE, enter={**enter, **more})
        begins = next_time(scheduled.enter, AT, "Europe/Berlin")
        one = figures(outlines={"v2": scheduled}, next_time=begins)
        return next((line for line in shown(one, width=160) if "schedule" in line), "")

    assert said() == "  Its schedule (daily 18:05) begins next Fri 6 Mar 2026, 18:05."
    assert said(zone="Asia/Tokyo") == "  Its schedule (daily 18:05) begins next Fri 6 Mar 2026, 10:05."
    assert said(zone="customer") == (
        "  Its schedule (daily 18:05) begins next Sat 7 Mar 2026, 18:05, by each customer's own clock."
    )
    assert said(schedule="yearly 1 Jan") == ""
    assert figures().to_json()["next_time"] is None


def test_messages_are_told_by_channel() -> None:
    """Of a step with one channel all is that channel's, whenever it was counted; rates are of what was sent."""
    assert section(shown(figures()), "Messages") == [
        "  channel       sent  delivered  opened  clicked  came back   spam  unknown",
        "  Email          800     92.5 %  25.0 %    6.2 %      0.6 %  0.1 %    0.0 %",
        "  SMS            100     90.0 %   0.0 %    0.0 %      0.0 %  0.0 %    3.0 %",
    ]
    assert section(shown(figures(), width=140), "Messages")[2].split("  ")[-1].strip() == "3 (3.0 %)"


def test_why_messages_were_not_sent() -> None:
    """The most frequent reason first."""
    assert section(shown(figures()), "Not sent: 200") == [
        "  why                       messages",
        "  no consent for the topic       120",
        "  cap reached                     80",
    ]


def test_what_is_held_says_until_when() -> None:
    """And whether it is a sample; what a pause stopped has no time."""
    soon, late = datetime(2026, 3, 6, 20, tzinfo=UTC), datetime(2026, 3, 7, 7, tzinfo=UTC)
    at = {("v2", "hello"): HeldAt(3, soon, late, 2), ("v2", "bye"): HeldAt(1, soon, soon)}

    sample = section(shown(figures(held=Held(100, False, at))), "Held now, of 100 of 304 runs, a sample")

    assert sample == [
        "  1 at “bye”, until Fri 6 Mar 2026, 21:00.",
        "  3 at “send hello”, until Fri 6 Mar 2026, 21:00 to Sat 7 Mar 2026, 08:00.",
        "  2 at “send hello”, until the journey is resumed.",
    ]
    assert "Held now" in shown(figures(held=Held(304, True, at)))
    assert not [line for line in shown(figures(held=Held(304, True))) if line.startswith("Held")]


def test_what_failed_is_shown_where_there_is_something() -> None:
    """Dead letters by queue, those that may not be counted, and events in quarantine with what to do."""
    failing = Failing({"events": 3, "close": 0, "export": None}, 1_000, at_least=True)

    assert section(shown(figures(), failing=failing), "Failed") == [
        "  Dead letters: events 3. docs/operations.md says how to get them out.",
        "  Dead letters that you may not count: export.",
        "  In quarantine: at least 1,000 events of the last 7 days: sojourn events",
        "    quarantine.",
    ]
    assert "Failed" not in shown(figures())


def test_operations_under_way_show_their_progress() -> None:
    """As far as anybody knows how much there is."""
    told = [
        Operation("o1", "resume", KIM, AT, "cart", state="running", done=120, total=400, failed=2),
        Operation("o2", "publish", KIM, AT, state="waiting"),
        Operation("o3", "stop", KIM, AT, state="running", done=7, total=6, result={"once_more": True}),
    ]

    lines = section(shown(figures(), *told, width=160), "Under way")

    assert lines == [
        "  resume cart, running: 120 of about 400 (30 %) done, 2 failed; asked for by kim, Fri 6 Mar 2026, 09:00 (o1).",
        "  publish, waiting: nothing done yet; asked for by kim, Fri 6 Mar 2026, 09:00 (o2).",
        (
            "  stop, running: 7 done, looking once more for any that came meanwhile; asked for by kim, Fri 6 Mar 2026,"
            " 09:00 (o3)."
        ),
    ]


@pytest.mark.parametrize(
    ("live", "said"),
    [
        ({"version": "", "publication": None, "draft": Draft("v3", "arn", KIM, AT)},
         ["  No version of it is live.",
          "  Draft v3 since Fri 6 Mar 2026, 09:00 by kim: only the segment “test” enters it."]),
        ({"publication": None}, ["  Version v2, live."]),
        ({"control": Control(entries="stopped", runs="end", since=AT, by=KIM)},
         ["  Version v2, live since Fri 6 Mar 2026, 09:00 by kim (“Shorter wait”).",
          "  Stopped since Fri 6 Mar 2026, 09:00 by kim: nobody enters any more; whoever is in it leaves it."]),
    ],
)  # fmt: skip
def test_what_a_journey_was_told(live: dict[str, Any], said: list[str]) -> None:
    """A draft alone, a version of which nobody noted who published it, a journey that was stopped."""
    assert shown(figures(live), width=160)[1 : 1 + len(said)] == said


def test_all_journeys_on_one_screen() -> None:
    """A line each; who was told what is said below, and a wider terminal shows more."""
    paused = figures(
        {"name": "welcome", "control": Control(entries="paused", sends="paused", since=AT, by=KIM)}, {}
    )
    stopped = figures(
        {"name": "old", "control": Control(sends="paused", since=AT), "draft": Draft("v3", "a", KIM)}, {}
    )
    three = [figures(), paused, stopped]
    narrow, wide = (
        overview(three, Failing(), (), Spoken("Europe/Berlin", width=width)) for width in (80, 140)
    )

    assert narrow == [
        "journey       in it  entered  sent    goal  failed  now                  version",
        "cart            304    1,025   900  21.6 %       1  live                 v2",
        "welcome           0        0     0       –       0  paused               v2",
        "old               0        0     0       –       0  sends paused, draft  v2",
        "",
        "Paused or stopped",
        "  welcome: Paused since Fri 6 Mar 2026, 09:00 by kim: nobody enters for now; no",
        "    message goes out for now, and no task is raised.",
        "  old: Paused since Fri 6 Mar 2026, 09:00: no message goes out for now, and no",
        "    task is raised.",
    ]
    assert wide[0].endswith("version  live since  by")
    assert wide[1].endswith("v2       6 Mar 2026  kim")


def test_a_program_reads_all_figures() -> None:
    """Sums, rates and counters; nothing but plain JSON values."""
    told = figures(held=Held(304, True, {("v2", "hello"): HeldAt(3, AT, AT, 2)})).to_json()

    assert told["runs"]["active"] == 304
    assert told["ends"] == {"goal": 200, "completed": 500, "failed": 1, "exit:emptied": 20}
    assert told["effect"]["without"]["reached"] == 8
    assert told["channels"]["sms"]["delivered"] == 90
    assert [one["version"] for one in told["versions"]] == ["v2", "v1"]
    assert told["held"]["steps"] == [
        {"version": "v2", "step": "hello", "put_off": 3, "stopped_by_a_pause": 2, "first": "2026-03-06T08:00:00+00:00",
         "last": "2026-03-06T08:00:00+00:00"}
    ]  # fmt: skip
    assert figures(counts={}).to_json()["effect"] is None


def test_counters_that_are_a_change_apart_break_nothing() -> None:
    """Between two changes more may have reached the goal than entered: a rate stays one."""
    counts: Deltas = {Place("cart", "v2"): {"goal": 3, "goal_holdout": 1}}

    effect = figures(counts=counts).effect()

    assert effect is not None
    assert (effect.with_it.whole, effect.without.whole) == (0, 0)
    assert [line for line in shown(figures(counts=counts)) if "What it brings" in line] == []
