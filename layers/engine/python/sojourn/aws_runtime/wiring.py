"""The composition root: one function for each Lambda function, which makes what that one needs and nothing else.

What every invocation calls is made while the function begins; what few call (Scheduler, Secrets Manager, a channel's
provider) when it is called first. A port that a function has no use for is `Absent`, and says so if it is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.keeping import Keep
from sojourn.application.ports import Engine
from sojourn.aws_runtime.clients import Clients
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.observability import count
from sojourn.aws_runtime.settings import Settings
from sojourn.aws_runtime.telling import CountedCustomers, counting

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.audiences import DynamoAudiences
    from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
    from sojourn.adapters.dynamodb.sources import DynamoSources
    from sojourn.adapters.dynamodb.sweeps import Sweeps
    from sojourn.adapters.dynamodb.waiting_audiences import WaitingAudiences
    from sojourn.adapters.s3.files import S3Files
    from sojourn.application.ports import Bus, Contents, Executions, Links, Pace, Sender, Webhooks
    from sojourn.aws_runtime.audience.finishing import Finish
    from sojourn.aws_runtime.incoming.dead_letters import SqsDeadLetters
    from sojourn.aws_runtime.secrets import SigningKeys
    from sojourn.aws_runtime.sweeping import SqsMessages

CLOCK = SystemClock()
_STARTING = ("table", "schedule_group", "schedule_role_arn")


class Absent:
    """Stands for a port that a function has no use for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"this function has no {self._name}")


def route() -> tuple[Engine, DynamoQuarantine, SqsDeadLetters]:
    """Make what `route` needs: rows, catalogue, executions; where events go that are not as planned, or unreadable."""
    from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
    from sojourn.aws_runtime.incoming.dead_letters import SqsDeadLetters

    settings, clients = Settings.read(os.environ, *_STARTING, "dead_letters_url"), Clients()
    quarantine = DynamoQuarantine(clients.now("dynamodb"), settings.table, CLOCK, settings.quarantine_days)
    dead_letters = SqsDeadLetters(clients.later("sqs"), settings.dead_letters_url)
    return _engine(settings, clients), quarantine, dead_letters


def step() -> Engine:
    """Make what `step` needs: besides, the bus, webhooks, and the ids of people's tasks."""
    from sojourn.adapters.eventbridge.bus import EventBridgeBus
    from sojourn.adapters.links.tickets import Tickets

    settings, clients = Settings.read(os.environ, *_STARTING, "bus", "signing_secret"), Clients()
    bus, keys = EventBridgeBus(clients.later("events"), settings.bus), _keys(settings, clients)
    engine = _engine(settings, clients, bus=bus, webhooks=_Webhooks(keys))
    return replace(engine, ticket=Tickets(settings.tasks_url, keys))


def send() -> Engine:
    """Make what `send` needs: contents, links, the pace, and each channel's sender once there is a message for it."""
    from sojourn.adapters.dynamodb.contents import DynamoContents
    from sojourn.adapters.dynamodb.pace import DynamoPace, rates_of
    from sojourn.adapters.links.signed import SignedLinks
    from sojourn.aws_runtime.sending import ChannelSenders

    settings, clients = Settings.read(os.environ, *_STARTING, "signing_secret", "links_url"), Clients()
    dynamodb, keys = clients.now("dynamodb"), _keys(settings, clients)
    catalogue = DynamoCatalogue(dynamodb, settings.table)
    return _engine(
        settings,
        clients,
        catalogue=catalogue,
        contents=DynamoContents(dynamodb, settings.table),
        links=SignedLinks(settings.links_url, keys),
        pace=DynamoPace(dynamodb, settings.table, rates_of(catalogue)),
        senders=ChannelSenders(
            clients, settings.table, CLOCK, keys,
            lambda: catalogue.policy.senders, lambda: catalogue.policy.timezone, settings.configuration_set,
        ),
    )  # fmt: skip


def close() -> tuple[Engine, Callable[[str], str]]:
    """Make what `close` needs: the rows, and whom to ask for an execution's input."""
    from sojourn.aws_runtime.ended_executions import described

    settings, clients = Settings.read(os.environ, "table"), Clients()
    states = clients.later("stepfunctions")
    return _engine(settings, clients, starts=False), lambda arn: described(states, arn)


def api() -> tuple[Engine, SigningKeys, DynamoSources]:
    """Make what `api` needs: rows and executions, the keys that tasks' ids were made with, and who may call."""
    from sojourn.adapters.dynamodb.sources import DynamoSources

    settings, clients = Settings.read(os.environ, *_STARTING, "signing_secret"), Clients()
    sources = DynamoSources(clients.now("dynamodb"), settings.table)
    return _engine(settings, clients), _keys(settings, clients), sources


