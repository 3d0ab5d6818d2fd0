"""SJ801: where a migration moves customers is a step of the journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.rules.migrations.moves import moves_of
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnknownTarget(Rule):
    """Where a migration moves customers is a step of the journey as it is now, by the id its author gave it.

    What:
        `migration.yaml` moves customers to a step that the journey does not have, or that has no id of its own: the
        number of a step without one shifts with its neighbours.
    Why:
        There is nowhere to go.
    Instead of:
        # file: migration.yaml
        from: 3f9c2ab41d07
        steps: {wait_1: {move: remind}}
    Write:
        # file: migration.yaml
        from: 3f9c2ab41d07
        steps: {wait_1: {move: reminder}}
        # file: journey.yaml
        steps:
          - wait: 2 hours
          - {id: reminder, send: reminder}
    """

    code = "SJ801"
    name = "unknown-target"
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every target up among the steps that were given an id."""
        for view in context.journeys.values():
            for file, target, span in moves_of(view):
                if target not in view.named:
                    yield self.finding(
                        f'no step of the journey has the id "{target}"', file, span,
                        did_you_mean(target, view.named) or f"give the step that is meant `id: {target}`",
                    )  # fmt: skip
