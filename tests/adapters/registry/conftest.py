from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.registry import Registry
from tests.adapters.registry.registering import Calls, Seconds
from tests.support.aws_table import aws_table


@dataclass
class Room:
    """A table with a registry, and functions that read it."""

    client: Any
    table: str
    clock: Seconds = field(default_factory=Seconds)

    def __post_init__(self) -> None:
        self.calls = Calls(self.client)
        self.registry = Registry(self.client, self.table)

    def catalogue(self, **settings: Any) -> DynamoCatalogue:
        return DynamoCatalogue(self.calls, self.table, self.clock, **settings)


@pytest.fixture
def room() -> Iterator[Room]:
    with aws_table() as (client, table):
        yield Room(client, table)
