"""A deployment as somebody works on it who publishes: what is live there, the account of it, and its control API.

What is read is read from the table with the caller's own credentials; what changes anything is asked of the control
API. It knows no single command.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sojourn.cli.control_client import CallRefused, ControlClient
from sojourn.cli.deployment import Deployment, in_words
from sojourn.cli.terminal import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from sojourn.adapters.dynamodb.history import History
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.cli.render.spoken import Spoken
    from sojourn.cli.terminal import Terminal

ADDRESS = "SOJOURN_CONTROL_URL"
"""The variable with another address of the control API: of a private endpoint, or of the embedded AWS."""
COMMAND = "  sojourn "
"""What a line begins with that is a command to be typed."""
WIDEST = 120
"""Columns, however wide the terminal is: nobody reads longer lines."""


@dataclass(frozen=True)
class Controlled:
    """One deployment.

    Args:
        stated: how a command names it: `--stage prod --region eu-central-1`, as far as it was said.
    """

    deployment: Deployment
    terminal: Terminal
    stated: str
    as_json: bool

    @classmethod
    def asked(cls, arguments: argparse.Namespace, terminal: Terminal) -> Controlled:
        """Find the deployment that a command's options name.

        Raises:
            UsageError: there is none, or AWS cannot be asked.
        """
        deployment = Deployment.asked(arguments)
        region = f" --region {arguments.region}" if arguments.region else ""
        return cls(deployment, terminal, f" --stage {deployment.stage}{region}", arguments.json)

    @property
    def stage(self) -> str:
        """The deployment's stage."""
        return self.deployment.stage

    @property
    def table(self) -> tuple[Any, str]:
        """The client and the name of the table."""
        return self.deployment.client("dynamodb"), self.deployment.output("TableName")

    @cached_property
    def live(self) -> Live:
        """What is published."""
        from sojourn.adapters.dynamodb.live import Live

        return Live(*self.table)

    @cached_property
    def operations(self) -> Operations:
        """What takes longer than a call."""
        from sojourn.adapters.dynamodb.operations import Operations

        return Operations(*self.table)

    @cached_property
    def history(self) -> History:
        """The account of who did what."""
        from sojourn.adapters.dynamodb.history import History

        return History(*self.table)

    @cached_property
    def spoken(self) -> Spoken:
        """The words in which it is told of, with times by the workspace's clock."""
        from sojourn.cli.render.spoken import Spoken

        with in_words():
            settings = self.live.settings()
        zone = json.loads(settings)["policy"]["timezone"] if settings else "UTC"
        return Spoken(zone, "workspace", width=self.width)

    @property
    def width(self) -> int:
        """Columns of a line. To know them nothing is read: what was done can always be said."""
        return min(shutil.get_terminal_size().columns, WIDEST)

    def call(self, name: str, body: Mapping[str, Any], about: str = "") -> dict[str, Any]:
        """Call the control API; see `ControlClient.call`.

        Raises:
            CallRefused: it was not done.
            UsageError: AWS cannot be asked, or does not allow it.
        """
        url = os.environ.get(ADDRESS) or self.deployment.output("ControlUrl")
        client = ControlClient(
            self.stage, url.rstrip("/"), self.deployment.region, self.deployment.credentials()
        )
        return client.call(name, {key: value for key, value in body.items() if value is not None}, about)

    def say_json(self, value: Any) -> None:
        """Answer with JSON."""
        self.terminal.say(json.dumps(value, indent=2, ensure_ascii=False))

    def say(self, *lines: str) -> None:
        """Answer with lines, broken where they are longer than the terminal is wide; commands are not."""
        from sojourn.cli.render.spoken import wrapped

        for line in lines:
            whole = line.startswith(COMMAND)
            for part in [visible(line)] if whole else wrapped(line, self.width):
                self.terminal.say(part)

    def tell_refusal(
        self, refused: CallRefused, about: str = "", besides: Mapping[str, Any] | None = None
    ) -> None:
        """Say why something was not done, and what to do now; for programs, answer with it.

        Args:
            about: the journey that was named.
            besides: what was done before, for programs.
        """
        from sojourn.cli.render.refusal import refusal_lines
        from sojourn.cli.render.spoken import Spoken

        known: tuple[str, ...] = ()
        if refused.code == "no_journey" and about:
            with in_words():
                known = tuple(one.name for one in self.live.journeys())
        if self.as_json:
            self.say_json({**(besides or {}), "error": refused.code, "message": str(refused), **refused.said})
        spoken = self.spoken if refused.said.get("changes") else Spoken()
        first, *rest = refusal_lines(refused.code, str(refused), refused.said, spoken, (about, known))
        self.terminal.tell(f"{self.terminal.remark('sojourn:', 'red')} {visible(first)}")
        for line in rest:
            self.terminal.tell(f"  {visible(line)}")
