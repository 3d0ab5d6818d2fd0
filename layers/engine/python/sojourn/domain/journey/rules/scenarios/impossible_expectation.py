"""SJ703: expectations can be met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.steps import Task
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.ledger import WHATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class ImpossibleExpectation(Rule):
    """What is expected can stand in a trace.

    What:
        An expectation says something a trace never says: an unknown key, an unknown word under `what`, a step, message
        or event that does not exist, or nothing at all.
    Why:
        Under `expect` it fails for the wrong reason. Under `never` it always passes, and proves nothing.
    Instead of:
        # file: scenarios/buys.yaml
        never:
          - {send: reminder}
    Write:
        # file: scenarios/buys.yaml
        never:
          - {sent: reminder}
    """

    code = "SJ703"
    name = "impossible-expectation"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare each expectation with the words of the trace."""
        steps = {node.id for view in context.journeys.values() for node in view.nodes}
        messages = {name for view in context.journeys.values() for name in view.folder.messages}
        subjects = steps | messages | set(context.event_types) | context.journey_names | _tasks(context)
        whole = not any(path.endswith((".yaml", ".yml")) for path in context.project.damaged)
        for view in context.journeys.values():
            for story in view.folder.scenarios:
                for expected in (*story.scenario.expect, *story.scenario.never):
                    said = expected.model_extra or {}
                    if not said:
                        yield self.finding(
                            "this expects nothing in particular",
                            story.file,
                            expected.span,
                            "add what, such as `sent: reminder`",
                        )
                    for key, value in said.items():
                        at = expected.key_place(key)
                        if key not in KNOWN:
                            yield self.finding(
                                f'nothing in a trace is called "{key[:40]}"',
                                story.file,
                                at,
                                did_you_mean(key[:60], KNOWN),
                            )
                        elif key == "what" and value not in WHATS:
                            yield self.finding(
                                f'nothing that happens is called "{str(value)[:40]}"',
                                story.file,
                                expected.place(key),
                                did_you_mean(str(value)[:60], WHATS) or ", ".join(WHATS),
                            )
                        elif whole and key in NAMED and isinstance(value, str) and value not in subjects:
                            yield self.finding(
                                f'"{key}" cannot be "{value[:40]}": no step, message, event or journey has this name',
                                story.file,
                                expected.place(key),
                                did_you_mean(value[:60], subjects),
                            )


FIELDS = ("journey", "version", "run", "step", "reason", "what")
DETAILS = (
    "by",
    "key",
    "holdout",
    "until",
    "path",
    "message",
    "channel",
    "detail",
    "instead_of",
    "attributes",
    "task",
    "title",
    "status",
    "event",
    "to",
    "outcome",
    "answer",
    "after_end",
    "at_step",
    "cause",
    "from",
    "is",
    "runs",
    "waiters",
    "beaten",
    "names",
    "count",
)
KNOWN = ("at", "customer", "anonymous", *FIELDS, *WHATS, *DETAILS)
NAMED = tuple(
    what for what in WHATS if what not in ("exited", "failed", "merged", "merge_refused", "left_out")
)
"""The words whose value names a step, message, event, journey or task; an exit and what was left out name their reason,
and two who became one are named by who is no more."""


def _tasks(context: Context) -> set[str]:
    steps = (node.step for view in context.journeys.values() for node in view.steps_of(Task))
    return {step.task for step in steps if isinstance(step, Task)}
