"""The CEL runtime: the one place that knows `cel-expr-python`, Google's C++ implementation.

It is handed only programs this room has written, never an author's text, and no type declarations: kinds are
checked before. Loaded on first use, because the library is large and most processes read few conditions.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

_OVERLOAD = re.compile(r"No matching overloads found : (.*)", re.DOTALL)
_UNBOUND = re.compile(r'No value with name "([^"]*)"')
_NO_KEY = re.compile(r'Key not found in map : "(.*)"', re.DOTALL)
_FAULT = re.compile(r"invalid regular expression: (.*)", re.DOTALL)
_OPERATOR = re.compile(r"_(\W+)_\((.*)\)|(?:\((\w+)\)\.)?(@?\w+|[-!]_)\((.*)\)|<iter_range>")
_WORDS = {"string": "text", "double": "a number", "int": "a number", "bool": "true or false"}
_WORDS |= {"timestamp": "a time", "duration": "a length of time", "list": "a list", "map": "an object"}
_WORDS |= {"null_type": "nothing", "null": "nothing"}


class Program(Protocol):
    """What the library makes of a program's text."""

    def eval(self, *, data: Mapping[str, Any]) -> Any:
        """Return the library's value, which may be of its error type."""


class ProgramTooDeep(Exception):
    """The runtime refuses the program because it nests too deeply."""


class Failure(Exception):
    """A program came to an error: `unbound` names a variable without value, `key` a missing key, if that was it."""

    def __init__(self, reason: str, unbound: str = "", key: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.unbound = unbound
        self.key = key


@lru_cache(maxsize=1)
def _library() -> tuple[Any, Any]:
    """Return the library's environment, and the type by which it marks errors."""
    from cel_expr_python import cel  # type: ignore[import-untyped]  # it ships a stub but no py.typed

    return cel.NewEnv(), cel.Type.ERROR


def load(source: str) -> Program:
    """Return the program that *source*, written by this room, compiles to; raises ProgramTooDeep."""
    try:
        program: Program = _library()[0].compile(source, disable_check=True)
    except RuntimeError as error:
        if "recursion" in str(error):
            raise ProgramTooDeep from None
        raise
    return program


def run(program: Program, data: Mapping[str, Any]) -> Any:
    """Evaluate *program* and return a bool, number, text, datetime, timedelta, list, dict or None.

    Raises:
        Failure: it came to an error that nothing absorbed.
    """
    try:
        outcome = program.eval(data=data)
    except RuntimeError as error:  # the iteration budget ends an evaluation this way
        raise _failure(str(error)) from None
    value = outcome.value()
    if value is True or value is False:
        return value
    if isinstance(value, str) and outcome.type() == _library()[1]:
        raise _failure(value)
    return outcome.plain_value()


def pattern_fault(pattern: str) -> str:
    """Return why RE2 does not take *pattern*, or ""."""
    try:
        run(load('"".matches(pattern)'), {"pattern": pattern})
    except Failure as failure:
        return failure.reason
    return ""


def _failure(said: str) -> Failure:
    """Turn the runtime's words into an author's."""
    if unbound := _UNBOUND.search(said):
        return Failure("something it reads has no value", unbound=unbound[1])
    if key := _NO_KEY.search(said):
        return Failure(f'there is no "{key[1]}"', key=key[1])
    if "Key not found" in said:
        return Failure("an object has nothing under that name")
    if fault := _FAULT.search(said):
        return Failure(fault[1])
    if "divide by zero" in said or "modulus by zero" in said:
        return Failure("it divides by zero")
    if "Index error" in said:
        return Failure("a list has nothing at that place")
    if "budget exceeded" in said:
        return Failure("it goes through too many things")
    if overload := _OVERLOAD.search(said):
        return Failure(_misfit(overload[1]))
    if "conversion" in said or "cannot convert" in said or "Invalid timezone" in said:
        return Failure("a text does not say what it should (a number, a time, a zone)")
    if "OUT_OF_RANGE" in said or "overflow" in said:
        return Failure("a number or time is out of range")
    return Failure("it could not be worked out")


def _misfit(said: str) -> str:
    match = _OPERATOR.search(said)
    if match is None or match[0] == "<iter_range>":
        return "what it goes through is no list"
    operator, target = match[1] or match[4].strip("_@"), match[3]
    kinds = [kind for kind in (target, *(match[2] or match[5] or "").split(", ")) if kind]
    words = [_WORDS.get(re.split(r"[<(]", kind)[0].rsplit(".")[-1].lower(), kind) for kind in kinds]
    return f'"{operator}" does not fit {" and ".join(words)}' if words else f'"{operator}" does not fit'
