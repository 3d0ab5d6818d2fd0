"""Makes the machines in which runs go on in the middle: for the versions of journeys that customers are in.

They are made when they are first needed, as most versions never need one: after a pause, or when runs come from another
version. It knows no runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.versions import StoredVersions
from sojourn.application.publishing import Operation
from sojourn.aws_runtime.publishing.old_versions import peopled
from sojourn.aws_runtime.publishing.operating import SPARE
from sojourn.errors import NoSuchMachine, Throttled

if TYPE_CHECKING:
    from sojourn.adapters.stepfunctions.machines import Machines
    from sojourn.aws_runtime.publishing.backing import Backing


class AnywhereMachines:
    """The machines that can begin at any step.

    Args:
        at_machine: journey and version -> the ARN of the one there is, "" for none.
        pause: waits so many seconds, where machines cannot be made faster.
    """

    def __init__(
        self, backing: Backing, machines: Machines, at_machine: Callable[[str, str], str],
        pause: Callable[[float], None],
    ) -> None:  # fmt: skip
        self._backing = backing
        self._machines = machines
        self._at_machine = at_machine
        self._pause = pause
        self._versions = StoredVersions(backing.dynamodb, backing.table)

    def for_runs_of(self, journey: str, seconds_left: Callable[[], float]) -> bool:
        """Make what is missing for every version that customers are in; say whether the time sufficed.

        A version for which none can be made holds no other up: each of its runs says so when it is to go on.
        """
        for version in sorted(peopled(self._backing.live, journey)):
            with suppress(NoSuchMachine):
                if not self.make(journey, version, seconds_left):
                    return False
        return True

    def make(self, journey: str, version: str, seconds_left: Callable[[], float]) -> bool:
        """Make the machine of a version, if it is missing; say whether the time sufficed.

        Raises:
            NoSuchMachine: none can be made: a release that did not keep what it is made of published the version.
        """
        from sojourn.domain.compile.anywhere import beginning_anywhere

        if self._at_machine(journey, version):
            return True
        definition = self._backing.live.definition(journey, version)
        if definition is None:
            raise NoSuchMachine(
                f'version {version} of journey "{journey}" was deployed by an earlier release, which did not keep what'
                " it is made of: deploy or publish it once more",
                version,
            )
        machine = self._publish(journey, version, definition, beginning_anywhere, seconds_left)
        if machine:
            self._versions.keep_machine(journey, version, machine, at=True)
        return bool(machine)

    def _publish(
        self, journey: str, version: str, definition: Mapping[str, Any],
        beginning_anywhere: Callable[[Mapping[str, Any]], Mapping[str, Any]], seconds_left: Callable[[], float],
    ) -> str:  # fmt: skip
        varied = beginning_anywhere(definition)
        if varied is definition:
            # The usual machine can begin anywhere already.
            return self._versions.read(journey, version)[1]
        while seconds_left() > SPARE:
            try:
                return self._machines.publish(journey, version, varied, anywhere=True)
            except Throttled as busy:
                self._pause(busy.seconds)
        return ""


def journeys_of(backing: Backing, operation: Operation, every: str) -> tuple[str, ...]:
    """Return the journeys that an operation is about: the one that it names, or all there ever were, sorted.

    Customers may be in one that was withdrawn: what is told to all is told to them.
    """
    journey = str(operation.asked["journey"])
    return tuple(sorted(backing.live.state().journeys)) if journey == every else (journey,)
