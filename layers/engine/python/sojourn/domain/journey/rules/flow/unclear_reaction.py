"""SJ312: redirects have a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnclearReaction(Rule):
    """A redirect says where to, and only a redirect does.

    What:
        A reaction of `while_running` redirects without `to`, has `to` without redirecting, or has a `reason` without
        ending the run.
    Why:
        It cannot be told where the customer should go, or something is written that has no effect.
    Instead of:
        while_running:
          - {on: order_completed, do: redirect}
    Write:
        while_running:
          - {on: order_completed, do: redirect, to: win-back}
    """

    code = "SJ312"
    name = "unclear-reaction"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare what each reaction does with what it says about it."""
        for view in context.journeys.values():
            for reaction in view.journey.while_running:
                if reaction.do == "redirect" and reaction.to is None:
                    yield self.finding(
                        "a redirect must say where to",
                        view.file,
                        reaction.place("do"),
                        "add `to:` with a journey",
                    )
                if reaction.do != "redirect" and reaction.to is not None:
                    yield self.finding(
                        f'"to" has no effect, because this reaction does not redirect: it says "{reaction.do}"',
                        view.file,
                        reaction.key_place("to"),
                        "write `do: redirect`, or remove `to`",
                    )
                if reaction.do != "exit" and reaction.reason is not None:
                    yield self.finding(
                        f'"reason" has no effect with "{reaction.do}"',
                        view.file,
                        reaction.key_place("reason"),
                        "only `do: exit` keeps a reason; remove it",
                    )
