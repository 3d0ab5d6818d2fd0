"""What can be wrong with content: as a value where an author can mend it, as an exception where a send must stop.

Offsets are 0-based characters in the text the author wrote (a YAML value or a file), so that a caller who knows
where that text lies can point at it. Nothing here knows Liquid, MJML or channels.
"""

from __future__ import annotations

from dataclasses import dataclass


class ContentError(Exception):
    """Raised when content cannot be rendered for a customer; `reason` says which variable or rule is to blame."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One thing that is wrong with a template.

    Args:
        kind: syntax, too-large, unknown-filter, unknown-variable or unknown-tag.
    """

    kind: str
    message: str
    help: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class MessageProblem:
    """One thing that is wrong with a message, and where.

    Args:
        kind: a `TemplateProblem` kind, or unknown-key, wrong-type, missing-part, missing-file, not-utf-8,
            no-fallback, mjml, html, lost-liquid.
        path: the keys that lead to the value in the authored mapping, `("locales", "de", "email", "subject")`.
        file: the name of the file the offset counts in; empty where it counts in the value itself.
    """

    kind: str
    message: str
    help: str
    path: tuple[str, ...]
    file: str = ""
    offset: int = 0
    length: int = 1
