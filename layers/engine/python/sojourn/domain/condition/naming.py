"""Resolves what a text reads against the names that exist at its place, collecting every unknown one.

It knows names and their declared types, not operators.
"""

from __future__ import annotations

from collections.abc import Iterable

from sojourn.domain.condition import tree
from sojourn.domain.condition.kinds import ANY, Kind, Static, declared
from sojourn.domain.condition.parsing import ROOTS
from sojourn.domain.condition.types import OPEN, Fields, Names, Problem, ProblemKind
from sojourn.domain.findings import did_you_mean

_ARGUMENTS = {
    "event": ("event", ProblemKind.UNKNOWN_EVENT),
    "segment": ("segment", ProblemKind.UNKNOWN_SEGMENT),
    "topic": ("topic", ProblemKind.UNKNOWN_TOPIC),
    "channel": ("channel", ProblemKind.UNKNOWN_NAME),
    "step": ("step", ProblemKind.UNKNOWN_STEP),
}


def root(name: tree.Name, names: Names) -> Static | Problem:
    """Return what one of the roots `customer`, `entry`, `event`, `steps` is at this place."""
    if names.only_event and name.name != "event":
        return only_event(name, name.name)
    if name.name == "customer":
        return Static(Kind.OBJECT, fields=names.customer, owner="customer")
    if name.name == "steps":
        return Static(Kind.OBJECT, fields={}, owner="steps")
    fields = names.entry if name.name == "entry" else names.event
    if fields is not None:
        return Static(Kind.OBJECT, fields=fields, owner=name.name)
    other = "entry" if name.name == "event" else "event"
    advice = f'did you mean "{other}"?' if _fields(names, other) is not None else ""
    message = f'"{name.name}" is not available here'
    if name.name == "event":
        message += ", where no event is at hand"
    return Problem(ProblemKind.NOT_AVAILABLE, message, advice, name.offset, name.length)


def only_event(node: tree.Node, what: str) -> Problem:
    """Return the problem of what asks about more than the event, where nothing else is at hand."""
    message, advice = f'"{what}" is not available here', "only `event` is at hand"
    return Problem(ProblemKind.NOT_AVAILABLE, message, advice, node.offset, node.length)


def field_of(target: Static, name: str, offset: int, length: int, names: Names) -> Static | Problem:
    """Return the field *name* of an object whose fields are known."""
    owner, fields = target.owner, target.fields or {}
    if owner == "steps":
        if name in names.steps:
            return Static(Kind.OBJECT, fields=names.steps[name], owner=f"steps.{name}")
        message, kind = f'"{name}" is no step of this journey', ProblemKind.UNKNOWN_STEP
        return Problem(kind, message, did_you_mean(name, names.steps), offset, length)
    if name in fields:
        return declared(fields[name], f"{owner}.{name}")
    if OPEN in fields:
        return ANY
    kind = ProblemKind.UNKNOWN_ATTRIBUTE if owner == "customer" else ProblemKind.UNKNOWN_PROPERTY
    what = "attribute" if owner == "customer" else "property"
    message = f'"{owner}.{name}" is not known: {_called(owner)} has no {what} "{name}"'
    advice = did_you_mean(name, fields) or (_declare(owner) if owner in ROOTS else "")
    return Problem(kind, message, advice, offset, length)


def unknown_name(node: tree.Name, names: Names) -> Problem:
    """Return the problem of a bare word that means nothing, with the name it was probably meant to be."""
    for owner in ("customer", "event", "entry"):
        if node.name in (_fields(names, owner) or ()):
            advice = f'did you mean "{owner}.{node.name}"?'
            break
    else:
        advice = did_you_mean(node.name, (*ROOTS, "now", "true", "false"))
        if not advice.startswith("did"):
            advice = f'text is written in quotes: "{node.name}"'
    message = f'"{node.name}" is not known'
    return Problem(ProblemKind.UNKNOWN_NAME, message, advice, node.offset, node.length)


def argument(what: str, word: str, node: tree.Node, names: Names) -> Problem | None:
    """Return the problem of an argument that names no event, segment, topic, channel or step; else None."""
    known: Iterable[str] = {
        "event": names.events,
        "segment": names.segments,
        "topic": names.topics,
        "channel": names.channels,
        "step": names.sends,
    }[what]
    if word in set(known):
        return None
    label, kind = _ARGUMENTS[what]
    message = f'there is no {label} "{word}"'
    if what == "step" and word in names.steps:
        message = f'step "{word}" sends nothing, so it is neither opened nor clicked'
    inside = isinstance(node, tree.Literal) and node.exact
    offset, length = (node.offset + 1, node.length - 2) if inside else (node.offset, node.length)
    return Problem(kind, message, did_you_mean(word, known), offset, length)


def _fields(names: Names, owner: str) -> Fields | None:
    return {"customer": names.customer, "entry": names.entry, "event": names.event}[owner]


def _called(owner: str) -> str:
    said = {"customer": "a customer", "entry": "the entry", "event": "the event"}
    return said.get(owner, f'"{owner}"')


def _declare(owner: str) -> str:
    return "declare it under " + ("attributes" if owner == "customer" else "events") + " in workspace.yaml"
