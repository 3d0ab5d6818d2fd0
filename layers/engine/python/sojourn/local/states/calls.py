"""How a value is asked for: a path, `$.order.id`, or a call, `States.Format('Hello {}', $.name)`.

Reads the text once and compiles it. What a path finds missing is `States.Runtime`, what a function refuses is
`States.IntrinsicFailure`; both name the field in which the text stands.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sojourn.local.states.errors import INTRINSIC_FAILURE, RUNTIME, StateError
from sojourn.local.states.evaluation import Evaluate, Growth, Piece, Scope, SyntaxProblem
from sojourn.local.states.intrinsics import INTRINSICS, LARGEST_SUMMAND, Intrinsic, Refused
from sojourn.local.states.paths import Fail, Path
from sojourn.local.states.payload import size, to_json

_DEEPEST = 10
_NAME = re.compile(r"\s*(States\.\w+)\s*\(")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=\s*[,)])")
_WORD = re.compile(r"(true|false|null)(?=\s*[,)])")
_SPACE = re.compile(r"\s*")


def missing_in(field: str, path: str) -> Fail:
    """Return what to raise where *path*, which stands in *field*, finds nothing.

    The developer guide promises `States.ParameterPathFailure`; the service reports `States.Runtime`, which no
    Catch takes, and with these words.
    """

    def fail(value: Any) -> StateError:
        return StateError(
            RUNTIME,
            f"The JSONPath '{path}' specified for the field '{field}' could not be found in the input "
            f"'{to_json(value)}'",
        )

    return fail


def compile_path(text: str, fail: Fail) -> Piece:
    """Return the piece that gives what is at a path.

    Raises:
        SyntaxProblem: where it is no path.
    """
    path = Path(text)
    return Piece(path.getter(fail), path.growth)


def compile_value(text: str, field: str) -> Piece:
    """Return the piece for the text of a field whose name ends in `.$`: a path or a call.

    Raises:
        SyntaxProblem: where it is neither.
    """
    if text.startswith("$"):
        return compile_path(text, missing_in(field, text))
    if not text.startswith("States."):
        raise SyntaxProblem("it must be a path that starts with $ or a call of a States function")
    piece, end = _read_call(text, 0, field, 1)
    if text[end:].strip():
        raise SyntaxProblem(f"it cannot be read from {text[end:]!r} on")
    return piece


def _end_of_path(text: str, at: int) -> int:
    """Return where the path that starts at *at* ends: at a comma or parenthesis outside of its brackets."""
    depth = 0
    quote = ""
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif depth and char in "'\"":
            quote = char
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
        elif not depth and (char in ",)" or char.isspace()):
            break
        at += 1
    return at


def _unescaped(text: str, of_format: bool) -> str:
    r"""Return a string argument without its escapes; those of braces stay for `States.Format` to read."""
    return re.sub(r"\\(.)", lambda found: found[0] if of_format else found[1], text, flags=re.DOTALL)


def _constant(value: Any) -> Piece:
    return Piece(lambda data, scope: value, Growth(size(value), 0))


def _read_argument(text: str, at: int, field: str, depth: int, of_format: bool) -> tuple[Piece, int]:
    found = _STRING.match(text, at)
    if found:
        return _constant(_unescaped(found[1], of_format)), found.end()
    found = _NUMBER.match(text, at) or _WORD.match(text, at)
    if found:
        return _constant(json.loads(found[0])), found.end()
    if text.startswith("$", at):
        end = _end_of_path(text, at)
        path = text[at:end]
        return compile_path(path, missing_in(field, path)), end
    if text.startswith("States.", at):
        return _read_call(text, at, field, depth + 1)
    raise SyntaxProblem(
        f"an argument is a 'string', a number, true, false, null, a path or a call, not {text[at:]!r}"
    )


def _read_call(text: str, at: int, field: str, depth: int) -> tuple[Piece, int]:
    if depth > _DEEPEST:
        raise SyntaxProblem(f"calls are nested deeper than {_DEEPEST}")
    found = _NAME.match(text, at)
    function = INTRINSICS.get(found[1]) if found else None
    if found is None or function is None:
        raise SyntaxProblem(f"there is no such function: {text[at:]!r}")
    name = found[1]
    pieces: list[Piece] = []
    at = _skip(text, found.end())
    while not text.startswith(")", at):
        if pieces:
            if not text.startswith(",", at):
                raise SyntaxProblem(f"a comma or parenthesis is missing at {text[at:]!r}")
            at = _skip(text, at + 1)
        of_format = name == "States.Format" and not pieces
        piece, at = _read_argument(text, at, field, depth, of_format)
        pieces.append(piece)
        at = _skip(text, at)
    if not function.least <= len(pieces) <= function.most:
        wanted = str(function.least) if function.least == function.most else f"at least {function.least}"
        raise SyntaxProblem(f"{name} takes {wanted} arguments, not {len(pieces)}")
    return _call(name, function, pieces), at + 1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _call(name: str, function: Intrinsic, pieces: list[Piece]) -> Piece:
    if name == "States.MathAdd":
        evaluate = _addition(*(piece.evaluate for piece in pieces))
    else:
        evaluate = _general_call(name, function, tuple(piece.evaluate for piece in pieces))
    growth = function.growth
    if growth is None:
        growth = Growth(len(pieces) + 2, 0)
        for piece in pieces:
            growth = growth.beside(piece.growth)
    return Piece(evaluate, growth)


def _general_call(name: str, function: Intrinsic, arguments: tuple[Evaluate, ...]) -> Evaluate:
    call = function.call

    def evaluate(value: Any, scope: Scope) -> Any:
        try:
            return call([argument(value, scope) for argument in arguments], scope)
        except Refused as refusal:
            raise StateError(INTRINSIC_FAILURE, f"{name}: {refusal}") from None

    return evaluate


def _addition(left: Evaluate, right: Evaluate) -> Evaluate:
    """Return the sum, without an argument list: loops count with it, more than any other call is used."""
    general = _general_call("States.MathAdd", INTRINSICS["States.MathAdd"], (left, right))

    def evaluate(value: Any, scope: Scope) -> Any:
        one, other = left(value, scope), right(value, scope)
        whole = type(one) is int and type(other) is int
        if whole and abs(one) <= LARGEST_SUMMAND and abs(other) <= LARGEST_SUMMAND:
            return one + other
        return general(value, scope)

    return evaluate
