"""Takes a journey back to a version whose state machine is gone: it is made anew, of what was kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.application.publishing import ChangedMeanwhile, Operation, Signed
from sojourn.aws_runtime.publishing.operating import Given, Outcome, finished
from sojourn.aws_runtime.publishing.taken_back import rolled_back, told_as

if TYPE_CHECKING:
    from sojourn.adapters.stepfunctions.machines import Machines
    from sojourn.aws_runtime.publishing.backing import Backing


class RollingBack:
    """Carries out operations of the kind `rollback`; usual ones need none, and are done at once."""

    def __init__(self, backing: Backing, machines: Machines) -> None:
        self._backing = backing
        self._machines = machines

    def __call__(
        self, operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        """Make the machine, and let customers enter the version again.

        Raises:
            Given: the version was not kept, or somebody published meanwhile.
            AuthorError: the journey is another owner's.
            Conflict, TransientError: not now.
        """
        journey, version = operation.journey, str(operation.asked["to"])
        if self._backing.history.told(told_as(operation.id)) is not None:
            # Whoever worked at it before came that far; somebody may have published since.
            noted = self._backing.live.publications(journey)
            return finished({"publication": next(one.to_json() for one in noted if one.id == operation.id)})
        definition = self._backing.live.definition(journey, version)
        if definition is None:
            raise Given(
                "no_definition",
                f'version {version} of journey "{journey}" was not kept: publish its files again',
            )
        machine = self._machines.publish(journey, version, definition)
        signed = Signed(operation.by, operation.at, operation.message, operation.id)
        try:
            publication = self._backing.registry.roll_back(
                journey, version, operation.asked["expected"], signed, machine=machine,
                also=rolled_back(self._backing, signed),
            )  # fmt: skip
        except ChangedMeanwhile as changed:
            changes = [one.to_json() for one in changed.changes]
            raise Given("changed_meanwhile", str(changed), {"changes": changes}) from None
        return finished({"publication": publication.to_json()})
