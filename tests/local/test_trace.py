"""Traces are told in order of time, as JSON and as lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.domain.ledger import Happening
from sojourn.local.trace import in_time, since, to_json, to_line

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_what_was_told_late_stands_where_it_happened() -> None:
    """By time; at one instant in the order it was written."""
    told = [
        Happening(NOON + timedelta(hours=h), "ana", "j", "v", "r", "waiting", step)
        for h, step in ((2, "a"), (1, "b"), (2, "c"), (0, "d"))
    ]

    assert [one.step for one in in_time(told)] == ["d", "b", "a", "c"]


def test_a_line_of_json_has_what_is_there_and_nothing_empty() -> None:
    """Times as ISO 8601 in UTC, also inside of details; False and 0 are something."""
    one = Happening(
        NOON,
        "ana",
        "j",
        "v1",
        "r1",
        "held",
        "s",
        "",
        {"until": NOON + timedelta(hours=1), "holdout": False, "n": 0, "nested": {"at": NOON}, "empty": ""},
    )

    record = to_json(one)

    assert json.loads(json.dumps(record)) == {
        "at": "2026-03-02T12:00:00Z", "customer": "ana", "journey": "j", "version": "v1", "run": "r1", "step": "s",
        "what": "held",
        "until": "2026-03-02T13:00:00Z", "holdout": False, "n": 0, "nested": {"at": "2026-03-02T12:00:00Z"},
    }  # fmt: skip


def test_a_line_for_a_person_says_when_who_what_and_why() -> None:
    """Without ids that mean nothing to them."""
    one = Happening(
        NOON,
        "ana",
        "j",
        "v1",
        "r1",
        "suppressed",
        "s",
        "consent",
        {"message": "hello", "send": "x", "channel": "sms"},
    )

    line = to_line(one, NOON - timedelta(days=1, hours=2))

    assert line == "        +1d 2h  ana  j  suppressed s: message hello, channel sms (consent)"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "+0s"),
        (59, "+59s"),
        (60, "+1m"),
        (3661, "+1h 1m 1s"),
        (86_400, "+1d"),
        (90_061, "+1d 1h 1m 1s"),
        (-5400, "-1h 30m"),
    ],
)
def test_the_time_since_the_start_reads_as_scenarios_write_it(seconds: int, text: str) -> None:
    """Days, hours, minutes, seconds; what is none is left out."""
    assert since(NOON + timedelta(seconds=seconds), NOON) == text
