"""Names as the journey language has them, made from names as Pinpoint allows them: unique, and always the same."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
_RESERVED = frozenset(
    (
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
        "namespace", "null", "package", "return", "true", "var", "void", "while",
    )
)  # fmt: skip
"""What CEL (https://github.com/google/cel-spec/blob/master/doc/langdef.md) keeps for itself."""


class Names:
    """Gives each thing a name of its own: two that would be called alike are numbered."""

    def __init__(self, separator: str, taken: tuple[str, ...] = ()) -> None:
        self.separator = separator
        self._given: dict[object, str] = {}
        self._taken = set(taken)

    def give(self, thing: object, wanted: str) -> str:
        """Return the name of *thing*: the one it has, else *wanted*, with a number where that is another's."""
        if thing in self._given:
            return self._given[thing]
        name, number = wanted[:LONGEST].rstrip("-_"), 1
        while name in self._taken:
            number += 1
            tail = f"{self.separator}{number}"
            name = wanted[: LONGEST - len(tail)].rstrip("-_") + tail
        self._taken.add(name)
        self._given[thing] = name
        return name


def slug(text: str, instead: str) -> str:
    """Return *text* as the name of a journey, message or segment: `Spring Sale '26` becomes `spring-sale-26`.

    Args:
        instead: what it is called, or what stands before it, where *text* begins with no letter.
    """
    words = re.sub(r"[^a-z0-9]+", "-", _plain(text).lower()).strip("-")[:LONGEST].rstrip("-")
    if words[:1].isalpha():
        return words
    return f"{instead}-{words}"[:LONGEST].rstrip("-") if words else instead


def step_id(text: str, instead: str) -> str:
    """Return *text* as the id of a step: `Spring Sale` becomes `spring_sale`."""
    return re.sub(r"-+", "_", slug(text, instead))


def identifier(text: str, instead: str) -> str:
    """Return *text* as conditions can spell it, unchanged where they can: `First Name` becomes `First_Name`."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", _plain(text)).strip("_" if not text.startswith("_") else "")
    plain = plain[:LONGEST]
    if not plain:
        return instead
    if plain[0].isdigit() or plain in _RESERVED:
        plain = f"{instead}_{plain}"[:LONGEST]
    return plain


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
