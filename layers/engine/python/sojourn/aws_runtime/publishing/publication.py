"""Carries a publication out: reads, checks and compiles a workspace, makes state machines, then switches all at once.

Whatever may be wrong is found before anything is made. Machines come first, as nobody starts them yet, and are noted
as they are made; the registry comes last and says everything in one step. So it may be interrupted anywhere and is
taken up again, and the same workspace published twice changes nothing. Before the switch it is written down what will
change, and with the switch the entry in the history: so whoever comes after a crash knows what was done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.refusing import refuse
from sojourn.adapters.dynamodb.versions import StoredVersions
from sojourn.adapters.stepfunctions.machines import Machines, is_there
from sojourn.application.publishing import ChangedMeanwhile, Operation, Signed
from sojourn.aws_runtime.publishing.approved import changed_meanwhile, refuse_unapproved, show
from sojourn.aws_runtime.publishing.backing import OWNER, Backing
from sojourn.aws_runtime.publishing.migrations import leading_on, migrations, refuse_migrations
from sojourn.aws_runtime.publishing.operating import SPARE, Given, Outcome, finished
from sojourn.aws_runtime.publishing.permitted import refuse_senders
from sojourn.aws_runtime.publishing.planned import PLANNED, plan_of, told_of, wants_approval
from sojourn.aws_runtime.publishing.workspaces import Compiled, compiled
from sojourn.errors import Throttled

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.registration import State
    from sojourn.adapters.dynamodb.together import Action
    from sojourn.aws_runtime.publishing.planned import Plan
    from sojourn.domain.compile.compiled import CompiledJourney


class Publishing:
    """Carries out operations of the kind `publish`.

    Args:
        states: a Step Functions client.
        permitted: as whom the stack lets `send` send, see `sojourn.adapters.senders.permission`.
        pause: waits so many seconds, where machines cannot be made faster.
    """

    def __init__(
        self, backing: Backing, machines: Machines, states: Any, permitted: str, pause: Callable[[float], None]
    ) -> None:  # fmt: skip
        self._backing = backing
        self._machines = machines
        self._states = states
        self._permitted = permitted
        self._pause = pause
        self._versions = StoredVersions(backing.dynamodb, backing.table)

    def __call__(
        self, operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        """Publish, or go on with it.

        Raises:
            Given: it can never be done.
            Conflict, TransientError: not now.
        """
        workspace = compiled(self._backing.fetch(operation.asked["workspace"]), operation.asked["journeys"])
        chosen = _chosen(workspace, operation.asked["journeys"])
        if self._was_done(operation):
            return self._done(operation, workspace, operation.result[PLANNED])
        draft, expected = bool(operation.asked["draft"]), operation.asked["expected"]
        now = self._backing.live.state()
        text = self._refused(operation, workspace, now, chosen)
        plan = plan_of(now, chosen, text, draft=draft)
        if plan.is_empty:
            return finished({**told_of(plan.to_json()), **workspace.found})
        refuse_senders(self._permitted, workspace.bundle, chosen)
        if not draft:
            refuse_migrations(self._backing, workspace, plan.journeys)
        if not draft and not operation.approved_by and wants_approval(now, text):
            leading = {name: one.before for name, one in leading_on(workspace, plan.journeys).items()}
            told = plan.to_json() | ({"migrations": leading} if leading else {})
            show(self._backing, operation.id, text, workspace.bundle.outlines, plan.journeys)
            self._backing.operations.wait(operation.id, {PLANNED: told, **workspace.found})
            return Outcome()
        approved = operation.result.get(PLANNED) if operation.approved_by else None
        refuse_unapproved(self._backing, approved, plan.to_json())
        machines = self._made(operation, now, chosen, plan, seconds_left)
        if machines is None:
            return Outcome(next=({},))
        noted = self._backing.operations.progress(
            operation.id, result={PLANNED: plan.to_json(), **workspace.found}
        )
        if noted is None:
            return Outcome()
        try:
            self._backing.registry.publish(
                replace(workspace.bundle, journeys=chosen), machines, None, expected, _signed(operation), draft,
                expected_revision=operation.asked["expected_revision"],
                also=lambda _: self._entry(operation, plan.to_json()),
            )  # fmt: skip
        except ChangedMeanwhile as changed:
            raise changed_meanwhile(changed) from None
        return self._done(operation, workspace, plan.to_json())

    def _refused(
        self, operation: Operation, workspace: Compiled, now: State, chosen: tuple[CompiledJourney, ...]
    ) -> str:
        """Raise what speaks against it; return the settings as they would be."""
        bundle, asked = workspace.bundle, operation.asked
        live = json.loads(now.head.settings)["policy"]["workspace"] if now.head.settings else ""
        if live not in ("", bundle.policy.workspace):
            raise Given(
                "other_workspace",
                f'workspace "{live}" is deployed here, and this is "{bundle.policy.workspace}": is it the right folder,'
                " and the right stage?",
            )
        try:
            return refuse(
                self._backing.dynamodb, self._backing.table, now, bundle,
                {journey.name: journey.version for journey in chosen}, asked["expected"], OWNER,
                draft=bool(asked["draft"]), expected_revision=asked["expected_revision"],
            )  # fmt: skip
        except ChangedMeanwhile as changed:
            raise changed_meanwhile(changed) from None

    def _made(
        self, operation: Operation, now: State, chosen: tuple[CompiledJourney, ...], plan: Plan,
        seconds_left: Callable[[], float],
    ) -> dict[str, str] | None:  # fmt: skip
        """Return the ARN of the machine's version of every journey; None where the time did not suffice."""
        registered = now.now()
        found: dict[str, str] = {}
        lacking: list[CompiledJourney] = []
        for journey in chosen:
            if journey.name not in plan.journeys:
                there = registered[journey.name]
                known = there if there["version"] == journey.version else there["draft"]
                found[journey.name] = known["machine"]
            elif machine := self._known(operation, journey):
                found[journey.name] = machine
            else:
                lacking.append(journey)
        if self._backing.operations.progress(operation.id, total=len(plan.journeys)) is None:
            return None
        for journey in lacking:
            machine = self._make(journey, seconds_left)
            if not machine:
                return None
            found[journey.name] = machine
            part = _part(journey)
            self._backing.operations.move(
                operation.id, part, self._backing.operations.place(operation.id, part), machine
            )
            self._backing.operations.progress(operation.id, add=1)
        return found

    def _known(self, operation: Operation, journey: CompiledJourney) -> str:
        """Return the machine that was made for a version before, by this operation or an earlier one; "" for none."""
        if machine := self._backing.operations.place(operation.id, _part(journey)):
            return machine
        try:
            _, machine = self._versions.read(journey.name, journey.version)
        except LookupError:
            return ""
        # The stack's machines go when it leaves a journey out.
        ours = machine.startswith(f"{self._machines.arn(journey.name)}:")
        return machine if ours and is_there(self._states, machine, journey.version) else ""

    def _make(self, journey: CompiledJourney, seconds_left: Callable[[], float]) -> str:
        """Make a machine, as soon as there is room for one; return its version's ARN, "" where time runs out."""
        while seconds_left() > SPARE:
            try:
                return self._machines.publish(journey.name, journey.version, journey.definition)
            except Throttled as busy:
                self._pause(busy.seconds)
        return ""

    def _was_done(self, operation: Operation) -> bool:
        """Say whether whoever worked on it before came as far as the switch: it is told in the history then."""
        return PLANNED in operation.result and self._backing.history.told(_once(operation)) is not None

    def _entry(self, operation: Operation, planned: Mapping[str, Any]) -> list[Action]:
        """Return what writes the entry, for the switch."""
        names = sorted(planned["journeys"])
        details: dict[str, Any] = {
            "operation": operation.id, "journeys": names, "versions": planned["journeys"],
            "settings": planned["settings"],
        }  # fmt: skip
        if operation.asked["draft"] and planned.get("drafts"):
            details["instead_of"] = planned["drafts"]
        if operation.approved_by:
            details["approved_by"] = operation.approved_by
        signed = replace(_signed(operation), at=self._backing.now())
        journey = names[0] if len(names) == 1 else ""
        return self._backing.entry(signed, _did(operation), journey, details, once=_once(operation))

    def _done(self, operation: Operation, workspace: Compiled, planned: Mapping[str, Any]) -> Outcome:
        draft = operation.asked["draft"]
        moving = (
            {} if draft else migrations(self._backing, workspace, _signed(operation), planned["journeys"])
        )
        return finished({**told_of(planned), **moving, **workspace.found})


def _chosen(workspace: Compiled, names: list[str] | None) -> tuple[CompiledJourney, ...]:
    journeys = workspace.bundle.journeys
    if names is None:
        return journeys
    if unknown := sorted(set(names) - {journey.name for journey in journeys}):
        raise Given("no_journey", f"the workspace has no such journeys: {', '.join(unknown)}")
    return tuple(journey for journey in journeys if journey.name in names)


def _signed(operation: Operation) -> Signed:
    # At the instant when it was asked for, a second attempt is the same publication.
    return Signed(operation.by, operation.at, operation.message, operation.id)


def _did(operation: Operation) -> str:
    return "drafted" if operation.asked["draft"] else "published"


def _once(operation: Operation) -> str:
    return f"{operation.id}:{_did(operation)}"


def _part(journey: CompiledJourney) -> str:
    return f"machine#{journey.name}#{journey.version}"
