"""An audience from end to end on moto: the bucket, the table, what cuts, what enters, and the machine in between."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3

from sojourn.adapters.dynamodb.audiences import DynamoAudiences
from sojourn.adapters.dynamodb.listing import CustomerListing
from sojourn.adapters.dynamodb.operations import Operations
from sojourn.adapters.dynamodb.waiting_audiences import WaitingAudiences
from sojourn.adapters.s3.files import S3Files
from sojourn.adapters.stepfunctions.audience_machine import BEGINNING
from sojourn.application.ports import Engine
from sojourn.application.publishing import Operation
from sojourn.aws_runtime.audience.batches import Batches
from sojourn.aws_runtime.audience.cutting import Cutter
from sojourn.aws_runtime.audience.finishing import finisher
from sojourn.aws_runtime.audience.waiting import Pauses
from sojourn.aws_runtime.audience.work import AudienceWork
from sojourn.domain.control import USUAL, Control
from sojourn.domain.decide.reaching import zone_of
from sojourn.errors import TransientError
from tests.support.audience_states import AudienceStates
from tests.support.aws_table import REGION, aws_table
from tests.support.engine_room import Crash, Room

BUCKET = "sojourn-uploads"
ID = "20260302T120000000Z-abcdef"
KEY = "audiences/spring/customers.csv"


@dataclass(frozen=True)
class Named:
    """Lists customers that are named, all in the first part."""

    names: tuple[str, ...]

    def customers_after(self, part: int, after: str) -> Iterator[str]:
        """Yield those that come after one."""
        return iter(sorted(name for name in self.names if name > after) if part == 0 else ())


@dataclass
class Entered:
    """An audience and everything it takes.

    Args:
        attempts: the executions that were started and not run yet: operation and attempt.
        parquet: what Parquet files say, by key.
        faults: what a call of the function raises instead, once each; None lets it be.
        put_on_queue: the messages that whoever lets audiences go on put on the queue of operations.
        refusals: so often Step Functions is too busy to start an execution.
        listed: who is a customer; those that the table lists, unless they are named.
    """

    room: Room
    engine: Engine
    client: Any
    table: str
    s3: Any
    part_rows: int = 50_000
    attempts: deque[tuple[str, int]] = field(default_factory=deque)
    parquet: dict[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    faults: deque[BaseException | None] = field(default_factory=deque)
    begun: list[tuple[str, int]] = field(default_factory=list)
    put_on_queue: list[dict[str, Any]] = field(default_factory=list)
    refusals: int = 0
    listed: tuple[str, ...] = ()
    states: AudienceStates = field(init=False)

    def __post_init__(self) -> None:
        self.audiences = DynamoAudiences(self.client, self.table)
        self.operations = Operations(self.client, self.table)
        self.files = S3Files(self.s3, BUCKET)
        self.waiting = WaitingAudiences(self.client, self.table)
        self.pauses = Pauses(
            self.engine.catalogue, self.waiting, self.audiences, self.operations, self,  # type: ignore[arg-type]
            lambda message, after: self.put_on_queue.append(dict(message)), self.room.clock.now,
        )  # fmt: skip
        finish = finisher(self.operations, self.room.clock.now)
        self.batches = Batches(self.engine, self.audiences, self.files, finish, self.waiting)
        self.states = AudienceStates(
            self._invoke, self.files.lines, self.room.clock, self.parquet, self.start
        )

    def start(self, operation: str, attempt: int) -> None:
        """Note that an execution is to be started; a second start of one name does nothing."""
        if self.refusals:
            self.refusals -= 1
            raise TransientError("StartExecution")
        if (operation, attempt) not in self.begun:
            self.begun.append((operation, attempt))
            self.attempts.append((operation, attempt))

    @property
    def work(self) -> AudienceWork:
        """What `operate` works with."""
        listing = Named(self.listed) if self.listed else CustomerListing(self.client, self.table, page=3)
        catalogue = self.engine.catalogue

        def zone(customer: str) -> str:
            return zone_of(self.engine.customers.load(customer).profile, catalogue.policy).name

        cutter = Cutter(catalogue, self.audiences, self.files, listing, zone, self.part_rows)
        return AudienceWork(catalogue, self.audiences, cutter, self, self.pauses, lambda _: ())  # type: ignore[arg-type]

    def say(self, control: Control, journey: str = "j") -> None:
        """Tell a journey something, or all of them."""
        self.room.deployment.catalogue.controls[journey] = control

    def pause(self, journey: str = "j") -> None:
        """Let nobody enter a journey for now."""
        before = self.room.deployment.catalogue.controls.get(journey, USUAL)
        self.say(before.paused(self.room.clock.at, "kim", "a wrong price"), journey)

    def pause_at(self, commit: int, journey: str = "j") -> None:
        """Pause a journey just before so manieth customer is written."""
        self.room.customers.meanwhile = [None] * (commit - 1) + [lambda: self.pause(journey)]

    def resume(self, journey: str = "j", *, drop: bool = False) -> int:
        """Resume a journey, and let whoever waits go on; return how many that concerns."""
        at, controls = self.room.clock.at, self.room.deployment.catalogue.controls
        control = controls.get(journey, USUAL).resumed(at, "kim", "")
        self.say(control.dropping(at) if drop else control, journey)
        return self.pauses.go_on()

    def put(self, content: bytes, key: str = KEY) -> None:
        """Put a file into the bucket."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def ask(self, asked: Mapping[str, Any] | None = None, journey: str = "j", id_: str = ID) -> Operation:
        """Write down an operation that asks for an audience: of the file, unless something else is asked for."""
        file = {"key": KEY, "format": "csv", "occurrence": "spring"}
        return self.operations.create(
            Operation(
                id_, "audience", "ana", self.room.clock.at, journey, asked=file if asked is None else asked
            )
        )

    def operate(
        self, first: Mapping[str, Any] | None = None, left: Callable[[], float] = lambda: 900.0, id_: str = ID
    ) -> None:
        """Work off the queue of operations, from a message on; whoever dies is delivered again."""
        queue = deque([dict(first or {})])
        while queue:
            message = queue.popleft()
            try:
                operation = self.operations.begin(id_)
                if operation is None:
                    return
                queue.extend(dict(one) for one in self.work(operation, message, left).next)
            except Crash:
                queue.append(message)

    def run(self) -> None:
        """Run the executions that were started."""
        while self.attempts:
            operation, attempt = self.attempts.popleft()
            self.states.run({"operation": operation, "attempt": attempt, **BEGINNING})

    def whole(self, asked: Mapping[str, Any] | None = None, journey: str = "j") -> Operation:
        """Ask for an audience and let all of it happen; return the operation as it is then."""
        self.ask(asked, journey)
        self.operate()
        self.run()
        return self.operation()

    def operation(self, id_: str = ID) -> Operation:
        """Return the operation."""
        found = self.operations.get(id_)
        assert found is not None
        return found

    def failures(self, id_: str = ID) -> list[dict[str, Any]]:
        """Return all rows that could not be taken, in the order of their lines."""
        prefix = f"audiences/{id_}/failures/"
        told = [json.loads(line) for key in self.files.keys(prefix) for line in self.files.lines(key)]
        return sorted(told, key=lambda one: one["line"])

    def entered(self) -> list[str]:
        """Return whoever entered, as often as they did."""
        return sorted(one.customer for one in self.room.happened if one.what == "entered")

    def _invoke(self, event: Mapping[str, Any]) -> Any:
        fault = self.faults.popleft() if self.faults else None
        if fault is not None:
            raise fault
        return self.batches(event, lambda: 120.0)


HEADER = b"user_id,email,n:number\n"


def file_of(rows: int, wrong: int = 0) -> bytes:
    """Return a file of so many rows; every so manieth has a number that is none."""
    told = (b"x" if wrong and n % wrong == 0 else b"%d" % n for n in range(1, rows + 1))
    return HEADER + b"".join(b"c-%d,,%s\n" % (n, told_) for n, told_ in enumerate(told, 1))


def adds_up(found: Entered) -> dict[str, Any]:
    """Return what came of the audience; every row is counted once, and every failure told."""
    result = dict(found.operation().result)
    progress = found.audiences.read(ID)
    assert progress is not None
    assert sum(progress.counts.values()) == progress.rows == result["rows"] == result["taken"]
    assert progress.counts.get("failed", 0) == len(found.failures())
    return result


@contextmanager
def audience_on_aws(*journeys: str, part_rows: int = 50_000) -> Iterator[Entered]:
    """Give an audience's surroundings: customers in memory, which is faster, everything else on moto."""
    with aws_table() as (client, table):
        s3 = boto3.client(
            "s3", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
        )  # fmt: skip
        s3.create_bucket(Bucket=BUCKET)
        room = Room(*journeys)
        yield Entered(room, room.engine, client, table, s3, part_rows)
