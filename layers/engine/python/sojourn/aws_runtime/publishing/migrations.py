"""Lets customers who are in an earlier version of a journey go on in the live one, or leave: by a call, or with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.application.pacing import FASTEST, SLOWEST
from sojourn.application.publishing import Operation, Signed
from sojourn.aws_runtime.api.http import Answer
from sojourn.aws_runtime.publishing.backing import Backing
from sojourn.aws_runtime.publishing.calls import ControlCall, Refusal, known, wrong
from sojourn.aws_runtime.publishing.fates import misfitting
from sojourn.aws_runtime.publishing.operating import Given
from sojourn.aws_runtime.publishing.publications import VERSION, accepted, journey_of
from sojourn.domain.change.migration import DRAIN, EXIT, MOVE, STAY, MigrationMap
from sojourn.domain.change.outline import Outline

if TYPE_CHECKING:
    from sojourn.aws_runtime.publishing.workspaces import Compiled

KIND = "migrate"
MOST_STEPS = 1_000


class Migrations:
    """The call."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing

    def migrate(self, call: ControlCall) -> Answer:
        """Queue a migration to the live version.

        Raises:
            Refusal: there is no such journey or version, the map does not fit, or another version is live by now.
        """
        known(call, "map", "expected", "rate", "message")
        fates, name, rate = _map(call), journey_of(call), call.number("rate", SLOWEST, FASTEST)
        live = self._backing.live.journey(name)
        if live is None or not live.version:
            raise Refusal(404, "no_journey", "there is no journey of this name that anybody enters")
        expected = call.text("expected")
        if expected and expected != live.version:
            said = f"{live.version} is live by now, and you expected {expected}: look at the plan again"
            raise Refusal(409, "changed_meanwhile", said, {"live": live.version})
        if wrongs := misfitting(self._backing.live, name, fates, live.version):
            raise Refusal(422, "bad_migration", "; ".join(wrongs), {"wrong": list(wrongs)})
        signed = self._backing.signed(call.by, call.text("message"))
        return accepted(
            self._backing.queued(written_down(self._backing, signed, name, fates, live.version, rate))
        )


def written_down(
    backing: Backing, signed: Signed, journey: str, fates: MigrationMap, version: str, rate: float = 0.0
) -> str:  # fmt: skip
    """Write the operation down that moves runs, and who asked for it, once; return its id. It is queued after that.

    Args:
        rate: so many runs a second at most; 0 for as many as all operations may have together.
    """
    asked = {
        "journey": journey,
        "version": version,
        "map": fates.to_json(),
        **({"rate": rate} if rate else {}),
    }
    operation = Operation(signed.id, KIND, signed.by, signed.at, journey, signed.message, asked=asked)
    told = {"operation": operation.id, "from": fates.before, "to": version}
    backing.tell(signed, "migrated", journey, told, operation)
    return operation.id


def refuse_migrations(
    backing: Backing, workspace: Compiled, journeys: Mapping[str, Mapping[str, str]]
) -> None:
    """Find what speaks against what is written beside journeys that change.

    Args:
        journeys: those that change, each with the `version` that it would have.

    Raises:
        Given: something does.
    """
    for journey, fates in leading_on(workspace, journeys).items():
        outline = Outline.from_json(workspace.bundle.outlines[journey])
        if wrongs := misfitting(backing.live, journey, fates, journeys[journey]["version"], outline):
            said = f"{journey}/migration.yaml: {'; '.join(wrongs)}"
            raise Given("bad_migration", said, {"wrong": list(wrongs)})


def migrations(
    backing: Backing, workspace: Compiled, signed: Signed, journeys: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Queue what is to become of those who are in earlier versions; once, however often this is done.

    Raises:
        TransientError: not now; where the queue is ill, whoever carries the publication out comes again.
    """
    leading = leading_on(workspace, journeys)
    queued = {
        name: written_down(
            backing, replace(signed, id=f"{signed.id}-{number}"), name, leading[name], journeys[name]["version"]
        )
        for number, name in enumerate(sorted(journeys), 1)
        if name in leading
    }  # fmt: skip
    for operation_id in queued.values():
        backing.put({"operation": operation_id}, 0.0)
    return {"migrations": queued} if queued else {}


def leading_on(workspace: Compiled, journeys: Mapping[str, Mapping[str, str]]) -> dict[str, MigrationMap]:
    """Return the maps of journeys that change, but for one that leads from the very version that is published.

    So it is where somebody goes back to an earlier version and leaves the file where it was: nobody is to be moved.
    """
    return {
        name: fates
        for name, fates in workspace.migrations.items()
        if name in journeys and fates.before != journeys[name]["version"]
    }


def _map(call: ControlCall) -> MigrationMap:
    """Read the map of a call."""
    said: Any = call.body.get("map")
    if not isinstance(said, dict) or said.keys() - {"from", "steps", "otherwise"}:
        raise wrong("map", "an object is wanted, with from, steps and otherwise")
    before, steps, otherwise = said.get("from"), said.get("steps") or {}, said.get("otherwise") or STAY
    if not isinstance(before, str) or not VERSION.fullmatch(before):
        raise wrong("map", "from: the version is wanted that runs come from")
    if not isinstance(steps, dict) or len(steps) > MOST_STEPS:
        raise wrong("map", "steps: an object is wanted, of steps and what becomes of those who are there")
    for fate in (*steps.values(), otherwise):
        to = fate.get(MOVE) if isinstance(fate, dict) and fate.keys() == {MOVE} else fate
        if not isinstance(to, str) or (to is fate and fate not in (STAY, DRAIN, EXIT)):
            raise wrong("map", "each step says stay, drain, exit, or an object with move")
    return MigrationMap.from_json({"from": before, "steps": steps, "otherwise": otherwise})
