from __future__ import annotations

from sojourn.domain.journey.flow import END, Flow, flow_of
from sojourn.domain.journey.model.journey import Journey
from sojourn.domain.journey.shape import shaped
from sojourn.domain.journey.yaml_text import read_yaml


def flow(steps: str) -> Flow:
    data, _ = read_yaml(f"journey: a\nenter: {{on: x}}\nsteps:\n{steps}", "x.yaml")
    journey, wrong = shaped(Journey, data, "x.yaml")
    assert wrong == ()
    assert journey is not None
    return flow_of(journey)


def ways(made: Flow) -> dict[str, list[tuple[str, str]]]:
    return {node: [(edge.path, edge.target) for edge in made.out(node)] for node in made.nodes}


def test_steps_follow_each_other() -> None:
    """Each step leads to the next, the last to the end; a step without an id is called by verb and number."""
    made = flow("- wait: 1h\n- {id: hi, send: m}\n- wait: 1h\n")

    assert made.start == "wait_1"
    assert ways(made) == {"wait_1": [("", "hi")], "hi": [("", "wait_2")], "wait_2": [("", END)]}


def test_paths_flow_back_together() -> None:
    """After a branch its paths meet again, unless they exit; without `else` there is a way past it."""
    made = flow(
        "- branch: [{when: a, steps: [{exit: x}]}, {when: b, name: bee, steps: [{wait: 1h}]}]\n- {id: z, send: m}\n"
    )

    assert ways(made)["branch_1"] == [("1", "exit_1"), ("bee", "wait_1"), ("else", "z")]
    assert ways(made)["exit_1"] == [("", END)]
    assert ways(made)["wait_1"] == [("", "z")]


def test_a_jump_goes_back_and_on() -> None:
    """A bounded jump has two ways: back, and on when it has been enough; an unbounded one only the first."""
    made = flow("- {id: a, wait: 1h}\n- {id: b, goto: a, at_most: 2}\n- {id: c, goto: a}\n")

    assert ways(made)["b"] == [("again", "a"), ("done", "c")]
    assert ways(made)["c"] == [("again", "a")]


def test_parallel_paths_meet() -> None:
    """The paths of a parallel step end at its join, from which the run goes on; what is inside knows where it is."""
    made = flow("- id: p\n  parallel: {a: [{id: x, wait: 1h}], b: []}\n- {id: z, send: m}\n")

    assert ways(made)["p"] == [("a", "x"), ("b", "@join:p")]
    assert ways(made)["x"] == [("", "@join:p")]
    assert made.target("@join:p") == "z"
    assert made.nodes["x"].inside == (("p", "a"),)


def test_a_wait_for_has_a_way_for_each_release() -> None:
    """Releases are named by what they wait for, numbered where two are the same, and there is always `otherwise`."""
    made = flow("- wait_for: [{event: e}, {event: e, steps: [{exit: x}]}, {clicked: s}]\n  up_to: 1d\n")

    assert [path for path, _ in ways(made)["wait_for_1"]] == ["e", "e_2", "clicked", "otherwise"]


def test_a_second_step_of_one_id_keeps_an_id_of_its_own() -> None:
    """A repeated id is the first step's; no step is lost from the graph."""
    made = flow("- {id: a, wait: 1h}\n- {id: a, send: m}\n")

    assert list(made.nodes) == ["a", "send_1"]


def test_nodes_stand_in_the_order_written() -> None:
    """The nodes come in document order, nested ones after what holds them."""
    made = flow(
        "- split: {l: {weight: 50, steps: [{id: one, wait: 1h}]}, r: {weight: 50}}\n- {id: two, send: m}\n"
    )

    assert list(made.nodes) == ["split_1", "one", "two"]


def test_what_can_be_reached() -> None:
    """A step behind an exit is not reached, one behind a jump's target is."""
    made = flow("- {goto: b}\n- {id: a, wait: 1h}\n- {id: b, send: m}\n")

    assert {"goto_1", "b", END} == made.reachable()


def test_a_long_journey_is_no_problem() -> None:
    """A journey of thousands of steps and jumps becomes a graph without recursion by length."""
    made = flow("- {id: a, wait: 1h}\n" + "- {goto: a, at_most: 2}\n" * 5_000)

    assert len(made.nodes) == 5_001
