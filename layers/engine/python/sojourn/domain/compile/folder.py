"""Compiles a journey's folder: the journey, and the messages it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.compile.compiled import Sendable
from sojourn.domain.compile.journey import compile_journey
from sojourn.domain.journey.contents import content_of
from sojourn.domain.message.template import parse
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.journey.project import JourneyFolder, Project
    from sojourn.domain.message.compiled import CompiledMessage


def compile_folder(
    folder: JourneyFolder, project: Project
) -> tuple[CompiledJourney, dict[str, CompiledMessage]]:
    """Compile one journey with its messages; the project must have no errors (`sojourn.domain.journey.checking`).

    Returns:
        The journey, and its messages by digest.

    Raises:
        AuthorError: a message has an error after all.
    """
    messages: dict[str, CompiledMessage] = {}
    sendable: dict[str, Sendable] = {}
    variables: set[tuple[str, ...]] = set()
    for name, file in sorted(folder.messages.items()):
        content = content_of(project, file)
        if content.compiled is None:
            raise AuthorError(f"{file.file}: {content.problems[0].message}")
        messages[content.compiled.digest] = content.compiled
        listed = tuple(channel for channel in file.written if channel in content.compiled.channels)
        sendable[name] = Sendable(content.compiled.digest, listed)
        for template in content.templates:
            if "{" in template.text:
                variables |= {variable.path for variable in parse(template.text).variables}
    return compile_journey(folder.journey, sendable, sorted(variables)), messages
