"""How a deployment's journeys, steps and topics are called, for whoever reads of a customer.

Titles and topics are those that are deployed. What a step does in words is known where the workspace at hand has the
very version that the customer is in; else steps go by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.cli.render.spoken import Spoken, Topic
from sojourn.cli.usage import UsageError
from sojourn.cli.workspace import locate, read_files
from sojourn.domain.time.zones import choose_zone
from sojourn.errors import AuthorError, TransientError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue

Steps = Mapping[tuple[str, str, str], str]


def spoken_of(whole: Mapping[str, Any], catalogue: DynamoCatalogue, *, ids: bool, width: int) -> Spoken:
    """Return how a customer is told of, in their zone.

    Args:
        whole: see `export_customer`.
        ids: whether ids are told.
        width: of the terminal, in columns.
    """
    profile = whole["profile"] or {}
    topics, workspace_zone = _policy(catalogue)
    zone = choose_zone(profile.get("timezone"), profile.get("phone"), workspace_zone)
    versions = {(str(run["journey"]), str(run.get("version", ""))) for run in whole["runs"]}
    for commit in whole["ledger"]:
        versions |= {(str(one["journey"]), str(one.get("version", ""))) for one in commit["happened"]}
    titles = titles_of(sorted(one for one in versions if all(one)), catalogue)
    return Spoken(zone.name, str(zone.source), titles, _steps(versions), topics, ids, width)


def traits_of(table: tuple[Any, str], catalogue: DynamoCatalogue, customer: str) -> dict[str, Any]:
    """Return what the workspace computes of the customer, as conditions would read it now."""
    from sojourn.adapters.dynamodb.customers import DynamoCustomers
    from sojourn.application.seen import seen
    from sojourn.application.traits import Traits
    from sojourn.aws_runtime.clock import SystemClock

    clock = SystemClock()
    try:
        rules = catalogue.traits
    except TransientError:  # nothing was registered yet
        return {}
    customers = DynamoCustomers(*table, clock)
    profile = customers.load(customer).profile
    traits = Traits(rules, lambda name, since: seen(customers, profile, name, since), clock.now())
    return {name: value for name in rules if (value := traits.value(name)) is not None}


def _policy(catalogue: DynamoCatalogue) -> tuple[dict[str, Topic], str]:
    try:
        policy = catalogue.policy
    except TransientError:  # nothing was registered yet
        return {}, "UTC"
    topics = {
        name: Topic(topic.title or name, tuple(sorted(topic.channels)), topic.opted_in)
        for name, topic in policy.topics.items()
    }
    return topics, policy.timezone


def titles_of(versions: Iterable[tuple[str, str]], catalogue: DynamoCatalogue) -> dict[str, str]:
    """Return what journeys are called; one that is deployed no more goes by its name."""
    found: dict[str, str] = {}
    for name, version in versions:
        try:
            journey = catalogue.current(name) or catalogue.version(name, version)
        except (TransientError, LookupError, AuthorError):
            continue
        found[name] = journey.title
    return found


def _steps(versions: set[tuple[str, str]]) -> Steps:
    """Return what steps do, of those versions that the workspace at hand has."""
    if not versions:
        return {}
    # Imported here: the compiler and the drawing's words take longer to read in than a customer.
    from sojourn.domain.compile.bundle import bundle_of
    from sojourn.domain.drawing.words import words_of
    from sojourn.domain.journey.project import read_project

    try:
        place = locate(None, Path.cwd())
        project = read_project(read_files(place)[0], "" if place.shown == "." else place.shown)
        compiled = bundle_of(project).journeys
    except (UsageError, AuthorError):
        return {}
    mine = {journey.name: journey.version for journey in compiled}
    return {
        (name, mine[name], node.id): words_of(node.step).full
        for name, folder in project.journeys.items()
        if (name, mine.get(name, "")) in versions
        for node in folder.flow.nodes.values()
    }
