"""A state machine, read once and run by any number of executions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sojourn.local.states.errors import DefinitionError
from sojourn.local.states.fields import LONGEST_SECONDS, Fields
from sojourn.local.states.model import State
from sojourn.local.states.reading import MachineReader

_PLACEHOLDER = re.compile(r"\$\{([^{}$\s]+)\}")
_FIELDS = frozenset({"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"})
_NO_SUBSTITUTIONS: Mapping[str, str] = {}


class Machine:
    """A definition in the Amazon States Language (JSONPath dialect), compiled.

    Attributes:
        name: what `$$.StateMachine.Name` shows.
        start: the first state.
        timeout: the seconds an execution may take; None: AWS's own limit of a year.
    """

    __slots__ = ("name", "start", "timeout")

    def __init__(self, name: str, start: State, timeout: int | None) -> None:
        self.name = name
        self.start = start
        self.timeout = timeout

    def __repr__(self) -> str:
        return f"<Machine {self.name!r}>"

    @classmethod
    def parse(
        cls,
        definition: Mapping[str, Any] | str,
        substitutions: Mapping[str, str] = _NO_SUBSTITUTIONS,
        name: str = "machine",
    ) -> Machine:
        """Read a definition.

        Args:
            definition: as an object or as JSON.
            substitutions: what stands for each `${Name}`, as CloudFormation's definition substitutions; a
                placeholder that is not among them stays as it is and can be looked up as a resource.
            name: the machine's name.

        Raises:
            DefinitionError: with everything that is wrong.
        """
        if isinstance(definition, str):
            try:
                definition = json.loads(definition)
            except ValueError as error:
                raise DefinitionError([f"the definition is not JSON: {error}"]) from None
        if not isinstance(definition, Mapping):
            raise DefinitionError(["the definition is not an object"])
        # Rebuilt even without substitutions: the machine keeps parts of it for as long as it lives.
        filled = _substituted(definition, substitutions)
        problems: list[str] = []
        start = MachineReader(problems, set()).read(filled, "")
        problems += [f"{field}: a machine has no such field" for field in filled if field not in _FIELDS]
        timeout = None
        if "TimeoutSeconds" in filled:
            fields = Fields(filled, "machine", problems)
            timeout = fields.number("TimeoutSeconds", LONGEST_SECONDS, 1, LONGEST_SECONDS)
        if problems:
            raise DefinitionError(list(dict.fromkeys(problems)))
        return cls(name, start, timeout)


def _substituted(part: Any, substitutions: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return _PLACEHOLDER.sub(lambda found: substitutions.get(found[1], found[0]), part)
    if isinstance(part, Mapping):
        return {
            _substituted(key, substitutions): _substituted(value, substitutions)
            for key, value in part.items()
        }
    if isinstance(part, list | tuple):
        return [_substituted(value, substitutions) for value in part]
    return part
