"""`tracking` in `workspace.yaml` and `journey.yaml`: what is told of who reads a message, and what its links say."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from sojourn.domain.journey.model.authored import Authored, Text

HOST = r"^(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$"

Host = Annotated[str, Field(pattern=HOST, max_length=253, examples=["www.acme.example", "*.acme.example"])]
"""A host's name; `*.` before it: whatever is below it."""
UTM = ("source", "medium", "campaign", "content")


class Utm(Authored):
    """What web analytics read from a link; what is left away says where the message came from."""

    source: Text | None = Field(None, description="default: the workspace")
    medium: Text | None = Field(None, description="default: the channel")
    campaign: Text | None = Field(None, description="default: the journey")
    content: Text | None = Field(None, description="default: the step")


def _form(data: Any) -> str:
    return "parameters" if isinstance(data, dict | Utm) else "switch"


class Tracking(Authored):
    """What is told of who reads a message; a journey's own word counts more than its workspace's."""

    opens: bool | None = Field(
        None, description="a picture in each email tells that it was opened (default: true)"
    )
    clicks: bool | None = Field(
        None, description="links with `track` lead through ours, which tells of the click (default: true)"
    )
    utm: (
        Annotated[Annotated[bool, Tag("switch")] | Annotated[Utm, Tag("parameters")], Discriminator(_form)]
        | None
    ) = Field(None, description="links with `track` carry utm_source and its siblings (default: false)")
    hosts: Annotated[list[Host], Field(min_length=1, max_length=100)] | None = Field(
        None,
        description="where links with `track` may lead; `*.` before a name: to all below it (default: anywhere)",
    )
