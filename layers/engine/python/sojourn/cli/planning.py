"""Puts a plan together: a workspace beside another checkout of it, or beside what a deployment has. It shows none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sojourn.cli.forecasting import forecasts
from sojourn.cli.migrations import Going, fates_of, who_is_inside
from sojourn.domain.change.difference import FieldChange, differences, shared_differences
from sojourn.domain.change.outline import Outline, outline_of, shared_of

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.application.publishing import LiveJourney
    from sojourn.cli.forecasting import Measured
    from sojourn.cli.loading import Loaded
    from sojourn.domain.change.difference import Difference
    from sojourn.domain.change.forecast import Forecast
    from sojourn.domain.change.inside import Inside
    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.project import JourneyFolder

Found = tuple[str, str, str]
"""A finding by what is wrong where: code, file of the workspace, message; lines shift, and say nothing."""
OWNER = "publish"
"""To whom a journey belongs that was published at run time."""
_SALT = "salt"
"""What splits draw by; it is the workspace's name, and told as that."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one journey stands in a deployment.

    Args:
        live: None where nobody enters it, and nobody ever did.
        version: which it would have; "" where it would be gone.
        inside: who is in it, by version.
        notes: what somebody who wrote a migration should know besides.
        forecast: what the change does to messages and money; None where nothing changes, or nobody asked.
    """

    live: LiveJourney | None
    version: str
    inside: tuple[Inside, ...] = ()
    forecast: Forecast | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_the_stacks(self) -> bool:
        """Whether the journey belongs to the stack, so that only `cdk deploy` changes it."""
        return self.live is not None and self.live.owner != OWNER


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change.

    Args:
        differences: by journey, the unchanged ones included.
        shared: what all journeys share, as far as it differs.
        found, mended: findings that are new since, and those that are gone.
        standing: how journeys stand in the deployment; empty beside a checkout.
        shared_is_the_stacks: whether what all share belongs to the stack, so that only `cdk deploy` changes it.
        zone: IANA name of the zone in which times are told, the deployed workspace's.
    """

    differences: tuple[Difference, ...]
    shared: tuple[FieldChange, ...] = ()
    found: tuple[Finding, ...] = ()
    mended: tuple[Found, ...] = ()
    standing: Mapping[str, Standing] = field(default_factory=dict)
    shared_is_the_stacks: bool = False
    zone: str = "UTC"

    @property
    def changes(self) -> tuple[Difference, ...]:
        """The journeys that publishing would change."""
        return tuple(one for one in self.differences if one.kind != "same")


def plan_beside(before: Loaded, after: Loaded) -> Plan:
    """Return what differs between two checkouts of a workspace; of the later, only what was asked about."""
    names = _asked(after)
    compared = differences(_outlines(before), _outlines(after))
    known, found = _by_what(before), _by_what(after)
    return Plan(
        tuple(one for one in compared if names is None or one.journey in names),
        shared_differences(shared_of(before.project), shared_of(after.project)) if names is None else (),
        tuple(finding for key, finding in found.items() if key not in known),
        tuple(key for key in known if key not in found),
    )


def plan_against(live: Live, after: Loaded, measured: Measured | None = None) -> Plan:
    """Return what publishing would change in a deployment; journeys of the stack that the workspace lacks stay.

    Args:
        measured: where the figures are that forecasts are made from; without it there are none.

    Raises:
        TransientError: the table does not answer.
        AuthorError: the workspace has errors.
    """
    from sojourn.domain.compile.bundle import compiled_workspace

    names, there = _asked(after), {one.name: one for one in live.journeys()}
    bundle = compiled_workspace(after.project, after.findings)
    versions = {journey.name: journey.version for journey in bundle.journeys}
    ours = {name for name in versions if names is None or name in names}
    # Publishing a workspace takes nothing out: who is to be stopped is named (`sojourn stop`).
    before = {
        name: live.outline(name, one.version) or Outline(name)
        for name, one in there.items()
        if name in ours and one.version
    }
    outlines = _outlines(after)
    compared = tuple(
        _compiled_anew(one, there.get(one.journey), versions[one.journey])
        for one in differences(before, {name: outlines[name] for name in ours})
    )
    standing = {
        name: _standing(live, there.get(name), versions[name], after.project.journeys[name], outlines[name])
        for name in sorted(ours)
    }
    if measured is not None:
        changed = {one.journey for one in compared if one.kind != "same"}
        for name, told in forecasts(measured, after, before, outlines, versions, changed).items():
            standing[name] = replace(standing[name], forecast=told)
    found = {key: one for key, one in _by_what(after).items() if _journey_of(key, after) in ours}
    known = {
        (code, f"{_folder(after, name)}/{file}", message)
        for name, outline in before.items()
        for code, file, message in outline.findings
    }
    head = live.state().head
    return Plan(
        compared,
        # Of one journey alone as well: its publication brings along what all share.
        settings_differences(head.settings, _head(bundle)),
        tuple(one for key, one in found.items() if key not in known),
        tuple(sorted(known - found.keys())),
        standing,
        bool(head.settings) and head.owner != OWNER,
        json.loads(head.settings)["policy"]["timezone"] if head.settings else "UTC",
    )


