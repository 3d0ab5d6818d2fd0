"""Makes what `operate` cuts audiences with. It is imported with the first operation of the kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sojourn.adapters.dynamodb.audiences import DynamoAudiences
from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.contents import DynamoContents
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.listing import CustomerListing
from sojourn.adapters.dynamodb.schedules import DynamoSchedules
from sojourn.adapters.dynamodb.waiting_audiences import WaitingAudiences
from sojourn.adapters.s3.files import S3Files
from sojourn.adapters.stepfunctions.audience_runs import AudienceRuns
from sojourn.aws_runtime.audience.cutting import Cutter
from sojourn.aws_runtime.audience.scheduling import Scheduling
from sojourn.aws_runtime.audience.waiting import Pauses
from sojourn.aws_runtime.audience.work import AudienceWork
from sojourn.aws_runtime.clock import SystemClock
from sojourn.domain.decide.reaching import zone_of

if TYPE_CHECKING:
    from sojourn.application.ports import Catalogue, Contents
    from sojourn.aws_runtime.clients import Clients
    from sojourn.aws_runtime.publishing.backing import Backing
    from sojourn.aws_runtime.settings import Settings


def audience_work(backing: Backing, settings: Settings, clients: Clients) -> AudienceWork:
    """Return what works on audiences."""
    table = clients.now("dynamodb"), settings.table
    catalogue, contents = DynamoCatalogue(*table), DynamoContents(*table)
    audiences, files = DynamoAudiences(*table), S3Files(clients.later("s3"), settings.uploads_bucket)
    customers = DynamoCustomers(*table, SystemClock())

    def zone(customer: str) -> str:
        return zone_of(customers.load(customer).profile, catalogue.policy).name

    cutter = Cutter(catalogue, audiences, files, CustomerListing(*table), zone)
    waits = pauses(backing, settings, clients)
    return AudienceWork(
        catalogue, audiences, cutter, waits.runs, waits, lambda journey: channels_of(catalogue, contents, journey),
        float(settings.entries_rate),
    )  # fmt: skip


def pauses(backing: Backing, settings: Settings, clients: Clients) -> Pauses:
    """Return what lets audiences wait while entries are paused, and go on afterwards."""
    table = clients.now("dynamodb"), settings.table
    runs = AudienceRuns(clients.later("stepfunctions"), settings.audience_machine_arn)
    return Pauses(
        DynamoCatalogue(*table), WaitingAudiences(*table), DynamoAudiences(*table), backing.operations, runs,
        backing.put, backing.now,
    )  # fmt: skip


def scheduling(backing: Backing, settings: Settings, clients: Clients) -> Scheduling:
    """Return what begins what journeys' schedules say."""
    table = clients.now("dynamodb"), settings.table
    return Scheduling(
        DynamoCatalogue(*table),
        backing.live,
        backing.operations,
        backing.history,
        DynamoSchedules(*table),
        backing.put,
        backing.now,
    )


def channels_of(catalogue: Catalogue, contents: Contents, journey: str) -> Sequence[str]:
    """Return the channels that a journey's messages may go out on."""
    found = catalogue.current(journey)
    digests = found.messages.values() if found is not None else ()
    return sorted({channel for digest in digests for channel in contents.get(digest).channels})
