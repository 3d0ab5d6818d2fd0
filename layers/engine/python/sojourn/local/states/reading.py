"""From a definition, already parsed as JSON, to the states that the interpreter runs.

Every problem is collected with the place it stands in; whoever called decides what to do with the list. Two
passes: first all states of a machine are named, then each is filled in, because states point forwards and
backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sojourn.local.states import model
from sojourn.local.states.choice import compile_rule
from sojourn.local.states.clauses import read_map, read_parallel, read_task, read_wait
from sojourn.local.states.errors import NO_CHOICE_MATCHED, StateError
from sojourn.local.states.evaluation import UNKNOWN, Evaluate, Scope, Test
from sojourn.local.states.fields import Fields
from sojourn.local.states.model import State
from sojourn.local.states.payload import to_json
from sojourn.local.states.templates import composed

_ALWAYS = ("Type", "Comment", "QueryLanguage")
_FILTERED = (*_ALWAYS, "InputPath", "OutputPath")
_GOES_ON = (*_FILTERED, "Next", "End")
_SHAPED = (*_GOES_ON, "Parameters", "ResultPath")
_WORKING = (*_SHAPED, "ResultSelector", "Retry", "Catch")
_BOUNDED = (*_WORKING, "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")

FIELDS = {
    "Pass": (*_SHAPED, "Result"),
    "Task": (*_BOUNDED, "Resource", "Credentials"),
    "Choice": (*_FILTERED, "Choices", "Default"),
    "Wait": (*_GOES_ON, "Seconds", "SecondsPath", "Timestamp", "TimestampPath"),
    "Succeed": _FILTERED,
    "Fail": (*_ALWAYS, "Error", "ErrorPath", "Cause", "CausePath"),
    "Parallel": (*_WORKING, "Branches"),
    "Map": (
        *_WORKING,
        "Iterator",
        "ItemProcessor",
        "ItemsPath",
        "ItemSelector",
        "MaxConcurrency",
        "MaxConcurrencyPath",
    ),
}
_CLASSES: dict[str, type[State]] = {
    "Pass": model.Pass,
    "Task": model.Task,
    "Choice": model.Choice,
    "Wait": model.Wait,
    "Succeed": model.Succeed,
    "Fail": model.Fail,
    "Parallel": model.Parallel,
    "Map": model.Map,
}
_LONGEST_NAME = 80


def check_dialect(definition: Mapping[str, Any], place: str, problems: list[str]) -> None:
    """Note a query language other than JSONPath."""
    language = definition.get("QueryLanguage", "JSONPath")
    if language != "JSONPath":
        problems.append(f"{place}: QueryLanguage {to_json(language)} is not supported; only JSONPath is")


class MachineReader:
    """Reads one machine and the machines inside of it.

    Args:
        problems: the list that problems are added to.
        names: the names of states seen so far: they are unique through all nested machines.
    """

    def __init__(self, problems: list[str], names: set[str]) -> None:
        self.problems = problems
        self.names = names

    def read(self, definition: Any, place: str) -> State:
        """Return the first state of a machine; what is wrong with it stands in the problems."""
        nowhere: State = model.Pass("")
        states = definition.get("States") if isinstance(definition, Mapping) else None
        if not isinstance(states, Mapping) or not states:
            self.problems.append(f"{place or 'machine'}: it needs States, an object of states by name")
            return nowhere
        check_dialect(definition, place or "machine", self.problems)
        inside = f"{place}.States" if place else "States"
        shells = self._shells(states, inside)

        def target(name: Any, at: str) -> State:
            if isinstance(name, str) and name in shells:
                return shells[name]
            self.problems.append(f"{at}: there is no state {to_json(name)}")
            return nowhere

        edges = {
            name: self._fill(shell, Fields(states[name], f"{inside}.{name}", self.problems), target)
            for name, shell in shells.items()
        }
        start = target(definition.get("StartAt"), f"{place}.StartAt" if place else "StartAt")
        if start is not nowhere:
            self._note_unreachable(start, edges, inside)
        return start

    def _shells(self, states: Mapping[str, Any], inside: str) -> dict[str, State]:
        shells: dict[str, State] = {}
        for name, definition in states.items():
            place = f"{inside}.{name}"
            kind = definition.get("Type") if isinstance(definition, Mapping) else None
            if not isinstance(kind, str) or kind not in _CLASSES:
                self.problems.append(
                    f"{place}: Type must be one of {', '.join(_CLASSES)}, not {to_json(kind)}"
                )
                continue
            if name in self.names:
                self.problems.append(f"{place}: another state has this name; names are unique in a machine")
            if len(name) > _LONGEST_NAME:
                self.problems.append(f"{place}: a name has at most {_LONGEST_NAME} characters")
            self.names.add(name)
            shells[name] = _CLASSES[kind](name)
        return shells

    def _fill(self, state: State, fields: Fields, named: Callable[[Any, str], State]) -> list[State]:
        """Complete a state; return the states it can go on to."""
        kind = str(fields.definition["Type"])
        check_dialect(fields.definition, fields.place, self.problems)
        fields.only(FIELDS[kind])
        edges: list[State] = []

        def target(name: Any, at: str) -> State:
            edges.append(named(name, at))
            return edges[-1]

        if "Next" in FIELDS[kind]:
            self._read_next(state, fields, target)
        if isinstance(state, model.Choice):
            self._read_choice(state, fields, target)
        elif isinstance(state, model.Fail):
            state.error, state.reason = fields.text_or_path("Error"), fields.text_or_path("Cause")
        elif isinstance(state, model.Wait):
            read_wait(state, fields)
        elif isinstance(state, model.Task):
            read_task(state, fields, target)
        elif isinstance(state, model.Parallel):
            read_parallel(state, fields, target, self.read)
        elif isinstance(state, model.Map):
            read_map(state, fields, target, self.read)
        elif isinstance(state, model.Pass):
            _read_pass(state, fields)
        else:
            _read_filters(state, fields)
        return edges

    def _read_next(self, state: State, fields: Fields, target: Callable[[Any, str], State]) -> None:
        end = fields.definition.get("End", False)
        if not isinstance(end, bool):
            fields.problem(f"it must be true or false, not {to_json(end)}", "End")
        if end == fields.has("Next"):
            fields.problem("it needs either Next or End: true")
        if fields.has("Next"):
            state.next = target(fields.definition["Next"], f"{fields.place}.Next")

    def _read_choice(self, state: model.Choice, fields: Fields, target: Callable[[Any, str], State]) -> None:
        state.inward = fields.path("InputPath") or state.inward
        state.work = fields.path("OutputPath")
        state.growth = UNKNOWN if state.work or fields.has("InputPath") else state.growth
        rules = fields.definition.get("Choices")
        if not isinstance(rules, list) or not rules:
            fields.problem("it must be a list of at least one rule", "Choices")
            rules = []
        compiled = []
        for index, rule in enumerate(rules):
            place = f"{fields.place}.Choices[{index}]"
            test = compile_rule(rule, place, self.problems)
            next_name = rule.get("Next") if isinstance(rule, Mapping) else None
            compiled.append((test, target(next_name, f"{place}.Next")))
        default = (
            target(fields.definition["Default"], f"{fields.place}.Default") if fields.has("Default") else None
        )
        state.pick = _picker(tuple(compiled), default, state.name)

    def _note_unreachable(self, start: State, edges: dict[str, list[State]], inside: str) -> None:
        reached, left = {start.name}, [start.name]
        while left:
            for further in edges.get(left.pop(), ()):
                if further.name not in reached:
                    reached.add(further.name)
                    left.append(further.name)
        for name in edges:
            if name not in reached:
                self.problems.append(f"{inside}.{name}: no state leads to it")


def _picker(
    rules: tuple[tuple[Test, State], ...], default: State | None, name: str
) -> Callable[[Any, Scope], State]:
    def none_holds() -> StateError:
        return StateError(
            NO_CHOICE_MATCHED, f"No rule of the Choice state {name!r} holds, and it has no Default"
        )

    if len(rules) == 1 and default is not None:
        ((only, then),) = rules
        otherwise = default
        return lambda value, scope: then if only(value, scope) else otherwise

    def pick(value: Any, scope: Scope) -> State:
        for test, state in rules:
            if test(value, scope):
                return state
        if default is None:
            raise none_holds()
        return default

    return pick


def _chain(first: Evaluate | None, then: Evaluate | None) -> Evaluate | None:
    """Return the closure that does one after the other."""
    if first is None or then is None:
        return first or then
    before, after = first, then
    return lambda value, scope: after(before(value, scope), scope)


def _read_filters(state: State, fields: Fields) -> None:
    """Complete a state that only filters its data: InputPath, then OutputPath."""
    state.work = _chain(fields.path("InputPath"), fields.path("OutputPath"))
    if state.work is not None:
        state.growth = UNKNOWN


def _read_pass(state: State, fields: Fields) -> None:
    """Complete a Pass state: the filters, Parameters or Result between them, and the result's place."""
    inward, outward, placing = fields.path("InputPath"), fields.path("OutputPath"), fields.placing()
    result = fields.constant("Result") if fields.has("Result") else fields.template("Parameters")
    if fields.has("Result") and fields.has("Parameters"):
        fields.template("Parameters")
    if not fields.has("Result") and not fields.has("Parameters") and placing.replaces:
        state.work = _chain(inward, outward)
    else:
        made = result.evaluate if fields.has("Result") else _chain(inward, result.evaluate) or result.evaluate
        state.work = _chain(composed(placing, made), outward)
    if state.work is not None:
        filtered = inward is not None or outward is not None
        state.growth = UNKNOWN if filtered else placing.growth(result.growth)
