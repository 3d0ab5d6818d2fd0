"""What each operator makes of the kinds on its two sides, and how to say that it cannot.

CEL's rules with Sojourn's relaxations: one kind of number, a date is its midnight (UTC) beside a time.
It sees kinds only, never names.
"""

from __future__ import annotations

import re

from sojourn.domain.condition.kinds import ANY, KNOWN, TEMPORAL, TEXTUAL, Kind, Static
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_date_time

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EQUALITY = ("==", "!=")
COMPARISONS = (*EQUALITY, "<", "<=", ">", ">=")
_UNORDERED = frozenset((Kind.LIST, Kind.OBJECT, Kind.WEEKDAY, Kind.LOCAL))
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def result(operator: str, left: Static, right: Static) -> Static | None:
    """Return what `left operator right` gives, or None where the kinds do not fit."""
    if operator in COMPARISONS:
        return KNOWN[Kind.BOOLEAN] if _comparable(operator, left.kind, right.kind) else None
    if operator == "in":
        return KNOWN[Kind.BOOLEAN] if _containable(left, right) else None
    if operator == "+":
        return _sum(left, right)
    if operator == "-":
        return _difference(left.kind, right.kind)
    return KNOWN[Kind.NUMBER] if {left.kind, right.kind} <= {Kind.NUMBER, Kind.ANY} else None


def _comparable(operator: str, left: Kind, right: Kind) -> bool:
    if Kind.NULL in (left, right):
        return False
    if operator not in EQUALITY and (left in _UNORDERED or right in _UNORDERED):
        return False
    if Kind.ANY in (left, right) or left == right:
        return True
    return any({left, right} <= family for family in (TEMPORAL, TEXTUAL))


def _containable(left: Static, right: Static) -> bool:
    if right.kind is Kind.OBJECT:
        return left.kind in TEXTUAL or left.kind is Kind.ANY
    if right.kind is Kind.LIST:
        if left.kind is Kind.DATE and right.element is Kind.TEXT:
            return True
        return _comparable("==", left.kind, right.element)
    return right.kind is Kind.ANY


def _sum(left: Static, right: Static) -> Static | None:
    kinds = {left.kind, right.kind}
    if Kind.DURATION in kinds:
        other = right.kind if left.kind is Kind.DURATION else left.kind
        if other is Kind.DURATION:
            return KNOWN[Kind.DURATION]
        return KNOWN[Kind.TIME] if other in TEMPORAL or other is Kind.ANY else None
    if kinds & TEMPORAL or Kind.NULL in kinds:
        return None
    if Kind.ANY in kinds:
        return ANY
    if kinds <= TEXTUAL:
        return KNOWN[Kind.TEXT]
    if kinds == {Kind.LIST}:
        return Static(Kind.LIST, left.element if left.element is right.element else Kind.ANY)
    return KNOWN[Kind.NUMBER] if kinds == {Kind.NUMBER} else None


def _difference(left: Kind, right: Kind) -> Static | None:
    if right is Kind.DURATION and (left in TEMPORAL or left is Kind.ANY):
        return KNOWN[Kind.TIME]
    if left is Kind.DURATION and right in (Kind.DURATION, Kind.ANY):
        return KNOWN[Kind.DURATION]
    known = {left, right} - {Kind.ANY}
    if known and known <= TEMPORAL:
        return KNOWN[Kind.DURATION]
    if known <= {Kind.NUMBER}:
        return KNOWN[Kind.NUMBER] if known else ANY
    return None


def objection(operator: str) -> str:
    """Return what two things that do not fit *operator* cannot be: `they cannot be compared with ">"`."""
    if operator in COMPARISONS:
        return f'they cannot be compared with "{operator}"'
    if operator == "in":
        return '"in" looks in a list or an object'
    verb = {"+": "added", "-": "subtracted", "*": "multiplied", "/": "divided"}.get(operator, 'used with "%"')
    return f"they cannot be {verb}"


def advice(operator: str, left: Kind, right: Kind) -> str:
    """Return what to write instead, where the kinds tell what was meant; or ""."""
    kinds = {left, right}
    if Kind.NULL in kinds:
        return "nothing is ever null here: ask has(customer.plan)"
    if kinds == {Kind.BOOLEAN, Kind.TEXT}:
        return "true and false are written without quotes"
    if kinds == {Kind.NUMBER, Kind.TEXT} and operator != "in":
        return "numbers are written without quotes, text with them"
    if Kind.NUMBER in kinds and (Kind.DURATION in kinds or kinds & TEMPORAL):
        return 'a length of time is written duration("7 days")'
    if Kind.TEXT in kinds and kinds & TEMPORAL:
        return 'text is made a time with timestamp("2026-03-06")'
    if Kind.BOOLEAN in kinds and Kind.NUMBER in kinds and operator in COMPARISONS:
        return "write a < b && b < c for several comparisons"
    if operator == "in" and right is Kind.TEXT:
        return 'to look in a text, write text.contains("…")'
    if operator not in EQUALITY and kinds & {Kind.LIST, Kind.OBJECT} and operator in COMPARISONS:
        return "size(…) says how many there are"
    if Kind.LOCAL in kinds:
        return "say which part: .hour, .minute, .weekday, .date or .time"
    return ""


def bad_literal(kind: Kind, text: str) -> tuple[str, str] | None:
    """Return message and help where *text*, written beside something of *kind*, cannot be one of that kind."""
    if kind in TEMPORAL:
        try:
            parse_date_time(text)
        except TimeError as error:
            return error.message, error.help
    if kind is Kind.CLOCK and not _CLOCK.fullmatch(text):
        return f'"{text}" is no time of day', 'write it with two digits each, like "09:30"'
    if kind is Kind.WEEKDAY and text not in WEEKDAYS:
        return f'"{text}" is no day of the week', 'write it out in small letters, like "monday"'
    return None
