"""SJ206: zones are IANA names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.steps import Wait
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.zones import is_zone, zone_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnknownZone(Rule):
    """A time zone is an IANA name, spelled as in the database.

    What:
        A zone is not in the IANA time zone database, or is spelled differently there.
    Why:
        Abbreviations such as `CET` or `EST` do not follow summer time as people do.
    Instead of:
        # file: workspace.yaml
        timezone: Berlin
    Write:
        # file: workspace.yaml
        timezone: Europe/Berlin
    """

    code = "SJ206"
    name = "unknown-zone"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every zone up."""
        project = context.project
        zones = [(context.workspace.timezone, project.workspace_file, context.workspace.place("timezone"))]
        for view in context.journeys.values():
            for node in view.steps_of(Wait):
                wait = node.step.wait if isinstance(node.step, Wait) else ""
                if not isinstance(wait, str) and wait.zone not in ("customer", "workspace"):
                    zones.append((wait.zone, view.file, wait.place("zone")))
            entered = view.journey.enter.zone
            if entered not in (None, "customer", "workspace"):
                zones.append((entered, view.file, view.journey.enter.place("zone")))
            for story in view.folder.scenarios:
                zones += [
                    (customer.timezone, story.file, customer.place("timezone"))
                    for customer in story.scenario.customers
                    if customer.timezone is not None
                ]
        for zone, file, span in zones:
            if not is_zone(zone):
                yield self.finding(f'"{zone[:60]}" is no time zone', file, span, _help(zone[:60]))


def _help(zone: str) -> str:
    """Suggest the zone whose city is meant, else the one that is spelled most like it."""
    wanted = zone.strip().replace(" ", "_").casefold()
    cities = [
        name for name in zone_names() if wanted in (name.casefold(), name.rpartition("/")[2].casefold())
    ]
    if cities:
        return f'did you mean "{cities[0]}"?'
    return did_you_mean(zone, zone_names()) or 'write an IANA name, such as "Europe/Berlin"'
