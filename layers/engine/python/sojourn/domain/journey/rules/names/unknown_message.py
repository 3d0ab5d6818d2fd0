"""SJ130: what is sent has a message file."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.steps import Send
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnknownMessage(Rule):
    """What a step sends stands in the journey's `messages` folder.

    What:
        A `send` step, or a scenario, names a message for which there is no file `messages/<name>.yaml` beside the
        journey.
    Why:
        There would be nothing to send.
    Instead of:
        steps:
          - {id: reminder, send: remidner}
    Write:
        steps:
          - {id: reminder, send: reminder}
    """

    code = "SJ130"
    name = "unknown-message"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every message up among the files beside the journey, readable or not."""
        beside: dict[str, set[str]] = {}
        for path in context.project.files:
            at = PurePosixPath(path)
            if at.suffix in (".yaml", ".yml") and at.parent.name == "messages":
                beside.setdefault(str(at.parent.parent), set()).add(at.stem)
        for view in context.journeys.values():
            known = beside.get(view.folder.folder, set())
            for node in view.steps_of(Send):
                if isinstance(node.step, Send) and node.step.send not in known:
                    wanted = f"write it into messages/{node.step.send}.yaml"
                    yield self.finding(
                        f'there is no message "{node.step.send}"',
                        view.file,
                        node.step.place("send"),
                        did_you_mean(node.step.send, known) or wanted,
                    )
            everywhere = set().union(*beside.values()) if beside else set()
            for scenario in view.folder.scenarios:
                for expected in (*scenario.scenario.expect, *scenario.scenario.never):
                    named = (expected.model_extra or {}).get("message")
                    if isinstance(named, str) and named not in everywhere:
                        yield self.finding(
                            f'there is no message "{named}"',
                            scenario.file,
                            expected.place("message"),
                            did_you_mean(named, known),
                        )
