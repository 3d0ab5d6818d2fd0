"""What carries out each kind of operation, made of what the function `operate` is told. One entry makes a new kind."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.aws_runtime.observability import log_raised
from sojourn.aws_runtime.publishing.operating import Outcome, Work

if TYPE_CHECKING:
    from sojourn.adapters.stepfunctions.machines import Machines
    from sojourn.application.publishing import Operation
    from sojourn.aws_runtime.clients import Clients
    from sojourn.aws_runtime.publishing.anywhere import AnywhereMachines
    from sojourn.aws_runtime.publishing.backing import Backing
    from sojourn.aws_runtime.publishing.moving import Movement
    from sojourn.aws_runtime.settings import Settings

Make = Callable[["Backing", "Settings", "Clients"], Work]


def _publish(backing: Backing, settings: Settings, clients: Clients) -> Work:
    from sojourn.aws_runtime.publishing.publication import Publishing

    states = clients.later("stepfunctions")
    return Publishing(backing, _machines(backing, settings, clients), states, settings.senders, time.sleep)


def _rollback(backing: Backing, settings: Settings, clients: Clients) -> Work:
    from sojourn.aws_runtime.publishing.rolling_back import RollingBack

    return RollingBack(backing, _machines(backing, settings, clients))


def _resume(backing: Backing, settings: Settings, clients: Clients) -> Work:
    from sojourn.adapters.dynamodb.runs import ActiveRuns
    from sojourn.aws_runtime import wiring
    from sojourn.aws_runtime.publishing.movements import Resuming
    from sojourn.aws_runtime.publishing.moving import Moving

    engine, anywhere = wiring.operate(settings, clients), _anywhere(backing, settings, clients)

    def movement(operation: Operation) -> Movement:
        return Resuming(backing, engine, anywhere, operation)

    moving = Moving(backing, ActiveRuns(backing.dynamodb, backing.table), movement)
    return _audiences_first(moving, backing, settings, clients)


def _stop(backing: Backing, settings: Settings, clients: Clients) -> Work:
    from sojourn.adapters.dynamodb.runs import ActiveRuns
    from sojourn.aws_runtime import wiring
    from sojourn.aws_runtime.publishing.controls import END
    from sojourn.aws_runtime.publishing.movements import Ending
    from sojourn.aws_runtime.publishing.moving import Moving

    engine = wiring.operate(settings, clients)

    def movement(operation: Operation) -> Movement | None:
        # Runs that come to their end by themselves need nobody.
        return Ending(backing, engine, operation) if operation.asked["runs"] == END else None

    moving = Moving(backing, ActiveRuns(backing.dynamodb, backing.table), movement)
    return _audiences_first(moving, backing, settings, clients)


def _migrate(backing: Backing, settings: Settings, clients: Clients) -> Work:
    from sojourn.adapters.dynamodb.runs import ActiveRuns
    from sojourn.aws_runtime import wiring
    from sojourn.aws_runtime.publishing.migrating import Migrating
    from sojourn.aws_runtime.publishing.moving import Moving

    engine, anywhere = wiring.operate(settings, clients), _anywhere(backing, settings, clients)

    def movement(operation: Operation) -> Movement:
        return Migrating(backing, engine, anywhere, operation)

    return Moving(backing, ActiveRuns(backing.dynamodb, backing.table), movement)


def _audience(backing: Backing, settings: Settings, clients: Clients) -> Work:
    from sojourn.aws_runtime.audience.making import audience_work

    return audience_work(backing, settings, clients)


def _audiences_first(work: Work, backing: Backing, settings: Settings, clients: Clients) -> Work:
    """Return what lets audiences go on that waited for a journey to be open, or ends them, and then does the work."""
    from sojourn.aws_runtime.audience.making import pauses

    go_on = pauses(backing, settings, clients).go_on

    def both(operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]) -> Outcome:
        if "part" not in message:
            try:
                go_on()
            except Exception as error:  # noqa: BLE001 - it is tried again every few minutes, and runs wait for no audience
                log_raised(error, operation=operation.id)
        return work(operation, message, seconds_left)

    return both


def scheduling(backing: Backing, settings: Settings, clients: Clients) -> Callable[[], int]:
    """Return what begins what journeys' schedules say, and lets audiences go on; it returns how many it began."""
    from sojourn.aws_runtime.audience.making import pauses
    from sojourn.aws_runtime.audience.making import scheduling as made

    begin, go_on = made(backing, settings, clients), pauses(backing, settings, clients).go_on

    def tick() -> int:
        begun = begin()
        go_on()
        return begun

    return tick


def _machines(backing: Backing, settings: Settings, clients: Clients) -> Machines:
    from sojourn.adapters.stepfunctions.machines import Machines, Surroundings
    from sojourn.aws_runtime.publishing.old_versions import KeptVersions
    from sojourn.domain.compile import names

    placeholders = {names.STEP_FUNCTION: settings.step_arn, names.SEND_FUNCTION: settings.send_arn}
    around = Surroundings(
        settings.machines, settings.machines_role_arn, settings.machines_log_arn, placeholders
    )
    return Machines(clients.later("stepfunctions"), around, KeptVersions(backing.dynamodb, backing.table))


def _anywhere(backing: Backing, settings: Settings, clients: Clients) -> AnywhereMachines:
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.aws_runtime.publishing.anywhere import AnywhereMachines

    catalogue = DynamoCatalogue(backing.dynamodb, backing.table)
    return AnywhereMachines(backing, _machines(backing, settings, clients), catalogue.at_machine, time.sleep)


WORKS: Mapping[str, Make] = {
    "publish": _publish,
    "rollback": _rollback,
    "resume": _resume,
    "stop": _stop,
    "migrate": _migrate,
    "audience": _audience,
}
"""The kind of an operation -> makes what carries it out."""
