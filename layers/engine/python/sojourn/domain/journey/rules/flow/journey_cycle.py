"""SJ311: journeys form no circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.model.steps import Emit, Wait, WaitFor
from sojourn.domain.journey.rules.loops import components
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.journey import Enter
    from sojourn.domain.journey.rules.context import Context, JourneyView


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
        leads = context.leads
        loops = components(leads, lambda name: [to for to, _ in leads[name] if to in leads])
        for name, ways in leads.items():
            for to, span in ways:
                if to in leads and loops[to] == loops[name]:
                    circle = [member for member in leads if loops[member] == loops[name]]
                    once = any(_ends(context.journeys[member].journey.enter) for member in circle)
                    slow = _by_events_and_slow([context.journeys[member] for member in circle])
                    said = f'"{to}" leads back to "{name}"' if to != name else f'"{name}" starts itself'
                    yield self.finding(
                        f"{said}, so customers go round",
                        context.journeys[name].file,
                        span,
                        "leave one of the ways out"
                        + ("" if once else ", or let one be entered only once: `again: never`"),
                        Severity.WARNING if once or slow else Severity.ERROR,
                    )


def _by_events_and_slow(circle: list[JourneyView]) -> bool:
    """Say whether a circle goes over an event and a wait: that is how a monthly round may be meant."""
    entering = {event for view in circle for event in view.journey.enter.events}
    emitted = {
        node.step.emit for view in circle for node in view.steps_of(Emit) if isinstance(node.step, Emit)
    }
    return bool(emitted & entering) and any(any(view.steps_of(Wait, WaitFor)) for view in circle)


def _ends(enter: Enter) -> bool:
    """Say whether entering can end the circle: only once, or only where a condition holds."""
    return enter.again.strip() == "never" or enter.where is not None
