"""Reads the authored mapping of a message into templates, one for each part of each channel in each locale.

The mapping is what `messages/<name>.yaml` holds: channels at the top in the workspace's locale, other locales below
`locales`. Nothing is compiled here; a part that names a file gets that file's text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sojourn.domain.findings import did_you_mean
from sojourn.domain.message.channels import CHANNELS
from sojourn.domain.message.limits import MAX_NESTING
from sojourn.domain.message.locales import canonical, is_locale
from sojourn.domain.message.problems import MessageProblem

Form = Literal["header", "text", "html", "mjml"]

_PARTS: dict[str, dict[str, Form]] = {
    "email": {
        "subject": "header",
        "mjml": "mjml",
        "html": "html",
        "text": "text",
        "preheader": "text",
        "from": "header",
        "reply_to": "header",
    },
    "sms": {"body": "text"},
    "push": {"title": "header", "body": "text", "link": "header", "image": "header"},
    "whatsapp": {"template": "header", "language": "header", "body": "text"},
    "in_app": {"title": "header", "body": "text", "link": "header", "expires": "header"},
    "webhook": {"url": "header", "body": "text"},
}
_ONE_OF: dict[str, tuple[tuple[str, ...], ...]] = {
    "email": (("subject",), ("mjml", "html", "text")),
    "sms": (("body",),),
    "push": (("title",), ("body",)),
    "whatsapp": (("template", "body"),),
    "in_app": (("title",), ("body",)),
    "webhook": (("url",), ("body",)),
}
_NOT_BOTH = {"email": ("mjml", "html"), "whatsapp": ("template", "body")}
_STRUCTURED: dict[tuple[str, str], tuple[type, ...]] = {
    ("whatsapp", "parameters"): (list,),
    ("webhook", "body"): (dict, list),
}
_FILE = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*\.(?:mjml|html?|txt)")
_IN_FILES = ("mjml", "html", "text")


@dataclass(frozen=True, slots=True)
class AuthoredTemplate:
    """One template as its author wrote it.

    Args:
        part: the key within the channel; `parameters` and a webhook's `body` may have several templates.
        form: header (one line), text, html or mjml.
        path: the keys that lead to it in the authored mapping.
        file: the file its text came from; empty where the text stands in the mapping.
    """

    locale: str
    channel: str
    part: str
    form: Form
    text: str
    path: tuple[str, ...]
    file: str = ""


@dataclass(slots=True)
class Authored:
    """Everything read: the templates, the structured values they stand in, and what is wrong."""

    templates: list[AuthoredTemplate] = field(default_factory=list)
    structures: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    problems: list[MessageProblem] = field(default_factory=list)


def read_content(content: Mapping[str, Any], default_locale: str, files: Callable[[str], str]) -> Authored:
    """Read the authored mapping *content* of a message.

    Args:
        content: `{"email": {…}, "sms": "…", …, "locales": {"de": {"email": {…}}}}`.
        files: gives the text of a file beside the message by its name; LookupError, OSError or ValueError where it
            cannot.
    """
    reader = _Reader(files)
    base = {key: value for key, value in content.items() if key not in ("locales", "title")}
    reader.channels(base, default_locale, ())
    if not base:
        reader.problem("missing-part", "the message has no content", f"channels: {', '.join(CHANNELS)}", ())
    others = content.get("locales", {})
    if not isinstance(others, Mapping):
        reader.problem(
            "wrong-type", '"locales" is not a mapping', "write locales: {de: {email: …}}", ("locales",)
        )
        return reader.authored
    for locale, channels in others.items():
        path = ("locales", str(locale))
        if not is_locale(str(locale)):
            reader.problem("unknown-key", f'"{locale}" is not a language tag', "such as de, pt-BR", path)
        elif canonical(str(locale)) == canonical(default_locale):
            hint = "write its channels at the top of the file"
            reader.problem("unknown-key", f'"{locale}" is the locale of the message itself', hint, path)
        elif not isinstance(channels, Mapping):
            reader.problem("wrong-type", f'"{locale}" is not a mapping', "write email: …, sms: …", path)
        else:
            reader.channels(channels, canonical(str(locale)), path)
            for channel in channels:
                if channel in CHANNELS and channel not in base:
                    hint = (
                        f'add "{channel}" at the top of the file: it is what every other locale falls back to'
                    )
                    message = f'"{channel}" is only in "{locale}"'
                    reader.problem("no-fallback", message, hint, (*path, channel))
    return reader.authored


class _Reader:
    def __init__(self, files: Callable[[str], str]) -> None:
        self.authored = Authored()
        self._files = files

    def problem(self, kind: str, message: str, hint: str, path: tuple[str, ...], file: str = "") -> None:
        self.authored.problems.append(MessageProblem(kind, message, hint, path, file))

    def channels(self, channels: Mapping[str, Any], locale: str, path: tuple[str, ...]) -> None:
        for channel, parts in channels.items():
            here = (*path, str(channel))
            if channel not in CHANNELS:
                hint = did_you_mean(str(channel), CHANNELS)
                self.problem("unknown-key", f'there is no channel "{channel}"', hint, here)
            elif channel == "sms" and isinstance(parts, str):
                self._template(locale, "sms", "body", parts, here)
            elif not isinstance(parts, Mapping):
                hint = f"its parts: {', '.join(_keys(channel))}"
                self.problem("wrong-type", f'"{channel}" is not a mapping', hint, here)
            else:
                self._parts(locale, channel, parts, here)

    def _parts(self, locale: str, channel: str, parts: Mapping[str, Any], path: tuple[str, ...]) -> None:
        for part, value in parts.items():
            here = (*path, str(part))
            if part not in _keys(channel):
                hint = did_you_mean(str(part), _keys(channel))
                self.problem("unknown-key", f'"{channel}" has no part "{part}"', hint, here)
            elif _too_deep(value):
                self.problem("too-large", f'"{part}" is nested more than {MAX_NESTING} deep', "", here)
            elif isinstance(value, _STRUCTURED.get((channel, part), ())):
                self.authored.structures[locale, channel, part] = value
                for text, keys in leaves(value):
                    self._template(locale, channel, part, text, (*here, *keys))
            elif isinstance(value, str) and part in _PARTS[channel]:
                self._template(locale, channel, part, value, here)
            else:
                wanted = "text" if part in _PARTS[channel] else "a list"
                self.problem("wrong-type", f'"{part}" is not {wanted}', "put numbers in quotes", here)
        for choice in _ONE_OF[channel]:
            if not any(part in parts for part in choice):
                names = " or ".join(f'"{part}"' for part in choice)
                hint = "a locale's channel is used as a whole, so nothing is taken from another language"
                self.problem(
                    "missing-part", f'"{channel}" has no {names}', hint if path[0] == "locales" else "", path
                )
        both = _NOT_BOTH.get(channel, ())
        if len(both) == 2 and all(part in parts for part in both):
            message = f'"{channel}" has both "{both[0]}" and "{both[1]}"'
            self.problem("unknown-key", message, "keep one of them", (*path, both[1]))

    def _template(self, locale: str, channel: str, part: str, value: str, path: tuple[str, ...]) -> None:
        form = _PARTS[channel].get(part, "text")
        if channel == "email" and part in _IN_FILES and _FILE.fullmatch(value.strip()):
            name = value.strip()
            try:
                text = self._files(name)
            except UnicodeError:
                self.problem("not-utf-8", f'the file "{name}" is not UTF-8 text', "", path)
            except (LookupError, OSError, ValueError):
                self.problem("missing-file", f'the file "{name}" is not beside the message', "", path)
            else:
                self._add(AuthoredTemplate(locale, channel, part, form, text, path, name))
            return
        if form in ("mjml", "html") and "<" not in value:
            hint = f'write the name of a file beside the message, "{part}: reminder.{form}", or the {form} itself'
            self.problem("missing-file", f'"{value[:60]}" is neither a file name nor {form}', hint, path)
            return
        self._add(AuthoredTemplate(locale, channel, part, form, value, path))

    def _add(self, template: AuthoredTemplate) -> None:
        self.authored.templates.append(template)


def leaves(value: Any, keys: tuple[str, ...] = ()) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield every text in nested mappings and lists, with the keys that lead to it."""
    if isinstance(value, str):
        yield value, keys
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*keys, str(key)))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from leaves(item, (*keys, str(index)))


def _too_deep(value: Any) -> bool:
    level = [value] if isinstance(value, (Mapping, list)) else []
    for _ in range(MAX_NESTING):
        nested = [each.values() if isinstance(each, Mapping) else each for each in level]
        level = [item for each in nested for item in each if isinstance(item, (Mapping, list))]
        if not level:
            return False
    return True


def _keys(channel: str) -> tuple[str, ...]:
    return (*_PARTS[channel], *(("parameters",) if channel == "whatsapp" else ()))
