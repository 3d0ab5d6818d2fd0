"""SJ205: no window that stays closed for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Between, Wait
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.windows import can_open, parse_window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class WindowNeverOpens(Rule):
    """A window opens at some time.

    What:
        A `between` window ends when it begins, or has no days.
    Why:
        The run would wait for ever.
    Instead of:
        steps:
          - wait: {between: ["09:00", "09:00"]}
    Write:
        steps:
          - wait: {between: ["09:00", "17:00"]}
    """

    code = "SJ205"
    name = "window-never-opens"

    def check(self, context: Context) -> Iterator[Finding]:
        """Ask of every window that can be read whether it ever opens."""
        for view in context.journeys.values():
            for node in view.steps_of(Wait):
                wait = node.step.wait if isinstance(node.step, Wait) else None
                if not isinstance(wait, Between):
                    continue
                try:
                    window = parse_window(*wait.between, wait.days)
                except TimeError:
                    continue
                if not can_open(window):
                    said = (
                        f'from "{wait.between[0]}" to "{wait.between[1]}"' if wait.days != () else "on no day"
                    )
                    yield self.finding(
                        f"a window {said} never opens",
                        view.file,
                        wait.place("between" if wait.days != () else "days"),
                        "let it close later than it opens, also after midnight; for any time of day leave the wait out",
                    )
