"""Writes into the table what customers enter: versions and contents first, then one switch for all journeys at once.

What never changes comes first: contents of messages, versions of journeys and what they were made of; nobody looks for
them yet. Then `switch` lets all of it hold at once, or none. What may be wished for, and by whom, is in `wishes`.

A registration says everything of one owner: journeys that are left out are withdrawn. A publication is about some
journeys, and leaves the owner's others as they are. Whoever calls says what else is written with a change (`also`):
its entry in the history, and what carries it on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import published, wishes
from sojourn.adapters.dynamodb.live import only_drafted, publications_since
from sojourn.adapters.dynamodb.registration import Settled, State
from sojourn.adapters.dynamodb.switch import (
    Also,
    Registered,
    Switch,
    as_it_is,
    nothing_else,
    registered,
)
from sojourn.adapters.dynamodb.together import patiently
from sojourn.adapters.dynamodb.versions import StoredVersions
from sojourn.adapters.dynamodb.wishes import Journeys, PlannedOnAnother
from sojourn.application.publishing import (
    DEPLOY,
    DRAFT,
    PUBLISH,
    ROLLBACK,
    WITHDRAW,
    ChangedMeanwhile,
    Draft,
    Publication,
    Signed,
)
from sojourn.domain.control import EVERY, USUAL, Control
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.domain.compile.bundle import Bundle

__all__ = ["ChangedMeanwhile", "Registered", "Registry", "Signed"]


class Registry:
    """The registry of one table.

    Args:
        client: `boto3.client("dynamodb")`.
        owner: who registers. One owner's journeys are not withdrawn, nor replaced, by another.
        now: the time in epoch seconds.
        pause: waits so many seconds, where somebody is in the way of a small change; whoever asked for a publication
            tries that again.
    """

    def __init__(
        self, client: Any, table: str, owner: str = "cdk", now: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._client = client
        self._table = table
        self._owner = owner
        self._pause = pause
        self._switch = Switch(client, table, now)
        self._versions = StoredVersions(client, table)

    def register(
        self, bundle: Bundle, machines: Mapping[str, str], *, signed: Signed | None = None,
        leave_settings_to: str = "", also: Also = nothing_else,
    ) -> Registered:  # fmt: skip
        """Let customers enter the bundle's journeys, and no others of this owner; a repetition changes nothing.

        Args:
            machines: journey -> ARN of the version of its state machine.
            signed: who registers them: each journey that gets another version then has a publication.
            also: what else is written with the change, as for the others; nothing, where nothing changes.
            leave_settings_to: whose the workspace's settings are from now on, if not this owner's: the bundle's are
                written only where there are none.

        Raises:
            AuthorError: a row is larger than the table takes, a journey is another owner's, has too many triggers
                or no machine.
            Conflict: somebody else registers at the same time; it may be tried again.
            TransientError: the table does not answer; it may be tried again.
        """
        # Whatever may be wrong with a bundle is found before anything is written.
        text = published.head_text(bundle.policy, bundle.segments, bundle.traits)
        rows = wishes.rows_of(bundle.journeys, machines, self._owner)
        keep = self._versions.keeping(bundle, machines)

        def wish(now: Journeys) -> Journeys:
            for name in rows:
                if (there := now.get(name)) is not None and there["owner"] != self._owner:
                    raise AuthorError(
                        f'journey "{name}" was published by "{there["owner"]}": withdraw it there, or rename this one'
                    )
            wanted = {name: wishes.renewed(now.get(name), row, signed, DEPLOY) for name, row in rows.items()}
            return {**dict.fromkeys(wishes.owned(now, self._owner)), **wanted}

        def settle(held: State) -> Settled:
            if leave_settings_to:
                return Settled(held.head.settings or text, held.head.controls, leave_settings_to)
            return Settled(text, held.head.controls, self._owner)

        before = self._switch.read()
        keep({change.name for change in before.changes(wish)})
        return registered(self._switch.move(before, wish, settle, wishes.telling(signed, DEPLOY), also))

    def publish(
        self, bundle: Bundle, machines: Mapping[str, str], names: Iterable[str] | None, expected: Mapping[str, str],
        signed: Signed, draft: bool = False, *, expected_revision: int | None = None, also: Also = nothing_else,
    ) -> Registered:  # fmt: skip
        """Let customers enter these journeys of the bundle: all of them, or none; what is live already stays.

        Args:
            machines: journey -> ARN of the version of its state machine, of those that are published.
            names: which journeys; None for all in the bundle.
            expected: journey -> the version the caller planned against, "" for none; others may be at any.
            draft: only customers in the segment `test` enter them, instead of what is live.
            expected_revision: the registry's when the caller looked, so that settings changed since are not undone.

        Raises:
            ChangedMeanwhile: another version is live than the caller planned against; nothing changed.
            AuthorError: as with `register`; or settings or a journey that change are the stack's, or a draft has no
                readers.
            Conflict: somebody else changes the registry at the same time; it may be tried again.
            TransientError: the table does not answer; it may be tried again.
        """
        chosen = wishes.chosen(bundle, names)
        text = published.head_text(bundle.policy, bundle.segments, bundle.traits)
        rows = wishes.rows_of(chosen, machines, self._owner)
        keep = self._versions.keeping(replace(bundle, journeys=chosen), machines)
        versions = {name: row["version"] for name, row in rows.items()}

        def wish(now: Journeys) -> Journeys:
            ours = wishes.publishable(now, versions, self._owner)
            wishes.refuse_changed(now, versions, expected)
            if draft:
                return {name: wishes.drafted(now.get(name), rows[name], signed) for name in ours}
            return {name: wishes.renewed(now.get(name), rows[name], signed, PUBLISH) for name in ours}

        def settle(held: State) -> Settled:
            return wishes.settle(held, text, self._owner, draft=draft, expected_revision=expected_revision)

        with self._telling_what_changed(expected):
            before = self._switch.read()
            settle(before)
            keep({change.name for change in before.changes(wish)})
            kind = DRAFT if draft else PUBLISH
            return registered(self._switch.move(before, wish, settle, wishes.telling(signed, kind), also))

    def roll_back(
        self, journey: str, version: str | None, expected: str | None, signed: Signed, *, machine: str = "",
        also: Also = nothing_else,
    ) -> Publication:  # fmt: skip
        """Let customers enter a version again that was live before: None for the one before the present one.

        The settings stay as they are. Where that version is live already, the publication that made it so is returned.

        Args:
            expected: the version that the caller saw live, "" for none; None for any.
            machine: ARN of a state machine's version that was made anew for it; its own, if that is there still.

        Raises:
            LookupError: there is no such version, or none before.
            AuthorError: as with `publish`; or the version was never more than a draft.
            ChangedMeanwhile, Conflict, TransientError: as with `publish`.
        """
        seen = {} if expected is None else {journey: expected}

        def once() -> Publication:
            before = self._switch.read()
            there = before.now().get(journey)
            wishes.refuse_others({journey: there}, [journey], self._owner)
            wanted = (there or {}).get("published", {}).get("before", "") if version is None else version
            if not wanted:
                raise LookupError(f'journey "{journey}" has no version before this one: name the version')
            compiled, its_machine = self._versions.read(journey, wanted)
            if wanted != wishes.live_version(there) and only_drafted(
                self._client, self._table, journey, wanted
            ):
                # Going back needs nobody's approval: so it leads to nothing that was never approved.
                raise AuthorError(
                    f'version {wanted} of journey "{journey}" was a draft and never live: publish it'
                )
            row = wishes.row_of(compiled, machine or its_machine, self._owner)
            if machine:
                self._versions.keep_machine(journey, wanted, machine)

            def wish(now: Journeys) -> Journeys:
                wishes.refuse_others(now, [journey], self._owner)
                wishes.refuse_changed(now, {journey: wanted}, seen)
                return {journey: wishes.renewed(now.get(journey), row, signed, ROLLBACK)}

            moved = self._switch.move(before, wish, as_it_is, wishes.telling(signed, ROLLBACK), also)
            for publication in moved.publications:
                return publication
            return wishes.publication_of(journey, there) or wishes.unnoted(journey, wanted, signed)

        with self._telling_what_changed(seen):
            return patiently(once, self._pause)

    def withdraw(
        self, journeys: Iterable[str] | None = None, *, signed: Signed | None = None, also: Also = nothing_else,
    ) -> Registered:  # fmt: skip
        """Let nobody enter these journeys of this owner, or any of them; runs that are on their way go on.

        Raises:
            Conflict: somebody else registers at the same time.
            TransientError: the table does not answer.
        """
        named = None if journeys is None else set(journeys)

        def wish(now: Journeys) -> Journeys:
            return {name: None for name in wishes.owned(now, self._owner) if named is None or name in named}

        moved = self._switch.move(self._switch.read(), wish, as_it_is, wishes.telling(signed, WITHDRAW), also)
        return registered(moved)

    def drop_draft(self, journey: str, signed: Signed, also: Also = nothing_else) -> Draft | None:
        """Take a journey's draft away; return it, or None where there is none. What is live stays.

        Raises:
            AuthorError: the journey is another owner's.
            Conflict, TransientError: it may be tried again.
        """

        def wish(now: Journeys) -> Journeys:
            wishes.refuse_others(now, [journey], self._owner)
            return {journey: wishes.undrafted(now.get(journey))}

        def once() -> Draft | None:
            tell = wishes.telling(signed, WITHDRAW)
            moved = self._switch.move(self._switch.read(), wish, as_it_is, tell, also)
            was = moved.was(journey).get("draft") if moved.changes else None
            return Draft.from_json(was) if was else None

        return patiently(once, self._pause)

    def control(
        self, journey: str, change: Callable[[Control], Control], also: Also = nothing_else
    ) -> Control:
        """Change what a journey was told, whoever owns it, or `EVERY` journey; return what it is told then.

        Others who change the registry at this moment are made to begin anew: a pause does not wait.

        Args:
            change: given what it is told; it may be called several times.

        Raises:
            LookupError: nobody ever published a journey of this name.
            AuthorError: there is no room for more; what `EVERY` journey is told always has some.
            Conflict, TransientError: it may be tried again.
        """

        def settle(held: State) -> Settled:
            told = change(held.head.controls.get(journey, USUAL))
            controls = {name: one for name, one in held.head.controls.items() if name != journey}
            if told.to_json():
                controls[journey] = told
            return replace(held.head, controls=controls)

        def once() -> Control:
            before = self._switch.read()
            if not before.head.settings:
                raise LookupError(f"nothing has been registered in table {self._table} yet")
            known = journey == EVERY or journey in before.now() or self._versions.any_of(journey)
            if not known:
                raise LookupError(f'no journey "{journey}" was ever published')
            moved = self._switch.move(before, lambda _: {}, settle, also=also)
            return settle(moved.held).controls.get(journey, USUAL)

        return patiently(once, self._pause)

    def left_out(self, staying: Iterable[str]) -> tuple[str, ...]:
        """Return this owner's journeys that registering only these would take out, in order of their names.

        Raises:
            TransientError: the table does not answer.
        """
        return tuple(sorted(set(wishes.owned(self._switch.read().now(), self._owner)).difference(staying)))

    @contextmanager
    def _telling_what_changed(self, expected: Mapping[str, str]) -> Iterator[None]:
        try:
            yield
        except PlannedOnAnother as error:
            changes = publications_since(self._client, self._table, error.expected)
            raise ChangedMeanwhile(changes) from error
