"""A workspace "deployed" to the local runtime: its bundle, as AWS has it, and its machines, parsed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.adapters.memory.catalogue import MemoryCatalogue
from sojourn.domain.compile import names
from sojourn.domain.compile.anywhere import beginning_anywhere
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.local.states.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.compile.bundle import Bundle
    from sojourn.domain.journey.project import Project
    from sojourn.domain.message.compiled import CompiledMessage

PLACEHOLDERS = {"StepFunctionArn": "step", "SendFunctionArn": "send"}
"""What the placeholders stand for here: the names of the local handlers."""


@dataclass(slots=True)
class Deployment:
    """Everything that running a workspace needs.

    Args:
        messages: compiled messages by digest.
        machines: (journey, version) -> the parsed state machine.
    """

    project: Project
    catalogue: MemoryCatalogue
    messages: Mapping[str, CompiledMessage] = field(default_factory=dict)
    machines: dict[tuple[str, str], Machine] = field(default_factory=dict)

    def machine(self, journey: str, version: str, *, anywhere: bool = False) -> Machine:
        """Return the machine of a version.

        Args:
            anywhere: the one that can begin at any step; it is made when it is first asked for.
        """
        if not anywhere:
            return self.machines[(journey, version)]
        key = (journey, f"{version}{names.ANYWHERE}")
        if key not in self.machines:
            definition = self.catalogue.version(journey, version).definition
            self.machines[key] = Machine.parse(beginning_anywhere(definition), PLACEHOLDERS, journey)
        return self.machines[key]


def deploy(project: Project, bundle: Bundle | None = None) -> Deployment:
    """Deploy a workspace that has no errors.

    Args:
        bundle: what it compiles to, where somebody compiled it already.
    """
    compiled = bundle or compiled_workspace(project)
    return Deployment(
        project,
        MemoryCatalogue(compiled.policy, compiled.segments, compiled.journeys, compiled.traits),
        compiled.messages,
        {
            (journey.name, journey.version): Machine.parse(journey.definition, PLACEHOLDERS, journey.name)
            for journey in compiled.journeys
        },
    )


assert set(PLACEHOLDERS) == {p[2:-1] for p in (names.STEP_FUNCTION, names.SEND_FUNCTION)}
