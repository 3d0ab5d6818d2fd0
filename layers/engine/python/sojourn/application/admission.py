"""Says whether an audience may enter a journey at all, before anything of it is begun.

Is the journey there, is it for audiences, is the segment there, is it open? It knows no row and no table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.application.calling import AUDIENCE, lets_in
from sojourn.domain.control import STOPPED
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.application.ports import Catalogue
    from sojourn.domain.compile.compiled import CompiledJourney

NO_JOURNEY, NO_SEGMENT, NOT_FOR_AUDIENCES, IS_STOPPED = (
    "no_journey", "no_segment", "not_for_audiences", "stopped",
)  # fmt: skip


class NotAdmitted(AuthorError):
    """An audience cannot enter a journey; the message says why.

    Args:
        code: one word for programs.
        known: the names there are instead, where one was not found.
    """

    def __init__(self, code: str, message: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.known = known


def journey_for(catalogue: Catalogue, name: str, segment: str = "", by: str = AUDIENCE) -> CompiledJourney:
    """Return the journey that an audience enters: as it is live, else its draft.

    Args:
        segment: whose members are to enter; "" for the rows of a file.
        by: `AUDIENCE` or `SCHEDULE`.

    Raises:
        NotAdmitted: it is not there, or not for such an audience; or there is no such segment.
    """
    journey = catalogue.current(name) or catalogue.draft(name)
    if journey is None:
        raise NotAdmitted(NO_JOURNEY, f'there is no journey "{name}" here')
    segments = tuple(sorted(rule.name for rule in catalogue.segments))
    if segment and segment not in segments:
        raise NotAdmitted(NO_SEGMENT, f'there is no segment "{segment}" here', segments)
    if not lets_in(journey, by, segment):
        raise NotAdmitted(
            NOT_FOR_AUDIENCES,
            f'nobody enters the journey "{name}" by an audience: its `enter` names neither `audience` nor `on: api`'
            + (", nor this segment" if segment else ""),
        )
    return journey


def ask_first(catalogue: Catalogue, name: str, segment: str = "") -> None:
    """Do nothing where an audience can be begun.

    Raises:
        NotAdmitted: it cannot, and nobody of it would enter.
    """
    journey_for(catalogue, name, segment)
    if catalogue.control(name).entries == STOPPED:
        raise NotAdmitted(IS_STOPPED, f'nobody enters the journey "{name}" any more: it was stopped')
