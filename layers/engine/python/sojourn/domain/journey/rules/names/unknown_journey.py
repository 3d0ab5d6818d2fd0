"""SJ137: a journey that is started or redirected to exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.steps import Start
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class UnknownJourney(Rule):
    """A journey that is started or redirected to exists in this workspace.

    What:
        A `start` step, a `redirect` or a scenario names a journey for which there is no folder.
    Why:
        The customer would be sent nowhere.
    Instead of:
        steps:
          - {start: winback}
    Write:
        steps:
          - {start: win-back}
    """

    code = "SJ137"
    name = "unknown-journey"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every journey up."""
        known = context.journey_names
        for journey, file, span in _named(context):
            if journey not in known:
                yield self.finding(
                    f'there is no journey "{journey}"', file, span, did_you_mean(journey, known)
                )


def _named(context: Context) -> Iterator[tuple[str, str, Span]]:
    for view in context.journeys.values():
        for node in view.steps_of(Start):
            if isinstance(node.step, Start):
                yield node.step.start, view.file, node.step.place("start")
        for reaction in view.journey.while_running:
            if reaction.to is not None:
                yield reaction.to, view.file, reaction.place("to")
        for story in view.folder.scenarios:
            for expected in (*story.scenario.expect, *story.scenario.never):
                for key in ("journey", "to", "started", "redirected"):
                    named = (expected.model_extra or {}).get(key)
                    if isinstance(named, str):
                        yield named, story.file, expected.place(key)
