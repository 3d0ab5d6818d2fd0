"""Makes the state machines of journeys that are published while everything runs: creates, changes, publishes a version.

A journey has one machine, named after it, and every version of the journey is a version of that machine: immutable, so
that whoever is in it goes on as they began. Everything may be asked for again: the same definition is then another
version of the machine at worst, which nobody starts. AWS lets a hundred be made at once, and one a second from then
on; whoever calls hears `Throttled` and comes again. And it keeps a thousand versions of a machine, no more: where there
is no room for another one, old ones go that no run is started on any more. Which those are somebody else knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from sojourn.adapters.stepfunctions.full_machines import (
    BUSY,
    FULL,
    SECONDS,
    MachineFull,
    OldVersions,
    make_room,
)
from sojourn.adapters.transient_errors import code_of, trying_again
from sojourn.errors import AuthorError, Throttled

LONGEST_NAME = 80
"""Characters; Step Functions' own limit."""
ANYWHERE = ".at"
"""What the name of a machine ends with that can begin at any step. No journey's name has a full stop in it."""
_OTHER_CALL = frozenset(("StateMachineDoesNotExist", "StateMachineAlreadyExists"))
_WRONG = frozenset(("InvalidDefinition", "InvalidName", "StateMachineLimitExceeded"))
"""What trying again does not mend: somebody has to do something."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every machine is made with.

    Args:
        prefix: what the machines' ARNs begin with, up to the journey's name.
        role: the ARN of the role that machines take on.
        log_group: the ARN of the log group that they tell of errors; "" for none.
        placeholders: placeholder in a definition -> the ARN that stands there.
    """

    prefix: str
    role: str
    log_group: str
    placeholders: Mapping[str, str]


class MachineDeleting(AuthorError):
    """A machine of this name is being deleted; AWS does that only once all its executions have ended."""


class Machines:
    """The state machines of one deployment.

    Args:
        client: a Step Functions client.
        old: says which versions may go where a machine is full; None lets none go.
    """

    def __init__(self, client: Any, around: Surroundings, old: OldVersions | None = None) -> None:
        self._client = client
        self._around = around
        self._old = old

    def arn(self, journey: str, *, anywhere: bool = False) -> str:
        """Return the ARN of a journey's machine, without a version.

        Args:
            anywhere: of the one that can begin at any step.

        Raises:
            AuthorError: the name would be longer than Step Functions takes.
        """
        begins, _, prefix = self._around.prefix.rpartition(":")
        name = f"{prefix}{journey}"
        if len(name) > LONGEST_NAME:
            raise AuthorError(
                f'journey "{journey}": its state machine would be called {name}, and Step Functions takes'
                f" {LONGEST_NAME} characters: shorten it by {len(name) - LONGEST_NAME}"
            )
        if anywhere:
            told = f"{name}{ANYWHERE}"
            # A name that leaves no room for the ending is cut, and told from others by a hash.
            cut = f"{name[:68]}.{sha256(name.encode()).hexdigest()[:8]}{ANYWHERE}"
            name = told if len(told) <= LONGEST_NAME else cut
        return f"{begins}:{name}"

    def publish(
        self, journey: str, version: str, definition: Mapping[str, Any], *, anywhere: bool = False
    ) -> str:
        """Return the ARN of a version of the journey's machine that runs *definition*; make what is missing.

        Args:
            version: of the journey; the machine's version is described by it.

        Raises:
            Throttled: too many were made in a short time; there is room again in a moment.
            TransientError: Step Functions is ill or not to be reached.
            AuthorError: Step Functions refuses the definition, the name or one more machine; or the machine is just
                being deleted, or full.
        """
        arn = self.arn(journey, anywhere=anywhere)
        asked = self._asked(version, definition)
        try:
            return self._version(journey, arn, asked)
        except MachineFull:
            if self._old is None or not make_room(self._client, journey, arn, self._old):
                raise
        return self._version(journey, arn, asked)

    def _version(self, journey: str, arn: str, asked: Mapping[str, Any]) -> str:
        # A journey is changed more often than it is new.
        answer = self._made(journey, "UpdateStateMachine", stateMachineArn=arn, **asked)
        if answer is None:
            name = arn.rpartition(":")[2]
            answer = self._made(journey, "CreateStateMachine", name=name, type="STANDARD", **asked)
        if answer is None:
            # Somebody else made it between the two calls.
            answer = self._made(journey, "UpdateStateMachine", stateMachineArn=arn, **asked)
        if answer is None:
            raise MachineDeleting(f'journey "{journey}": its state machine comes and goes: try again')
        return str(answer["stateMachineVersionArn"])

    def _asked(self, version: str, definition: Mapping[str, Any]) -> dict[str, Any]:
        text = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for placeholder, arn in self._around.placeholders.items():
            text = text.replace(placeholder, arn)
        asked: dict[str, Any] = {
            "definition": text, "roleArn": self._around.role, "tracingConfiguration": {"enabled": True},
            "publish": True, "versionDescription": version,
        }  # fmt: skip
        if self._around.log_group:
            group = self._around.log_group.removesuffix(":*")
            asked["loggingConfiguration"] = {
                "level": "ERROR", "includeExecutionData": False,
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": f"{group}:*"}}],
            }  # fmt: skip
        return asked

    def _made(self, journey: str, operation: str, **asked: Any) -> Mapping[str, Any] | None:
        """Call; return None where the other of the two calls is the right one."""
        call = {"UpdateStateMachine": "update_state_machine", "CreateStateMachine": "create_state_machine"}
        with trying_again(operation):
            try:
                answer: Mapping[str, Any] = getattr(self._client, call[operation])(**asked)
            except ClientError as error:
                name = code_of(error)
                if name in _OTHER_CALL:
                    return None
                if name in BUSY:
                    raise Throttled(f"{operation}: {name}", SECONDS) from error
                if name == "StateMachineDeleting":
                    raise MachineDeleting(
                        "a state machine of this name is being deleted, which AWS does once its executions have"
                        " ended: wait for that, or rename the journey"
                    ) from error
                if name == FULL:
                    raise MachineFull(journey) from error
                if name in _WRONG:
                    said = str(error.response.get("Error", {}).get("Message", ""))
                    raise AuthorError(f"{operation}: {name}: {said}") from error
                raise
        return answer


def is_there(client: Any, machine: str, version: str) -> bool:
    """Say whether a machine's version is there to be started, and is that of a journey's version.

    AWS uses no number twice "for a given state machine" (Step Functions Developer Guide, "State machine versions"), and
    does not say whether one that is made anew under the name of a deleted one counts on or begins with 1. So what a
    version is described by counts, too; one that says nothing was made by a stack of an earlier release. Where AWS
    takes two versions of a journey that differ in no step for one, the second seems not to be there: it is made again.

    Args:
        client: a Step Functions client.
        machine: the ARN of the machine's version.
        version: of the journey.

    Raises:
        TransientError: Step Functions is ill or not to be reached.
    """
    with trying_again("DescribeStateMachine"):
        try:
            found = client.describe_state_machine(stateMachineArn=machine, includedData="METADATA_ONLY")
        except ClientError as error:
            if code_of(error) != "StateMachineDoesNotExist":
                raise
            return False
    return bool(found["status"] == "ACTIVE" and found.get("description") in {None, "", version})
