"""SJ802: a migration moves nobody into a path of a parallel step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.migrations.moves import moves_of
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class MoveIntoParallel(Rule):
    """A migration moves nobody into a path of a parallel step.

    What:
        `migration.yaml` moves customers to a step that stands in a path of `parallel`.
    Why:
        The paths are walked at the same time and end together; who came into one from outside would walk it alone.
    Instead of:
        # file: migration.yaml
        from: 3f9c2ab41d07
        otherwise: {move: first}
        # file: journey.yaml
        steps:
          - parallel:
              reminding: [{id: first, wait: 1 day}]
              asking: [{wait: 2 days}]
    Write:
        # file: migration.yaml
        from: 3f9c2ab41d07
        otherwise: {move: both}
        # file: journey.yaml
        steps:
          - id: both
            parallel:
              reminding: [{id: first, wait: 1 day}]
              asking: [{wait: 2 days}]
    """

    code = "SJ802"
    name = "move-into-parallel"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the paths around every target."""
        for view in context.journeys.values():
            for file, target, span in moves_of(view):
                node = view.flow.nodes.get(target)
                if node is not None and node.named and node.inside:
                    around, path = node.inside[0]
                    yield self.finding(
                        f'"{target}" stands in path "{path}" of "{around}"', file, span,
                        "move to the parallel step itself, or to one after it",
                    )  # fmt: skip
