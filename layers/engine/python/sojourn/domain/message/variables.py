"""Walks a python-liquid template: which variables it reads from outside, which filters, what it may not do.

Loop variables and assigned names are the template's own. Imported only where the full language is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sojourn.domain.message.direct import Variable
from sojourn.domain.message.liquid_import import import_liquid

import_liquid()

from liquid.builtin.expressions import FilteredExpression, LoopExpression, Path  # noqa: E402
from liquid.builtin.expressions.primitive import RangeLiteral  # noqa: E402

_PATH = re.compile(r"[\w?-]+(?:\s*\.\s*[\w?-]+|\s*\[[^\[\]]*\])*|\[[^\]]*\]")


@dataclass(slots=True)
class Reading:
    """What a template was found to use; offsets are those of the names in its text."""

    variables: list[Variable] = field(default_factory=list)
    filters: list[tuple[str, int]] = field(default_factory=list)
    ranges: list[int] = field(default_factory=list)


def read(template: Any, text: str) -> Reading:
    """Return what the python-liquid *template*, parsed from *text*, uses."""
    reading = Reading()
    _nodes(template.nodes, text, frozenset(), set(), reading)
    reading.variables.sort(key=lambda variable: variable.offset)
    return reading


def _nodes(
    nodes: Iterable[Any], text: str, local: frozenset[str], assigned: set[str], reading: Reading
) -> None:
    for node in nodes:
        for expression in node.expressions():
            _expression(expression, text, local | assigned, reading, False)
        assigned.update(str(name) for name in node.template_scope())
        inner = local.union(str(name) for name in node.block_scope())
        _nodes(node.children(None, include_partials=False), text, inner, assigned, reading)


def _expression(expression: Any, text: str, local: frozenset[str], reading: Reading, default: bool) -> None:
    if isinstance(expression, Path):
        _path(expression, text, local, reading, default)
    elif isinstance(expression, RangeLiteral):
        reading.ranges.append(expression.token.start_index)
    children = list(expression.children())
    if isinstance(expression, LoopExpression) and isinstance(expression.iterable, RangeLiteral):
        children = [*children[1:], *expression.iterable.children()]
    defaulted: Any = None
    if isinstance(expression, FilteredExpression) and expression.filters:
        reading.filters.extend((each.name, each.token.start_index) for each in expression.filters)
        defaulted = expression.left if expression.filters[0].name == "default" else None
    for child in children:
        _expression(child, text, local, reading, child is defaulted)


def _path(path: Path, text: str, local: frozenset[str], reading: Reading, default: bool) -> None:
    keys: list[str] = []
    for key in path.path:
        if not isinstance(key, str):
            break
        keys.append(key)
    if not keys or keys[0] in local:
        return
    start = path.token.start_index
    written = _PATH.match(text, start)
    length = written.end() - start if written else 1
    reading.variables.append(Variable(tuple(keys), start, length, default))
