"""A draft is entered by whoever is in the segment `test`, instead of what is live; by nobody else."""

from __future__ import annotations

import pytest

from tests.support.publishers import Published
from tests.support.workspaces import deployed

LIVE = "enter: {on: began, again: always}\nsteps: [{id: live, wait: 1 day}]"
DRAFT = "enter: {on: began, again: always}\nsteps: [{id: draft, wait: 2 days}]"
SEGMENTS = 'test: {when: customer.plan == "test"}\n'


def _drafted(draft: str = DRAFT, *others: str) -> Published:
    """Return a world in which j has a draft, and ana tries drafts out; ben does not."""
    story = Published(LIVE, *others, who=("ana", "ben"))
    made = deployed(draft, *others, segments=SEGMENTS)
    catalogue = story.world.deployment.catalogue
    catalogue.segments = made.catalogue.segments
    draft_of_j = made.catalogue.current("j")
    assert draft_of_j is not None
    catalogue.put_draft(draft_of_j)
    story.world.deployment.machines |= made.machines
    story.happen("told", who="ana", attributes={"plan": "test"})
    return story


def _where(story: Published) -> dict[str, list[str]]:
    """Return at which step of j everybody is."""
    return {run.customer: list(run.at.values()) for run in story.runs() if run.active}


def test_only_who_tries_drafts_enters_one() -> None:
    """The same event takes the one into the draft, and the other into what is live."""
    story = _drafted()

    story.happen("began")

    assert _where(story) == {"ana": ["draft"], "ben": ["live"]}


def test_what_no_longer_enters_the_draft_enters_nobody_who_tries_it() -> None:
    """A draft with another trigger stands for the journey: its tester is not let into the live one behind its back."""
    story = _drafted("enter: {on: did_it}\nsteps: [{id: draft, wait: 2 days}]")

    story.happen("began")
    assert _where(story) == {"ben": ["live"]}

    story.happen("did_it")
    assert _where(story) == {"ana": ["draft"], "ben": ["live"]}


@pytest.mark.parametrize(
    "other",
    [
        "enter: {on: stopped}\nsteps: [{start: j}]",
        "enter: {on: stopped}\nwhile_running: [{on: did_it, do: redirect, to: j}]\nsteps: [{wait: 1 day}]",
    ],
    ids=["started", "redirected"],
)
def test_every_way_in_leads_to_the_draft(other: str) -> None:
    """Another journey's start and redirect, as an event does."""
    story = _drafted(DRAFT, other)

    story.happen("stopped")
    story.until("+1m")
    story.happen("did_it")

    assert _where(story) == {"ana": ["draft"], "ben": ["live"]}


def test_a_restart_begins_in_the_draft() -> None:
    """Who is in the live version when a draft comes, and begins again, begins in the draft."""
    again = "while_running: [{on: did_it, do: restart}]\n"
    story = Published(LIVE.replace("steps:", f"{again}steps:"), who=("ana",))
    story.happen("began")
    made = deployed(DRAFT, segments=SEGMENTS)
    catalogue = story.world.deployment.catalogue
    catalogue.segments = made.catalogue.segments
    draft = made.catalogue.current("j")
    assert draft is not None
    catalogue.put_draft(draft)
    story.world.deployment.machines |= made.machines
    story.happen("told", attributes={"plan": "test"})

    story.happen("did_it")

    assert _where(story) == {"ana": ["draft"]}


def test_once_it_is_withdrawn_everybody_enters_what_is_live() -> None:
    """Who is in the draft already finishes it."""
    story = _drafted()
    story.happen("began", who="ana")
    story.world.deployment.catalogue.drop_draft("j")
    story.happen("began")

    assert _where(story) == {"ana": ["draft"], "ben": ["live"]}
