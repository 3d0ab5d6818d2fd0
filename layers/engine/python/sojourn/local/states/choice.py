"""The rules of a Choice state: comparisons, their Path variants, And, Or and Not.

A comparison with a value of another type is false, not an error; a path that finds nothing fails the state,
except under `IsPresent`. Rules are tested in order and no further than needed, so that `And` may ask
`IsPresent` first.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sojourn.local.states.errors import RUNTIME, StateError
from sojourn.local.states.evaluation import MISSING, Evaluate, Scope, SyntaxProblem, Test
from sojourn.local.states.paths import Fail, Path
from sojourn.local.states.timestamps import timestamp

_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}


def _as_string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _as_number(value: Any) -> float | None:
    return value if type(value) is int or type(value) is float else None


def _as_boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


_Read = Callable[[Any], Any]

_KINDS: dict[str, tuple[_Read, str, str]] = {
    "String": (_as_string, "a string", "any"),
    "Numeric": (_as_number, "a number", "any"),
    "Boolean": (_as_boolean, "true or false", "Equals"),
    "Timestamp": (timestamp, "a timestamp such as 2026-03-14T01:59:00Z", "any"),
}

COMPARISONS: dict[str, tuple[_Read, str, Callable[[Any, Any], bool]]] = {
    f"{kind}{name}": (read, wanted, relation)
    for kind, (read, wanted, allowed) in _KINDS.items()
    for name, relation in _RELATIONS.items()
    if allowed in ("any", name)
}
"""Operator to: how an operand is read (None: another type), what the constant must be, the relation."""

TYPE_TESTS: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsString": lambda value: isinstance(value, str),
    "IsNumeric": lambda value: _as_number(value) is not None,
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: timestamp(value) is not None,
}

OPERATORS = frozenset(
    [*COMPARISONS, *(f"{name}Path" for name in COMPARISONS), *TYPE_TESTS, "IsPresent", "StringMatches"]
)


def _missing(path: str) -> Fail:
    return lambda value: StateError(
        RUNTIME, f"Invalid path '{path}': The choice state's condition path references an invalid value."
    )


def compile_rule(rule: Any, place: str, problems: list[str], nested: bool = False) -> Test:
    """Return the test that a rule makes of the data; add to *problems* what is wrong in it."""
    before = len(problems)
    test = _compile_rule(rule, place, problems, nested)
    if test is None and len(problems) == before:
        problems.append(f"{place}: a rule needs And, Or, Not, or a Variable and one comparison")
    return test or (lambda value, scope: False)


def _compile_rule(rule: Any, place: str, problems: list[str], nested: bool) -> Test | None:
    if not isinstance(rule, Mapping):
        return None
    known = {"Comment"} if nested else {"Comment", "Next"}
    words = [key for key in rule if key not in known]
    if len(words) == 1 and words[0] in ("And", "Or"):
        inner = rule[words[0]]
        if not isinstance(inner, list) or not inner:
            return None
        tests = tuple(
            compile_rule(part, f"{place}.{words[0]}[{index}]", problems, nested=True)
            for index, part in enumerate(inner)
        )
        return _every(tests) if words[0] == "And" else _some(tests)
    if words == ["Not"]:
        test = compile_rule(rule["Not"], f"{place}.Not", problems, nested=True)
        return lambda value, scope: not test(value, scope)
    operators = [word for word in words if word != "Variable"]
    if len(words) != 2 or len(operators) != 1:
        return None
    if operators[0] not in OPERATORS:
        problems.append(f"{place}: there is no comparison {operators[0]!r}")
        return None
    try:
        return _comparison(_path(rule["Variable"]), operators[0], rule[operators[0]])
    except SyntaxProblem as problem:
        problems.append(f"{place}: {problem}")
        return None


def _every(tests: tuple[Test, ...]) -> Test:
    def every(value: Any, scope: Scope) -> bool:
        for test in tests:  # noqa: SIM110 -- a generator costs more than the tests in it
            if not test(value, scope):
                return False
        return True

    return every


def _some(tests: tuple[Test, ...]) -> Test:
    def some(value: Any, scope: Scope) -> bool:
        for test in tests:  # noqa: SIM110 -- as in `_every`
            if test(value, scope):
                return True
        return False

    return some


def _path(text: Any) -> Path:
    if not isinstance(text, str):
        raise SyntaxProblem(f"a path is needed, not {text!r}")
    try:
        return Path(text)
    except SyntaxProblem as problem:
        raise SyntaxProblem(f"path {text!r}: {problem}") from None


def _comparison(variable: Path, name: str, operand: Any) -> Test:
    get = variable.getter(_missing(variable.text))
    if name == "IsPresent" or name in TYPE_TESTS:
        if not isinstance(operand, bool):
            raise SyntaxProblem(f"{name} takes true or false, not {operand!r}")
        if name == "IsPresent":
            find = variable.finder()
            return lambda value, scope: (find(value, scope) is not MISSING) is operand
        is_so = TYPE_TESTS[name]
        return lambda value, scope: is_so(get(value, scope)) is operand
    if name == "StringMatches":
        return _match(get, operand)
    if name.endswith("Path"):
        other = _path(operand)
        read, _, relation = COMPARISONS[name.removesuffix("Path")]
        return _compare_two(get, other.getter(_missing(other.text)), read, relation)
    read, wanted, relation = COMPARISONS[name]
    constant = read(operand)
    if constant is None:
        raise SyntaxProblem(f"{name} takes {wanted}, not {operand!r}")
    return _compare_constant(get, constant, read, relation)


def _compare_two(get: Evaluate, other: Evaluate, read: _Read, relation: Callable[[Any, Any], bool]) -> Test:
    def test(value: Any, scope: Scope) -> bool:
        left, right = read(get(value, scope)), read(other(value, scope))
        return left is not None and right is not None and relation(left, right)

    return test


def _compare_constant(
    get: Evaluate, constant: str | float | bool | datetime, read: _Read, relation: Callable[[Any, Any], bool]
) -> Test:
    if relation is operator.eq and isinstance(constant, str):
        return lambda value, scope: bool(get(value, scope) == constant)
    if isinstance(constant, bool):
        return lambda value, scope: get(value, scope) is constant

    def test(value: Any, scope: Scope) -> bool:
        left = read(get(value, scope))
        return left is not None and relation(left, constant)

    return test


def _match(get: Evaluate, pattern: Any) -> Test:
    if not isinstance(pattern, str):
        raise SyntaxProblem(f"StringMatches takes a string, not {pattern!r}")
    # `*` is the only wildcard; a backslash takes the character after it as it is.
    parts = re.findall(r"\\(.)|(\*)|([^\\*]+|\\$)", pattern, re.DOTALL)
    expression = "".join(".*" if star else re.escape(taken or text) for taken, star, text in parts)
    fits = re.compile(expression, re.DOTALL).fullmatch

    def test(value: Any, scope: Scope) -> bool:
        text = get(value, scope)
        return isinstance(text, str) and fits(text) is not None

    return test
