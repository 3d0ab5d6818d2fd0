"""SJ208: `again` can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.durations import DurationError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BadAgain(Rule):
    """Whether a customer may enter again is one of four answers.

    What:
        `again` is neither `never`, `always`, `unless goal` nor `after` and a duration; or it is `unless goal` in a
        journey that has no goal.
    Why:
        It decides how often somebody gets the same messages.
    Instead of:
        enter: {on: cart_updated, again: once a day}
    Write:
        enter: {on: cart_updated, again: after 1 day}
    """

    code = "SJ208"
    name = "bad-again"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read every `again`."""
        for view in context.journeys.values():
            enter = view.journey.enter
            said, at = enter.again.strip(), enter.text_place("again")
            if said in ("never", "always"):
                continue
            if said == "unless goal":
                if view.journey.goal is None:
                    yield self.finding(
                        '"unless goal" means nothing in a journey without a goal',
                        view.file,
                        at.span,
                        "add `goal: {event: …}`, or write `again: always`",
                    )
                continue
            if said.startswith("after "):
                try:
                    parse_duration(said.removeprefix("after "))
                except DurationError as error:
                    yield self.finding(error.message, view.file, at.span, error.help)
                continue
            yield self.finding(
                f'"again" cannot be "{said[:40]}"',
                view.file,
                at.span,
                'write "never", "always", "unless goal" or "after 1 day"',
            )
