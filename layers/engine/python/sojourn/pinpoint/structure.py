"""A graph of activities as steps within steps: every activity is written once; who comes to it later jumps there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.pinpoint.graph import Graph
    from sojourn.pinpoint.steps import Piece

Json = dict[str, Any]


def nested(graph: Graph, piece_of: Callable[[str], Piece]) -> list[Json]:
    """Return the steps of a journey.

    Args:
        piece_of: makes what an activity becomes; asked once for each.
    """
    pieces = {id_: piece_of(id_) for id_ in graph.order}
    written: set[str] = set()

    def sequence(id_: str | None, until: str | None) -> list[Json]:
        """Return the steps from an activity to the one at which the steps around go on."""
        steps: list[Json] = []
        while id_ is not None and id_ != until:
            piece = pieces[id_]
            if id_ in written:
                return [*steps, {"goto": piece.first}]
            written.add(id_)
            steps += piece.steps
            meeting = graph.meets[id_]
            if piece.split is not None:
                ways = [sequence(way, meeting) for way in graph.activities[id_].ways]
                steps.append(piece.split(ways))
            id_ = meeting
        return steps

    return sequence(graph.start, None)
