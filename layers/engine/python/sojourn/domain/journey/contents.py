"""The content of a project's messages, compiled once for all who ask: the rules, and whoever compiles the journeys."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sojourn.domain.journey.project import MessageContent
from sojourn.domain.message.content import compile_message, read_templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.journey.project import MessageFile, Project


def content_of(project: Project, message: MessageFile) -> MessageContent:
    """Return the content of one of *project*'s messages; it is worked out at the first asking."""
    found = project.contents.get(message.file)
    if found is None:
        found = project.contents[message.file] = _compiled(project, message)
    return found


def _compiled(project: Project, message: MessageFile) -> MessageContent:
    at = PurePosixPath(message.file)

    def beside(file: str) -> str:
        return project.files[str(at.parent / file)].decode("utf-8-sig")

    written, locale = _channels(message.written), project.workspace.locale
    compiled, problems = compile_message(at.stem, written, locale, beside)
    return MessageContent(compiled, problems, read_templates(written, locale, beside))


def _channels(written: Mapping[str, object]) -> dict[str, object]:
    """Return what is content in a message's file; its title is for people."""
    return {key: value for key, value in written.items() if key != "title" and value is not None}
