"""SJ506: filters exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnknownFilter(Rule):
    """A filter in a template is one that exists.

    What:
        A template passes a value through a filter that neither Liquid nor Sojourn has.
    Why:
        The message could not be written for anybody.
    Instead of:
        # file: messages/reminder.yaml
        sms: "Hello {{ customer.first_name | capitalise }}! Reply STOP to opt out."
    Write:
        # file: messages/reminder.yaml
        sms: "Hello {{ customer.first_name | capitalize }}! Reply STOP to opt out."
    """

    code = "SJ506"
    name = "unknown-filter"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what compiling the messages found."""
        yield from context.contents.findings(self, "unknown-filter")
