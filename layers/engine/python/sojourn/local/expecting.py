"""Compares one expectation of a scenario with one thing that happened."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sojourn.domain.customer.identity import ANONYMOUS, unknown_id
from sojourn.domain.ledger import WHATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.domain.journey.model.scenario import Expectation
    from sojourn.domain.ledger import Happening

FIELDS = ("journey", "version", "run", "step", "reason")


def matches(
    expected: Expectation, one: Happening, at: datetime | None, read: Callable[[str], datetime]
) -> bool:
    """Say whether *one* is what was expected.

    Args:
        at: when it must have been, None for any time.
        read: reads a time as scenarios write it.
    """
    if at is not None and one.at != at:
        return False
    if expected.customer is not None and one.customer != expected.customer:
        return False
    if expected.anonymous is not None and one.customer != unknown_id(ANONYMOUS, expected.anonymous):
        return False
    return all(_fits(name, wanted, one, read) for name, wanted in (expected.model_extra or {}).items())


def _fits(name: str, wanted: Any, one: Happening, read: Callable[[str], datetime]) -> bool:
    if name == "what":
        return bool(one.what == wanted)
    if name in WHATS:
        return one.what == name and (wanted in (None, True) or _named(wanted, subjects(one)))
    if name in FIELDS:
        return bool(getattr(one, name) == wanted or (name == "reason" and one.reason == f"exit:{wanted}"))
    found = one.details.get(name)
    if isinstance(found, datetime):
        return isinstance(wanted, str) and read(wanted) == found
    return bool(found == wanted)


def _named(wanted: Any, subjects: tuple[Any, ...]) -> bool:
    """Say whether something goes by a name; somebody unknown by their anonymous id too."""
    return wanted in subjects or (
        isinstance(wanted, str) and unknown_id(ANONYMOUS, wanted.strip()) in subjects
    )


def subjects(one: Happening) -> tuple[Any, ...]:
    """Return what a happening can be named by: its step, message, journey, reason or event."""
    if one.what in ("entered", "not_entered", "restarted"):
        return (one.journey,)
    if one.what == "left_out":
        return (one.reason,)
    if one.what == "exited":
        return (one.reason, one.reason.removeprefix("exit:"))
    details = one.details
    if one.what in ("merged", "merge_refused"):
        return (details["from"],)
    named = (details.get("message"), details.get("event"), details.get("to"), details.get("task"))
    return tuple(subject for subject in (one.step, *named) if subject)


def said(expected: Expectation) -> str:
    """Return an expectation in words, as a failure quotes it."""
    parts = [f"{name}: {value}" for name, value in (expected.model_extra or {}).items()]
    who = [
        f"{name}: {value}"
        for name, value in (("customer", expected.customer), ("anonymous", expected.anonymous))
        if value
    ]
    when = [f"at: {expected.at}"] if expected.at else []
    return "{" + ", ".join([*when, *who, *parts]) + "}"
