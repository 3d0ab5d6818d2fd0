"""`migration.yaml`, beside a journey: what becomes of customers who are in an earlier version of it.

Without one they finish on the version they began with. What stands here holds for one publication: it names the version
that it leads from, so that a file which was forgotten does nothing.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag

from sojourn.domain.journey.model.authored import Authored, StepId, form_of

Version = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", examples=["3f9c2ab41d07"])]
"""A version as `sojourn status` and `sojourn history` name it."""


class Move(Authored):
    """Go on at a step of the new version, with what is left of a wait, what was sent, and the entry."""

    move: StepId = Field(description="a step of the journey as it is now, by its id")


Fate = Annotated[
    Annotated[Literal["stay", "drain", "exit"], Tag("word")] | Annotated[Move, Tag("move")],
    form_of({"move": "move"}, text="word"),
]
"""stay: finish on the earlier version · move · drain: finish the current wait, then exit · exit: now."""


class Migration(Authored):
    """Who goes where, by the step of the earlier version they are at."""

    from_: Version = Field(alias="from", description="the version that this leads from")
    steps: dict[StepId, Fate] = Field(
        {}, description="step of the earlier version -> what becomes of those who are at it",
        examples=[{"wait_1": {"move": "reminder"}, "call": "drain"}],
    )  # fmt: skip
    otherwise: Fate = Field("stay", description="what becomes of those who are at any other step")
