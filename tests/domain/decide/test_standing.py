"""Where a run is, path by path."""

from __future__ import annotations

import pytest

from sojourn.domain.decide.standing import is_inside, standing


def test_a_run_is_at_one_step_outside_of_parallels() -> None:
    """Wherever it was before, it is there no more."""
    assert standing({}, "", "a") == {"": "a"}
    assert standing({"": "a"}, "", "b") == {"": "b"}


def test_a_parallel_begins_with_the_paths_that_wait_at_once() -> None:
    """The run is in the parallel, and where its paths' first waits are; other paths are heard of later."""
    assert standing({"": "a"}, "", "p", [("one", "w"), ("two", "v")]) == {"": "p", "p/one": "w", "p/two": "v"}
    assert standing({"": "p"}, "p/one", "q", [("in", "w")]) == {"": "p", "p/one": "q", "p/one/q/in": "w"}


def test_a_path_moves_alone() -> None:
    """The others stay; what was inside of it is over."""
    at = {"": "p", "p/one": "q", "p/one/q/in": "w", "p/two": "v"}

    assert standing(at, "p/one", "x") == {"": "p", "p/one": "x", "p/two": "v"}
    assert standing(at, "p/two", "") == {"": "p", "p/one": "q", "p/one/q/in": "w"}


def test_who_walks_a_path_is_in_its_parallels() -> None:
    """Though nobody said so when a wait's timeout led there."""
    assert standing({"": "w"}, "p/one/q/in", "x") == {"": "p", "p/one": "q", "p/one/q/in": "x"}


def test_when_paths_met_again_none_is_left() -> None:
    """The first step after the parallel is the only place."""
    assert standing({"": "p", "p/one": "w", "p/two/q/in": "v"}, "", "x") == {"": "x"}


@pytest.mark.parametrize(
    ("lane", "outer", "inside"),
    [("p/a", "", True), ("", "", False), ("p/a", "p/a", False), ("p/a/q/b", "p/a", True), ("p/ab", "p/a", False)],
)  # fmt: skip
def test_a_path_lies_within_another_by_its_whole_parts(lane: str, outer: str, inside: bool) -> None:
    """A name that begins with another's is no path inside of it."""
    assert is_inside(lane, outer) is inside
