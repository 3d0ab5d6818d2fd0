"""SJ139: a trait has a name of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sojourn.domain.journey.model.authored import IDENTIFIER
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.journey.rules.scope import WHO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class TraitName(Rule):
    """A trait has a name of its own, which conditions can spell.

    What:
        A computed trait in `segments.yaml` is called like an attribute, or like what every customer has (`id`, `email`,
        `phone`, `timezone`, `locale`), or has a hyphen in its name.
    Why:
        `customer.score` would be two things, and `customer.orders-90d` is a subtraction.
    Instead of:
        # file: segments.yaml
        shoppers: {when: customer.lifetime_value > 500}
        lifetime_value: {sum: order_completed.total}
    Write:
        # file: segments.yaml
        shoppers: {when: customer.spent > 500}
        spent: {sum: order_completed.total}
    """

    code = "SJ139"
    name = "trait-name"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare every trait's name with the others."""
        for name in context.project.traits:
            message = help_ = ""
            if name in context.workspace.attributes:
                message, help_ = f'"{name}" is an attribute as well', "call the trait something else"
            elif name in WHO:
                message, help_ = f'every customer has "{name}" already', "call the trait something else"
            elif not re.fullmatch(IDENTIFIER, name):
                message = f'conditions cannot spell "{name}"'
                help_ = f"write it as {name.replace('-', '_')}"
            if message:
                file, span = context.project.segments_file, context.project.trait_places[name]
                yield self.finding(message, file, span, help_)
