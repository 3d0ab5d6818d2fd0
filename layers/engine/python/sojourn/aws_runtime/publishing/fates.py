"""What a migration is made of in a deployment, and what speaks against it: for who carries it out, and who asks first.

The call, a publication and the command ask here, so that all three say the same. It moves nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.aws_runtime.publishing.operating import Given
from sojourn.domain.change.migration import unfit

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.application.catalogue import Catalogue
    from sojourn.application.migrating import Migration
    from sojourn.domain.change.migration import MigrationMap
    from sojourn.domain.change.outline import Outline
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.compile.midway import Midway


def misfitting(
    live: Live, journey: str, fates: MigrationMap, version: str, after: Outline | None = None
) -> tuple[str, ...]:
    """Return what of a map cannot be done, in sentences.

    Args:
        version: to which it leads. after: its outline, where it is not published yet.

    Raises:
        TransientError: the table does not answer.
    """
    if fates.before == version:
        return (f"it leads from {version}, and that is the version it would lead to",)
    before = live.outline(journey, fates.before)
    if before is None and not live.has(journey, fates.before):
        return (f"it leads from {fates.before}, and there is no such version of the journey",)
    if before is None:
        return (not_kept(fates.before),)
    after = after or live.outline(journey, version)
    if after is None and live.definition(journey, version) is None:
        return (not_kept(version),)
    return unfit(fates, before, after)


def not_kept(version: str) -> str:
    """Return that nobody can be moved from or to a version, and why."""
    return (
        f"version {version} was deployed by an earlier release, which did not keep what it is made of: runs can be"
        " moved neither from it nor to it"
    )


def migration_of(
    live: Live, catalogue: Catalogue, journey: str, fates: MigrationMap, version: str,
    after: CompiledJourney | None = None,
) -> Migration:  # fmt: skip
    """Return how runs go from the version that a map names to *version*.

    Args:
        after: that version, where it is not published yet.

    Raises:
        Given: of one of the two it was not kept what it is made of.
        LookupError: there is no such version.
        TransientError: the table does not answer.
    """
    # Imported here: it knows what runs do, which a call that only asks whether a map fits has no use for.
    from sojourn.application.migrating import Migration
    from sojourn.domain.compile.midway import Midway

    before = _midway(live, catalogue, journey, fates.before)
    if after is not None:
        return Migration(
            fates, version, before, Midway(after.definition, after.enter.then), after.enter.seeds
        )
    seeds = catalogue.version(journey, version).enter.seeds
    return Migration(fates, version, before, _midway(live, catalogue, journey, version), seeds)


def _midway(live: Live, catalogue: Catalogue, journey: str, version: str) -> Midway:
    from sojourn.domain.compile.midway import Midway

    definition = live.definition(journey, version)
    if definition is None:
        raise Given("no_definition", f'journey "{journey}": {not_kept(version)}')
    return Midway(definition, catalogue.version(journey, version).enter.then)
