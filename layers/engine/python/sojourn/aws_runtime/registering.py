"""Registers what a deployment brings: a version of every journey's state machine, then everything in the table.

The registry comes last, and says in one step what customers enter from then on; whoever is on their way stays on the
version they began with. Everything may be asked for twice. It knows nothing of CloudFormation's answers.

A journey that the deployment leaves out loses its state machine once everything else is done, and AWS ends what runs
there. So while customers are in it, and the deployment does not say that it may go, nothing is registered:
CloudFormation takes back what it did, and deletes nothing. The same holds for another workspace in the place of the
one that is deployed. Taking back is never refused, as a stack would be stuck half-way.

Where journeys are published at run time, a deployment registers none, and the workspace's settings only where there are
none yet. Whatever it changes is noted, journey by journey and in the history, in the step that changes it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field

from sojourn.adapters.stepfunctions.full_machines import FULL, MachineFull, make_room
from sojourn.adapters.transient_errors import code_of, trying_again
from sojourn.application.publishing import PUBLISHER, Signed
from sojourn.errors import Conflict, TransientError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.history import History
    from sojourn.adapters.dynamodb.registry import Registry
    from sojourn.adapters.dynamodb.switch import Moved
    from sojourn.adapters.dynamodb.together import Action
    from sojourn.adapters.stepfunctions.full_machines import OldVersions
    from sojourn.domain.compile.bundle import Bundle
    from sojourn.domain.compile.compiled import CompiledJourney


PAUSES = (2.0, 5.0, 10.0)
"""The pauses in seconds after which it is tried again, where somebody else registers or AWS is busy."""
OWNER = "cdk"


class Properties(BaseModel):
    """What the stack says.

    Args:
        bucket, key: where the bundle is, as JSON.
        machines: journey -> the ARN of its state machine, without a version.
        revisions: journey -> which revision of the machine this deployment made, where the stack knows.
        owner: to whom these journeys belong; nobody else's are changed.
        workspace: what `workspace.yaml` calls itself.
        take_out: journeys that may be left out although customers are in them, or the workspace that this one
            replaces.
        journeys: how journeys get here: with the stack (`deployed`), or at run time (`published`).
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    bucket: str = Field(validation_alias="Bucket", min_length=1)
    key: str = Field(validation_alias="Key", min_length=1)
    machines: dict[str, str] = Field(validation_alias="Machines")
    revisions: dict[str, str] = Field(default={}, validation_alias="Revisions")
    owner: str = Field(default=OWNER, validation_alias="Owner")
    workspace: str = Field(default="", validation_alias="Workspace")
    take_out: frozenset[str] = Field(default=frozenset(), validation_alias="TakeOut")
    journeys: Literal["deployed", "published"] = Field(default="deployed", validation_alias="Journeys")


class RegistrationError(RuntimeError):
    """A deployment that does not fit together."""


