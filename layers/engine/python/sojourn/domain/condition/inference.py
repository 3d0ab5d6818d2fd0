"""Works out the kind of every part of a text, and collects everything that does not fit.

One walk serves checking (with names) and compiling (without, where every path may be anything). A part that
is wrong counts as anything, so that one slip is reported once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sojourn.domain.condition import naming, operators, tree
from sojourn.domain.condition.calls import LOCAL_FIELDS, SIGNATURES, read_call
from sojourn.domain.condition.functions import FUNCTIONS, METHODS, Builtin
from sojourn.domain.condition.inputs import asked_about, time_asked
from sojourn.domain.condition.kinds import ANY, KNOWN, TEMPORAL, TEXTUAL, Kind, Static
from sojourn.domain.condition.literals import literal_problem
from sojourn.domain.condition.parsing import LOOPS, ROOTS
from sojourn.domain.condition.types import ConditionError, Names, Problem, ProblemKind
from sojourn.domain.findings import did_you_mean

_LONGEST_QUOTE = 40


class Inference:
    """The kinds of the nodes of one text; `problems` fills as they are asked for."""

    def __init__(self, text: str, names: Names | None) -> None:
        self._text = text
        self._names = names
        self._found: dict[tree.Node, Static] = {}
        self._variables: dict[str, Static] = {}
        self.problems: list[Problem] = []
        self._rules: dict[type[tree.Node], Callable[[Any], Static]] = {
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

    def of(self, node: tree.Node) -> Static:
        """Return what is known of *node*, working it out once."""
        if (known := self._found.get(node)) is None:
            known = self._found[node] = self._rules[type(node)](node)
        return known

    def require(self, node: tree.Node, kind: Kind, why: str, advice: str = "") -> None:
        """Report *node* unless it is of *kind*, or may be."""
        if (found := self.of(node).kind) not in (kind, Kind.ANY):
            self._report(node, f"{self._said(node, found)}, {why}", advice)

    def _report(
        self, node: tree.Node, message: str, advice: str = "", kind: str = ProblemKind.TYPE
    ) -> Static:
        return self._add(Problem(kind, message, advice, node.offset, node.length))

    def _add(self, problem: Problem) -> Static:
        self.problems.append(problem)
        return ANY

    def _shown(self, node: tree.Node) -> str:
        source = " ".join(self._text[node.offset : node.end].split())
        if len(source) > _LONGEST_QUOTE:
            source = source[: _LONGEST_QUOTE - 1] + "…"
        return source if isinstance(node, tree.Literal) else f'"{source}"'

    def _said(self, node: tree.Node, kind: Kind) -> str:
        return f"{self._shown(node)} is {kind.value}"

    def _literal(self, node: tree.Literal) -> Static:
        if isinstance(node.value, bool):
            return KNOWN[Kind.BOOLEAN]
        if node.value is None:
            return KNOWN[Kind.NULL]
        return KNOWN[Kind.TEXT if isinstance(node.value, str) else Kind.NUMBER]

    def _name(self, node: tree.Name) -> Static:
        if node.name in self._variables:
            return self._variables[node.name]
        if node.name == "now":
            if self._names is not None and self._names.only_event:
                return self._add(naming.only_event(node, "now"))
            return KNOWN[Kind.TIME]
        if self._names is None:
            return ANY
        if node.name not in ROOTS:
            return self._add(naming.unknown_name(node, self._names))
        found = naming.root(node, self._names)
        return self._add(found) if isinstance(found, Problem) else found

    def _select(self, node: tree.Select) -> Static:
        target = self.of(node.target)
        if target.kind is Kind.LOCAL:
            if node.name in LOCAL_FIELDS:
                return KNOWN[LOCAL_FIELDS[node.name]]
            message = f'a local time has no "{node.name}"'
            problem = Problem(
                ProblemKind.TYPE,
                message,
                did_you_mean(node.name, LOCAL_FIELDS),
                node.name_offset,
                len(node.name),
            )
            return self._add(problem)
        return self._field(node, target, node.name, node.name_offset, len(node.name))

    def _field(
        self, node: tree.Select | tree.Index, target: Static, name: str, offset: int, length: int
    ) -> Static:
        if target.kind not in (Kind.OBJECT, Kind.ANY):
            advice = "write size(…)" if name in ("size", "length", "count") else ""
            if target.kind in TEMPORAL and name in LOCAL_FIELDS:
                advice = f"write local({self._text[node.target.offset : node.target.end]}).{name}"
            message = f'{self._said(node.target, target.kind)} and has no "{name}"'
            return self._add(Problem(ProblemKind.TYPE, message, advice, offset, length))
        if target.fields is None or self._names is None:
            return ANY
        found = naming.field_of(target, name, offset, length, self._names)
        return self._add(found) if isinstance(found, Problem) else found

    def _index(self, node: tree.Index) -> Static:
        target, index = self.of(node.target), self.of(node.index)
        if (
            target.kind is Kind.OBJECT
            and isinstance(node.index, tree.Literal)
            and isinstance(node.index.value, str)
        ):
            quoted = 1 if node.index.exact else 0
            place = node.index.offset + quoted, node.index.length - 2 * quoted
            return self._field(node, target, node.index.value, *place)
        if target.kind is Kind.LIST:
            self.require(node.index, Kind.NUMBER, "the place in a list is a number")
            return KNOWN[target.element]
        if target.kind is Kind.OBJECT:
            self.require(node.index, Kind.TEXT, "what an object holds is named by text")
        elif target.kind is not Kind.ANY:
            return self._report(
                node, f"{self._said(node.target, target.kind)}: only a list or an object has […]"
            )
        elif index.kind not in (Kind.TEXT, Kind.NUMBER, Kind.ANY):
            self._report(node.index, f"{self._said(node.index, index.kind)}: […] takes a number or text")
        return ANY

    def _call(self, node: tree.Call) -> Static:
        table = METHODS if node.target is not None else FUNCTIONS
        if node.target is None:
            try:
                if node.function in SIGNATURES:
                    return self._journey_call(node)
                if node.function == "local":
                    return self._local(node)
                if node.function == "has":
                    self.of(asked_about(node))
                    return KNOWN[Kind.BOOLEAN]
            except ConditionError as error:
                return self._add(error.problem)
        for child in node.children():
            self.of(child)
        if (builtin := table.get(node.function)) is None:
            return self._unknown_function(node)
        return self._builtin(node, builtin)

    def _journey_call(self, node: tree.Call) -> Static:
        signature, (_, *words) = SIGNATURES[node.function], read_call(node)
        if self._names is not None and self._names.only_event:
            return self._add(naming.only_event(node, node.function))
        if self._names is not None:
            for what, word, argument in zip(signature.names, words, node.arguments, strict=False):
                if problem := naming.argument(what, str(word), argument, self._names):
                    self._add(problem)
        return KNOWN[signature.gives]

    def _local(self, node: tree.Call) -> Static:
        argument = time_asked(node)
        if (kind := self.of(argument).kind) not in TEMPORAL and kind is not Kind.ANY:
            self._report(argument, f'{self._said(argument, kind)}: "local" takes a time')
        return KNOWN[Kind.LOCAL]

    def _unknown_function(self, node: tree.Call) -> Static:
        known: tuple[str, ...] = (
            (*METHODS, *LOOPS) if node.target is not None else (*FUNCTIONS, *SIGNATURES, "has", "local")
        )
        advice = did_you_mean(node.function, known)
        if node.target is None and node.function in METHODS:
            advice = f"write {METHODS[node.function].usage}"
        elif node.target is not None and node.function in (*FUNCTIONS, *SIGNATURES):
            advice = f"write {node.function}(…) with nothing before it"
        message = f'there is no function "{node.function}"'
        place = node.name_offset, len(node.function)
        return self._add(Problem(ProblemKind.UNKNOWN_FUNCTION, message, advice, *place))

    def _builtin(self, node: tree.Call, builtin: Builtin) -> Static:
        given = node.children()
        if not len(builtin.takes) - builtin.optional <= len(given) <= len(builtin.takes):
            message = f'"{node.function}" is given {len(node.arguments)} arguments'
            place = node.name_offset, node.end - node.name_offset
            return self._add(Problem(ProblemKind.TYPE, message, f"write it like {builtin.usage}", *place))
        for child, takes in zip(given, builtin.takes, strict=False):
            if (kind := self.of(child).kind) not in takes and kind is not Kind.ANY:
                advice = f"write it like {builtin.usage}"
                if kind is Kind.LIST and node.function == "contains":
                    advice = 'write "…" in the list'
                self._report(
                    child, f'{self._said(child, kind)}, which "{node.function}" does not take', advice
                )
        if problem := literal_problem(node):
            self._add(problem)
        return KNOWN[builtin.gives]

    def _loop(self, node: tree.Loop) -> Static:
        items = self.of(node.items)
        if items.kind not in (Kind.LIST, Kind.OBJECT, Kind.ANY):
            self._report(
                node.items, f'{self._said(node.items, items.kind)}: "{node.kind}" goes through a list'
            )
        before = self._variables
        element = KNOWN[Kind.TEXT] if items.kind is Kind.OBJECT else KNOWN[items.element]
        self._variables = before | {node.variable: element}
        body = self.of(node.body)
        if node.kind != "map":
            self.require(node.body, Kind.BOOLEAN, f'"{node.kind}" needs true or false')
        self._variables = before
        if node.kind == "map":
            return Static(Kind.LIST, body.kind)
        return Static(Kind.LIST, items.element) if node.kind == "filter" else KNOWN[Kind.BOOLEAN]

    def _list(self, node: tree.ListOf) -> Static:
        kinds = {self.of(item).kind for item in node.items}
        return Static(Kind.LIST, kinds.pop() if len(kinds) == 1 else Kind.ANY)

    def _map(self, node: tree.MapOf) -> Static:
        for key, value in node.entries:
            self.require(key, Kind.TEXT, "the names in an object are text", "write them in quotes")
            self.of(value)
        return KNOWN[Kind.OBJECT]

    def _unary(self, node: tree.Unary) -> Static:
        if node.operator == "!":
            self.require(node.operand, Kind.BOOLEAN, '"!" turns true into false')
            return KNOWN[Kind.BOOLEAN]
        self.require(node.operand, Kind.NUMBER, '"-" turns a number around')
        return KNOWN[Kind.NUMBER]

    def _binary(self, node: tree.Binary) -> Static:
        left, right = self.of(node.left), self.of(node.right)
        for literal, beside in ((node.left, right), (node.right, left)):
            if problem := self._beside(node.operator, literal, beside):
                return self._add(problem) if isinstance(problem, Problem) else KNOWN[Kind.BOOLEAN]
        found = operators.result(node.operator, left, right)
        if found is None:
            said = f"{self._said(node.left, left.kind)}, {self._said(node.right, right.kind)}"
            advice = operators.advice(node.operator, left.kind, right.kind)
            self._report(node, f"{said}: {operators.objection(node.operator)}", advice)
            return KNOWN[Kind.BOOLEAN] if node.operator in (*operators.COMPARISONS, "in") else ANY
        return found

    def _beside(self, operator: str, literal: tree.Node, beside: Static) -> Problem | bool:
        """Judge text written out beside a date, a time, a clock or a weekday: a problem, or True where it fits."""
        if operator == "in" and isinstance(literal, tree.ListOf):
            return next(
                (p for i in literal.items if isinstance(p := self._beside("==", i, beside), Problem)), False
            )
        texts = isinstance(literal, tree.Literal) and isinstance(literal.value, str)
        if (
            not texts
            or operator not in operators.COMPARISONS
            or beside.kind not in (TEMPORAL | TEXTUAL) - {Kind.TEXT}
        ):
            return False
        assert isinstance(literal, tree.Literal)
        if bad := operators.bad_literal(beside.kind, str(literal.value)):
            return Problem(ProblemKind.TYPE, *bad, literal.offset, literal.length)
        return beside.kind in TEMPORAL

    def _logical(self, node: tree.Logical) -> Static:
        for operand in node.operands:
            self.require(
                operand, Kind.BOOLEAN, f'"{node.operator}" joins conditions', "compare it with something"
            )
        return KNOWN[Kind.BOOLEAN]

    def _choice(self, node: tree.Choice) -> Static:
        self.require(node.test, Kind.BOOLEAN, '"?" needs a condition before it')
        yes, no = self.of(node.yes), self.of(node.no)
        if yes.kind is no.kind:
            return yes
        kinds = {yes.kind, no.kind}
        if Kind.ANY not in kinds and not any(kinds <= family for family in (TEMPORAL, TEXTUAL)):
            said = f"{self._said(node.yes, yes.kind)}, {self._said(node.no, no.kind)}"
            self._report(node, f'{said}: both sides of ":" give the same')
        return ANY
