"""SJ704: one thing an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnclearAlso(Rule):
    """Each entry of `also` is exactly one thing.

    What:
        An entry says nothing that happens, or several things at once.
    Why:
        It cannot be told what happens, or what happens first.
    Instead of:
        # file: scenarios/buys.yaml
        also:
          - {at: +3h, customer: ana, opened: reminder, clicked: reminder}
    Write:
        # file: scenarios/buys.yaml
        also:
          - {at: +3h, customer: ana, opened: reminder}
          - {at: +3h 1m, customer: ana, clicked: reminder}
    """

    code = "SJ704"
    name = "unclear-also"

    def check(self, context: Context) -> Iterator[Finding]:
        """Count what each entry says."""
        for view in context.journeys.values():
            for story in view.folder.scenarios:
                if story.file in context.project.damaged:
                    continue
                for also in story.scenario.also:
                    kinds = [kind for kind in also.KINDS if getattr(also, kind) is not None]
                    if not kinds:
                        yield self.finding(
                            "nothing happens here",
                            story.file,
                            also.span,
                            f"name one of {', '.join(also.KINDS)}",
                        )
                    elif len(kinds) > 1:
                        yield self.finding(
                            f"`{kinds[0]}` and `{kinds[1]}` in one entry",
                            story.file,
                            also.key_place(kinds[1]),
                            "make each an entry of its own, with its own `at`",
                        )
