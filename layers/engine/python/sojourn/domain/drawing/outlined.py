"""What the steps of a version say in words, where nothing but its outline is left: no files, no state machine.

An outline keeps a step's fields without the steps inside of it, which is all that `words` reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sojourn.domain.drawing.words import Words, words_of
from sojourn.domain.journey.model.steps import STEP_TYPES

if TYPE_CHECKING:
    from sojourn.domain.change.outline import Outline, Step
    from sojourn.domain.journey.model.steps import StepBase

_MODELS = {kind.verb: kind for kind in STEP_TYPES}
_HOLD_STEPS = ("else", "otherwise")


def words_in(outline: Outline) -> dict[str, Words]:
    """Return step -> what it does, of all steps of an outline, in their order."""
    return {step.id: outlined_words(step) for step in outline.steps}


def outlined_words(step: Step) -> Words:
    """Return what a step does; of one that another release wrote in its own way, the verb."""
    model = _MODELS.get(step.verb)
    if model is None:
        return Words(step.verb)
    try:
        written: StepBase = model.model_validate(_with_steps(step.says))
    except ValidationError:
        return Words(step.verb)
    return words_of(written)


def _with_steps(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step's fields as its model takes them: where steps stood, none."""
    whole = {name: _filled(name, value) for name, value in said.items()}
    if isinstance(paths := said.get("parallel"), list):
        whole["parallel"] = {str(name): [] for name in paths}
    return whole


def _filled(name: str, value: Any) -> Any:
    if name in _HOLD_STEPS and value is True:
        return []
    if isinstance(value, Mapping):
        return {inner: _filled(inner, one) for inner, one in value.items()}
    return [_filled("", one) for one in value] if isinstance(value, list) else value
