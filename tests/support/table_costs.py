"""What each use case asks of the table, counted: the use cases over DynamoDB on moto, through a metered client.

One customer with a profile of ordinary size, a journey of a send and a wait, a second run on its way beside it. Only
"send" alone is without a rate, as where a channel has none; the others that send do so at a rate, paced as on AWS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.contents import DynamoContents
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.pace import DynamoPace, rates_of
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.application.closing import close_run
from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.customer.rows import Profile
from tests.support.aws_table import aws_table
from tests.support.engine_room import Room
from tests.support.metered import Metered
from tests.support.table_faults import over
from tests.support.workspaces import project

if TYPE_CHECKING:
    from collections.abc import Callable

    Act = Callable[[], object]

JOURNEY = """
enter: {on: began, again: always}
goal: {event: stopped}
steps:
  - {id: note, update: {score: 42.5}}
  - {id: plan, update: {plan: pro}}
  - {id: hello, send: hello}
  - {id: seen, wait_for: [{event: did_it}], up_to: 2 days}
  - {wait: 1 day}
"""
BESIDE = "enter: {on: began, again: always}\nsteps: [{wait: 9 days}]"
RATE = 14
"""Emails a second: what SES gives an account that left its sandbox, to begin with."""
MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:sojourn-test_"
ANA = Profile(
    "ana", {"plan": "free", "score": 41.5, "first_name": "Ana"}, "America/New_York", "en", "ana@example.com",
    "+12025550123", "token-a", {("news", "email"): True, ("news", "sms"): False}, {}, frozenset({"lapsed", "europe"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """What one use case asked of the table.

    Args:
        operations: the calls, in their order.
        reads, writes: request units, see `tests.support.metered`.
    """

    operations: tuple[str, ...]
    reads: float
    writes: float


@dataclass(slots=True)
class SetTime:
    """The time on every clock, in seconds since 1970; it goes on where somebody pauses."""

    now: float = 1_780_000_000.25

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds


class Dated:
    """A client whose answers say that it is *now*, as AWS's do."""

    def __init__(self, client: Metered, now: SetTime) -> None:
        self.client = client
        self.now = now

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            answer = getattr(self.client, name)(**request)
            answer["ResponseMetadata"]["HTTPHeaders"]["date"] = formatdate(int(self.now()), usegmt=True)
            return answer

        return call


class Scene:
    """One customer's life, one thing after the other; what `asks` names is what comes next, ready to be done."""

    def __init__(self, client: Metered, table: str) -> None:
        self.client = client
        self.table = table
        self.room = Room(JOURNEY, BESIDE, person=ANA)
        over(self.room, DynamoCustomers(client, table, self.room.clock))

    def happens(self, name: str) -> Act:
        return lambda: self.room.happen(name, ref="r-1042", n=3)

    def notes(self) -> Act:
        self.happens("began")()
        payload = self.room.payload("note")
        return lambda: do_step(self.room.engine, payload)

    def changes_plan(self) -> Act:
        self.notes()()
        payload = self.room.payload("plan")
        return lambda: do_step(self.room.engine, payload)

    def sends(self) -> Act:
        self.changes_plan()()
        payload = self.room.payload("hello")
        return lambda: do_send(self.room.engine, payload)

    def sends_again(self) -> Act:
        send = self.sends()
        send()
        return send

    def sends_paced(self) -> Act:
        send = self.sends()
        for read in self.as_on_aws():
            read()
        return send

    def sends_first(self) -> Act:
        send = self.sends()
        self.as_on_aws()
        return send

    def as_on_aws(self) -> list[Callable[[], object]]:
        """Let the engine read what is published from the table, and keep to a rate; return what reads all of it once.

        A function that sends now and then does that with its first message, and is not counted for the next ones.
        """
        found = compiled_workspace(project({"j": JOURNEY, "k": BESIDE}))
        email = {**found.policy.senders["email"], "rate": RATE}
        bundle = replace(found, policy=replace(found.policy, senders={"email": email}))
        machines = {journey.name: f"{MACHINE}{journey.name}:1" for journey in bundle.journeys}
        Registry(self.client.client, self.table).register(bundle, machines)
        catalogue, contents = (
            DynamoCatalogue(self.client, self.table),
            DynamoContents(self.client, self.table),
        )
        now = SetTime()
        pace = DynamoPace(
            Dated(self.client, now), self.table, rates_of(catalogue), wall=now, steady=now, chance=lambda: 0.5,
            pause=now.pause,
        )  # fmt: skip
        self.room.engine = replace(self.room.engine, catalogue=catalogue, contents=contents, pace=pace)
        return [
            lambda: catalogue.version("j", self.room.run("j").version),
            lambda: [contents.get(digest) for digest in bundle.messages],
            lambda: pace.take("email"),
        ]

    def waits(self) -> Act:
        self.sends()()
        payload = self.room.payload("seen", token="t" * 600)
        return lambda: begin_waiting(self.room.engine, payload)

    def after(self, before: Callable[[], Act], name: str) -> Act:
        before()()
        return self.happens(name)

    def closes(self) -> Act:
        self.sends()()
        run = self.room.run()
        return lambda: close_run(self.room.engine, "ana", run.id, run.execution, "Broken", "why")


USE_CASES: dict[str, Callable[[Scene], Act]] = {
    "route: nothing is about it": lambda scene: scene.after(scene.sends, "did_it"),
    "route: delivered twice": lambda scene: scene.after(lambda: scene.happens("began"), "began"),
    "route: enters two journeys": lambda scene: scene.happens("began"),
    "route: releases a wait": lambda scene: scene.after(scene.waits, "did_it"),
    "route: reaches the goal": lambda scene: scene.after(scene.waits, "stopped"),
    "step": Scene.notes,
    "step: changes a segment": Scene.changes_plan,
    "send": Scene.sends,
    "send: at a rate": Scene.sends_paced,
    "send: at a rate, first of a function": Scene.sends_first,
    "send: done before": Scene.sends_again,
    "wait: begins": Scene.waits,
    "close": Scene.closes,
}
"""Use case -> makes everything ready for it, and returns it."""


def cost_of(use_case: str) -> Cost:
    """Return what a use case asks of an empty table's only customer."""
    with aws_table() as (client, table):
        metered = Metered(client)
        act = USE_CASES[use_case](Scene(metered, table))
        metered.calls.clear()
        act()
        calls = list(metered.calls)
    return Cost(
        tuple(call.operation for call in calls),
        sum(call.reads for call in calls),
        sum(call.writes for call in calls),
    )
