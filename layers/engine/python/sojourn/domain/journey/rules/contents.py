"""Every message of a project, compiled once: what came of it, and what is wrong with it, at its place.

A message may be wrong in its YAML file or in a file beside it; both kinds of place become spans here. This module
knows where content stands, not what a journey does with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean, nearest
from sojourn.domain.journey.contents import content_of
from sojourn.domain.message.template import check_template
from sojourn.domain.places import Placed, PlacedList, Span, TextSpan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.project import MessageFile
    from sojourn.domain.journey.rules.context import Context, JourneyView
    from sojourn.domain.journey.rules.rule import Rule
    from sojourn.domain.message.authored import AuthoredTemplate
    from sojourn.domain.message.compiled import CompiledMessage

_ALWAYS = ("unsubscribe_url", "preferences_url")
_OF_JOURNEY = ("entry", "steps")
_OF_CUSTOMER = ("id", "email", "phone")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a message, in which file and where."""

    kind: str
    message: str
    help: str
    file: str
    span: Span
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """A message and what came of compiling it; None where something is wrong."""

    name: str
    file: MessageFile
    view: JourneyView
    compiled: CompiledMessage | None
    wrong: tuple[Wrong, ...]

    def place(self, *path: str) -> Span:
        """Where the value under *path* stands."""
        return _place(self.file.written, path).span


@dataclass(frozen=True, slots=True)
class PlacedTemplate:
    """A template of a message where it stands."""

    content: Content
    template: AuthoredTemplate
    _contents: Contents

    def place(self, offset: int = 0, length: int = 1) -> tuple[str, Span]:
        """Return the file and the place of a part of the template."""
        template = self.template
        return self._contents.where(self.content.file, template.path, template.file, offset, length)


class Contents:
    """The messages of all journeys."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @cached_property
    def all(self) -> tuple[Content, ...]:
        """Every message whose file could be read whole."""
        return tuple(
            self._compiled(view, name, message)
            for view in self.context.journeys.values()
            for name, message in view.folder.messages.items()
            if message.file not in self.context.project.damaged
        )

    @cached_property
    def by_place(self) -> dict[tuple[str, str], Content]:
        """The messages by journey file and name."""
        return {(content.view.file, content.name): content for content in self.all}

    def findings(self, rule: Rule, *kinds: str) -> Iterator[Finding]:
        """Yield what is wrong in one of *kinds* as findings of *rule*."""
        for content in self.all:
            for wrong in content.wrong:
                if wrong.kind in kinds:
                    yield rule.finding(wrong.message, wrong.file, wrong.span, wrong.help)

    def templates(self, channel: str) -> Iterator[PlacedTemplate]:
        """Yield every template of a channel, with what is needed to point into it."""
        for content in self.all:
            for template in content_of(self.context.project, content.file).templates:
                if template.channel == channel:
                    yield PlacedTemplate(content, template, self)

    def _compiled(self, view: JourneyView, name: str, message: MessageFile) -> Content:
        content = content_of(self.context.project, message)
        wrong = [
            Wrong(
                p.kind,
                p.message,
                p.help,
                *self.where(message, p.path, p.file, p.offset, p.length),
                p.path,
            )
            for p in content.problems
        ]
        for template in content.templates:
            if "{" not in template.text:
                continue
            for one in check_template(template.text, lambda path: self._provided(view, path)):
                if one.kind == "unknown-variable":
                    where = self.where(message, template.path, template.file, one.offset, one.length)
                    wrong.append(Wrong(one.kind, one.message, one.help, *where, template.path))
        return Content(name, message, view, content.compiled, tuple(wrong))

    def where(
        self, message: MessageFile, path: tuple[str, ...], file: str, offset: int, length: int
    ) -> tuple[str, Span]:
        """Return the file and the place of a part of a template."""
        if file:
            name = str(PurePosixPath(message.file).parent / file)
            before = (self.context.project.text(name) or "")[:offset]
            line, column = before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
            return name, Span(line, column, line, column + max(length, 1))
        at = _place(message.written, path)
        value = _value(message.written, path)
        return message.file, at.inside(value, offset, length) if isinstance(value, str) else at.span

    def _provided(self, view: JourneyView, path: tuple[str, ...]) -> str | None:
        """Say what to write instead of a variable that nothing provides; None where something does."""
        root, *keys = path
        fields: dict[str, list[str]] = {
            "customer": [*_OF_CUSTOMER, *self.context.workspace.attributes, *self.context.project.traits],
            "entry": list(self.context.entry_types[view.journey.journey]),
            "brand": [key for key, value in self.context.workspace.brand or () if value],
            "steps": list(view.named),
        }
        if root in _ALWAYS:
            return None
        if root not in fields:
            for owner, names in fields.items():
                if root in names:
                    return f'did you mean "{owner}.{root}"?'
            return did_you_mean(root, [*fields, *_ALWAYS])
        known = fields[root]
        if not keys or keys[0] in known or "*" in known:
            return None
        if root in _OF_JOURNEY and view.file in self.context.project.damaged:
            return None  # it may be among what could not be read
        more = {"customer": "attributes", "entry": "events", "brand": "brand"}.get(root)
        if near := nearest(keys[0], known):
            return f'did you mean "{root}.{near}"?'
        return did_you_mean(keys[0], known) or (f"add it to `{more}` in workspace.yaml" if more else "")


def _steps(data: object, path: tuple[str, ...]) -> Iterator[tuple[TextSpan, object]]:
    for key in path:
        if isinstance(data, Placed) and key in data:
            at, data = data.values_at[key], data[key]
        elif isinstance(data, PlacedList) and key.isdigit() and int(key) < len(data):
            at, data = data.items_at[int(key)], data[int(key)]
        else:
            return
        yield at, data


def _place(data: Placed, path: tuple[str, ...]) -> TextSpan:
    return next((at for at, _ in reversed(list(_steps(data, path)))), TextSpan(data.span))


def _value(data: Placed, path: tuple[str, ...]) -> object:
    found = list(_steps(data, path))
    return found[-1][1] if len(found) == len(path) and found else None
