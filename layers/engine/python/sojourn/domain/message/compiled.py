"""A message as it was compiled: plain JSON that travels with the journey version, rendered for one customer at a time.

Sending needs this module, and nothing of what compiling takes (`content`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.domain.message.channels import CHANNELS
from sojourn.domain.message.locales import canonical
from sojourn.domain.message.rendering import Rendered, Renderer


@dataclass(frozen=True)
class CompiledMessage:
    """A message ready to be rendered.

    Args:
        digest: of the content, so that two versions of a message can be told apart; 16 hexadecimal digits.
        locales: parts by locale (canonical form) and channel; a part is text, or nested text for a WhatsApp
            template's parameters and a webhook's body.
    """

    name: str
    digest: str
    locales: Mapping[str, Mapping[str, Mapping[str, Any]]]
    default_locale: str

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels every customer can be reached on, whatever their locale."""
        content = self.locales[canonical(self.default_locale)]
        return tuple(channel for channel in CHANNELS if channel in content)

    def to_json(self) -> dict[str, Any]:
        """Return the message as plain JSON values, the digest included."""
        return {
            "name": self.name,
            "digest": self.digest,
            "default_locale": self.default_locale,
            "locales": plain(self.locales),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> CompiledMessage:
        """Return the message that `to_json` wrote."""
        return cls(value["name"], value["digest"], value["locales"], value["default_locale"])

    @property
    def renderer(self) -> Renderer:
        """What renders this message; made at first use and kept, as one message is sent many times."""
        found: Renderer | None = self.__dict__.get("_renderer")
        if found is None:
            found = Renderer(self.locales, self.default_locale)
            self.__dict__["_renderer"] = found
        return found


def render(
    message: CompiledMessage,
    channel: str,
    locale: str | None,
    variables: Mapping[str, Any],
    link: Callable[[str], str] | None = None,
) -> Rendered:
    """Render *message* for one customer on one channel.

    Args:
        locale: the customer's; the message's default where None or where there is no content for it.
        variables: plain JSON-like values by name, `customer`, `entry`, `unsubscribe_url`, …
        link: makes a tracked link of a URL, for the `track` filter.

    Raises:
        ContentError: there is no content for the channel, or a part cannot be rendered; the reason names it.
    """
    return message.renderer.render(channel, locale, variables, link)


def plain(value: Any) -> Any:
    """Return *value* with whatever mappings and lists it is made of as plain ones."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
