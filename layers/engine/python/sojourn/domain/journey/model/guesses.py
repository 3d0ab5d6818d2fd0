"""The forms in which somebody writes a guess: how often, how soon, and where a value comes from."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Tag

from sojourn.domain.journey.model.authored import Authored, DurationText, form_of
from sojourn.domain.journey.model.journey import Percent
from sojourn.domain.time.durations import parse_duration, parse_offset
from sojourn.domain.time.instants import parse_date_time
from sojourn.domain.time.zones import is_zone

Scalar = bool | int | float | str
_RATE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<percent>%?)(?:\s*(?:per|/)\s*(?P<per>.+))?")
_HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):00")
MOST_A_DAY = 100


def parse_rate(text: str) -> tuple[float, float | None]:
    """Return how often, and in how many seconds: `30% per 30 days` is (0.3, 2592000.0), `30%` is (0.3, None).

    Raises:
        ValueError: *text* is no rate; the message says what to write.
    """
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError('write "30%" (that share of customers, once) or "30% per 30 days" or "2 per 7 days"')
    number = float(found["number"]) / (100 if found["percent"] else 1)
    if found["per"] is None:
        if not found["percent"]:
            raise ValueError(
                f'write "{text}%" for a share of customers, or say per how long: "{text} per 7 days"'
            )
        if number > 1:
            raise ValueError("cannot be more than 100%; say per how long where it happens more than once")
        return number, None
    per = found["per"]
    seconds = parse_duration(f"1 {per}" if per.isalpha() else per).total_seconds()
    if number * 86_400 > seconds * MOST_A_DAY:
        raise ValueError(f"cannot happen more than {MOST_A_DAY} times a day")
    return number, seconds


def parse_distance(text: str) -> timedelta:
    """Return a distance from now: `+1 day` ahead, `-2 weeks` back."""
    return -parse_duration(text[1:]) if text.startswith("-") else parse_offset(text)


def _is_rate(text: str) -> str:
    parse_rate(text)
    return text


def _as_percent(value: Any) -> Any:
    """Read `30` as `30%`."""
    return f"{value}%" if isinstance(value, int | float) and not isinstance(value, bool) else value


def _is_duration(text: str) -> str:
    parse_duration(text)
    return text


def _is_hour(text: str) -> str:
    if not _HOUR.fullmatch(text):
        raise ValueError('is no full hour; write it like "09:00"')
    return text


def _is_zone(text: str) -> str:
    if not is_zone(text):
        raise ValueError("is no time zone; write its IANA name, such as Europe/Berlin")
    return text


def _is_start(text: str) -> str:
    parse_date_time(text)
    return text


def _can_be_chosen(values: dict[str, float] | tuple[Any, ...]) -> dict[str, float] | tuple[Any, ...]:
    if not values or (isinstance(values, dict) and not any(values.values())):
        raise ValueError("needs at least one value that is chosen")
    return values


def _are_alike(ends: tuple[Scalar, Scalar]) -> tuple[Scalar, Scalar]:
    """Let both ends be numbers, or both dates, or both distances from now."""
    if any(isinstance(end, bool) for end in ends) or isinstance(ends[0], str) != isinstance(ends[1], str):
        raise ValueError("needs two numbers, or two dates, or two distances such as +1 day")
    texts = [end for end in ends if isinstance(end, str)]
    if texts and (texts[0][:1] in "+-") != (texts[1][:1] in "+-"):
        raise ValueError("needs two dates or two distances, not one of each")
    for text in texts:
        if text[:1] in "+-":
            parse_distance(text)
        else:
            parse_date_time(text)
    return ends


Hour = Annotated[str, AfterValidator(_is_hour)]
StartText = Annotated[str, Field(max_length=100), AfterValidator(_is_start)]
ZoneName = Annotated[str, AfterValidator(_is_zone)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Weight = Annotated[float, Field(ge=0, le=1_000_000)]

Rate = Annotated[
    str,
    Field(max_length=100, examples=["30%", "30% per 30 days", "2 per 7 days"]),
    BeforeValidator(_as_percent, json_schema_input_type=float | str),
    AfterValidator(_is_rate),
]
"""How often something happens to a customer: `30%` once to that share of them, some time in the simulated days;
`30% per 30 days` or `2 per 7 days` again and again, so often on average."""

Typical = Annotated[DurationText, AfterValidator(_is_duration)]
"""A typical delay: half of those who do it have done it by then."""


class OneOf(Authored):
    """One of these: equally likely in a list, in proportion to their shares in a mapping.

    In a list they may be lists or mappings themselves: what a cart can hold, for one.
    """

    one_of: Annotated[dict[str, Percent] | tuple[Any, ...], AfterValidator(_can_be_chosen)] = Field(
        examples=[["free", "pro"], {"free": "80%", "pro": "20%"}]
    )
    known: Percent = Field(100.0, description="the share of customers or events that have it at all")


class Between(Authored):
    """Anything between two numbers or dates, or between two distances from now: `["+1 day", "+14 days"]`."""

    between: Annotated[tuple[Scalar, Scalar], AfterValidator(_are_alike)] = Field(
        examples=[[1, 30], ["1950-01-01", "2005-12-31"], ["+1 day", "+14 days"]]
    )
    known: Percent = Field(100.0, description="the share of customers or events that have it at all")


class Around(Authored):
    """A number as prices are: half are below, half above, few are very large."""

    around: Annotated[float, Field(gt=0)]
    known: Percent = Field(100.0, description="the share of customers or events that have it at all")


Guess = Annotated[
    Annotated[OneOf, Tag("one_of")]
    | Annotated[Between, Tag("between")]
    | Annotated[Around, Tag("around")]
    | Annotated[tuple[Scalar, ...], Field(min_length=1), Tag("list")]
    | Annotated[Scalar, Tag("value")],
    form_of({"one_of": "one_of", "between": "between", "around": "around"}, text="value", many="list"),
]
"""Where a value comes from; a list is short for `one_of`, anything else is the value itself."""
