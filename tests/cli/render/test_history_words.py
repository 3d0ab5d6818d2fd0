"""What the history says of deeds that are only a part of another, or take something's place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.application.publishing import Entry
from sojourn.cli.render.history import deed, entry_lines
from sojourn.cli.render.spoken import Spoken

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"due": "send"}, "resumed welcome: what fell due meanwhile is sent at once"),
        (
            {"due": "drop", "entries": False, "sends": True},
            "resumed messages of welcome: what fell due meanwhile is dropped",
        ),
        ({"due": "send", "entries": True, "sends": False}, "let customers enter welcome again"),
    ],
)
def test_what_was_resumed_is_said(details: dict[str, Any], said: str) -> None:
    """Entries, messages, or both."""
    assert deed(Entry(1, NOON, "arn:aws:iam::1:user/ana", "resumed", "welcome", details=details)) == said


def test_whose_draft_another_one_took_the_place_of_is_said() -> None:
    """So that they find out where it went."""
    details = {"instead_of": {"welcome": {"version": "4f9b02", "by": "arn:aws:iam::1:user/ben"}}}
    entry = Entry(1, NOON, "arn:aws:iam::1:user/ana", "drafted", "welcome", details=details)

    assert [line.strip() for line in entry_lines(entry, Spoken())][1:] == [
        "welcome: in place of the draft 4f9b02 by ben"
    ]


@pytest.mark.parametrize(
    ("journeys", "said"),
    [
        ({"welcome": {"version": "v2", "before": "v1"}}, "deployed welcome with the stack"),
        ({"welcome": {"version": "", "before": "v1"}}, "took welcome out with the stack"),
        (
            {"fair": {"version": "v1", "before": ""}, "welcome": {"version": "", "before": "v1"}},
            "deployed fair and took welcome out with the stack",
        ),
    ],
)
def test_what_the_stack_takes_out_is_not_called_deployed(
    journeys: dict[str, dict[str, str]], said: str
) -> None:
    """Whoever reads that a journey was deployed looks for it."""
    alone = next(iter(journeys)) if len(journeys) == 1 else ""

    assert deed(Entry(1, NOON, "stack s", "deployed", alone, details={"journeys": journeys})) == said


def test_a_draft_is_told_beside_what_is_live() -> None:
    """No arrow leads from what is live to it; of a new journey nothing is live."""
    versions = {"fair": {"version": "d1", "before": "", "beside": "v1"},
                "new": {"version": "d2", "before": "d0", "beside": ""}}  # fmt: skip
    entry = Entry(
        1, NOON, "arn:aws:iam::1:user/ana", "drafted", details={"journeys": [*versions], "versions": versions}
    )

    assert [line.strip() for line in entry_lines(entry, Spoken())][1:] == [
        "fair: draft d1 beside v1",
        "new: draft d2, nothing of it is live",
    ]
