"""The outline of a box by what it does: rounded for what acts, a pill for waiting, cut corners for deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.domain.drawing.routes import Point


def outline(kind: str, left: int, top: int, width: int, height: int) -> str:
    """Return the SVG path of a box's outline."""
    if kind in ("branch", "split", "parallel"):
        cut = 14
        right, bottom, middle = left + width, top + height, top + height // 2
        near, far = left + cut, right - cut
        return f"M{near} {top}H{far}L{right} {middle}L{far} {bottom}H{near}L{left} {middle}Z"
    if kind in ("wait", "wait_for"):
        return rounded(left, top, width, height, 26)
    if kind in ("enter", "end", "exit", "join"):
        return rounded(left, top, width, height, min(34, height // 2))
    return rounded(left, top, width, height, 10)


def rounded(left: int, top: int, width: int, height: int, radius: int) -> str:
    """Return a rectangle with round corners as a path."""
    right, bottom = left + width, top + height
    arc = f"a{radius} {radius} 0 0 1"
    return (
        f"M{left + radius} {top}H{right - radius}{arc} {radius} {radius}V{bottom - radius}{arc} -{radius} {radius}"
        f"H{left + radius}{arc} -{radius} -{radius}V{top + radius}{arc} {radius} -{radius}Z"
    )


def bent(points: tuple[Point, ...], radius: int = 8) -> str:
    """Return a line through *points* with its corners rounded, as a path."""
    made = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(radius, _distance(before, corner) // 2, _distance(corner, after) // 2)
        near, far = _towards(corner, before, reach), _towards(corner, after, reach)
        made.append(f"L{near[0]} {near[1]}Q{corner[0]} {corner[1]} {far[0]} {far[1]}")
    made.append(f"L{points[-1][0]} {points[-1][1]}")
    return "".join(made)


def _distance(a: Point, b: Point) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(start: Point, goal: Point, reach: int) -> Point:
    """Go *reach* from *start* in the direction of *goal*; lines are upright or level."""
    dx, dy = goal[0] - start[0], goal[1] - start[1]
    return (start[0] + (dx > 0) * reach - (dx < 0) * reach, start[1] + (dy > 0) * reach - (dy < 0) * reach)
