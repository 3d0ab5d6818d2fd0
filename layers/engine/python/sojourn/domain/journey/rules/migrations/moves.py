"""Where a journey's migration moves customers, and where that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.migration import Move

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.journey.rules.context import JourneyView
    from sojourn.domain.places import Span


def moves_of(view: JourneyView) -> Iterator[tuple[str, str, Span]]:
    """Yield the file, the step that customers are moved to, and its place."""
    found = view.folder.migration
    if found is None:
        return
    for fate in (*found.migration.steps.values(), found.migration.otherwise):
        if isinstance(fate, Move):
            yield found.file, fate.move, fate.place("move")