class Registering:
    """Does what a request of the stack asks for.

    Args:
        s3, states, stacks: clients of S3, Step Functions and CloudFormation.
        registry: of an owner.
        under_way: how many runs of a journey have not ended.
        history: where it is told that something was deployed.
        now: the time.
        old: which versions of machines are still needed, where one has as many as it may have.
    """

    def __init__(
        self,
        s3: Any,
        states: Any,
        stacks: Any,
        registry: Callable[[str], Registry],
        under_way: Callable[[str], int],
        history: History,
        pause: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        old: OldVersions | None = None,
    ) -> None:
        self._s3 = s3
        self._states = states
        self._stacks = stacks
        self._registry = registry
        self._under_way = under_way
        self._history = history
        self._pause = pause
        self._now = now
        self._old = old

    def __call__(self, request: Mapping[str, Any]) -> None:
        """Register on `Create` and `Update`; withdraw on `Delete`, which ends no run and deletes no data.

        Raises:
            RegistrationError, ValidationError, AuthorError: the deployment does not fit together, is too large, or
                takes out a journey that customers are in, or replaces a workspace.
            Conflict, TransientError: somebody else registers, or AWS is busy, for longer than a stack should wait.
        """
        for pause in (*PAUSES, None):
            try:
                self._once(request)
            except (Conflict, TransientError):
                if pause is None:
                    raise
                self._pause(pause)
            else:
                return

    def _once(self, request: Mapping[str, Any]) -> None:
        stack = str(request["StackId"])
        signed = Signed(f"stack {_name_of(stack)}", self._now(), id=str(request["RequestId"]))
        if request["RequestType"] == "Delete":
            owner = request.get("ResourceProperties", {}).get("Owner") or OWNER
            self._registry(str(owner)).withdraw(signed=signed, also=self._telling("withdrew", signed))
            return
        properties = Properties.model_validate(request["ResourceProperties"])
        bundle = self._bundle(properties)
        if properties.journeys == "published":
            bundle = replace(bundle, journeys=(), messages={}, outlines={})
        journeys = {journey.name for journey in bundle.journeys}
        if journeys != set(properties.machines):
            odd = ", ".join(sorted(journeys ^ set(properties.machines)))
            raise RegistrationError(f"the bundle and the state machines are not of the same journeys: {odd}")
        registry = self._registry(properties.owner)
        former = str(request.get("OldResourceProperties", {}).get("Workspace", ""))
        refusal = self._refusal(properties, former, registry.left_out(journeys))
        if refusal and not self._taken_back(stack):
            raise RegistrationError(refusal)
        versions = {
            journey.name: self._with_room(
                journey, properties.machines[journey.name], properties.revisions.get(journey.name), stack
            )
            for journey in bundle.journeys
        }
        leaving = PUBLISHER if properties.journeys == "published" else ""
        registry.register(
            bundle, versions, signed=signed, leave_settings_to=leaving, also=self._telling("deployed", signed)
        )

    def _telling(self, did: str, signed: Signed) -> Callable[[Moved], list[Action]]:
        """Return what tells the history of what a request changes; nothing, where no version changes."""

        def also(moved: Moved) -> list[Action]:
            publications = moved.publications
            if not publications:
                return []
            changed = {
                one.journey: {"version": one.version, "before": one.before}
                for one in sorted(publications, key=lambda one: one.journey)
                if one.journey
            }
            details = {"journeys": changed, "settings": any(not one.journey for one in publications)}
            journey = next(iter(changed)) if len(changed) == 1 else ""
            _, actions = self._history.next(signed.at, signed.by, did, journey, details=details)
            return actions

        return also

    def _refusal(self, properties: Properties, former: str, left_out: tuple[str, ...]) -> str:
        """Say why nothing is registered; nothing, where all is well."""
        if former not in ("", properties.workspace) and former not in properties.take_out:
            return (
                f'workspace "{former}" is deployed, and this is "{properties.workspace}". Is "workspace" in cdk.json'
                f" the right folder? To replace it for good: --context take_out={former}"
            )
        held = {
            name: runs
            for name in left_out
            if name not in properties.take_out and (runs := self._under_way(name)) > 0
        }
        if not held:
            return ""
        return (
            "this deployment takes out journeys that customers are in. Let them run dry first, or name those whose"
            f" runs may end: --context take_out={','.join([*sorted(properties.take_out), *held])}"
            f" (runs under way: {', '.join(f'{name} {runs}' for name, runs in held.items())})"
        )

    def _taken_back(self, stack: str) -> bool:
        """Say whether a stack is on the way back to what it was before a deployment that failed.

        A request does not tell, and asks for the former journeys as if somebody deployed them.
        """
        with trying_again("DescribeStacks"):
            (found,) = self._stacks.describe_stacks(StackName=stack)["Stacks"]
        return str(found["StackStatus"]).endswith("ROLLBACK_IN_PROGRESS")

    def _bundle(self, properties: Properties) -> Bundle:
        from sojourn.domain.compile.bundle import Bundle

        with trying_again("GetObject"):
            found = self._s3.get_object(Bucket=properties.bucket, Key=properties.key)["Body"].read()
        return Bundle.from_json(json.loads(found))

    def _with_room(self, journey: CompiledJourney, machine: str, revision: str | None, stack: str) -> str:
        """Publish a version and return its ARN; old ones of the machine go where there is no room for it."""
        try:
            return self._published(journey, machine, revision, stack)
        except MachineFull:
            if self._old is None or not make_room(self._states, journey.name, machine, self._old):
                raise
        return self._published(journey, machine, revision, stack)

    def _published(self, journey: CompiledJourney, machine: str, revision: str | None, stack: str) -> str:
        """Publish a version and return its ARN; of an unchanged machine that is the version there is already."""
        which = {"revisionId": revision} if revision else {}
        asked = {"stateMachineArn": machine, "description": journey.version}
        with trying_again("PublishStateMachineVersion"):
            try:
                answer = self._states.publish_state_machine_version(**asked, **which)
            except ClientError as error:
                if code_of(error) == FULL:
                    raise MachineFull(journey.name) from error
                # A machine that was changed and changed back is as before, under another revision.
                if code_of(error) != "ConflictException" or not which or not self._taken_back(stack):
                    raise
                answer = self._states.publish_state_machine_version(**asked)
        return str(answer["stateMachineVersionArn"])


def _name_of(stack: str) -> str:
    """Return the name of a stack, given its ARN."""
    return stack.split(":stack/", 1)[-1].split("/", 1)[0]


def register(request: Mapping[str, Any]) -> None:
    """Do what a request asks for, with what the function's environment names."""
    from sojourn.adapters.dynamodb.counters import under_way
    from sojourn.adapters.dynamodb.history import History
    from sojourn.adapters.dynamodb.registry import Registry
    from sojourn.aws_runtime.clients import Clients
    from sojourn.aws_runtime.publishing.old_versions import KeptVersions
    from sojourn.aws_runtime.settings import Settings

    settings, clients = Settings.read(os.environ, "table"), Clients()
    dynamodb = clients.now("dynamodb")
    registering = Registering(
        clients.now("s3"),
        clients.now("stepfunctions"),
        clients.later("cloudformation"),
        lambda owner: Registry(dynamodb, settings.table, owner),
        lambda journey: under_way(dynamodb, settings.table, journey),
        History(dynamodb, settings.table),
        old=KeptVersions(dynamodb, settings.table),
    )
    registering(request)
