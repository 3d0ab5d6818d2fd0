"""The lines of a drawing: from box to box in right angles, through the gaps between rows and beside the boxes.

A way down leaves a box at its middle, turns in the gap below it to its lane, goes down, turns in the gap above its
target. A jump (`goto`) runs up or down beside the boxes, in the nearest column where nothing stands in its way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sojourn.domain.drawing.layout import Box

Point = tuple[int, int]

FAN = 16
BUS = 20
CLEAR = 13


@dataclass(frozen=True, slots=True)
class Sizes:
    """The measures of a drawing in pixels; with counts, boxes and gaps are higher."""

    box_width: int = 256
    box_height: int = 68
    enter_height: int = 68
    gap: int = 40
    label_gap: int = 68
    track: int = 10
    margin: int = 24


@dataclass(frozen=True, slots=True)
class Route:
    """A line from box to box; `label_at` is the middle of the label's top. `jump` marks a `goto`."""

    source: str
    target: str
    path: str
    label: str
    points: tuple[Point, ...]
    label_at: Point
    jump: bool = False

    def moved(self, dx: int) -> Route:
        """Return the same line, *dx* further right."""
        return replace(
            self,
            points=tuple((x + dx, y) for x, y in self.points),
            label_at=(self.label_at[0] + dx, self.label_at[1]),
        )


def route_all(
    boxes: Mapping[str, Box],
    ways: Iterable[tuple[str, str, str, int, str]],
    jumps: Iterable[tuple[str, str, str, str]],
    sizes: Sizes,
) -> list[Route]:
    """Draw every line.

    Args:
        boxes: all boxes by id.
        ways: source, path, label, the x of the lane, target.
        jumps: source, path, label, target.
    """
    routes = [_down(boxes[source], path, label, x, boxes[target]) for source, path, label, x, target in ways]
    uprights = [_uprights(route.points) for route in routes]
    columns = [line for lines in uprights for line in lines]
    entering: dict[str, int] = {}
    for source, path, label, target in jumps:
        count = entering[target] = entering.get(target, 0) + 1
        route = _jump(boxes, columns, (source, path, label, target), sizes, count)
        routes.append(route)
        columns.extend(_uprights(route.points))
    return routes


def _down(source: Box, path: str, label: str, x: int, target: Box) -> Route:
    bottom, top = source.y + source.height, target.y
    fan, bus = bottom + FAN, top - BUS
    points = _plain(
        [(source.x, bottom), (source.x, fan), (x, fan), (x, bus), (target.x, bus), (target.x, top)]
    )
    return Route(source.id, target.id, path, label, points, (x, fan + 6))


def _jump(
    boxes: Mapping[str, Box],
    columns: list[tuple[int, int, int]],
    what: tuple[str, str, str, str],
    sizes: Sizes,
    nth: int,
) -> Route:
    source, path, label, target = what
    start, goal = boxes[source], boxes[target]
    middle = start.y + start.height // 2
    into = goal.y - BUS - 4 - sizes.track * nth
    low, high = min(into, middle), max(into, middle)
    best: tuple[int, int, int] | None = None
    for side in (1, -1):
        edge = start.x + side * start.width // 2
        near = edge + side * CLEAR
        for x in _candidates(boxes, near, side):
            beside = x == near
            below = start.y + start.height + 8
            top, bottom = (low, high) if beside else (min(into, below), max(into, below))
            if _free(boxes, columns, x, top, bottom):
                cost = abs(x - near) + abs(x - goal.x)
                if best is None or cost < best[0]:
                    best = (cost, x, side)
                break
    assert best is not None, "a column beyond all boxes and lines is always free"
    _, x, side = best
    edge = start.x + side * start.width // 2
    near = edge + side * CLEAR
    arrive = goal.x + side * (goal.width // 2 - 24 - 10 * (nth - 1))
    points = [(edge, middle), (near, middle)]
    if x != near:
        below = start.y + start.height + 8
        points += [(near, below), (x, below)]
    points += [(x, into), (arrive, into), (arrive, goal.y)]
    return Route(source, target, path, label, _plain(points), (near, middle - 6), jump=True)


def _candidates(boxes: Mapping[str, Box], near: int, side: int) -> list[int]:
    """Return columns to try, nearest first: just beside the start, beside every box further out, then beyond all."""
    edges = sorted({box.x + side * (box.width // 2 + CLEAR) for box in boxes.values()}, reverse=side < 0)
    further = [x for x in edges if (x - near) * side > 0]
    outermost = (further or [near])[-1]
    return [near, *further, *(outermost + side * CLEAR * k for k in range(1, 2 + 2 * len(boxes)))]


def _free(
    boxes: Mapping[str, Box], columns: list[tuple[int, int, int]], x: int, top: int, bottom: int
) -> bool:
    """Whether an upright line at *x* meets no box and runs along no other line."""
    for box in boxes.values():
        beside = abs(x - box.x) >= box.width // 2 + CLEAR
        if not beside and box.y < bottom + 4 and box.y + box.height > top - 4:
            return False
    return not any(abs(x - other) < 10 and upper < bottom and lower > top for other, upper, lower in columns)


def _uprights(points: tuple[Point, ...]) -> list[tuple[int, int, int]]:
    return [(x, min(y, to_y), max(y, to_y)) for (x, y), (to_x, to_y) in pairwise(points) if x == to_x]


def _plain(points: list[Point]) -> tuple[Point, ...]:
    """Drop points that repeat or lie on a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (
            kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]
        ):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)
