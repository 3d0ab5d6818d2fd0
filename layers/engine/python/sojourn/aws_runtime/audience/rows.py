"""Reads a row of an audience: whose it is, as an event's identities are read; what it tells; what the journey reads.

What is wrong with a row is said in one sentence, by the place, and never by what stands there. It knows no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn.application.audience import BadRow, Row
from sojourn.aws_runtime.incoming.fields import DEEPEST, Fields, Poison
from sojourn.aws_runtime.incoming.inbound import IDENTITIES, who
from sojourn.domain.audience.columns import ATTRIBUTES, ENTRY, spread

NAMED = frozenset(("user_id", *IDENTITIES))
"""What may stand in `identities`."""
_DEEP = "it is nested too deep"


def read_row(line: int, said: Mapping[str, Any]) -> Row | BadRow:
    """Return who a row is about and what it says, or why nobody can tell.

    Args:
        said: as JSON has it, or a CSV file's columns say it (`sojourn.domain.audience`).
    """
    try:
        if _depth(said) > DEEPEST:
            return BadRow(line, _DEEP)
        fields = Fields(spread(said), "")
        given = fields.mapping("identities")
        unknown = sorted(given.keys() - NAMED)
        if unknown:
            return BadRow(line, f"identities.{unknown[0][:60]}: there are {', '.join(sorted(NAMED))}")
        customer, identities = who(fields)
        return Row(line, customer, identities, fields.mapping(ATTRIBUTES), fields.mapping(ENTRY))
    except Poison as wrong:
        return BadRow(line, str(wrong))


def _depth(value: Any) -> int:
    """Return how deep a value is nested, no further than it matters."""
    level, depth = [value], 0
    while level and depth <= DEEPEST + 1:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth
