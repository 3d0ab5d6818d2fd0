"""Conditions for those who may never be asked one: what evaluates them is loaded with the first.

Parsing, typing and writing CEL take longer to import than most functions take to begin (`python -m bench handlers`),
and a run that only waits and sends reads no condition at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.domain.condition.evaluation import Condition


def compile_condition(text: str) -> Condition:
    """Return the condition that *text* says, as `sojourn.domain.condition.evaluation.compile_condition` does.

    Raises:
        ConditionError: *text* is no expression, or one that may cost too much.
    """
    from sojourn.domain.condition import evaluation  # imported here: see above

    return evaluation.compile_condition(text)
