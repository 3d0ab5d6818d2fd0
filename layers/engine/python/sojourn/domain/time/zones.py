"""Chooses whose clocks a customer lives by: their own, those of their phone's country, or the workspace's.

The choice is kept with its source, because the reason of every wall-clock decision names it. This module
knows no customers and no workspaces, only three strings.

Outside rules: `zone.tab` of the IANA time zone database says which zones a country has, from most to least
populous; ITU E.164 numbers say which country, as `phonenumbers` reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from whenever import Instant

# For its effect as well: it makes whenever read the tzdata package.
from sojourn.domain.time.local_time import wall_clock

_NOT_SET: Final = "Factory"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

# Zones of one country count as one zone when their clocks agree from here on. Sojourn's first journeys run in
# 2026; that Büsingen kept Swiss time in 1980 does not matter to anyone it writes to.
_AGREE_FROM: Final = datetime(2026, 1, 1, tzinfo=UTC)
_AGREE_UNTIL: Final = datetime(2038, 1, 1, tzinfo=UTC)


class ZoneSource(StrEnum):
    """Where a customer's zone was taken from."""

    CUSTOMER = "customer"
    PHONE = "phone"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA zone name, and why it was this one."""

    name: str
    source: ZoneSource


def zone_names() -> tuple[str, ...]:
    """Return every zone name of the tzdata package, links such as "US/Pacific" included, sorted."""
    return _names()


def is_zone(name: str) -> bool:
    """Say whether *name* is a zone, spelled as the database spells it."""
    return _spelling().get(name.lower()) == name


def zone_named(text: str) -> str | None:
    """Return the zone that somebody lives by, as the database spells it; None where it is none, taken in any case.

    The database's own word for a zone that nobody has set is none.
    """
    name = _spelling().get(text.lower())
    return None if name == _NOT_SET else name


def choose_zone(own: str | None, phone: str | None, workspace: str) -> Zone:
    """Return the zone to read wall clocks in.

    Args:
        own: the customer's IANA zone; taken in any case, passed over when unknown.
        phone: the customer's number in E.164 form; decides when its country has one zone, or several whose
            clocks agree. A number of no country (satellite, freephone) or no number at all is passed over.
        workspace: the zone that is left; taken as it is.
    """
    if own and (name := _spelling().get(own.lower())):
        return _zone(name, ZoneSource.CUSTOMER)
    if phone and (name := _zone_of_phone(phone)):
        return _zone(name, ZoneSource.PHONE)
    return _zone(workspace, ZoneSource.WORKSPACE)


@lru_cache(maxsize=2048)
def _zone(name: str, source: ZoneSource) -> Zone:
    """Return one object per choice: a simulation asks for millions."""
    return Zone(name, source)


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(files("tzdata").joinpath("zones").read_text("ascii").split()))


@cache
def _spelling() -> dict[str, str]:
    return {name.lower(): name for name in _names()}


def _zone_of_phone(phone: str) -> str | None:
    """Return the one zone of the country *phone* belongs to, or None."""
    if not _E164.fullmatch(phone):
        return None
    codes = _calling_codes()
    # Calling codes have one to three digits, and none begins with another.
    regions = codes.get(phone[1:4]) or codes.get(phone[1:3]) or codes.get(phone[1:2]) or ()
    region = regions[0] if len(regions) == 1 else _region_of(phone) if regions else None
    return _zone_of_country(region) if region else None


@cache
def _calling_codes() -> dict[str, tuple[str, ...]]:
    """Return the countries behind each calling code; most codes have one, "1" has 25."""
    # Imported on first need: it takes 80 ms, and most customers say their own zone.
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return {str(code): tuple(regions) for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()}


@lru_cache(maxsize=16_384)
def _region_of(phone: str) -> str | None:
    """Return the country of a number whose calling code several countries share."""
    # As above: a cold start should not pay for it.
    from phonenumbers import NumberParseException, parse, region_code_for_number

    try:
        return region_code_for_number(parse(phone))
    except NumberParseException:
        return None


@cache
def _zone_of_country(country: str) -> str | None:
    """Return the most populous zone of *country*, if the clocks of all its zones agree with it."""
    zones = _zones_by_country().get(country, ())
    if not zones or len({_clock_changes(zone) for zone in zones}) > 1:
        return None
    return zones[0]


@cache
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    """Read `zone.tab`: country code, coordinates, zone and a comment, split by tabs."""
    found: dict[str, tuple[str, ...]] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found


def _clock_changes(zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """Return each instant and wall clock at which the clocks of *zone* change, and those at the beginning."""
    moment = Instant(_AGREE_FROM).to_tz(zone)
    changes = [(_AGREE_FROM, wall_clock(_AGREE_FROM, zone))]
    while (change := moment.next_transition()) and change.to_instant() < Instant(_AGREE_UNTIL):
        changes.append((change.to_instant().to_stdlib(), change.to_plain().to_stdlib()))
        moment = change
    return tuple(changes)


@cache
def country_of(zone: str) -> str:
    """Return the country whose zone this is, ISO 3166; "" where it is no country's, such as UTC."""
    return next((country for country, zones in _zones_by_country().items() if zone in zones), "")
