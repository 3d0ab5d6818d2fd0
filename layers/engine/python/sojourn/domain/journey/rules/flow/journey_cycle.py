"""SJ311: journeys form no circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.model.steps import Emit, Start
from sojourn.domain.journey.rules.loops import components
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.journey import Enter
    from sojourn.domain.journey.rules.context import Context, JourneyView
    from sojourn.domain.places import Span


class JourneyCycle(Rule):
    """Journeys do not start each other in a circle.

    What:
        By `start` steps, `redirect` reactions and events it emits a journey leads, perhaps through others, to itself.
    Why:
        A customer would be handed round for ever. Where a journey of the circle is entered only once (`again: never`),
        the circle ends there, but hardly where it was meant to.
    Instead of:
        # file: journey.yaml
        steps:
          - wait: 1 day
          - {start: win-back}

        # file: win-back/journey.yaml
        steps:
          - wait: 1 day
          - {start: abandoned-cart}
    Write:
        # file: journey.yaml
        steps:
          - wait: 1 day
          - {start: win-back}

        # file: win-back/journey.yaml
        steps:
          - {id: come_back, send: come-back}
    """

    code = "SJ311"
    name = "journey-cycle"

    def check(self, context: Context) -> Iterator[Finding]:
        """Follow what leads from journey to journey; report each way that closes a circle."""
        entered: dict[str, list[str]] = {}
        for name, view in context.journeys.items():
            for event in view.journey.enter.events:
                entered.setdefault(event, []).append(name)
        leads = {name: list(_leads(view, entered)) for name, view in context.journeys.items()}
        loops = components(leads, lambda name: [to for to, _ in leads[name] if to in leads])
        for name, ways in leads.items():
            for to, span in ways:
                if to in leads and loops[to] == loops[name]:
                    circle = [member for member in leads if loops[member] == loops[name]]
                    once = any(_ends(context.journeys[member].journey.enter) for member in circle)
                    said = f'"{to}" leads back to "{name}"' if to != name else f'"{name}" starts itself'
                    yield self.finding(
                        f"{said}, so customers go round",
                        context.journeys[name].file,
                        span,
                        "leave one of the ways out"
                        + ("" if once else ", or let one be entered only once: `again: never`"),
                        Severity.WARNING if once else Severity.ERROR,
                    )


def _ends(enter: Enter) -> bool:
    """Say whether entering can end the circle: only once, or only where a condition holds."""
    return enter.again.strip() == "never" or enter.where is not None


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
