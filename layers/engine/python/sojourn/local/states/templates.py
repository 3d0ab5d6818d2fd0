"""Payload templates (`Parameters`, `ResultSelector`, `ItemSelector`) and where a result goes (`ResultPath`).

A template is JSON in which a field `name.$` is filled in: its text is a path or a call. Everything that is
not filled in is shared by all executions, which is safe because state data is never changed in place.
"""

from __future__ import annotations

from typing import Any

from sojourn.local.states.calls import compile_value
from sojourn.local.states.errors import RESULT_PATH_MATCH_FAILURE, StateError
from sojourn.local.states.evaluation import Evaluate, Growth, Piece, Scope, SyntaxProblem
from sojourn.local.states.paths import Key, Path
from sojourn.local.states.payload import size, to_json


def compile_template(template: Any, place: str, problems: list[str]) -> Piece:
    """Return the piece that fills the template in; add to *problems* what is wrong in it.

    Args:
        template: any JSON value.
        place: where it stands in the definition, for the problems.
        problems: the list to add to.
    """
    fields = _fields(template, place, problems)
    if fields is None:
        return Piece(lambda value, scope: template, Growth(size(template), 0))
    growth = Growth(len(fields) + 2, 0)
    for key, piece in fields:
        growth = growth.beside(piece.growth).beside(Growth(size(key) + 1, 0))
    if isinstance(template, list):
        elements = tuple(piece.evaluate for _, piece in fields)
        return Piece(lambda value, scope: [element(value, scope) for element in elements], growth)
    pairs = tuple((key, piece.evaluate) for key, piece in fields)
    return Piece(_filled_object(pairs), growth)


def _filled_object(pairs: tuple[tuple[str, Evaluate], ...]) -> Evaluate:
    if len(pairs) == 1:
        ((key, only),) = pairs
        return lambda value, scope: {key: only(value, scope)}
    return lambda value, scope: {key: piece(value, scope) for key, piece in pairs}


def _fields(template: Any, place: str, problems: list[str]) -> list[tuple[str, Piece]] | None:
    """Return the compiled parts of an object or array, or None where nothing in it is filled in."""
    if isinstance(template, list):
        before = len(problems)
        inner = [
            ("", compile_template(part, f"{place}[{index}]", problems)) for index, part in enumerate(template)
        ]
        return inner if len(problems) > before or any(_is_filled(part) for part in template) else None
    if not isinstance(template, dict) or not _is_filled(template):
        return None
    fields = []
    for key, part in template.items():
        if not key.endswith(".$"):
            fields.append((key, compile_template(part, f"{place}.{key}", problems)))
            continue
        if key[:-2] in template:
            problems.append(f"{place}: {key[:-2]!r} stands there twice, as it is and filled in")
        if not isinstance(part, str):
            problems.append(f"{place}.{key}: it must be a path or a call, not {to_json(part)}")
            continue
        try:
            fields.append((key[:-2], compile_value(part, key)))
        except SyntaxProblem as problem:
            problems.append(f"{place}.{key}: {part!r}: {problem}")
    return fields


def _is_filled(template: Any) -> bool:
    if isinstance(template, list):
        return any(map(_is_filled, template))
    if isinstance(template, dict):
        return any(key.endswith(".$") or _is_filled(part) for key, part in template.items())
    return False


class Placing:
    """Where a result goes: replaces the data (`$`), is thrown away (null), or is set at a place in it.

    Raises:
        SyntaxProblem: where the path can name more than one place, or reads the context object.
    """

    __slots__ = ("extra", "keys")

    def __init__(self, text: str | None) -> None:
        self.keys: tuple[Key, ...] | None = None
        self.extra = 0
        if text is None:
            return
        path = Path(text)
        if path.keys is None or path.of_context:
            raise SyntaxProblem(
                "a reference path is needed: only names and indexes, no $$, filter, slice or *"
            )
        self.keys = path.keys
        self.extra = sum(len(str(key).encode()) + 6 for key in path.keys)

    @property
    def replaces(self) -> bool:
        """Return whether the result takes the place of all the data."""
        return self.keys == ()

    def growth(self, result: Growth) -> Growth:
        """Return how large the data can be, once a result of that size is in its place."""
        if self.keys is None:
            return Growth(0, 1)
        return result if self.replaces else Growth(self.extra, 1).beside(result)

    def put(self, value: Any, result: Any) -> Any:
        """Return *value* with *result* in its place; neither is changed.

        Raises:
            StateError: `States.ResultPathMatchFailure` where the data has no such place.
        """
        if self.keys is None:
            return value
        if len(self.keys) == 1 and isinstance(value, dict) and isinstance(self.keys[0], str):
            return {**value, self.keys[0]: result}
        try:
            return self._put(value, self.keys, result)
        except LookupError:
            raise StateError(
                RESULT_PATH_MATCH_FAILURE, f"Unable to apply ReferencePath {self} to input {to_json(value)}"
            ) from None

    def _put(self, value: Any, keys: tuple[Key, ...], result: Any) -> Any:
        if not keys:
            return result
        key, rest = keys[0], keys[1:]
        if isinstance(key, str) and isinstance(value, dict):
            return {**value, key: self._put(value.get(key, {}), rest, result)}
        if isinstance(key, int) and isinstance(value, list) and 0 <= key < len(value):
            return [*value[:key], self._put(value[key], rest, result), *value[key + 1 :]]
        raise LookupError(key)

    def __str__(self) -> str:
        keys = self.keys or ()
        return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)


def composed(placing: Placing, result: Evaluate) -> Evaluate:
    """Return the closure that puts what *result* gives into its place in the data."""
    if placing.replaces:
        return result
    put = placing.put

    def evaluate(value: Any, scope: Scope) -> Any:
        return put(value, result(value, scope))

    return evaluate
