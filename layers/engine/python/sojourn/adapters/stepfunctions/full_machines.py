"""Makes room where a state machine has as many versions as AWS keeps of one, which is a thousand.

The oldest go that no run is started on any more; which those are somebody else knows. Whoever is on their way in one
goes on: AWS lets executions of a version that was deleted end as they would.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from botocore.exceptions import ClientError

from sojourn.adapters.transient_errors import code_of, trying_again
from sojourn.errors import AuthorError, Throttled

FULL = "ServiceQuotaExceededException"
"""What AWS says where a machine has as many versions as it may have."""
BUSY = frozenset(("ConflictException", "ThrottlingException", "Throttling", "TooManyRequestsException"))
"""What it says where too many come at once; a conflict is two who make, or delete, versions of one machine."""
SECONDS = 1.0
"""After so many seconds there is room for another one."""
NEWEST, AT_A_TIME = 100, 50
"""So many of a machine's versions stay, the newest: some may be made for what is not registered yet. And so many of the
others are deleted at a time, the oldest."""


class MachineFull(AuthorError):
    """A machine has as many versions as AWS takes, and none of them can go."""

    def __init__(self, journey: str) -> None:
        super().__init__(
            f'journey "{journey}": its state machine has as many versions as Step Functions keeps, and customers are in'
            " the old ones, or one may go back to them: move customers to a later version (sojourn migrate), or give"
            " the journey another name"
        )


class OldVersions(Protocol):
    """Which versions of machines are still needed."""

    def stays(self, journey: str) -> Collection[str]:
        """Return the ARNs of versions that runs of a journey may still be started on."""

    def forget(self, journey: str, machines: Collection[str]) -> None:
        """Hear that versions of a journey's machines are about to go."""


def make_room(client: Any, journey: str, machine: str, old: OldVersions) -> bool:
    """Delete the oldest versions of a machine that no run is started on any more; say whether any went.

    Args:
        client: a Step Functions client.
        machine: the ARN of one of the journey's machines, without a version.

    Raises:
        Throttled: AWS is busy, and none went yet.
        TransientError: Step Functions is ill or not to be reached.
    """
    stays, gone = old.stays(journey), False
    going = [one for one in _versions(client, machine)[:-NEWEST] if one not in stays][:AT_A_TIME]
    # First, so that nobody finds one that is no more.
    old.forget(journey, going)
    for version in going:
        with trying_again("DeleteStateMachineVersion"):
            try:
                client.delete_state_machine_version(stateMachineVersionArn=version)
            except ClientError as error:
                if code_of(error) not in BUSY:
                    raise
                if gone:
                    break
                raise Throttled(f"DeleteStateMachineVersion: {code_of(error)}", SECONDS) from error
        gone = True
    return gone


def _versions(client: Any, machine: str) -> list[str]:
    """Return the ARNs of a machine's versions, the oldest first."""
    found: list[str] = []
    asked: dict[str, Any] = {"stateMachineArn": machine, "maxResults": 1_000}
    while True:
        with trying_again("ListStateMachineVersions"):
            page = client.list_state_machine_versions(**asked)
        found += [one["stateMachineVersionArn"] for one in page["stateMachineVersions"]]
        if not page.get("nextToken"):
            return found[::-1]
        asked["nextToken"] = page["nextToken"]
