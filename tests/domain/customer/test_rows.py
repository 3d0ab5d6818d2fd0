"""Rows are frozen; changing one makes another."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.customer.rows import Change, CustomerFile, Profile, Run, changed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUN = Run("j-1", "ana", "j", "v1", "k", NOON, NOON, "j-1", {"n": 1})


@given(st.text(), st.booleans(), st.dictionaries(st.text(), st.integers()))
def test_a_changed_row_is_what_replace_would_make(reason: str, goal: bool, entry: dict[str, int]) -> None:
    """The quick way and the standard library's agree, and leave the first row alone."""
    before = replace(RUN)

    after = changed(RUN, exit_reason=reason, goal_reached=goal, entry=entry)

    assert after == replace(RUN, exit_reason=reason, goal_reached=goal, entry=entry)
    assert before == RUN


def test_a_row_has_no_field_that_is_not_its_own() -> None:
    """A slip of the keyboard is an error at once."""
    with pytest.raises(KeyError):
        changed(RUN, exitreason="x")


def test_a_row_cannot_be_written_over() -> None:
    """Readers share rows with the store."""
    with pytest.raises(FrozenInstanceError):
        RUN.status = "ended"  # type: ignore[misc]


@pytest.mark.parametrize(("status", "active"), [("running", True), ("parked", True), ("ended", False)])
def test_a_run_goes_on_until_it_has_ended(status: str, active: bool) -> None:
    """Parked is not ended."""
    assert replace(RUN, status=status).active is active


def test_a_file_finds_the_runs_it_holds() -> None:
    """Only those that are the current ones of their keys."""
    file = CustomerFile(Profile("ana"), runs={("j", "k"): RUN})

    assert (file.run("j-1"), file.run("j-0")) == (RUN, None)


def test_a_change_files_a_run_under_its_journey_and_key() -> None:
    """A later one replaces it."""
    change = Change()
    for run in (RUN, replace(RUN, id="j-2"), replace(RUN, id="k-1", journey="other")):
        change.put_run(run)

    assert {key: run.id for key, run in change.runs.items()} == {("j", "k"): "j-2", ("other", "k"): "k-1"}
