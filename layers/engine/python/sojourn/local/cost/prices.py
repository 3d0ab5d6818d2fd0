"""The price list: plain data in `prices.yaml`, with its region and date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sojourn.errors import AuthorError

OURS = Path(__file__).with_name("prices.yaml")


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for one of something."""

    dollars: float
    per: str
    service: str


@dataclass(frozen=True, slots=True)
class Prices:
    """A price list.

    Args:
        idle: what is paid every month, whether anybody comes or not.
    """

    region: str
    date: str
    prices: Mapping[str, Price]
    idle: Mapping[str, Price]


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
            f"{name} cannot be read ({error}): it needs region, date and prices, each price with dollars, per, service"
        ) from error
    if missing := sorted(NEEDED - set(found.prices)):
        raise AuthorError(f"{name} lacks {', '.join(missing)}")
    return found


def _prices(data: Mapping[str, Any]) -> dict[str, Price]:
    return {
        name: Price(float(one["dollars"]), str(one["per"]), str(one["service"])) for name, one in data.items()
    }


NEEDED = frozenset(
    {
        "transition", "invocation", "gigabyte_second", "write_unit", "read_unit", "event", "queue_request", "email",
        "log_gigabyte",
    }
)  # fmt: skip
