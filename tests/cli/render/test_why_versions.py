"""On which version somebody is, where that is a draft, and what is said of a journey that is live no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sojourn.application.publishing import Draft
from tests.cli.render.test_why_page import AT, ENDED, LIVE, PUBLISHED, RUN, text

DRAFTED = replace(PUBLISHED, version="v3", kind="draft", message="Five days?")
GONE = "  This journey is not live any more: nobody enters it, and whoever is in it goes no further."


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        ("v3", "."), ("", "; withdrawn meanwhile."), ("v4", "; another draft took its place."),
    ],
)  # fmt: skip
def test_a_draft_is_called_one(draft: str, said: str) -> None:
    """Whoever tries it is on no version that is or was live; whether it is there still is said."""
    there = Draft(draft, "arn", "kim", AT) if draft else None
    journey = replace(LIVE, draft=there, drafts={"v3": DRAFTED})

    lines = text(journey=journey, runs=[RUN | {"version": "v3"}])

    assert f"  On the draft v3, tried since Sun 1 Mar 2026, 09:00 by kim (“Five days?”){said}" in lines


def test_a_journey_that_was_taken_out_is_said_to_be() -> None:
    """Whoever waits there waits for nothing; a journey of which there is a draft alone was never live."""
    gone = replace(LIVE, live="")

    lines, tried = text(journey=gone, runs=[ENDED]), text(journey=replace(gone, publications={}), runs=[])

    assert lines[2] == GONE
    assert GONE not in tried
    assert GONE not in text(runs=[ENDED])
