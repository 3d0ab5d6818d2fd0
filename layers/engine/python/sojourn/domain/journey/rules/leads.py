"""What leads from one journey to another: `start` steps, `redirect` reactions, and events that it emits.

This module knows ways, not what they mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Emit, Start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.domain.journey.rules.context import JourneyView
    from sojourn.domain.places import Span

Leads = dict[str, list[tuple[str, "Span"]]]


def leads_of(journeys: Mapping[str, JourneyView]) -> Leads:
    """Return, for each journey, the names to which it leads and where in its file that is said."""
    entered: dict[str, list[str]] = {}
    for name, view in journeys.items():
        for event in view.journey.enter.events:
            entered.setdefault(event, []).append(name)
    return {name: list(_leads(view, entered)) for name, view in journeys.items()}


def _leads(view: JourneyView, entered: Mapping[str, list[str]]) -> Iterator[tuple[str, Span]]:
    restarting = {reaction.on for reaction in view.journey.while_running if reaction.do == "restart"}
    for node in view.steps_of(Emit):
        if isinstance(node.step, Emit) and node.id in view.reachable:
            to = [
                *entered.get(node.step.emit, ()),
                *([view.journey.journey] if node.step.emit in restarting else []),
            ]
            yield from ((name, node.step.place("emit")) for name in dict.fromkeys(to))
    for node in view.steps_of(Start):
        if isinstance(node.step, Start) and node.id in view.reachable:
            yield node.step.start, node.step.place("start")
    for reaction in view.journey.while_running:
        if reaction.do == "redirect" and reaction.to is not None:
            yield reaction.to, reaction.place("to")
