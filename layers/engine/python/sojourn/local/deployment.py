"""A workspace "deployed" to the local runtime: messages and journeys compiled, machines parsed, once for all worlds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.adapters.memory.catalogue import MemoryCatalogue
from sojourn.domain.compile import names
from sojourn.domain.compile.folder import compile_folder
from sojourn.domain.decide.policy import policy_of
from sojourn.domain.decide.segments import segment_rule
from sojourn.local.states.machine import Machine

if TYPE_CHECKING:
    from sojourn.domain.journey.project import Project
    from sojourn.domain.message.content import CompiledMessage

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
    messages: dict[str, CompiledMessage] = field(default_factory=dict)
    machines: dict[tuple[str, str], Machine] = field(default_factory=dict)


def deploy(project: Project) -> Deployment:
    """Compile everything in a workspace that has no errors."""
    policy = policy_of(project.workspace)
    segments = [segment_rule(name, segment.when) for name, segment in project.segments.items()]
    deployment = Deployment(project, MemoryCatalogue(policy, segments, ()))
    for folder in project.journeys.values():
        journey, messages = compile_folder(folder, project)
        deployment.messages |= messages
        deployment.catalogue.publish(journey)
        deployment.machines[(journey.name, journey.version)] = Machine.parse(
            journey.definition, PLACEHOLDERS, journey.name
        )
    return deployment


assert set(PLACEHOLDERS) == {p[2:-1] for p in (names.STEP_FUNCTION, names.SEND_FUNCTION)}