def settings_differences(before: str, after: str) -> tuple[FieldChange, ...]:
    """Return how what all journeys share differs, one entry for each topic, segment and so on.

    Args:
        before, after: as the registry has them (`published.head_text`); "" for none.
    """
    return shared_differences(_flat(before), _flat(after))


def _compiled_anew(difference: Difference, there: LiveJourney | None, version: str) -> Difference:
    """Return a difference as a change where nothing is written otherwise, and it comes to another version all the same.

    So it is with another release of Sojourn, and with shared settings that journeys are made of.
    """
    if difference.kind != "same" or there is None or there.version == version:
        return difference
    return replace(difference, kind="changed", about=(FieldChange("compiled", there.version, version),))


def _standing(
    live: Live, there: LiveJourney | None, version: str, folder: JourneyFolder, after: Outline
) -> Standing:
    fates = fates_of(folder)
    leads = fates if fates is not None and fates.before != version else None
    who = who_is_inside(live, folder.journey.journey, leads, version, after)
    if fates is None:
        return Standing(there, version, who)
    notes = Going.of(folder.journey.journey, fates, version, who, there).notes
    standing = Standing(there, version, who, notes=notes)
    if leads is None or not standing.is_the_stacks:
        return standing
    later = f"`npx cdk deploy` moves nobody: `sojourn migrate {folder.journey.journey}` afterwards does"
    return replace(standing, notes=(*notes, later))


def _asked(loaded: Loaded) -> set[str] | None:
    return {folder.journey.journey for folder in loaded.journeys} if loaded.place.only else None


def _outlines(loaded: Loaded) -> dict[str, Outline]:
    project = loaded.project
    return {
        folder.journey.journey: outline_of(folder, project, loaded.findings)
        for folder in project.journeys.values()
    }


def _by_what(loaded: Loaded) -> dict[Found, Finding]:
    """Return the findings by what is wrong in which file of the workspace."""
    return {(one.code, _in_workspace(one.file, loaded), one.message): one for one in loaded.findings}


def _in_workspace(file: str, loaded: Loaded) -> str:
    return file.removeprefix(f"{loaded.place.shown}/")


def _folder(loaded: Loaded, journey: str) -> str:
    return _in_workspace(loaded.project.journeys[journey].folder, loaded)


def _journey_of(found: Found, loaded: Loaded) -> str:
    folders: Iterable[JourneyFolder] = loaded.project.journeys.values()
    of = (
        one.journey.journey for one in folders if found[1].startswith(f"{_in_workspace(one.folder, loaded)}/")
    )
    return next(of, "")


def _head(bundle: Any) -> str:
    from sojourn.adapters.dynamodb.published import head_text

    return head_text(bundle.policy, bundle.segments, bundle.traits)


def _flat(settings: str) -> dict[str, Any]:
    """Return what all journeys share by name, one entry for each topic, segment, event and so on."""
    told: dict[str, Any] = json.loads(settings) if settings else {}
    policy = {name: value for name, value in told.pop("policy", {}).items() if name != _SALT}
    flat: dict[str, Any] = {}
    for name, value in (*policy.items(), *told.items()):
        if isinstance(value, dict):
            flat |= {f"{name}.{one}": said for one, said in sorted(value.items())}
        elif value:
            flat[name] = value
    return flat
