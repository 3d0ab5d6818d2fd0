"""Filters in paths: `$.items[?(@.price < 10 && @.stock)]`.

It reads the expression between the parentheses and compiles it into a test of one element. How a path inside
the expression is read, is handed in: paths contain filters, filters contain paths.
"""

from __future__ import annotations

import json
import operator as operators
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from sojourn.local.states.evaluation import MISSING, SyntaxProblem
from sojourn.local.states.payload import same

Find = Callable[[Any], Any]
ReadSteps = Callable[[str, int], tuple[Find, int]]
Operand = Callable[[Any, Any], Any]
ElementTest = Callable[[Any, Any], bool]
"""A test of an element, given the element and the document it is part of."""

_SPACE = re.compile(r"\s*")
_OPERATOR = re.compile(r"==|!=|<=|>=|<|>")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operators.lt,
    ">": operators.gt,
    "<=": operators.le,
    ">=": operators.ge,
}
_WORDS = {"true": True, "false": False, "null": None}


def unquoted(text: str) -> str:
    """Return what a quoted name or string stands for; a backslash takes the next character as it is."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _compare(operator: str, left: Any, right: Any) -> bool:
    if operator == "==":
        return left is not MISSING and right is not MISSING and same(left, right)
    if operator == "!=":
        return left is MISSING or right is MISSING or not same(left, right)
    relation = _RELATIONS[operator]
    if isinstance(left, str) and isinstance(right, str):
        return relation(left, right)
    numbers = all(type(value) is int or type(value) is float for value in (left, right))
    return numbers and relation(left, right)


def _constant(constant: Any, node: Any, root: Any) -> Any:
    return constant


class _Reader:
    """A recursive-descent reader: or, and, not, comparison, operand."""

    def __init__(self, text: str, at: int, read_steps: ReadSteps) -> None:
        self.text = text
        self.at = at
        self.read_steps = read_steps

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def take(self, token: str) -> bool:
        self.skip()
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def either(self) -> ElementTest:
        tests = [self.all()]
        while self.take("||"):
            tests.append(self.all())
        return tests[0] if len(tests) == 1 else lambda node, root: any(test(node, root) for test in tests)

    def all(self) -> ElementTest:
        tests = [self.single()]
        while self.take("&&"):
            tests.append(self.single())
        return tests[0] if len(tests) == 1 else lambda node, root: all(test(node, root) for test in tests)

    def single(self) -> ElementTest:
        if self.take("!"):
            inner = self.single()
            return lambda node, root: not inner(node, root)
        if self.take("("):
            inner = self.either()
            if not self.take(")"):
                raise SyntaxProblem(f"a parenthesis in the filter is not closed at {self.text[self.at :]!r}")
            return inner
        left = self.operand()
        self.skip()
        found = _OPERATOR.match(self.text, self.at)
        if found is None:
            return lambda node, root: left(node, root) is not MISSING
        self.at = found.end()
        operator, right = found.group(), self.operand()
        return lambda node, root: _compare(operator, left(node, root), right(node, root))

    def operand(self) -> Operand:
        self.skip()
        start = self.text[self.at : self.at + 1]
        if start in ("@", "$"):
            find, self.at = self.read_steps(self.text, self.at + 1)
            if start == "@":
                return lambda node, root: find(node)
            return lambda node, root: find(root)
        for pattern, value in ((_STRING, unquoted), (_NUMBER, json.loads)):
            found = pattern.match(self.text, self.at)
            if found:
                self.at = found.end()
                return partial(_constant, value(found.group()))
        for word, meaning in _WORDS.items():
            if self.take(word):
                return partial(_constant, meaning)
        raise SyntaxProblem(f"a filter compares @ paths, strings, numbers, true, false and null, not "
                            f"{self.text[self.at :]!r}")  # fmt: skip


def read_filter(text: str, at: int, read_steps: ReadSteps) -> tuple[ElementTest, int]:
    """Read the expression that starts at *at*; return its test and the place after it.

    Raises:
        SyntaxProblem: where it is no filter expression.
    """
    reader = _Reader(text, at, read_steps)
    test = reader.either()
    reader.skip()
    return test, reader.at
