"""Parallel and Map states."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.local_states import DONE, World, chain, machine, run, task


def test_a_handler_owns_its_event_and_answer() -> None:
    """What a handler does to its event, or later to its answer, changes nothing in the execution."""
    world = World()
    kept: dict[str, Any] = {"list": [1]}

    def spoil(event: Any) -> Any:
        event["list"].append("spoilt")
        return kept

    world.handlers["work"] = spoil
    branches = [machine(Dropped=task(ResultPath=None, End=True)), machine(Kept=task(End=True))]

    execution = world.run(chain({"Type": "Parallel", "Branches": branches}), {"list": []})
    kept["list"].append("spoilt")

    assert execution.output == [{"list": []}, {"list": [1]}]
    execution.output.append("spoilt")
    assert execution.output == [{"list": []}, {"list": [1]}]
    assert execution.input == {"list": []}


def test_branches_run_side_by_side() -> None:
    """A Parallel state lasts as long as its longest branch; the outputs are in the order of the branches."""
    world = World()
    branches = [
        machine(**{f"W{span}": {"Type": "Wait", "Seconds": span, "Next": f"P{span}"},
                   f"P{span}": {"Type": "Pass", "Result": span, "End": True}})
        for span in (30, 10, 20)
    ]  # fmt: skip

    execution = world.run(chain({"Type": "Parallel", "Branches": branches, "ResultPath": "$.spans"}), {})

    assert (execution.output, world.seconds(execution)) == ({"spans": [30, 10, 20]}, 30)


def test_a_failing_branch_calls_the_others_off() -> None:
    """The state fails with the branch's own error, at once, and nothing of the other branches happens any more."""
    world = World()
    late = machine(Wait={"Type": "Wait", "Seconds": 60, "Next": "Late"}, Late=task(End=True))
    inner = machine(Nested={"Type": "Parallel", "Branches": [late], "End": True})
    soon = machine(Soon={"Type": "Wait", "Seconds": 5, "Next": "No"}, No={"Type": "Fail", "Error": "Broken"})
    catch = [{"ErrorEquals": ["Broken"], "Next": "Done"}]

    execution = world.run(
        machine(Fork={"Type": "Parallel", "Branches": [inner, soon], "Catch": catch, "End": True}, Done=DONE)
    )

    assert (execution.output["Error"], world.seconds(execution), world.work.calls) == ("Broken", 5, [])


def test_a_parallel_state_is_tried_again_as_a_whole() -> None:
    """A retry runs every branch once more."""
    world = World(fails=1)
    branches = [machine(A=task(End=True)), machine(B={"Type": "Pass", "Result": "b", "End": True})]

    execution = world.run(
        chain({"Type": "Parallel", "Branches": branches, "Retry": [{"ErrorEquals": ["States.ALL"]}]})
    )

    assert (execution.output, len(world.work.calls)) == (["done", "b"], 2)


@pytest.mark.parametrize(("at_once", "seconds"), [(0, 60), (1, 150), (2, 90), (5, 60)])
def test_a_map_runs_so_many_items_at_once(at_once: int, seconds: int) -> None:
    """MaxConcurrency bounds the iterations under way; the outputs are in the order of the items."""
    world = World()
    each = machine(Each={"Type": "Wait", "SecondsPath": "$.span", "End": True})
    state = {
        "Type": "Map", "ItemsPath": "$.spans", "MaxConcurrency": at_once, "ItemProcessor": each,
        "ItemSelector": {"span.$": "$$.Map.Item.Value", "at.$": "$$.Map.Item.Index", "who.$": "$.who"},
    }  # fmt: skip

    execution = world.run(chain(state), {"spans": [30, 60, 60], "who": "ana"})

    assert [item["at"] for item in execution.output] == [0, 1, 2]
    assert execution.output[1] == {"span": 60, "at": 1, "who": "ana"}
    assert world.seconds(execution) == seconds


def test_a_map_over_nothing() -> None:
    """No items give an empty list; what is no list fails the execution."""
    state = {"Type": "Map", "ItemsPath": "$.items", "Iterator": machine(Each=DONE)}

    empty, wrong = run(chain(state), {"items": []}), run(chain(state), {"items": {}})

    assert (empty.output, wrong.error) == ([], "States.Runtime")


def test_a_failing_item_fails_the_map() -> None:
    """An iteration's error, also that of a later item's selector, ends the state."""
    fails = {
        "Type": "Map",
        "ItemProcessor": machine(Each={"Type": "Fail", "Error": "Bad"}),
        "MaxConcurrency": 1,
    }
    selects = {
        "Type": "Map", "MaxConcurrency": 1, "ItemSelector": {"x.$": "States.ArrayGetItem($$.Map.Item.Value, 0)"},
        "ItemProcessor": machine(Each=DONE), "Catch": [{"ErrorEquals": ["States.IntrinsicFailure"], "Next": "Done"}],
    }  # fmt: skip

    failed = run(chain(fails), [1, 2])
    caught = run(machine(Map={**selects, "End": True}, Done=DONE), [[1], []])

    assert (failed.error, caught.output["Error"]) == ("Bad", "States.IntrinsicFailure")
