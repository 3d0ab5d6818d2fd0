"""Who goes where when a journey that customers are in is published anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.change.migration import Fate, Fated, MigrationMap, Misfit, fated, misfits
from sojourn.domain.change.outline import Outline, outline_of
from sojourn.domain.journey.project import read_project

WORKSPACE = b"workspace: acme\ntopics: {news: {title: News, channels: [email], default: opted_in}}\n"
JOURNEY = b"""
journey: welcome
topic: news
enter: {on: signed_up}
steps:
  - wait: 2 hours
  - {id: hello, send: hello}
  - id: both
    parallel:
      one: [{id: inner, wait: 1 day}]
      two: [{parallel: {a: [{id: deep, wait: 1 day}], b: [{wait: 2 days}]}}]
  - {id: call, task: desk, title: Call, up_to: 2 days}
"""
MIGRATION = b"""
from: 3f9c2ab41d07
steps: {wait_1: {move: hello}, hello: exit, both: drain}
otherwise: stay
"""
STEPS = ("wait_1", "hello", "both", "inner", "deep", "call")
FATES = st.sampled_from([Fate("stay"), Fate("drain"), Fate("exit"), Fate("move", "hello")])
MAPS = st.builds(MigrationMap, st.just("3f9c2ab41d07"), st.dictionaries(st.sampled_from(STEPS), FATES), FATES)


@pytest.fixture(scope="module")
def before() -> Outline:
    """Give the outline of the journey above."""
    project = read_project({"workspace.yaml": WORKSPACE, "welcome/journey.yaml": JOURNEY})
    return outline_of(project.journeys["welcome"], project)


def test_a_file_is_read_as_it_stands() -> None:
    """What a marketer writes beside a journey says what becomes of whom."""
    project = read_project(
        {"workspace.yaml": WORKSPACE, "welcome/journey.yaml": JOURNEY, "welcome/migration.yaml": MIGRATION}
    )
    beside = project.journeys["welcome"].migration
    assert beside is not None
    assert beside.file == "welcome/migration.yaml"
    assert MigrationMap.of(beside.migration) == MigrationMap(
        "3f9c2ab41d07",
        {"wait_1": Fate("move", "hello"), "hello": Fate("exit"), "both": Fate("drain")},
        Fate("stay"),
    )


@given(MAPS)
def test_a_map_is_read_as_it_was_written(fates: MigrationMap) -> None:
    """Nothing is lost on the way through JSON."""
    assert MigrationMap.from_json(fates.to_json()) == fates


def test_a_run_in_several_paths_goes_as_one() -> None:
    """Where a run walks the paths of a parallel, the parallel's own fate counts, and not that of a step inside."""
    fates = MigrationMap("3f9c2ab41d07", {"both": Fate("drain"), "inner": Fate("exit")})
    assert fates.fate({"": "both", "both/one": "inner", "both/two": "deep"}) == Fate("drain")


def test_who_is_anywhere_else_has_the_other_fate() -> None:
    """A step that the map does not name, and a run of which nobody knows where it is, go as `otherwise` says."""
    fates = MigrationMap("3f9c2ab41d07", {"hello": Fate("exit")}, Fate("drain"))
    assert [fates.fate({"": "call"}), fates.fate({})] == [Fate("drain"), Fate("drain")]


def test_what_does_not_fit_the_earlier_version_is_told(before: Outline) -> None:
    """A step it never had, and one inside a parallel, at whatever depth, are misfits; its own steps are none."""
    fates = MigrationMap("3f9c2ab41d07", dict.fromkeys(("hello", "bye", "deep", "inner", "both"), Fate()))
    assert misfits(fates, before) == (Misfit("bye"), Misfit("deep", "both"), Misfit("inner", "both"))


def test_customers_are_counted_where_they_stand(before: Outline) -> None:
    """In the order of the steps, without the empty ones, each customer once though a run is in several paths."""
    fates = MigrationMap("3f9c2ab41d07", {"both": Fate("drain")}, Fate("exit"))
    now = {"call": 2, "both": 5, "inner": 5, "deep": 4, "hello": 0, "gone": 1}
    assert fated(fates, before, now) == (
        Fated("both", 5, Fate("drain")), Fated("call", 2, Fate("exit")), Fated("gone", 1, Fate("exit")),
    )  # fmt: skip
