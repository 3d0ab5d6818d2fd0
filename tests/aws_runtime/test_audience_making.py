"""What `operate` cuts audiences with, as a deployment has it: how fast they enter, and on whose clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from sojourn.adapters.dynamodb import parts
from sojourn.adapters.dynamodb.audiences import DynamoAudiences
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.operations import Operations
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.application.publishing import Operation
from sojourn.aws_runtime.audience import making, work
from sojourn.aws_runtime.settings import Settings
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.customer.rows import Change, Profile
from tests.adapters.registry.registering import machines
from tests.support.audiences import BUCKET
from tests.support.aws_table import REGION, aws_table
from tests.support.engine_room import SetClock
from tests.support.workspaces import project

JOURNEY = "enter: {schedule: weekly mon 09:00, segment: pros, zone: customer}\nsteps: [{send: hello}]"
MESSAGE = "email: {subject: Hello, html: '<p>Hello <a href=\"{{ unsubscribe_url }}\">no more</a></p>'}"
RATES = {"email": 14, "sms": 3}
SPOKEN = {"tokyo": "Asia/Tokyo", "york": "America/New_York", "anywhere": ""}
ID = "20260308T190000000Z-abcdef"
ASKED = {
    "by": "schedule", "segment": "pros", "schedule": "weekly mon 09:00", "zone": "customer",
    "occurrence": "2026-03-09T09:00:00", "wall": "2026-03-09T09:00:00",
}  # fmt: skip


@dataclass
class Some:
    """The clients of a function: the table and the bucket on moto, and a Step Functions that notes what is started."""

    made: Mapping[str, Any]
    started: list[str] = field(default_factory=list)

    def now(self, service: str) -> Any:
        """Return a client."""
        return self.made.get(service) or SimpleNamespace(
            start_execution=lambda **asked: self.started.append(asked["name"])
        )

    later = now


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str, Some]]:
    """A table with a journey and customers in several zones, all of them in one part; the clients."""
    monkeypatch.setattr(parts, "PARTS", 1)
    monkeypatch.setattr(work, "STRANDS", 1)
    with aws_table() as (client, table):
        bundle = compiled_workspace(project({"j": JOURNEY}, message=MESSAGE))
        senders = {name: {**said, "rate": RATES.get(name)} for name, said in bundle.policy.senders.items()}
        bundle = replace(bundle, policy=replace(bundle.policy, senders=senders))
        Registry(client, table).register(bundle, machines(bundle))
        customers = DynamoCustomers(client, table, SetClock())
        for name, zone in SPOKEN.items():
            customers.commit(customers.load(name), Change(profile=Profile(name, timezone=zone)))
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=BUCKET)
        yield client, table, Some({"dynamodb": client, "s3": s3})


def test_members_enter_as_fast_as_the_journeys_channel_sends_each_on_their_own_clock(
    aws: tuple[Any, str, Some],
) -> None:
    """Not as fast as a channel that the journey has no message for; who has no zone has the workspace's."""
    client, table, clients = aws
    operations = Operations(client, table)
    backing: Any = SimpleNamespace(operations=operations, put=lambda *_: None, now=lambda: datetime.now(UTC))
    settings = Settings(table=table, uploads_bucket=BUCKET, audience_machine_arn="arn:machine")
    asked = Operation(ID, "audience", "schedule", datetime(2026, 3, 8, 19, tzinfo=UTC), "j", asked=ASKED)
    operations.create(asked)
    operations.begin(ID)
    working = making.audience_work(backing, settings, clients)  # type: ignore[arg-type]

    (strand,) = working(asked, {}, lambda: 900.0).next
    working(asked, strand, lambda: 900.0)

    audiences = DynamoAudiences(client, table)
    progress = audiences.read(ID)
    assert progress is not None
    assert clients.started == [f"{ID}-1"]
    assert (progress.source["rate"], progress.audience.rate) == (14, 14)
    assert sorted(part.at for part in audiences.parts(ID) if part.at) == [
        datetime(2026, 3, 9, 0, tzinfo=UTC), datetime(2026, 3, 9, 8, tzinfo=UTC),
        datetime(2026, 3, 9, 13, tzinfo=UTC),
    ]  # fmt: skip
