"""Records of plain values as JSON has them, and back; what a later release adds is passed over. It knows no record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from sojourn.domain.time.instants import iso

Record = TypeVar("Record")


def plain(record: Any) -> dict[str, Any]:
    """Return a record's fields as JSON has them: instants as text, the rest as it is."""
    values = {one.name: getattr(record, one.name) for one in fields(record)}
    instants = {name: iso(value) for name, value in values.items() if isinstance(value, datetime)}
    objects = {name: dict(value) for name, value in values.items() if isinstance(value, Mapping)}
    return values | instants | objects


def made(record: type[Record], value: Mapping[str, Any], **read: Any) -> Record:
    """Make a record of what it knows in *value*, as a later release may have written more.

    Args:
        read: the fields that are no plain values, as they were read.
    """
    known = {one.name for one in fields(record)}  # type: ignore[arg-type]
    return record(**{name: held for name, held in value.items() if name in known} | read)
