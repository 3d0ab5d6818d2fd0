"""Walking what follows a task: decisions in order, where to go, what to tell, how long to wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.domain.compile.limits import COMPUTED_DAYS, EXECUTION_DAYS
from sojourn.domain.decide.follow import Followed, WaitTooLong, Walker, follow
from sojourn.domain.time.zones import Zone, ZoneSource

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WALKER = Walker(
    "j", "ana", "", lambda: Zone("America/New_York", ZoneSource.CUSTOMER), "Europe/Berlin", NOW, {}
)


@dataclass
class Scope:
    """What conditions read: an entry and the steps."""

    entry: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    customer: Mapping[str, Any] = field(default_factory=dict)
    event: Mapping[str, Any] | None = None
    now: datetime = NOW


def walk(nodes: Mapping[str, Any], start: str = "x", walker: Walker = WALKER, **entry: Any) -> Followed:
    """Walk from *start* over these nodes."""
    return follow({"paths": {"": start}, "nodes": nodes}, "", walker, Scope(entry))  # type: ignore[arg-type]


def test_a_target_without_a_node_is_where_to_go() -> None:
    """Nothing to decide, nothing to tell."""
    found = walk({}, "s")

    assert (found.leaf, found.told, found.ended, found.parked, found.until) == ("s", [], "", False, None)


def test_each_outcome_has_its_own_way() -> None:
    """The path that a task came to decides where the walk begins."""
    then = {"paths": {"": "a", "otherwise": "b"}, "nodes": {}}

    assert [follow(then, path, WALKER, Scope()).leaf for path in ("", "otherwise")] == ["a", "b"]  # type: ignore[arg-type]


def test_nested_decisions_are_walked_in_one_go_and_told_in_order() -> None:
    """A branch that leads to a split that leads to an end; the paths taken are remembered."""
    nodes = {
        "x": {"branch": [["one", "entry.n > 5", "a"], ["two", "entry.n > 2", "y"], ["else", "else", "b"]]},
        "y": {"split": [["none", 0, "a"], ["all", 100, "z"]]},
        "z": {"exit": "found"},
    }

    found = walk(nodes, n=3)

    assert [(told.step, told.what, told.details) for told in found.told] == [
        ("x", "branched", {"path": "two"}), ("y", "assigned", {"path": "all"}),
    ]  # fmt: skip
    assert (found.leaf, found.ended, found.paths) == ("z", "exit:found", {"x": "two", "y": "all"})


def test_a_branch_that_nothing_holds_of_takes_else_and_tells_why() -> None:
    """The reason of the last conditions asked, or plainly `else` where none was."""
    found = [
        walk({"x": {"branch": cases}}, n=1)
        for cases in ([["a", "entry.n > 5", "s"], ["else", "else", "t"]], [["else", "else", "t"]])
    ]

    assert [one.leaf for one in found] == ["t", "t"]
    assert "entry.n" in found[0].told[0].reason
    assert found[1].told[0].reason == "else"


def test_the_end_is_a_leaf_with_a_state_of_its_own() -> None:
    """`completed` where the steps are over; the join of paths goes on elsewhere."""
    end, join = walk({"x": {"end": True}}), walk({"x": {"join": True, "state": "p: done"}})

    assert (end.ended, join.ended, join.joined, join.leaf) == ("completed", "", True, "p: done")


@pytest.mark.parametrize(("count", "goes", "counted"), [(0, "s", 1), (2, "s", 3), (3, "t", None)])
def test_a_jump_counts_and_stops_jumping(count: int, goes: str, counted: int | None) -> None:
    """`at_most: 3` jumps three times and then goes on."""
    walker = replace(WALKER, counts={"x": {"count": count, "here": count}})

    found = walk({"x": {"goto": "s", "at_most": 3, "done": "t"}}, walker=walker)

    assert (found.leaf, found.counts.get("x", {}).get("count")) == (goes, counted)


def test_a_jump_too_many_for_one_execution_parks_the_run() -> None:
    """The count goes on, the execution's own begins anew."""
    walker = replace(WALKER, counts={"x": {"count": 7, "here": 2}})

    found = walk({"x": {"goto": "s", "at_most": 100, "done": "t", "here": 2}}, walker=walker)

    assert (found.parked, found.leaf, found.counts) == (True, "s", {"x": {"count": 8, "here": 0}})


