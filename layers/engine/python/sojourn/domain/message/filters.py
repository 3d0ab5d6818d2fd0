"""The filters that are Sojourn's own: `default`, `track`, `date`, `number` and `money`.

They read no clock and no locale database: what they need of the send comes with the `Scene`. Month and weekday
names are English, as there is no locale data; other languages write dates in digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from sojourn.domain.message.limits import MAX_DATE_FORMAT, MAX_DIGITS
from sojourn.domain.message.problems import ContentError
from sojourn.domain.message.values import text_of


@dataclass(frozen=True, slots=True)
class Scene:
    """What the filters may know of the send: its variables, how links are tracked, the content's locale."""

    variables: Mapping[str, Any]
    link: Callable[[str], str] | None = None
    locale: str = "en"


def default(value: Any, fallback: Any = "", *, allow_false: bool = False) -> Any:
    """Return *value*, or *fallback* where it is nothing, false or empty; zero is a value, as everywhere in Liquid."""
    if value is None or (value is False and allow_false is not True):
        return fallback
    if isinstance(value, (str, list, tuple, Mapping)) and not value:
        return fallback
    return value


def track(value: Any, scene: Scene) -> str:
    """Return the URL that counts the click and leads to *value*; *value* itself where clicks are not tracked."""
    url = value.unescape() if isinstance(value, Markup) else text_of(value)
    return str(scene.link(url) if scene.link else url)


_DIRECTIVE = re.compile(r"%[-_0^#]?(.?)", re.DOTALL)
_DIRECTIVES = frozenset("aAbBdDeFHIjklmMnpPRStTuUVwyYzZ%")


def date_filter(value: Any, form: Any, scene: Scene) -> str:
    """Return *value* written as the `strftime` format *form* says.

    Args:
        value: a date, a datetime, ISO 8601 text, seconds since 1970 (UTC), or "now" for the variable `now`.

    Raises:
        ContentError: the value is no date, or the format has a directive that does not exist.
    """
    moment = _moment(scene.variables.get("now") if value == "now" else value)
    pattern = text_of(form)
    if len(pattern) > MAX_DATE_FORMAT:
        raise ContentError(f"a date format has at most {MAX_DATE_FORMAT} characters")
    for match in _DIRECTIVE.finditer(pattern):
        if match.group(1) not in _DIRECTIVES or not match.group(1):
            raise ContentError(f'the date format has no directive "{match.group()}"')
    written = moment.strftime(pattern)
    return Markup(written) if isinstance(form, Markup) else written  # noqa: S704 - digits, names and the author's


def _moment(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value.strip())
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise ContentError("it is not a date")


_COMMA_POINT = (",", ".")
_POINT_COMMA = (".", ",")
_SPACE_COMMA = ("\u00a0", ",")
_SEPARATORS = {
    **dict.fromkeys(
        ("de", "es", "it", "nl", "pt", "da", "tr", "id", "el", "ro", "hr", "sl", "ca"), _POINT_COMMA
    ),
    **dict.fromkeys(
        ("fr", "ru", "uk", "pl", "cs", "sk", "sv", "nb", "nn", "no", "fi", "hu", "bg"), _SPACE_COMMA
    ),
    "de-ch": ("’", "."),
    "de-at": ("\u00a0", ","),
    "es-mx": _COMMA_POINT,
    "pt-pt": _SPACE_COMMA,
}
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "BRL": "R$", "PLN": "zł"}
_NO_MINOR_UNIT = frozenset({"JPY", "KRW", "CLP", "ISK", "VND", "HUF"})
_CURRENCY = re.compile(r"[A-Z]{3}")


def number(value: Any, scene: Scene, digits: Any = None) -> str:
    """Return *value* with the thousands and decimal separators of the content's locale, rounded half up.

    Args:
        digits: digits after the point; those the number has where absent.
    """
    amount = _decimal(value)
    if digits is not None:
        places = _decimal(digits)
        if not 0 <= places <= 10:
            raise ContentError("a number is written with 0 to 10 digits after the point")
        amount = amount.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)
    else:
        amount = amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()
    thousands, point = _separators(scene.locale)
    written = f"{amount + 0:,f}"
    return written.translate({ord(","): thousands, ord("."): point})


def money(value: Any, scene: Scene, currency: Any = None) -> str:
    """Return *value* as an amount of *currency* (ISO 4217, `"EUR"`), in the manner of the content's locale."""
    code = text_of(currency) if currency is not None else ""
    if not _CURRENCY.fullmatch(code):
        raise ContentError('money needs a currency: money: "EUR"')
    written = number(value, scene, 0 if code in _NO_MINOR_UNIT else 2)
    symbol = _SYMBOLS.get(code, code)
    if _separators(scene.locale)[1] == ",":
        return f"{written}\u00a0{symbol}"
    sign, digits = ("-", written[1:]) if written.startswith("-") else ("", written)
    return f"{sign}{symbol}{' ' if symbol == code else ''}{digits}"


@lru_cache(maxsize=256)
def _separators(locale: str) -> tuple[str, str]:
    tag = locale.replace("_", "-").casefold()
    return _SEPARATORS.get(tag) or _SEPARATORS.get(tag.split("-")[0], _COMMA_POINT)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, (int, float, Decimal, str)) and not isinstance(value, bool):
        try:
            amount = Decimal(str(value).strip())
        except (ArithmeticError, ValueError):
            amount = Decimal("NaN")
        if amount.is_finite() and abs(amount.adjusted()) <= MAX_DIGITS // 2:
            return amount
    raise ContentError("it is not a number that can be written")
