"""Price lists: plain data, a file for each region that we have prices of, with its date. No price is ever guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from sojourn.errors import AuthorError

LISTS = Path(__file__).with_name("price_lists")
USUAL = "us-east-1"
"""The region whose prices count where none is named."""
OURS = LISTS / f"{USUAL}.yaml"


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for one of something; None where there is no price."""

    dollars: float | None
    per: str
    service: str

    def of(self, quantity: float) -> float | None:
        """Return what so many cost."""
        return None if self.dollars is None else quantity * self.dollars


@dataclass(frozen=True, slots=True)
class Prices:
    """A price list.

    Args:
        date: of which day; "" where there is no list of the region.
        idle: what is paid every month, whether anybody comes or not.
    """

    region: str
    date: str
    prices: Mapping[str, Price]
    idle: Mapping[str, Price]


def regions() -> tuple[str, ...]:
    """Return the regions that we have a list of."""
    return tuple(sorted(path.stem for path in LISTS.glob("*.yaml")))


def prices_of(region: str) -> Prices:
    """Return our list of a region; where there is none, the usual one's entries without any dollars."""
    if region in regions():
        return read_prices((LISTS / f"{region}.yaml").read_text(encoding="utf-8"))
    usual = read_prices(OURS.read_text(encoding="utf-8"))
    return Prices(region, "", _without_dollars(usual.prices), _without_dollars(usual.idle))


def read_prices(text: str, name: str = "the price list") -> Prices:
    """Read a price list.

    Raises:
        AuthorError: it is no price list, or lacks a price that ours has.
    """
    try:
        data: Any = yaml.safe_load(text)
        found = Prices(
            str(data["region"]), str(data["date"]), _prices(data["prices"]), _prices(data.get("idle", {}))
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise AuthorError(
            f"{name} cannot be read ({error}): it needs region, date and prices, each price with per, service, and"
            " dollars where they are known"
        ) from error
    if missing := sorted(NEEDED - set(found.prices)):
        raise AuthorError(f"{name} lacks {', '.join(missing)}")
    return found


def _prices(data: Mapping[str, Any]) -> dict[str, Price]:
    return {
        name: Price(
            None if one.get("dollars") is None else float(one["dollars"]),
            str(one["per"]),
            str(one["service"]),
        )
        for name, one in data.items()
    }


def _without_dollars(prices: Mapping[str, Price]) -> dict[str, Price]:
    return {name: replace(price, dollars=None) for name, price in prices.items()}


NEEDED = frozenset(
    {
        "transition", "invocation", "gigabyte_second", "write_unit", "read_unit", "event", "queue_request", "email",
        "log_gigabyte",
    }
)  # fmt: skip
