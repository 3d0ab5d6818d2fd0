"""What of a workspace is to be published, beside what a deployment has: journey by journey, by version.

It reads and compares, and refuses early what the deployment would refuse. It writes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sojourn.adapters.dynamodb.live import Live
    from sojourn.adapters.dynamodb.wishes import Journeys
    from sojourn.application.publishing import Draft, Publication
    from sojourn.cli.loading import Loaded
    from sojourn.cli.migrations import Going
    from sojourn.domain.change.migration import MigrationMap
    from sojourn.domain.control import Control


@dataclass(frozen=True, slots=True)
class Changed:
    """A journey that gets another version.

    Args:
        before: the version that it has, of drafts the draft; "" for none.
        beside: of a draft the version that is live, "" for none; None of what is no draft.
    """

    name: str
    version: str
    before: str
    beside: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return it for programs."""
        beside = {"beside": self.beside} if self.beside is not None else {}
        return {"version": self.version, "before": self.before, **beside}


@dataclass(frozen=True, slots=True)
class ToPublish:
    """What a publication would change.

    Args:
        names: the journeys that were asked for; None for all.
        settings: whether what all journeys share changes.
        unchanged: journeys that are as they are to be.
        elsewhere: journeys that are published, and not in this workspace: they stay.
        expected: journey -> the version that is live, "" for none, of all that may change.
        revision: the registry's.
        going: of journeys that change and have a migration.yaml, who goes where.
        waiting: journeys that stay as they are, and have one: it is none of a publication's.
        drafts: journey that changes -> the draft of another version that it has: it stays, or a draft takes its place.
        taken_back: journey that changes -> how the version that is to be published was taken back just before.
        held: journey that changes -> what it was told, where it is paused or stopped: publishing changes nothing of it.
        approval: whether somebody else has to approve it.
    """

    names: tuple[str, ...] | None
    draft: bool
    changed: tuple[Changed, ...]
    settings: bool
    unchanged: tuple[str, ...]
    elsewhere: tuple[str, ...]
    expected: dict[str, str]
    revision: int
    going: tuple[Going, ...] = ()
    waiting: tuple[str, ...] = ()
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    taken_back: Mapping[str, Publication] = field(default_factory=dict)
    held: Mapping[str, Control] = field(default_factory=dict)
    approval: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not self.changed and not self.settings

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "journeys": {one.name: one.to_json() for one in self.changed},
            "draft": self.draft, "settings": self.settings, "unchanged": list(self.unchanged),
            "not_in_workspace": list(self.elsewhere),
            "migrations": {one.journey: one.to_json() for one in self.going},
            "drafts": {name: one.to_json() for name, one in self.drafts.items()},
            "taken_back": {name: one.to_json() for name, one in self.taken_back.items()},
            "controls": {name: one.to_json() for name, one in self.held.items()}, "approval": self.approval,
        }  # fmt: skip


def planned(loaded: Loaded, live: Live, table: tuple[Any, str], *, draft: bool) -> ToPublish:
    """Return what a publication of the workspace, or of the journey asked about, would change.

    Args:
        table: the client and the name of the table.
        draft: only the segment `test` enters what is published.

    Raises:
        AuthorError: the deployment would refuse it, and what to do instead.
        TransientError: the table does not answer.
    """
    from sojourn.adapters.dynamodb.refusing import refuse
    from sojourn.application.publishing import Draft
    from sojourn.aws_runtime.publishing.backing import OWNER
    from sojourn.aws_runtime.publishing.planned import wants_approval
    from sojourn.cli.migrations import fates_of
    from sojourn.domain.compile.bundle import compiled_workspace

    bundle = compiled_workspace(loaded.project)
    names = tuple(sorted(one.journey.journey for one in loaded.journeys)) if loaded.place.only else None
    versions = {one.name: one.version for one in bundle.journeys if names is None or one.name in names}
    state = live.state()
    now = state.now()
    there = json.loads(state.head.settings)["policy"]["workspace"] if state.head.settings else ""
    if there not in ("", bundle.policy.workspace):
        raise AuthorError(
            f'workspace "{there}" is published there, and this is "{bundle.policy.workspace}": name the right folder,'
            " or the right deployment with --stage"
        )
    expected = {name: str(now[name]["version"]) if name in now else "" for name in versions}
    text = refuse(
        *table, state, bundle, versions, expected, OWNER, draft=draft, expected_revision=state.revision
    )
    changed, unchanged, drafts = list[Changed](), list[str](), dict[str, Draft]()
    for name, version in versions.items():
        there = now.get(name, {}).get("draft")
        drafted = str(there["version"]) if there else ""
        same, same_draft = expected[name] == version, drafted == version
        # As `sojourn.aws_runtime.publishing.planned` has it, which says why.
        if (same or same_draft) if draft else (same and not same_draft):
            unchanged.append(name)
            continue
        live_version = expected[name]
        changed.append(
            Changed(name, version, drafted, live_version) if draft else Changed(name, version, live_version)
        )
        if there and not same_draft:
            drafts[name] = Draft.from_json(there)
    elsewhere = sorted(set(now) - {one.name for one in bundle.journeys}) if names is None else []
    migrating = {
        name: fates
        for name in versions
        if not draft and (fates := fates_of(loaded.project.journeys[name])) is not None
    }
    return ToPublish(
        names, draft, tuple(changed), text != state.head.settings, tuple(unchanged), tuple(elsewhere), expected,
        state.revision,
        tuple(_going(loaded, live, one, migrating[one.name]) for one in changed if one.name in migrating),
        tuple(name for name in unchanged if name in migrating and migrating[name].before != versions[name]),
        drafts, _taken_back(now, changed), _held(state.head.controls, changed),
        approval=not draft and wants_approval(state, text),
    )  # fmt: skip


def _taken_back(now: Journeys, changed: Iterable[Changed]) -> dict[str, Publication]:
    """Return of which journeys the version that is to be published is the one that somebody took back."""
    from sojourn.adapters.dynamodb.wishes import publication_of
    from sojourn.application.publishing import ROLLBACK

    last = {one.name: publication_of(one.name, now.get(one.name)) for one in changed}
    return {
        one.name: how
        for one in changed
        if (how := last[one.name]) is not None and (how.kind, how.before) == (ROLLBACK, one.version)
    }


def _held(controls: Mapping[str, Control], changed: Iterable[Changed]) -> dict[str, Control]:
    """Return what the journeys that change were told, of those that are paused or stopped."""
    from sojourn.domain.control import control_of

    told = {one.name: control_of(controls, one.name) for one in changed}
    return {name: one for name, one in told.items() if not one.is_usual}


def _going(loaded: Loaded, live: Live, changed: Changed, fates: MigrationMap) -> Going:
    """Return who goes where once a journey is published.

    Raises:
        AuthorError: what stands in its migration.yaml cannot be done.
    """
    from sojourn.cli.migrations import Going, who_is_inside
    from sojourn.domain.change.outline import outline_of

    folder, name = loaded.project.journeys[changed.name], changed.name
    leads = fates if fates.before != changed.version else None
    after = outline_of(folder, loaded.project, loaded.findings)
    who = who_is_inside(live, name, leads, changed.version, after)
    going = Going.of(name, fates, changed.version, who, live.journey(name))
    if going.inside.wrong:
        raise AuthorError(f"{folder.folder}/migration.yaml: {'; '.join(going.inside.wrong)}")
    return going
