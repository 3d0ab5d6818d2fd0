"""Registers what a deployment brings: a version of every journey's state machine, then everything in the table.

The registry comes last, and says in one step what customers enter from then on; whoever is on their way stays on the
version they began with. Everything may be asked for twice. It knows nothing of CloudFormation's answers.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from sojourn.adapters.transient_errors import trying_again
from sojourn.errors import Conflict, TransientError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.registry import Registry
    from sojourn.domain.compile.bundle import Bundle


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
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    bucket: str = Field(validation_alias="Bucket", min_length=1)
    key: str = Field(validation_alias="Key", min_length=1)
    machines: dict[str, str] = Field(validation_alias="Machines")
    revisions: dict[str, str] = Field(default={}, validation_alias="Revisions")
    owner: str = Field(default=OWNER, validation_alias="Owner")


class RegistrationError(RuntimeError):
    """A deployment that does not fit together."""


class Registering:
    """Does what a request of the stack asks for.

    Args:
        s3, states: clients of S3 and Step Functions.
        registry: of an owner.
    """

    def __init__(
        self,
        s3: Any,
        states: Any,
        registry: Callable[[str], Registry],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._s3 = s3
        self._states = states
        self._registry = registry
        self._pause = pause

    def __call__(self, request: Mapping[str, Any]) -> None:
        """Register on `Create` and `Update`; withdraw on `Delete`, which ends no run and deletes no data.

        Raises:
            RegistrationError, ValidationError, AuthorError: the deployment does not fit together, or is too large.
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
        if request["RequestType"] == "Delete":
            owner = request.get("ResourceProperties", {}).get("Owner") or OWNER
            self._registry(str(owner)).withdraw()
            return
        properties = Properties.model_validate(request["ResourceProperties"])
        bundle = self._bundle(properties)
        journeys = {journey.name for journey in bundle.journeys}
        if journeys != set(properties.machines):
            odd = ", ".join(sorted(journeys ^ set(properties.machines)))
            raise RegistrationError(f"the bundle and the state machines are not of the same journeys: {odd}")
        versions = {
            journey: self._published(machine, properties.revisions.get(journey))
            for journey, machine in properties.machines.items()
        }
        self._registry(properties.owner).register(bundle, versions)

    def _bundle(self, properties: Properties) -> Bundle:
        from sojourn.domain.compile.bundle import Bundle

        with trying_again("GetObject"):
            found = self._s3.get_object(Bucket=properties.bucket, Key=properties.key)["Body"].read()
        return Bundle.from_json(json.loads(found))

    def _published(self, machine: str, revision: str | None) -> str:
        """Publish a version and return its ARN; of an unchanged machine that is the version there is already."""
        which = {"revisionId": revision} if revision else {}
        with trying_again("PublishStateMachineVersion"):
            answer = self._states.publish_state_machine_version(stateMachineArn=machine, **which)
        return str(answer["stateMachineVersionArn"])


def register(request: Mapping[str, Any]) -> None:
    """Do what a request asks for, with what the function's environment names."""
    from sojourn.adapters.dynamodb.registry import Registry
    from sojourn.aws_runtime.clients import Clients
    from sojourn.aws_runtime.settings import Settings

    settings, clients = Settings.read(os.environ, "table"), Clients()
    dynamodb = clients.now("dynamodb")
    registering = Registering(
        clients.now("s3"),
        clients.now("stepfunctions"),
        lambda owner: Registry(dynamodb, settings.table, owner),
    )
    registering(request)
