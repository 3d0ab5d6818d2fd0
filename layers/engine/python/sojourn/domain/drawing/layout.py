"""Where everything in a drawing of a journey stands: boxes in rows, lanes side by side, ways between them.

A journey is structured (paths open and flow together again), so its drawing needs no general graph layout: a
sequence runs down one axis, the paths of a step become lanes of their own below it, and whatever leaves a lane
goes straight down to the next step they share. All boxes of a row stand at one height; the gaps between rows are
free of boxes, and all sideways lines run there. Nothing can overlap, and integers keep the bytes the same.

It knows sizes and places; what is said and how it looks is for `words` and `svg`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sojourn.domain.drawing.routes import Route, Sizes, route_all
from sojourn.domain.drawing.text import text_width
from sojourn.domain.drawing.words import edge_words
from sojourn.domain.journey.flow import END, Edge, paths_of
from sojourn.domain.journey.model.steps import Branch, Exit, Goto, Parallel, Send, Split, WaitFor

if TYPE_CHECKING:
    from sojourn.domain.journey.flow import Flow, Loc
    from sojourn.domain.journey.model.journey import Journey
    from sojourn.domain.journey.model.steps import StepBase

ENTER = "@enter"
LANE_GAP = 30
LABEL_SIZE = 11
LABEL_MAX = 190


@dataclass(frozen=True, slots=True)
class Box:
    """One box: `kind` is the step's verb, or `enter`, `join`, `end`. `x` is its middle, `y` its top."""

    id: str
    kind: str
    x: int
    y: int
    width: int
    height: int
    row: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing's boxes and routes, all within `width` × `height`, beginning at 0, 0."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """An edge on its way: from `source`, down at `x`, to a `target` that is not known while it is a loose end."""

    source: str
    path: str
    label: str
    x: int
    target: str = ""


@dataclass(slots=True)
class _Block:
    """A laid out sequence around its axis at 0: cells (id, kind, x, row), finished ways, loose ends."""

    left: int = 0
    right: int = 0
    rows: int = 0
    cells: list[tuple[str, str, int, int]] = field(default_factory=list)
    ways: list[_Way] = field(default_factory=list)
    ends: list[_Way] = field(default_factory=list)
    jumps: list[_Way] = field(default_factory=list)

    def widen(self, half: int) -> None:
        """Make room for something *half* to either side of the axis."""
        self.left = max(self.left, half)
        self.right = max(self.right, half)


