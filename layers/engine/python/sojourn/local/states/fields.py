"""Reading the fields of one state: a method for each kind of field, which notes what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sojourn.local.states.calls import compile_value
from sojourn.local.states.errors import ALL, RUNTIME, StateError
from sojourn.local.states.evaluation import Evaluate, Growth, Piece, SyntaxProblem, input_itself
from sojourn.local.states.model import Catcher, Retrier, State
from sojourn.local.states.paths import Fail, Path
from sojourn.local.states.payload import size, to_json
from sojourn.local.states.templates import Placing, compile_template

LONGEST_SECONDS = 99_999_999
_LONGEST_DELAY = 31_622_400
_ITSELF = Piece(input_itself, Growth(0, 1))
_OF_JSONATA = frozenset({"Arguments", "Output", "Items", "Condition"})


def _no_results(text: str) -> Fail:
    return lambda value: StateError(RUNTIME, f"Invalid path '{text}': No results for path in the input")


class Fields:
    """The fields of one state.

    Args:
        definition: the state, as written.
        place: where it stands, for the problems: `States.Remind`.
        problems: the list that problems are added to.
    """

    def __init__(self, definition: Mapping[str, Any], place: str, problems: list[str]) -> None:
        self.definition = definition
        self.place = place
        self.problems = problems

    def problem(self, text: str, field: str = "") -> None:
        """Note what is wrong, with the state or with one of its fields."""
        self.problems.append(f"{self.place}{'.' if field else ''}{field}: {text}")

    def has(self, name: str) -> bool:
        """Return whether the state has a field."""
        return name in self.definition

    def only(self, known: Sequence[str] | frozenset[str]) -> None:
        """Note every field that a state of its type does not have."""
        for name in self.definition:
            if name in known:
                continue
            if name in _OF_JSONATA:
                self.problem("it belongs to JSONata; machines are read in the JSONPath dialect only", name)
            elif name == "Assign":
                self.problem("variables are not supported; pass the value on in the state's data", name)
            else:
                self.problem(f"a {self.definition.get('Type')} state has no such field", name)

    def path(self, name: str) -> Evaluate | None:
        """Return the closure of `InputPath` or `OutputPath`; None where it changes nothing."""
        if not self.has(name):
            return None
        text = self.definition[name]
        if text is None:
            return lambda value, scope: {}
        piece = self._read(name, text, lambda: _getter(text))
        return None if piece.evaluate is input_itself else piece.evaluate

    def reference(self, name: str) -> Evaluate:
        """Return the closure of a field that holds a path to one value."""
        text = self.definition[name]
        return self._read(name, text, lambda: _getter(text)).evaluate

    def text_or_path(self, name: str) -> Evaluate:
        """Return the closure of `Error` or `Cause`, given as text or under the name with `Path`."""
        if self.has(name) and self.has(f"{name}Path"):
            self.problem(f"it cannot stand beside {name}Path", name)
        if self.has(f"{name}Path"):
            text = self.definition[f"{name}Path"]
            found = self._read(f"{name}Path", text, lambda: compile_value(text, f"{name}Path")).evaluate
            return lambda value, scope: _as_text(found(value, scope))
        constant = self.definition.get(name, "")
        if not isinstance(constant, str):
            self.problem(f"it must be a string, not {to_json(constant)}", name)
        return lambda value, scope: constant

    def template(self, name: str) -> Piece:
        """Return the piece of a payload template; without the field, what was given is passed on."""
        if not self.has(name):
            return _ITSELF
        return compile_template(self.definition[name], f"{self.place}.{name}", self.problems)

    def constant(self, name: str) -> Piece:
        """Return the piece of `Result`: the value as it is written."""
        constant = self.definition[name]
        return Piece(lambda value, scope: constant, Growth(size(constant), 0))

    def placing(self, name: str = "ResultPath") -> Placing:
        """Return where the result goes."""
        text = self.definition.get(name, "$")
        if text is None:
            return Placing(None)
        if isinstance(text, str):
            try:
                return Placing(text)
            except SyntaxProblem as problem:
                self.problem(f"{text!r}: {problem}", name)
        else:
            self.problem(f"it must be a path or null, not {to_json(text)}", name)
        return Placing("$")

    def seconds(self, name: str, least: int = 1) -> Evaluate | None:
        """Return the closure that gives seconds, from the field or the one with `Path`; None without."""
        if self.has(name) and self.has(f"{name}Path"):
            self.problem(f"it cannot stand beside {name}Path", name)
        if self.has(f"{name}Path"):
            field = f"{name}Path"
            path = self.reference(field)
            return lambda value, scope: whole_number(path(value, scope), least, field)
        if not self.has(name):
            return None
        constant = self.number(name, least, least, LONGEST_SECONDS)
        return lambda value, scope: constant

    def number(self, name: str, default: float, least: float, most: float, whole: bool = True) -> Any:
        """Return a number that stands in the field itself."""
        number = self.definition.get(name, default)
        kinds = (int,) if whole else (int, float)
        if type(number) not in kinds or not least <= number <= most:
            what = "a whole number" if whole else "a number"
            self.problem(f"it must be {what} from {least:g} to {most:g}, not {to_json(number)}", name)
            return default
        return number

    def retriers(self) -> tuple[Retrier, ...]:
        """Return the entries of `Retry`."""
        known = frozenset(["ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds",
                           "JitterStrategy", "Comment"])  # fmt: skip
        retriers = []
        for entry in self._entries("Retry", known):
            jitter = entry.definition.get("JitterStrategy", "NONE")
            if jitter not in ("NONE", "FULL"):
                entry.problem(f"it must be NONE or FULL, not {to_json(jitter)}", "JitterStrategy")
            interval = entry.number("IntervalSeconds", 1, 1, LONGEST_SECONDS)
            longest = entry.number("MaxDelaySeconds", _LONGEST_DELAY, 1, _LONGEST_DELAY)
            if entry.has("MaxDelaySeconds") and longest <= interval:
                entry.problem("it must be greater than IntervalSeconds", "MaxDelaySeconds")
            retriers.append(
                Retrier(
                    names=entry.names(),
                    interval=interval,
                    attempts=entry.number("MaxAttempts", 3, 0, LONGEST_SECONDS),
                    rate=entry.number("BackoffRate", 2.0, 1.0, LONGEST_SECONDS, whole=False),
                    longest=longest if entry.has("MaxDelaySeconds") else None,
                    jitter=jitter == "FULL",
                )
            )
        self._all_is_last("Retry", [retrier.names for retrier in retriers])
        return tuple(retriers)

    def catchers(self, target: Callable[[Any, str], State]) -> tuple[Catcher, ...]:
        """Return the entries of `Catch`; *target* finds the state that a name in a place stands for."""
        known = frozenset(["ErrorEquals", "ResultPath", "Next", "Comment"])
        catchers = tuple(
            Catcher(
                entry.names(), entry.placing(), target(entry.definition.get("Next"), f"{entry.place}.Next")
            )
            for entry in self._entries("Catch", known)
        )
        self._all_is_last("Catch", [catcher.names for catcher in catchers])
        return catchers

    def _entries(self, name: str, known: frozenset[str]) -> list[Fields]:
        entries = self.definition.get(name, [])
        if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
            self.problem("it must be a list of objects", name)
            return []
        found = [
            Fields(entry, f"{self.place}.{name}[{at}]", self.problems) for at, entry in enumerate(entries)
        ]
        for entry in found:
            for key in entry.definition:
                if key not in known:
                    entry.problem(f"an entry of {name} has no such field", key)
        return found

    def names(self) -> tuple[str, ...]:
        """Return the error names of an entry."""
        names = self.definition.get("ErrorEquals")
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            self.problem("it must be a list of at least one error name", "ErrorEquals")
            return ()
        if ALL in names and len(names) > 1:
            self.problem(f"{ALL} must stand alone", "ErrorEquals")
        return tuple(names)

    def _all_is_last(self, name: str, entries: list[tuple[str, ...]]) -> None:
        if any(ALL in names for names in entries[:-1]):
            self.problem(f"the entry with {ALL} must be the last", name)

    def _read(self, name: str, text: Any, compiled: Callable[[], Piece]) -> Piece:
        if not isinstance(text, str):
            self.problem(f"it must be a path, not {to_json(text)}", name)
            return _ITSELF
        try:
            return compiled()
        except SyntaxProblem as problem:
            self.problem(f"{text!r}: {problem}", name)
            return _ITSELF


def _getter(text: str) -> Piece:
    path = Path(text)
    return Piece(path.getter(_no_results(text)), path.growth)


def whole_number(value: Any, least: int, field: str) -> int:
    """Return *value*, the number of a field that holds a path.

    Raises:
        StateError: `States.Runtime`, where it is no whole number, or less than *least*.
    """
    if type(value) is not int or not least <= value <= LONGEST_SECONDS:
        raise StateError(
            RUNTIME, f"The {field} parameter must be a whole number from {least}: {to_json(value)} is not"
        )
    return value


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else to_json(value)
