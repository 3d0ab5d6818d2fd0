from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.drawing.layout import ENTER, Box, lay_out
from sojourn.domain.drawing.routes import Route, Sizes
from sojourn.domain.journey.flow import END, flow_of
from sojourn.domain.journey.model.journey import Journey

if TYPE_CHECKING:
    from sojourn.domain.drawing.layout import Layout

PLAIN = st.sampled_from(
    [{"wait": "1 hour"}, {"send": "hello"}, {"update": {"a": 1}}, {"emit": "x"}, {"exit": "gone"}, {"goto": "first"},
     {"goto": "first", "at_most": 3}]
)  # fmt: skip


def _nested(steps: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(steps, max_size=3)
    return st.one_of(
        st.builds(lambda a, b: {"branch": [{"when": "customer.a", "steps": a}, {"else": b}]}, some, some),
        st.builds(lambda a: {"branch": [{"when": "customer.a", "steps": a}]}, some),
        st.builds(lambda a: {"send": "hello", "otherwise": a}, some),
        st.builds(lambda a, b: {"parallel": {"a": a, "b": b}}, some, some),
        st.builds(
            lambda a, b, c: {"wait_for": [{"event": "x", "steps": a}, {"event": "y", "steps": b}], "otherwise": c},
            some, some, some,
        ),
    )  # fmt: skip


STEPS = st.lists(st.recursive(PLAIN, _nested, max_leaves=12), max_size=5)


def made(steps: list[dict[str, Any]]) -> Journey:
    return Journey.model_validate(
        {"journey": "j", "enter": {"on": "x"}, "steps": [{"id": "first", "wait": "1 hour"}, *steps]}
    )


def edges(box: Box) -> tuple[int, int, int, int]:
    return box.x - box.width // 2, box.y, box.x + box.width // 2, box.y + box.height


def meets(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def crossed(layout: Layout, route: Route) -> list[str]:
    """The boxes a line runs through (its ends touch the boxes it joins)."""
    found = []
    for (x, y), (to_x, to_y) in zip(route.points, route.points[1:], strict=False):
        line = (min(x, to_x), min(y, to_y), max(x, to_x) + 1, max(y, to_y) + 1)
        for box in layout.boxes:
            left, top, right, bottom = edges(box)
            if meets(line, (left + 1, top + 1, right - 1, bottom - 1)):
                found.append(box.id)
    return found


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_boxes_never_overlap_and_lines_never_cross_them(steps: list[dict[str, Any]]) -> None:
    """Whatever the journey, boxes stand apart, lines run between them, and all lies within the picture."""
    journey = made(steps)

    layout = lay_out(journey, flow_of(journey), Sizes())

    assert [(a.id, b.id) for a, b in combinations(layout.boxes, 2) if meets(edges(a), edges(b))] == []
    assert [(r.source, r.target, crossed(layout, r)) for r in layout.routes if crossed(layout, r)] == []
    points = [p for route in layout.routes for p in route.points] + [edges(box)[:2] for box in layout.boxes]
    points += [edges(box)[2:] for box in layout.boxes]
    assert [p for p in points if not (0 <= p[0] <= layout.width and 0 <= p[1] <= layout.height)] == []


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_every_way_of_the_graph_is_drawn_once(steps: list[dict[str, Any]]) -> None:
    """The drawing shows exactly the steps and edges of the graph, and the way in."""
    journey = made(steps)
    flow = flow_of(journey)

    layout = lay_out(journey, flow, Sizes())

    drawn = sorted((route.source, route.path, route.target) for route in layout.routes)
    wanted = [
        (edge.source, edge.path, edge.target)
        for edge in flow.edges
        if edge.source.startswith("@") or flow.nodes[edge.source].step.verb != "exit"
    ]
    assert drawn == sorted([*wanted, (ENTER, "", flow.start)])
    assert {box.id for box in layout.boxes if not box.id.startswith("@")} == set(flow.nodes)


def test_a_sequence_runs_straight_down() -> None:
    """Steps one after the other stand below each other, and the lines between them have no corners."""
    journey = made([{"send": "a"}, {"send": "b"}])

    layout = lay_out(journey, flow_of(journey), Sizes())

    assert len({box.x for box in layout.boxes}) == 1
    assert [box.id for box in layout.boxes] == [ENTER, "first", "send_1", "send_2", END]
    assert {len(route.points) for route in layout.routes} == {2}


def test_a_sends_otherwise_is_a_side_path() -> None:
    """The way on from a send stays straight; what happens otherwise stands to its right."""
    journey = made(
        [{"id": "s", "send": "a", "otherwise": [{"id": "o", "send": "b"}]}, {"id": "next", "send": "c"}]
    )

    layout = lay_out(journey, flow_of(journey), Sizes())

    at = {box.id: box for box in layout.boxes}
    assert at["s"].x == at["next"].x
    assert at["o"].x > at["s"].x + at["s"].width // 2
    straight = next(route for route in layout.routes if (route.source, route.path) == ("s", ""))
    assert (len(straight.points), straight.target) == (2, "next")


def test_a_goto_is_a_line_at_the_side() -> None:
    """A jump back is marked as one and leads into its target from above."""
    journey = made([{"id": "back", "goto": "first", "at_most": 3}])

    layout = lay_out(journey, flow_of(journey), Sizes())

    jump = next(route for route in layout.routes if route.jump)
    target = next(box for box in layout.boxes if box.id == "first")
    assert (jump.source, jump.target) == ("back", "first")
    assert jump.points[-1][1] == target.y


def test_many_jumps_find_lines_of_their_own() -> None:
    """Jumps from many steps to one never run along the same upright line."""
    journey = made([{"branch": [{"when": "customer.a", "steps": [{"goto": "first"}]}]} for _ in range(9)])

    layout = lay_out(journey, flow_of(journey), Sizes())

    columns = [max(x for x, _ in route.points) for route in layout.routes if route.jump]
    lefts = [min(x for x, _ in route.points) for route in layout.routes if route.jump]
    assert len(columns) == 9
    assert len({*zip(columns, lefts, strict=True)}) == 9
