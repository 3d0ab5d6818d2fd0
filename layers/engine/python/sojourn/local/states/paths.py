"""Paths: the JSONPath that Step Functions reads.

`$.order.items[0]`, `$.items[?(@.stock > 0)].id`, `$$.Execution.Id`: a path that can only name one place is *definite*
and gives that value; any other gives a list of all matches. Only definite paths may say where a result goes (the
specification's reference paths). This file knows nothing of states; what a missing value means, whoever compiles
the path says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any, NamedTuple

from sojourn.local.states.evaluation import (
    MISSING,
    UNCHANGED,
    UNKNOWN,
    Evaluate,
    Growth,
    Scope,
    SyntaxProblem,
    input_itself,
)
from sojourn.local.states.filters import Find, read_filter, unquoted

Key = str | int
Expand = Callable[[Any, Any], Iterator[Any]]
"""From a node, and the document it is in, to the nodes one step further."""
Fail = Callable[[Any], Exception]
"""From the data in which a path found nothing, to the error to raise."""

# Whatever cannot be mistaken for the next step, an intrinsic's next argument or a filter's operator.
_NAME = re.compile(r"[^\s.\[\](),:'\"*?@&|=<>!]+")
_INSIDE = re.compile(
    r"\s*(?:(?P<star>\*)|(?P<slice>(-?\d+)?\s*:\s*(-?\d+)?)|(?P<indexes>-?\d+(?:\s*,\s*-?\d+)*)"
    r"|(?P<name>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))\s*\]"
)
_FILTER = re.compile(r"\s*\?\s*\(")
_END_OF_FILTER = re.compile(r"\s*\)\s*\]")


def step_into(node: Any, key: Key) -> Any:
    """Return what *node* holds at a name or an index, or `MISSING`."""
    if isinstance(key, str):
        return node.get(key, MISSING) if isinstance(node, dict) else MISSING
    if isinstance(node, list) and -len(node) <= key < len(node):
        return node[key]
    return MISSING


def _children(node: Any, root: Any) -> Iterator[Any]:
    if isinstance(node, list):
        yield from node
    elif isinstance(node, dict):
        yield from node.values()


def _at_key(key: Key) -> Expand:
    def expand(node: Any, root: Any) -> Iterator[Any]:
        found = step_into(node, key)
        if found is not MISSING:
            yield found

    return expand


def _at_indexes(indexes: tuple[int, ...]) -> Expand:
    def expand(node: Any, root: Any) -> Iterator[Any]:
        found = (step_into(node, index) for index in indexes)
        yield from (value for value in found if value is not MISSING)

    return expand


def _at_slice(start: int | None, end: int | None) -> Expand:
    def expand(node: Any, root: Any) -> Iterator[Any]:
        if isinstance(node, list):
            yield from node[start:end]

    return expand


def _where(test: Callable[[Any, Any], bool]) -> Expand:
    def expand(node: Any, root: Any) -> Iterator[Any]:
        if isinstance(node, list):
            yield from (element for element in node if test(element, root))
        elif isinstance(node, dict) and test(node, root):
            yield node

    return expand


def _anywhere(inner: Expand) -> Expand:
    def expand(node: Any, root: Any) -> Iterator[Any]:
        # A stack, not recursion: data may be nested as deep as 256 KiB allow.
        left = [node]
        while left:
            current = left.pop()
            yield from inner(current, root)
            left.extend(reversed(list(_children(current, root))))

    return expand


class _Step(NamedTuple):
    key: Key | None
    """The name or index, where the step is definite."""
    expand: Expand


def _read_bracket(text: str, at: int) -> tuple[_Step, int]:
    """Read what stands after an opening bracket, and the closing one."""
    filtered = _FILTER.match(text, at)
    if filtered:
        test, end = read_filter(text, filtered.end(), _read_inner_path)
        closed = _END_OF_FILTER.match(text, end)
        if closed is None:
            raise SyntaxProblem(f"the filter is not closed at {text[end:]!r}")
        return _Step(None, _where(test)), closed.end()
    found = _INSIDE.match(text, at)
    if found is None:
        raise SyntaxProblem(
            f"the bracket holds no index, quoted name, slice, * or filter: {text[at - 1 :]!r}"
        )
    if found["star"]:
        return _Step(None, _children), found.end()
    if found["slice"]:
        start, end_of_slice = (None if part is None else int(part) for part in found.group(3, 4))
        return _Step(None, _at_slice(start, end_of_slice)), found.end()
    if found["name"]:
        name = unquoted(found["name"])
        return _Step(name, _at_key(name)), found.end()
    indexes = tuple(int(part) for part in found["indexes"].split(","))
    if len(indexes) > 1:
        return _Step(None, _at_indexes(indexes)), found.end()
    return _Step(indexes[0], _at_key(indexes[0])), found.end()


def _read_step(text: str, at: int) -> tuple[_Step, int]:
    """Read a name or `*` after a dot, or a bracket."""
    if text.startswith("[", at):
        return _read_bracket(text, at + 1)
    if text.startswith("*", at):
        return _Step(None, _children), at + 1
    found = _NAME.match(text, at)
    if found is None:
        raise SyntaxProblem(f"a name is missing at {text[at:]!r}" if text[at:] else "it ends in a dot")
    return _Step(found.group(), _at_key(found.group())), found.end()


def _read_steps(text: str, at: int) -> tuple[list[_Step], int]:
    steps = []
    while at < len(text):
        if text.startswith("..", at):
            step, at = _read_step(text, at + 2)
            step = _Step(None, _anywhere(step.expand))
        elif text.startswith(".", at):
            if text.startswith("[", at + 1):
                raise SyntaxProblem(f"a name is missing at {text[at + 1 :]!r}")
            step, at = _read_step(text, at + 1)
        elif text.startswith("[", at):
            step, at = _read_step(text, at)
        else:
            break
        steps.append(step)
    return steps, at


def _finder(steps: list[_Step]) -> Find:
    """Return the closure that finds what the steps lead to, or `MISSING`."""
    definite = [step.key for step in steps if step.key is not None]
    if len(definite) == len(steps):

        def find(node: Any) -> Any:
            for key in definite:
                node = step_into(node, key)
                if node is MISSING:
                    break
            return node

        return find

    def find_all(root: Any) -> Any:
        nodes = [root]
        one = True
        for key, expand in steps:
            nodes = [further for node in nodes for further in expand(node, root)]
            one = one and key is not None
            if one and not nodes:
                return MISSING
        return nodes

    return find_all


def _read_inner_path(text: str, at: int) -> tuple[Find, int]:
    steps, at = _read_steps(text, at)
    return _finder(steps), at


class Path:
    """A path that was read.

    Attributes:
        text: as written.
        keys: the names and indexes along a definite path; None for any other.
        of_context: whether it starts with `$$`, and so reads the context object instead of the data.
        growth: how large what it finds can be.
    """

    __slots__ = ("_find", "growth", "keys", "of_context", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        if not text.startswith("$"):
            raise SyntaxProblem("a path starts with $")
        self.of_context = text.startswith("$$")
        steps, end = _read_steps(text, 2 if self.of_context else 1)
        if end != len(text):
            raise SyntaxProblem(f"it cannot be read from {text[end:]!r} on")
        keys = tuple(step.key for step in steps if step.key is not None)
        self.keys: tuple[Key, ...] | None = keys if len(keys) == len(steps) else None
        self._find = _finder(steps)
        repeats = ".." in text or "," in text
        if self.of_context:
            self.growth = _SHORT if self.keys in _SHORT_IN_CONTEXT else UNKNOWN
        else:
            self.growth = UNKNOWN if repeats else UNCHANGED if self.keys is not None else Growth(2, 1)

    def __repr__(self) -> str:
        return f"Path({self.text!r})"

    def finder(self) -> Evaluate:
        """Return the closure that gives what is at the path, or `MISSING`."""
        find = self._find
        if not self.of_context:
            return lambda value, scope: find(value)
        if self.keys:
            part, keys = str(self.keys[0]), self.keys[1:]
            return lambda value, scope: reduce(step_into, keys, scope.context(part))

        def find_in_context(value: Any, scope: Scope) -> Any:
            found = ((part, scope.context(part)) for part in CONTEXT_PARTS)
            return find({part: content for part, content in found if content is not MISSING})

        return find_in_context

    def getter(self, fail: Fail) -> Evaluate:
        """Return the closure that gives what is at the path, or raises what *fail* makes of the data."""
        if self.keys is not None and not self.of_context:
            return _direct(self.keys, fail)
        find = self.finder()

        def get(value: Any, scope: Scope) -> Any:
            found = find(value, scope)
            if found is MISSING:
                raise fail(value)
            return found

        return get


_SHORT_IN_CONTEXT = {("Execution", "Name"), ("State", "EnteredTime"), ("State", "Name"), ("Task", "Token")}
_SHORT = Growth(500, 0)  # a name has at most 80 characters
CONTEXT_PARTS = ("Execution", "State", "StateMachine", "Task", "Map")


def _direct(keys: tuple[Key, ...], fail: Fail) -> Evaluate:
    """Return the getter of a definite path; the short ones, which most are, without a loop."""
    if not keys:
        return input_itself
    if len(keys) <= 2 and all(isinstance(key, str) for key in keys):
        first, last = keys[0], keys[-1]

        # Of all JSON values only an object answers to a name: the rest raise TypeError.
        def get_one(value: Any, scope: Scope) -> Any:
            try:
                return value[first]
            except (KeyError, TypeError):
                raise fail(value) from None

        def get_two(value: Any, scope: Scope) -> Any:
            try:
                return value[first][last]
            except (KeyError, TypeError):
                raise fail(value) from None

        return get_one if len(keys) == 1 else get_two

    def get(value: Any, scope: Scope) -> Any:
        node = value
        for key in keys:
            node = step_into(node, key)
            if node is MISSING:
                raise fail(value)
        return node

    return get
