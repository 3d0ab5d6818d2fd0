"""Conditions as a tree, and the CEL that says them: `all`, `any` and `not` of single questions.

Pinpoint answers every question; CEL leaves one undecided that reads what a customer does not have. So a denied
question says first that its attribute is missing: `!has(customer.plan) || !(customer.plan == "pro")`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE = re.compile(r'[\w.]+(?:\((?:"[^"]*"(?:, )?)*\))?')
"""A path or a call, which needs no brackets to be denied."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question.

    Args:
        text: it in CEL: a comparison, a call or a path.
        reads: what it reads that may be missing: `customer.plan`.
    """

    text: str
    reads: str = ""


@dataclass(frozen=True, slots=True)
class All:
    """Every one holds; nothing is said of nobody, so without any it holds."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One holds at least."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    of: Node


Node = Ask | All | Some | Not


def cel(node: Node) -> str:
    """Return *node* as a CEL condition."""
    return _said(node, denied=False)[0]


def _said(node: Node, *, denied: bool) -> tuple[str, str]:
    """Return the CEL of *node*, or of its denial, and the operator that joins it on the outside."""
    if isinstance(node, Not):
        return _said(node.of, denied=not denied)
    if isinstance(node, Ask):
        if not denied:
            return node.text, ""
        no = f"!{node.text}" if _ONE.fullmatch(node.text) else f"!({node.text})"
        return (f"!has({node.reads}) || {no}", "||") if node.reads else (no, "")
    together = isinstance(node, All) is not denied
    operator, of_none = ("&&", "true") if together else ("||", "false")
    kept: list[tuple[str, str]] = []
    for one in node.of:
        said = _said(one, denied=denied)
        if said[0] in ("true", "false") and said[0] != of_none:
            return said
        if said[0] != of_none and said not in kept:
            kept.append(said)
    if len(kept) < 2:
        return kept[0] if kept else (of_none, "")
    parts = [f"({text})" if joins not in ("", operator) else text for text, joins in kept]
    return f" {operator} ".join(parts), operator
