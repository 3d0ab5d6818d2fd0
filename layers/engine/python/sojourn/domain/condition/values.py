"""Values that authors write beside literal ones: `update: {x: high}`, `with: {cart_id: entry.cart_id}`.

A text that is exactly a path (`entry.cart_id`, `steps.bought.event.total`, `now`) is looked up; a text that
begins with "=" is a CEL expression; everything else is meant literally. So a text that only looks like a
path is written `="customer.io"`. What is wrong with one, `checking` tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.domain.condition.lazily import compile_condition

if TYPE_CHECKING:
    from sojourn.domain.condition.evaluation import Condition
    from sojourn.domain.condition.scope import Scope

_WORD = "[A-Za-z_][A-Za-z0-9_]*"
_PATH = re.compile(rf"now|(?:customer|entry|event)(?:\.{_WORD})+|steps\.{_WORD}(?:\.{_WORD})+")


def expression_in(raw: Any) -> tuple[str, int] | None:
    """Return the expression that *raw* is, and how far into *raw* it begins; None where *raw* is literal."""
    if not isinstance(raw, str):
        return None
    if raw.startswith("="):
        return raw[1:], 1
    return (raw, 0) if _PATH.fullmatch(raw) else None


@dataclass(frozen=True, slots=True)
class AuthorValue:
    """A value as written: a literal, an expression, or a list or mapping of such."""

    raw: Any
    expression: Condition | None = None
    items: tuple[AuthorValue, ...] | None = None
    entries: tuple[tuple[str, AuthorValue], ...] | None = None

    def resolve(self, scope: Scope) -> Any:
        """Return the value for *scope*, as JSON.

        Raises:
            Missing: it reads something absent.
            NoValue: an expression has no value for another reason.
        """
        if self.expression is not None:
            return self.expression.value(scope)
        if self.items is not None:
            return [item.resolve(scope) for item in self.items]
        if self.entries is not None:
            return {key: value.resolve(scope) for key, value in self.entries}
        return self.raw


def parse_value(raw: Any) -> AuthorValue:
    """Return what an author's *raw* YAML or JSON value means; raises ConditionError at a bad expression."""
    if (found := expression_in(raw)) is not None:
        return AuthorValue(raw, expression=compile_condition(found[0]))
    if isinstance(raw, Mapping):
        return AuthorValue(raw, entries=tuple((str(key), parse_value(value)) for key, value in raw.items()))
    if isinstance(raw, list | tuple):
        return AuthorValue(raw, items=tuple(parse_value(item) for item in raw))
    return AuthorValue(raw)


def texts_in(raw: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every expression in an author's value as (path of keys and places, text)."""
    if expression_in(raw) is not None:
        yield path, raw
    elif isinstance(raw, Mapping):
        for key, value in raw.items():
            yield from texts_in(value, (*path, str(key)))
    elif isinstance(raw, list | tuple):
        for place, item in enumerate(raw):
            yield from texts_in(item, (*path, place))
