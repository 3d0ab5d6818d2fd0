"""Has the deployment put events in quarantine on the bus again, or drop them: as many at a time as one call takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.adapters.dynamodb.quarantine import AT_MOST
from sojourn.cli.control_client import CallRefused

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.quarantine import Listed
    from sojourn.cli.controlled import Controlled

_NO_TIME = "the deployment had no time for any more of them: the same again does the rest"


@dataclass(slots=True)
class Came:
    """What came of it.

    Args:
        done: those with which it was done; one that was gone already is nowhere.
        refused: those that the bus did not take, and why.
        left: those that nobody came to.
        refusal: why no more was done; None where nothing was refused.
    """

    done: list[Listed] = field(default_factory=list)
    refused: list[tuple[Listed, str]] = field(default_factory=list)
    left: Sequence[Listed] = ()
    refusal: CallRefused | None = None


def each(controlled: Controlled, route: str, chosen: Sequence[Listed], reason: str | None) -> Came:
    """Call as often as it takes; where a call is refused, what was done before it counts.

    Args:
        route: `replay` or `drop`.
    """
    came = Came(left=chosen)
    while came.left:
        now, later = came.left[:AT_MOST], came.left[AT_MOST:]
        named = {(one.customer, one.id): one for one in now}
        asked = [{"customer": customer, "id": id_} for customer, id_ in named]
        try:
            said = controlled.call(route, {"events": asked, "reason": reason})
        except CallRefused as refused:
            came.refusal = refused
            return came
        came.done += [named[one["customer"], one["id"]] for one in said["done"]]
        came.refused += [(named[one["customer"], one["id"]], one["why"]) for one in said["refused"]]
        left = [named[one["customer"], one["id"]] for one in said["left"]]
        came.left = [*left, *later]
        if len(left) == len(now):
            # There was no time for a single one: the deployment is too busy for more.
            came.refusal = CallRefused(503, "try_again", _NO_TIME, {})
            return came
    return came
