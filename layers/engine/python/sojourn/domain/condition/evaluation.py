"""Compiles a condition once and evaluates it for one customer after another.

All inputs are looked up first, then CEL runs over plain values. What is absent stays unbound: CEL's `&&` and
`||` absorb it where the other side decides, and otherwise the condition is false.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sojourn.domain.condition import runtime, tree
from sojourn.domain.condition.binding import (
    Unfit,
    Weight,
    canonical,
    comparable,
    jsonable,
    to_cel,
    to_instant,
    written,
)
from sojourn.domain.condition.emission import emit
from sojourn.domain.condition.inference import Inference
from sojourn.domain.condition.inputs import Input, input_of
from sojourn.domain.condition.parsing import parse
from sojourn.domain.condition.program import Emitted, Mode
from sojourn.domain.condition.scope import ABSENT, Scope, lookup
from sojourn.domain.condition.types import ConditionError, Missing, NoValue, Problem, ProblemKind
from sojourn.domain.condition.verdict import Verdict

__all__ = ["Condition", "ConditionError", "Missing", "NoValue", "Scope", "Verdict", "compile_condition"]

_MOST_WORK = 40_000_000
"""What one evaluation may take, in steps of about 25 ns: comparing two numbers, eight characters, or as much."""
_LIBRARY_ITERATIONS = 10_000
"""After so many rounds of all loops together the library gives up by itself."""


def _is_time(value: Any, _: Weight) -> bool:
    try:
        to_instant(value)
    except Unfit:
        return False
    return True


_CONVERSIONS: dict[Mode, Callable[[Any, Weight], Any]] = {
    Mode.RAW: to_cel,
    Mode.COMPARED: comparable,
    Mode.TIME: lambda value, _: canonical(to_instant(value)),
    Mode.MAYBE_TIME: lambda value, _: canonical(to_instant(value)),
    Mode.IS_TIME: _is_time,
    Mode.TEXT: lambda value, _: written(value),
}


@lru_cache(maxsize=4096)
def compile_condition(text: str) -> Condition:
    """Return the condition, or value expression, that *text* says.

    Needs no names: what does not exist is absent when evaluated. Compiling a text again costs a look-up.

    Raises:
        ConditionError: *text* is no expression, or one that may cost too much.
    """
    root = parse(text)
    kinds = Inference(text, None)
    kinds.of(root)
    emitted = emit(root, kinds)
    try:
        program = runtime.load(emitted.source)
    except runtime.ProgramTooDeep:
        message, advice = "this is nested too deeply", "split the condition over several branches"
        raise ConditionError(Problem(ProblemKind.TOO_LARGE, message, advice, 0, len(text))) from None
    return Condition(text, root, emitted, program)


class Condition:
    """A compiled text. Its `inputs` are every path, call and question it reads, in the order written."""

    __slots__ = ("_bindings", "_costly", "_emitted", "_plain", "_program", "_root", "inputs", "text")

    def __init__(self, text: str, root: tree.Node, emitted: Emitted, program: runtime.Program) -> None:
        self.text = text
        self._root = root
        self._emitted = emitted
        self._program = program
        modes: dict[Input, list[tuple[str, Mode]]] = {}
        for (found, mode), variable in emitted.variables.items():
            modes.setdefault(found, []).append((variable, mode))
        self.inputs: tuple[Input, ...] = tuple(modes)
        self._bindings = [
            (found.name, lookup(found), [(v, m, _CONVERSIONS[m]) for v, m in slots], emitted.uses[found])
            for found, slots in modes.items()
        ]
        self._costly = bool(emitted.loops or emitted.pattern_cost or emitted.searches)
        only = input_of(root)
        self._plain = lookup(only) if only is not None else None

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"

    def evaluate(self, scope: Scope) -> Verdict:
        """Return whether the condition holds for *scope*; never raises for what an author or customer wrote."""
        bound = _Bound(self._bindings, scope)
        try:
            outcome = self._run(bound)
        except runtime.Failure as failure:
            missing, trouble = self._explain(bound, failure)
            return Verdict(False, missing, tuple(bound.seen), self.text, trouble)
        if outcome is True or outcome is False:
            return Verdict(outcome, (), tuple(bound.seen), self.text)
        return Verdict(False, (), tuple(bound.seen), self.text, "it gives a value, not true or false")

    def value(self, scope: Scope) -> Any:
        """Return what the expression gives, as JSON: times as ISO texts with Z, lengths as seconds.

        Raises:
            Missing: it reads something absent.
            NoValue: it has no value for another reason.
        """
        try:
            return jsonable(self._computed(scope) if self._plain is None else self._read(scope, self._plain))
        except Unfit as unfit:
            raise NoValue(f"it {unfit}") from None

    def _read(self, scope: Scope, find: Callable[[Scope], Any]) -> Any:
        """Return a lone input as it is stored, so that no number or text changes on its way through CEL."""
        found = find(scope)
        if found is ABSENT:
            raise Missing(self.inputs[0].name)
        return found

    def _computed(self, scope: Scope) -> Any:
        bound = _Bound(self._bindings, scope)
        try:
            return self._run(bound)
        except runtime.Failure as failure:
            missing, trouble = self._explain(bound, failure)
            raise (Missing(missing[0]) if missing else NoValue(trouble)) from None

    def _run(self, bound: _Bound) -> Any:
        if self._costly:
            self._refuse_much_work(bound)
        return runtime.run(self._program, bound.data)

    def _refuse_much_work(self, bound: _Bound) -> None:
        """Bound what the runtime does not: it counts iterations, not what each of them compares."""
        emitted = self._emitted
        longest = bound.longest + emitted.items_written
        rounds = min(longest**emitted.loop_depth * max(emitted.loops, 1), _LIBRARY_ITERATIONS)
        each = bound.values + bound.characters // 8 + bound.characters * emitted.pattern_cost // 32
        each += emitted.searches * bound.characters**2 // 20_000
        if max(rounds, 1) * each > _MOST_WORK:
            raise runtime.Failure("it goes through too much")

    def _explain(self, bound: _Bound, failure: runtime.Failure) -> tuple[tuple[str, ...], str]:
        """Return what was missing, and the trouble where nothing was."""
        missing = list(bound.missing)
        trouble = failure.reason
        if failure.key:
            name = self._selected(failure.key)
            missing += [name] if name not in missing else []
        elif failure.unbound:
            trouble = bound.troubles.get(failure.unbound, trouble)
        return tuple(missing), "" if missing else trouble

    def _selected(self, key: str) -> str:
        """Return how the text spells the selection of *key* from something no input names."""
        for node in tree.walk(self._root):
            if isinstance(node, tree.Select) and node.name == key and input_of(node) is None:
                return " ".join(self.text[node.offset : node.end].split())
        return key


_NUMERIC = frozenset((Mode.RAW, Mode.COMPARED))
_LARGE = 2**1000


class _Bound:
    """The inputs of one evaluation: CEL's data, what was seen, what is missing or unfit, how much there is."""

    __slots__ = ("characters", "data", "longest", "missing", "seen", "troubles", "values")

    def __init__(self, bindings: list[Any], scope: Scope) -> None:
        self.data: dict[str, Any] = {}
        self.seen: list[tuple[str, Any]] = []
        self.missing: list[str] = []
        self.troubles: dict[str, str] = {}
        self.values = self.characters = self.longest = 0
        for name, find, slots, uses in bindings:
            try:
                found = find(scope)
            except Unfit as unfit:
                self.troubles.update((variable, f"{name} {unfit}") for variable, _, _ in slots)
                continue
            if found is ABSENT:
                self.missing.append(name)
                continue
            kind = type(found)
            if (
                (kind is float or kind is int)
                and len(slots) == 1
                and slots[0][1] in _NUMERIC
                and -_LARGE < found < _LARGE
            ):
                self.seen.append((name, found))
                self.data[slots[0][0]] = found * 1.0
                continue
            self._bind(name, found, slots, uses)

    def _bind(self, name: str, found: Any, slots: list[Any], uses: int) -> None:
        try:
            self.seen.append((name, jsonable(found)))
        except Unfit as unfit:
            self.troubles.update((variable, f"{name} {unfit}") for variable, _, _ in slots)
            return
        weight = Weight()
        for variable, mode, convert in slots:
            try:
                self.data[variable] = convert(found, weight)
            except Unfit as unfit:
                if mode is not Mode.MAYBE_TIME:
                    self.troubles[variable] = f"{name} {unfit}"
        self.values += (weight.values + 1) * uses
        self.characters += weight.characters * uses
        self.longest += weight.longest * uses