def sweep() -> tuple[Engine, Sweeps, SqsMessages]:
    """Make what `sweep` needs: rows, catalogue, executions; where a sweep is, and the queue that carries it on."""
    from sojourn.adapters.dynamodb.sweeps import Sweeps
    from sojourn.aws_runtime.sweeping import SqsMessages

    settings, clients = Settings.read(os.environ, *_STARTING, "sweeps_url"), Clients()
    put = SqsMessages(clients.now("sqs"), settings.sweeps_url)
    return _engine(settings, clients), Sweeps(clients.now("dynamodb"), settings.table), put


def audience() -> tuple[Engine, DynamoAudiences, S3Files, Finish, WaitingAudiences]:
    """Make what `audience` needs: rows, executions, a pace; how far audiences are, and the files of their rows."""
    from sojourn.adapters.dynamodb.audiences import DynamoAudiences
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.adapters.dynamodb.waiting_audiences import WaitingAudiences
    from sojourn.adapters.s3.files import S3Files
    from sojourn.aws_runtime.audience.finishing import finisher

    settings, clients = Settings.read(os.environ, *_STARTING, "uploads_bucket"), Clients()
    table = clients.now("dynamodb"), settings.table
    engine = _engine(settings, clients, pace=_starts(settings, clients))
    files = S3Files(clients.later("s3"), settings.uploads_bucket)
    finish = finisher(Operations(*table), CLOCK.now)
    return engine, DynamoAudiences(*table), files, finish, WaitingAudiences(*table)


def operate(settings: Settings, clients: Clients) -> Engine:
    """Make what `operate` needs to let runs go on, or end them: besides rows and executions, the bus and the pace.

    Args:
        settings: as they were read already, for what every operation needs.
    """
    from sojourn.adapters.eventbridge.bus import EventBridgeBus

    bus = EventBridgeBus(clients.later("events"), settings.bus)
    return _engine(settings, clients, bus=bus, pace=_starts(settings, clients))


def looking(dynamodb: Any, table: str) -> Engine:
    """Make what a command needs to foresee what would become of runs: rows and catalogue, and nothing that acts.

    Args:
        dynamodb: a client.
    """
    absent: Any = Absent
    return Engine(
        CLOCK, DynamoCustomers(dynamodb, table, CLOCK), absent("executions"), DynamoCatalogue(dynamodb, table),
        absent("contents"), absent("bus"), absent("webhooks"), absent("links"), absent("pace"),
    )  # fmt: skip


def _engine(
    settings: Settings, clients: Clients, *, catalogue: DynamoCatalogue | None = None, contents: Contents | None = None,
    bus: Bus | None = None, webhooks: Webhooks | None = None, links: Links | None = None, pace: Pace | None = None,
    senders: Mapping[str, Sender] | None = None, starts: bool = True,
) -> Engine:  # fmt: skip
    dynamodb = clients.now("dynamodb")
    catalogue = catalogue or DynamoCatalogue(dynamodb, settings.table)
    keep = Keep(settings.events_days, settings.ledger_days, settings.ended_runs_days)
    customers = DynamoCustomers(dynamodb, settings.table, CLOCK, keep=keep)
    absent: Any = Absent
    executions = _executions(settings, clients, catalogue) if starts else absent("executions")
    return Engine(
        clock=CLOCK,
        customers=CountedCustomers(customers, counting(count)),
        executions=executions,
        catalogue=catalogue,
        contents=contents or absent("contents"),
        bus=bus or absent("bus"),
        webhooks=webhooks or absent("webhooks"),
        links=links or absent("links"),
        pace=pace or absent("pace"),
        senders=senders or {},
    )


def _starts(settings: Settings, clients: Clients) -> Pace:
    """Return the pace of all that starts many executions: audiences, and what lets many runs go on."""
    from sojourn.adapters.dynamodb.pace import DynamoPace
    from sojourn.application.pacing import lane_rate

    most = float(settings.entries_rate)
    return DynamoPace(clients.now("dynamodb"), settings.table, lambda lane: lane_rate(lane, most))


def _executions(settings: Settings, clients: Clients, catalogue: DynamoCatalogue) -> Executions:
    from sojourn.adapters.stepfunctions.executions import Schedules, StepFunctionsExecutions, anywhere

    schedules = Schedules(
        settings.schedule_group, settings.schedule_role_arn, settings.schedule_dead_letters_arn
    )
    states, scheduler = clients.now("stepfunctions"), clients.later("scheduler")
    return StepFunctionsExecutions(
        states, scheduler, catalogue.machine, CLOCK, schedules, anywhere(catalogue.at_machine)
    )


def _keys(settings: Settings, clients: Clients) -> SigningKeys:
    from sojourn.aws_runtime.secrets import SigningKeys

    return SigningKeys(clients.later("secretsmanager"), settings.signing_secret)


class _Webhooks:
    """Calls that are signed with the keys as they are now; what they need is imported with the first."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    def call(self, call_id: str, url: str, payload: Mapping[str, Any], step: str) -> tuple[int, Any]:
        """Return the status and the JSON answer."""
        from sojourn.adapters.webhooks.https import HttpsWebhooks
        from sojourn.adapters.webhooks.signature import Signer

        return HttpsWebhooks(Signer(self._keys()), CLOCK).call(call_id, url, payload, step)
