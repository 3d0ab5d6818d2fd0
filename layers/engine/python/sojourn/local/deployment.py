"""A workspace "deployed" to the local runtime: messages and journeys compiled, machines parsed, once for all worlds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sojourn.adapters.memory.catalogue import MemoryCatalogue
from sojourn.domain.compile import names
from sojourn.domain.compile.journey import compile_journey
from sojourn.domain.decide.policy import policy_of
from sojourn.domain.decide.segments import segment_rule
from sojourn.domain.message.content import compile_message, read_templates
from sojourn.domain.message.template import parse
from sojourn.local.states.machine import Machine

if TYPE_CHECKING:
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.journey.project import JourneyFolder, Project
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


def compile_folder(
    folder: JourneyFolder, project: Project
) -> tuple[CompiledJourney, dict[str, CompiledMessage]]:
    """Compile one journey with its messages; the project must have no errors.

    Returns:
        The journey, and its messages by digest.
    """
    messages: dict[str, CompiledMessage] = {}
    digests: dict[str, str] = {}
    variables: list[tuple[str, ...]] = []
    for name, file in sorted(folder.messages.items()):
        beside = PurePosixPath(file.file).parent

        def read(path: str, beside: PurePosixPath = beside) -> str:
            text = project.text(str(beside / path))
            if text is None:
                raise FileNotFoundError(path)
            return text

        compiled, problems = compile_message(name, file.written, project.workspace.locale, read)
        if compiled is None:
            raise ValueError(f"{file.file}: {problems[0].message}")
        messages[compiled.digest] = compiled
        digests[name] = compiled.digest
        for template in read_templates(file.written, project.workspace.locale, read):
            variables += [variable.path for variable in parse(template.text).variables]
    return compile_journey(folder.journey, digests, variables), messages


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
