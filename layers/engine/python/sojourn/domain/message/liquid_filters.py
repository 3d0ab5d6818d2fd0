"""Which of python-liquid's filters a template may use, and what every one of them is kept from.

Nothing undefined gets into a filter but `default`, nothing oversized gets in or out. Left out of the language on
purpose: what prints markup unescaped (`safe`), what needs babel's locale data, base64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sojourn.domain.message import filters as own
from sojourn.domain.message.limits import CHARACTERS_PER_UNIT, MAX_ITEMS, MAX_TEMPLATE
from sojourn.domain.message.liquid_import import import_liquid
from sojourn.domain.message.problems import ContentError
from sojourn.domain.message.values import text_of

import_liquid()

from liquid.builtin.filters import array, math, misc, string  # noqa: E402
from liquid.undefined import FalsyStrictUndefined  # noqa: E402

_FILTERS: dict[str, Callable[..., Any]] = {
    "abs": math.abs_,
    "append": string.append,
    "at_least": math.at_least,
    "at_most": math.at_most,
    "capitalize": string.capitalize,
    "ceil": math.ceil,
    "compact": array.compact,
    "concat": array.concat,
    "divided_by": math.divided_by,
    "downcase": string.downcase,
    "escape": string.escape,
    "escape_once": string.escape_once,
    "find": array.find,
    "find_index": array.find_index,
    "first": array.first,
    "floor": math.floor,
    "has": array.has,
    "join": array.join,
    "last": array.last,
    "lstrip": string.lstrip,
    "map": array.map_,
    "minus": math.minus,
    "modulo": math.modulo,
    "newline_to_br": string.newline_to_br,
    "plus": math.plus,
    "prepend": string.prepend,
    "reject": array.reject,
    "remove": string.remove,
    "remove_first": string.remove_first,
    "remove_last": string.remove_last,
    "replace": string.replace,
    "replace_first": string.replace_first,
    "replace_last": string.replace_last,
    "reverse": array.reverse,
    "round": math.round_,
    "rstrip": string.rstrip,
    "size": misc.size,
    "slice": string.slice_,
    "sort": array.sort,
    "sort_natural": array.sort_natural,
    "split": string.split,
    "squish": string.squish,
    "strip": string.strip,
    "strip_html": string.strip_html,
    "strip_newlines": string.strip_newlines,
    "sum": array.sum_,
    "times": math.times,
    "truncate": string.truncate,
    "truncatewords": string.truncatewords,
    "uniq": array.uniq,
    "upcase": string.upcase,
    "url_decode": string.url_decode,
    "url_encode": string.url_encode,
    "where": array.where,
}
_OWN: dict[str, Callable[..., Any]] = {
    "date": lambda value, form, *, scene: own.date_filter(value, form, scene),
    "money": lambda value, currency=None, *, scene: own.money(value, scene, currency),
    "number": lambda value, digits=None, *, scene: own.number(value, scene, digits),
    "track": lambda value, *, scene: own.track(value, scene),
}
FILTERS = tuple(sorted((*_FILTERS, *_OWN, "default")))
"""The names of all filters."""

_QUADRATIC = ("uniq",)
_REPLACING = ("replace", "replace_first", "replace_last")
_MULTIPLYING = ("replace", "join")
_MAX_BITS = 4096


class Worker(Protocol):
    """The rendering a filter is part of."""

    env: Any
    scene: own.Scene

    def spend(self, units: int) -> None:
        """Take *units* from the work that is left."""


def table() -> dict[str, Callable[..., Any]]:
    """Return every filter by name, guarded."""
    guarded = {name: _guarded(name, function) for name, function in (*_FILTERS.items(), *_OWN.items())}
    return {**guarded, "default": _default}


def _guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the filter *function* such that nothing undefined gets in, and nothing too large in or out."""
    wants_environment = getattr(function, "with_environment", False)

    def call(left: Any, *args: Any, context: Worker, **options: Any) -> Any:
        for value in (left, *args, *options.values()):
            if type(value) is FalsyStrictUndefined:
                raise ContentError(str(value.hint))
        if left is None:
            raise ContentError(f'the filter "{name}" was given no value')
        size = 0
        for value in (left, *args):
            size += _size(value)
        context.spend(1 + size // CHARACTERS_PER_UNIT)
        if name in _QUADRATIC:
            context.spend(size * size // CHARACTERS_PER_UNIT)
        if name in _MULTIPLYING and args:
            _refuse_growth(name, left, args)
        if wants_environment:
            options["environment"] = context.env
        if name in _OWN:
            options["scene"] = context.scene
        result = function(left, *args, **options)
        if isinstance(result, str) and len(result) > MAX_TEMPLATE:
            raise ContentError(f'the filter "{name}" makes a text that is too long')
        if name in _REPLACING:
            return str(result)  # a value that was escaped must not be put back into markup
        return result

    call.with_context = True  # type: ignore[attr-defined]
    return call


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (list, tuple)):
        if len(value) > MAX_ITEMS:
            raise ContentError(f"a filter works on at most {MAX_ITEMS:,} items")
        return len(value)
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise ContentError("a number is too large")
    return 1


def _refuse_growth(name: str, left: Any, args: tuple[Any, ...]) -> None:
    times = (
        len(left)
        if name == "join" and isinstance(left, (list, tuple))
        else text_of(left).count(text_of(args[0]))
    )
    if times * len(text_of(args[-1])) > MAX_TEMPLATE:
        raise ContentError(f'the filter "{name}" makes a text that is too long')


def _default(left: Any, fallback: Any = "", *, allow_false: Any = False) -> Any:
    return own.default(
        None if type(left) is FalsyStrictUndefined else left, fallback, allow_false=allow_false
    )