def test_decisions_that_go_round_are_noticed() -> None:
    """No rule lets this through; if one did, the run fails instead of the process hanging."""
    with pytest.raises(RuntimeError, match="go round"):
        walk({"x": {"goto": "x"}})


def test_a_wait_of_known_length_is_told_and_not_worked_out() -> None:
    """The state machine's own Wait says how long."""
    found = walk({"x": {"wait": 3600}})

    assert (found.leaf, found.until, found.told[0].details) == (
        "x",
        None,
        {"until": NOW + timedelta(hours=1)},
    )


@pytest.mark.parametrize(
    ("node", "until"),
    [
        ({"for": 3600}, NOW + timedelta(hours=1)),
        ({"until": "09:00", "zone": "customer"}, datetime(2026, 3, 2, 14, tzinfo=UTC)),
        ({"until": "09:00", "zone": "workspace"}, datetime(2026, 3, 3, 8, tzinfo=UTC)),
        ({"until": "09:00", "zone": "Asia/Tokyo"}, datetime(2026, 3, 3, 0, tzinfo=UTC)),
        ({"until": "entry.at - 1 day", "zone": "customer"}, datetime(2026, 3, 4, 10, tzinfo=UTC)),
        ({"between": ["22:00", "06:00"], "zone": "workspace"}, datetime(2026, 3, 2, 21, tzinfo=UTC)),
        ({"between": ["10:00", "16:00"], "zone": "workspace"}, NOW),
        (
            {"between": ["10:00", "16:00"], "zone": "workspace", "days": ["fri"]},
            datetime(2026, 3, 6, 9, tzinfo=UTC),
        ),
    ],
)
def test_a_computed_wait_ends_when_it_says(node: dict[str, Any], until: datetime) -> None:
    """In the zone it asks for, and the reason says which that was."""
    found = walk({"x": node}, at="2026-03-05T10:00:00Z")

    assert found.until == until
    assert found.told[0].details == {"until": until}


@pytest.mark.parametrize(
    "value", ["no date", "", 7, None, ["2026-03-05"], {"at": 1}, True, "2026-13-45T00:00:00Z"]
)
@pytest.mark.parametrize(
    "until", ["entry.at", "entry.at.deeper", "entry.nothing", "steps.c.answer.at", "customer.at - 1 day"]
)
def test_a_time_that_is_none_continues_at_once_with_a_reason(until: str, value: object) -> None:
    """Whatever an app sends: a run does not fail over it, and does not wait for ever."""
    found = walk({"x": {"until": until, "zone": "customer"}}, at=value)

    assert found.until == NOW
    assert found.told[0].reason.startswith("continued at once: ")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59+14:00"])
@pytest.mark.parametrize("move", ["", " - 3650 days", " + 3650 days"])
def test_the_edges_of_the_calendar_do_not_break_a_wait(at: str, move: str) -> None:
    """A date in the past continues at once, one in eight thousand years parks the run."""
    found = walk({"x": {"until": f"entry.at{move}", "zone": "customer"}}, at=at)

    assert found.until is not None
    assert found.until >= NOW
    assert found.parked == (found.until > NOW)


def test_a_wait_too_long_for_the_execution_parks_the_run() -> None:
    """Counted from when the execution began; in one of several paths, only what no execution can last is refused."""
    begun = replace(WALKER, begun=NOW - timedelta(days=100))
    inside = replace(begun, lane="p/a")
    short, long = ({"for": days * 86_400} for days in (COMPUTED_DAYS - 100, COMPUTED_DAYS - 99))

    assert [walk({"x": node}, walker=begun).parked for node in (short, long)] == [False, True]
    assert walk({"x": long}, walker=inside).parked is False
    with pytest.raises(WaitTooLong):
        walk({"x": {"for": (EXECUTION_DAYS - 99) * 86_400}}, walker=inside)


def test_several_paths_begin_with_their_waits_told() -> None:
    """And in a long journey with an execution of their own, unless this one has just begun."""
    lanes = walk({"x": {"lanes": [["a", 60, "one"], ["b", 120, "two"]]}})
    fresh = [
        walk({"x": {"fresh": True}}, walker=replace(WALKER, begun=NOW - timedelta(days=days))).parked
        for days in (0, 2)
    ]

    assert [(told.step, told.details["until"] - NOW) for told in lanes.told] == [
        ("a", timedelta(minutes=1)), ("b", timedelta(minutes=2)),
    ]  # fmt: skip
    assert fresh == [False, True]
