"""SJ705: phone numbers are international."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BadPhone(Rule):
    """A phone number is written in E.164, in quotes.

    What:
        The phone of a scenario's customer is not `+`, the country's code and the number, without blanks.
    Why:
        No message reaches it, and the customer's country cannot be told from it. Without quotes YAML reads it as a
        number and drops the `+`.
    Instead of:
        # file: scenarios/buys.yaml
        customers: [{id: ana, phone: "0202 555 0123"}]
    Write:
        # file: scenarios/buys.yaml
        customers: [{id: ana, phone: "+12025550123"}]
    """

    code = "SJ705"
    name = "bad-phone"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read every phone number."""
        for view in context.journeys.values():
            for story in view.folder.scenarios:
                for customer in story.scenario.customers:
                    if customer.phone is not None and not _E164.fullmatch(customer.phone):
                        yield self.finding(
                            f'"{customer.phone[:40]}" is no phone number in E.164',
                            story.file,
                            customer.place("phone"),
                            'write it with the country, in quotes: "+12025550123"',
                        )


_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