def lay_out(journey: Journey, flow: Flow, sizes: Sizes) -> Layout:
    """Place the steps of *journey* and the ways between them."""
    builder = _Builder(flow, sizes)
    block = builder.sequence(journey.steps, ("steps",), 1, [_Way(ENTER, "", "", 0)])
    block.cells.append((ENTER, "enter", 0, 0))
    rows = block.rows + 1
    if block.ends:
        block.cells.append((END, "end", 0, rows))
        block.ways.extend(replace(way, target=END) for way in block.ends)
        rows += 1
    block.widen(sizes.box_width // 2)
    return _place(block, rows, sizes)


def _place(block: _Block, rows: int, sizes: Sizes) -> Layout:
    row_of = {cell[0]: cell[3] for cell in block.cells}
    gaps = [sizes.gap] * (rows + 1)
    for way in block.ways:
        if way.label and way.source in row_of:
            gaps[row_of[way.source] + 1] = sizes.label_gap
    for jump in block.jumps:
        gaps[row_of[jump.target]] += sizes.track
        gaps[row_of[jump.source] + 1] += sizes.track
    gaps[0] = gaps[rows] = sizes.margin + (gaps[rows] - sizes.gap)
    tops: list[int] = []
    y = 0
    for row in range(rows):
        y += gaps[row]
        tops.append(y)
        y += sizes.enter_height if row == 0 else sizes.box_height
    shift = block.left + sizes.margin
    boxes = [
        Box(
            id_,
            kind,
            x + shift,
            tops[row],
            sizes.box_width,
            sizes.enter_height if row == 0 else sizes.box_height,
            row,
        )
        for id_, kind, x, row in block.cells
    ]
    boxes.sort(key=lambda box: (box.row, box.x))
    routes = route_all(
        {box.id: box for box in boxes},
        [(way.source, way.path, way.label, way.x + shift, way.target) for way in block.ways],
        [(jump.source, jump.path, jump.label, jump.target) for jump in block.jumps],
        sizes,
    )
    right = max([block.left + block.right + sizes.margin, *(x for route in routes for x, _ in route.points)])
    left = min([sizes.margin, *(x for route in routes for x, _ in route.points)]) - sizes.margin
    if left < 0:
        boxes = [replace(box, x=box.x - left) for box in boxes]
        routes = [route.moved(-left) for route in routes]
        right -= left
    return Layout(right + sizes.margin, y + gaps[rows], tuple(boxes), tuple(routes))


class _Builder:
    """Walks the steps as they are written; the graph tells each step's id and where `goto` leads."""

    def __init__(self, flow: Flow, sizes: Sizes) -> None:
        self._flow = flow
        self._sizes = sizes
        self._ids = {node.loc: node.id for node in flow.nodes.values()}

    def sequence(self, steps: tuple[StepBase, ...], loc: Loc, row: int, coming: list[_Way]) -> _Block:
        """Lay *steps* out one below the other, from *row* on; *coming* are the ways that lead into them."""
        block = _Block(ends=coming)
        for index, step in enumerate(steps):
            at = (*loc, index)
            node_id = self._ids[at]
            block.cells.append((node_id, step.verb, 0, row + block.rows))
            block.ways.extend(replace(way, target=node_id) for way in block.ends)
            block.rows += 1
            block.widen(self._sizes.box_width // 2)
            block.ends = self._leave(block, node_id, step, at, row)
        return block

    def _leave(self, block: _Block, node_id: str, step: StepBase, at: Loc, row: int) -> list[_Way]:
        if isinstance(step, Exit):
            return []
        if isinstance(step, Goto):
            ends = []
            for edge in self._flow.out(node_id):
                way = _Way(node_id, edge.path, edge_words(step, edge), 0, edge.target)
                if edge.path == "again":
                    if edge.target in self._flow.nodes:
                        block.jumps.append(way)
                else:
                    ends.append(replace(way, target="", label=""))
            return ends
        lanes = self._lanes(node_id, step, at, row + block.rows)
        if not lanes:
            return [_Way(node_id, "", "", 0)]
        block.rows += max(1, *(lane.rows for lane in lanes))
        straight = not isinstance(step, Branch | Split | WaitFor | Parallel)
        ends = self._side_by_side(block, lanes, straight=straight)
        if isinstance(step, Parallel):
            join = f"@join:{node_id}"
            block.cells.append((join, "join", 0, row + block.rows))
            block.ways.extend(replace(way, target=join) for way in ends)
            block.rows += 1
            return [_Way(join, "", "", 0)]
        return ends

    def _lanes(self, node_id: str, step: StepBase, at: Loc, row: int) -> list[_Block]:
        """Lay out the paths out of *step*, each around its own axis; the straight way on is an empty lane."""
        written = {path.name: path for path in paths_of(step)}
        if not written:
            return []
        edges = {edge.path: edge for edge in self._flow.out(node_id)}
        names = list(written)
        if isinstance(step, Branch) and "else" in edges and "else" not in written:
            names.append("else")
        elif not isinstance(step, Branch | Split | WaitFor | Parallel):
            names.insert(0, "")
        lanes = []
        for name in names:
            edge = edges.get(name, Edge(node_id, END, name))
            label = edge_words(step, edge)
            if name == "":
                label = "sent" if isinstance(step, Send) else "done"
            way = _Way(node_id, name, label, 0)
            path = written.get(name)
            lane = self.sequence(path.steps if path else (), (*at, *(path.loc if path else ())), row, [way])
            lane.widen(max(44, min(text_width(label, LABEL_SIZE), LABEL_MAX) // 2 + 10))
            lanes.append(lane)
        return lanes

    def _side_by_side(self, block: _Block, lanes: list[_Block], *, straight: bool) -> list[_Way]:
        """Move the *lanes* of a step beside each other into *block*; return their loose ends."""
        axes: list[int] = []
        cursor = 0
        for lane in lanes:
            axes.append(cursor + lane.left)
            cursor += lane.left + lane.right + LANE_GAP
        middle = axes[0] if straight else (axes[0] + axes[-1]) // 2
        ends: list[_Way] = []
        for lane, axis in zip(lanes, axes, strict=True):
            dx = axis - middle
            block.cells.extend((id_, kind, x + dx, row) for id_, kind, x, row in lane.cells)
            block.ways.extend(replace(way, x=way.x + dx) for way in lane.ways)
            block.jumps.extend(lane.jumps)
            ends.extend(replace(way, x=way.x + dx) for way in lane.ends)
        block.left = max(block.left, middle)
        block.right = max(block.right, cursor - LANE_GAP - middle)
        return ends
