"""Renders a compiled message: picks the locale, fills every part, keeps headers on one line.

Everything that does not depend on the customer is worked out once per channel and locale and kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.domain.message.limits import MAX_HEADER, MAX_SMS, MAX_TEMPLATE
from sojourn.domain.message.locales import canonical, fallbacks
from sojourn.domain.message.problems import ContentError
from sojourn.domain.message.template import parse

_HEADERS = frozenset(
    ("subject", "from", "reply_to", "title", "link", "image", "template", "language", "url", "expires")
)
_REQUIRED = frozenset(("subject", "title", "body", "text", "html", "url", "template", "from"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

_Render = Callable[[Mapping[str, Any], Callable[[str], str] | None], str]


@dataclass(frozen=True)
class Rendered:
    """A message as one customer gets it.

    Args:
        locale: the locale of the content that was used, canonical.
        parts: text by part; a WhatsApp template's `parameters` and a structured webhook `body` are JSON text.
    """

    channel: str
    locale: str
    parts: Mapping[str, str]


@dataclass(frozen=True)
class _Plan:
    locale: str
    parts: tuple[tuple[str, _Render], ...]


class Renderer:
    """Renders one message, given its parts by locale and channel."""

    def __init__(self, locales: Mapping[str, Mapping[str, Mapping[str, Any]]], default_locale: str) -> None:
        self._locales = {canonical(locale): channels for locale, channels in locales.items()}
        self._default_locale = default_locale
        self._content: dict[tuple[str, str | None], str] = {}
        self._plans: dict[tuple[str, str], _Plan] = {}

    def render(
        self,
        channel: str,
        locale: str | None,
        variables: Mapping[str, Any],
        link: Callable[[str], str] | None,
    ) -> Rendered:
        """Render the channel's parts; ContentError naming the part and what is wrong with it."""
        plan = self._plan(channel, locale)
        parts = {}
        for part, fill in plan.parts:
            try:
                parts[part] = fill(variables, link)
            except ContentError as error:
                raise ContentError(f"{channel} {part}: {error.reason}") from error
        return Rendered(channel, plan.locale, parts)

    def _plan(self, channel: str, locale: str | None) -> _Plan:
        found = self._content.get((channel, locale))
        if found is None:
            found = self._choose(channel, locale)
            # A customer's locale is any text at all: keep the choices of well-formed ones only, of which few exist.
            if locale is None or len(self._content) < 1_000:
                self._content[channel, locale] = found
        plan = self._plans.get((channel, found))
        if plan is None:
            parts = self._locales[found][channel]
            plan = _Plan(
                found, tuple((part, _fill(channel, part, value, found)) for part, value in parts.items())
            )
            self._plans[channel, found] = plan
        return plan

    def _choose(self, channel: str, locale: str | None) -> str:
        for tag in fallbacks(locale, self._default_locale):
            if channel in self._locales.get(tag, ()):
                return tag
        raise ContentError(f"there is no content for {channel}")


def _fill(channel: str, part: str, value: Any, locale: str) -> _Render:
    if not isinstance(value, str):
        return _structure(value, locale)
    template = parse(value, part == "html")
    header = part in _HEADERS
    limit = MAX_HEADER if header else MAX_SMS if channel == "sms" else MAX_TEMPLATE
    required = part in _REQUIRED
    refuse = None
    if part == "html":
        # Imported here: what reads markup is for emails, and only those that are made here.
        from sojourn.domain.message.addresses import guard

        refuse = guard(value)

    def fill(variables: Mapping[str, Any], link: Callable[[str], str] | None) -> str:
        text = template.render(variables, link, locale, limit)
        if header and not text.isprintable():
            text = _CONTROL.sub(" ", text)
        if required and (not text or text.isspace()):
            raise ContentError("it is empty")
        if refuse is not None:
            refuse(text)
        return text

    return fill


def _structure(value: Any, locale: str) -> _Render:
    def fill(variables: Mapping[str, Any], link: Callable[[str], str] | None) -> str:
        filled = _walk(value, lambda text: parse(text).render(variables, link, locale))
        return json.dumps(filled, ensure_ascii=False, separators=(",", ":"))

    return fill


def _walk(value: Any, render: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return render(value)
    if isinstance(value, Mapping):
        return {key: _walk(item, render) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, render) for item in value]
    return value
