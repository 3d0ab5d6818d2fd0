"""What is told of who reads a message: the workspace's word, and the journey's, which counts more.

Both travel as plain settings, with nothing in them but what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Tracking:
    """What is told of one message.

    Args:
        opens: whether an email holds a picture that tells it was opened.
        clicks: whether links with `track` lead through ours.
        utm: what is put on links with `track`: `utm_source` and its siblings, without the `utm_`; may be empty.
    """

    opens: bool = True
    clicks: bool = True
    utm: Mapping[str, str] = field(default_factory=dict)


def tracking_of(
    workspace: Mapping[str, Any], journey: Mapping[str, Any], defaults: Mapping[str, str]
) -> Tracking:
    """Return what is told of a message.

    Args:
        workspace, journey: settings, as a journey and the policy have them.
        defaults: what a link says where nobody said anything else: source, medium, campaign, content.
    """
    said = {**workspace, **journey}
    opens, clicks = bool(said.get("opens", True)), bool(said.get("clicks", True))
    if said.get("utm", False) is False:
        return Tracking(opens, clicks)
    written = [one["utm"] for one in (workspace, journey) if isinstance(one.get("utm"), Mapping)]
    utm = {name: value for one in (defaults, *written) for name, value in one.items()}
    return Tracking(opens, clicks, {name: value for name, value in utm.items() if value})
