"""Writes the CEL program of a condition: inputs as variables, every number a double, times as times.

The program is this room's own text, so the runtime never parses what an author wrote. What would let a
short text cost much (growing texts and lists inside loops) is refused here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sojourn.domain.condition import moments, tree
from sojourn.domain.condition.functions import FUNCTIONS, METHODS, TIME_METHODS
from sojourn.domain.condition.inference import Inference
from sojourn.domain.condition.inputs import Input, asked_about, input_of
from sojourn.domain.condition.kinds import TEXTUAL, Kind
from sojourn.domain.condition.literals import literal_problem, pattern_cost, read_duration, text_of
from sojourn.domain.condition.operators import COMPARISONS
from sojourn.domain.condition.program import Emitted, Mode
from sojourn.domain.condition.types import ConditionError, Problem, ProblemKind
from sojourn.domain.condition.writing import (
    AND,
    ATOM,
    CHOICE,
    OR,
    PLUS,
    STRENGTH,
    TIMES,
    UNARY,
    is_simple,
    literal,
    quoted,
)
from sojourn.domain.time.durations import DurationError

MOST_LOOPS = 8
DEEPEST_LOOP = 3


def emit(node: tree.Node, kinds: Inference) -> Emitted:
    """Return the CEL program of the tree *node*, whose kinds are known as far as names are not needed.

    Raises:
        ConditionError: a name or function is unknown, a call is written wrongly, or it may cost too much.
    """
    emitter = _Emitter(kinds)
    emitter.out.source = emitter.at(node, CHOICE)
    return emitter.out


class _Emitter:
    def __init__(self, kinds: Inference) -> None:
        self.out = Emitted()
        self._kinds = kinds
        self._variables: dict[str, str] = {}  # the author's names of loop items, to ours
        self._depth = 0
        self._rules: dict[type[tree.Node], Callable[[Any], tuple[str, int]]] = {
            tree.Literal: self._literal,
            tree.Name: self._name,
            tree.Select: self._select,
            tree.Index: self._index,
            tree.Call: self._call,
            tree.Loop: self._loop,
            tree.ListOf: self._list,
            tree.MapOf: self._map,
            tree.Unary: self._unary,
            tree.Binary: self._binary,
            tree.Logical: self._logical,
            tree.Choice: self._choice,
        }

    def at(self, node: tree.Node, least: int) -> str:
        """Return the program of *node*, in parentheses where it binds more loosely than *least*."""
        source, strength = self._any(node)
        return source if strength >= least else f"({source})"

    def _any(self, node: tree.Node) -> tuple[str, int]:
        if (found := input_of(node)) is not None:
            mode = Mode.TIME if self.kind(node) is Kind.TIME else Mode.RAW
            name = self.variable(found, mode)
            return (f"timestamp({name})" if mode is Mode.TIME else name), ATOM
        return self._rules[type(node)](node)

    def kind(self, node: tree.Node) -> Kind:
        """Return the kind of *node*, as far as it is known without names."""
        return self._kinds.of(node).kind

    def variable(self, found: Input, mode: Mode) -> str:
        """Return the variable that holds *found* in *mode*, counting one more use."""
        self.out.uses[found] = self.out.uses.get(found, 0) + 1
        return self.out.variables.setdefault((found, mode), f"i{len(self.out.variables)}")

    def _literal(self, node: tree.Literal) -> tuple[str, int]:
        return literal(node.value), ATOM

    def _name(self, node: tree.Name) -> tuple[str, int]:
        if node.name in self._variables:
            return self._variables[node.name], ATOM
        raise _refused(node, ProblemKind.UNKNOWN_NAME, f'"{node.name}" is not known')

    def _select(self, node: tree.Select) -> tuple[str, int]:
        return f"{self.at(node.target, ATOM)}[{quoted(node.name)}]", ATOM

    def _index(self, node: tree.Index) -> tuple[str, int]:
        return f"{self.at(node.target, ATOM)}[{self.at(node.index, CHOICE)}]", ATOM

    def _call(self, node: tree.Call) -> tuple[str, int]:
        if node.target is None and node.function == "has":
            asked = asked_about(node)
            assert isinstance(asked, tree.Select)
            return f"has({self.at(asked.target, ATOM)}.{asked.name})", ATOM
        known = METHODS if node.target is not None else FUNCTIONS
        if (builtin := known.get(node.function)) is None:
            raise _refused(node, ProblemKind.UNKNOWN_FUNCTION, f'there is no function "{node.function}"')
        most = len(builtin.takes)
        if not most - builtin.optional <= len(node.children()) <= most:
            raise _refused(
                node, ProblemKind.TYPE, f'"{node.function}" is given {len(node.arguments)} arguments'
            )
        if problem := literal_problem(node):
            raise ConditionError(problem)
        arguments = [self.at(argument, CHOICE) for argument in node.arguments if not self._special(node)]
        if node.target is None:
            return self._function(node, arguments), ATOM
        if node.function in TIME_METHODS:
            duration = self.kind(node.target) is Kind.DURATION
            target = self.at(node.target, ATOM) if duration else moments.time(self, node.target, ATOM)
            return f"double({target}.{node.function}({', '.join(arguments)}))", ATOM
        if node.function == "matches":
            self.out.pattern_cost = max(self.out.pattern_cost, pattern_cost(text_of(node.arguments[0]) or ""))
        if node.function == "contains" and text_of(node.arguments[0]) is None:
            self.out.searches += 1
        target = self.at(node.target, ATOM)
        if node.function == "size":
            return f"double(size({target}))", ATOM
        return f"{target}.{node.function}({', '.join(arguments)})", ATOM

    def _special(self, node: tree.Call) -> bool:
        return node.target is None and node.function in ("timestamp", "duration", "string")

    def _function(self, node: tree.Call, arguments: list[str]) -> str:
        argument = node.arguments[0]
        if node.function == "timestamp":
            return moments.time(self, argument)
        if node.function == "duration":
            if (text := text_of(argument)) is not None:
                try:
                    return f'duration("{read_duration(text).total_seconds():f}s")'
                except DurationError as error:
                    raise _refused(argument, ProblemKind.TYPE, error.message) from None
            return (
                self.at(argument, ATOM)
                if self.kind(argument) is Kind.DURATION
                else f"duration({self.at(argument, CHOICE)})"
            )
        if node.function == "string":
            found = input_of(argument)
            if found is not None and self.kind(argument) is not Kind.TIME:
                return f"string({self.variable(found, Mode.TEXT)})"
            return f"string({self.at(argument, CHOICE)})"
        if node.function in ("size", "int"):
            return f"double({node.function}({arguments[0]}))"
        return f"{node.function}({arguments[0]})"

    def _loop(self, node: tree.Loop) -> tuple[str, int]:
        items = self.at(node.items, ATOM)
        self.out.loops += 1
        self._depth += 1
        self.out.loop_depth = max(self.out.loop_depth, self._depth)
        if self.out.loops > MOST_LOOPS or self._depth > DEEPEST_LOOP:
            message = f'"{node.kind}" is used more than {MOST_LOOPS} times, or more than {DEEPEST_LOOP} deep'
            raise _refused(node, ProblemKind.TOO_LARGE, message, "split the condition over several branches")
        before, variable = self._variables, f"v{self.out.loops}"
        self._variables = before | {node.variable: variable}
        body = self.at(node.body, CHOICE)
        if node.kind == "map":
            body = self._collected(node, body)
        self._variables = before
        self._depth -= 1
        return f"{items}.{node.kind}({variable}, {body})", ATOM

    def _collected(self, node: tree.Loop, body: str) -> str:
        """Return a map's body so that it collects no lists and objects, which repeated could grow without bound."""
        kind, summed = self.kind(node.body), isinstance(node.body, tree.Binary)
        readable = is_simple(node.body) or input_of(node.body) is not None
        if kind in (Kind.LIST, Kind.OBJECT, Kind.LOCAL) or (kind is Kind.ANY and not summed and not readable):
            raise _refused(
                node.body, ProblemKind.TOO_LARGE, '"map" collects text, numbers and times, one for each item'
            )
        if kind is Kind.ANY and not summed:
            return f"type({body}) in [list, map] ? [][0] : {body}"
        return body

    def _list(self, node: tree.ListOf) -> tuple[str, int]:
        self._constant(node, node.items)
        self.out.items_written += len(node.items)
        return f"[{', '.join(self.at(item, CHOICE) for item in node.items)}]", ATOM

    def _map(self, node: tree.MapOf) -> tuple[str, int]:
        self._constant(node, tuple(value for _, value in node.entries))
        self.out.items_written += len(node.entries)
        return (
            f"{{{', '.join(f'{self.at(k, CHOICE)}: {self.at(v, CHOICE)}' for k, v in node.entries)}}}",
            ATOM,
        )

    def _constant(self, node: tree.Node, items: tuple[tree.Node, ...]) -> None:
        if self._variables and not all(isinstance(item, tree.Literal) for item in items):
            message = "inside a loop, a list or object holds only what is written out"
            raise _refused(node, ProblemKind.TOO_LARGE, message)

    def _unary(self, node: tree.Unary) -> tuple[str, int]:
        return f"{node.operator}{self.at(node.operand, ATOM)}", UNARY

    def _binary(self, node: tree.Binary) -> tuple[str, int]:
        operator, left, right = node.operator, self.kind(node.left), self.kind(node.right)
        strength = STRENGTH.get(operator, ATOM)
        if operator in COMPARISONS:
            return moments.compared(self, node), strength
        if operator == "%":
            return f"double(int({self.at(node.left, CHOICE)}) % int({self.at(node.right, CHOICE)}))", ATOM
        if operator == "/":
            return f"{self.at(node.left, TIMES)} / {self._divisor(node.right)}", strength
        if operator in ("+", "-") and (sides := moments.sides(self, node)):
            return f"{sides[0]} {operator} {sides[1]}", strength
        if operator == "+" and self._variables and not {left, right} & {Kind.NUMBER, Kind.DURATION}:
            if {left, right} & (TEXTUAL | {Kind.LIST}):
                message = "inside a loop, texts and lists are not joined"
                raise _refused(node, ProblemKind.TOO_LARGE, message, "join them outside of it")
            return f"{self.at(node.left, PLUS)} - -({self.at(node.right, CHOICE)})", strength
        return f"{self.at(node.left, strength)} {operator} {self.at(node.right, strength + 1)}", strength

    def _divisor(self, node: tree.Node) -> str:
        """Return a divisor that is an error where it is zero: doubles would give infinity, which compares."""
        source = self.at(node, UNARY)
        if isinstance(node, tree.Literal) and node.value:
            return source
        if isinstance(node, tree.Literal) or input_of(node) is not None:
            return f"({source} == 0.0 ? 1 / 0 : {source})"
        return f"[{source}].map(d, d == 0.0 ? 1 / 0 : d)[0]"

    def _logical(self, node: tree.Logical) -> tuple[str, int]:
        strength = AND if node.operator == "&&" else OR
        return f" {node.operator} ".join(
            self.at(operand, strength + 1) for operand in node.operands
        ), strength

    def _choice(self, node: tree.Choice) -> tuple[str, int]:
        test, yes = self.at(node.test, OR), self.at(node.yes, OR)
        return f"{test} ? {yes} : {self.at(node.no, CHOICE)}", CHOICE


def _refused(node: tree.Node, kind: str, message: str, advice: str = "") -> ConditionError:
    return ConditionError(Problem(kind, message, advice, node.offset, node.length))
