"""What is told of who reads a message: the workspace's word, and the journey's, which counts more.

Both travel as plain settings, with nothing in them but what somebody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

_WEB = re.compile(r"[\x00-\x20]*(?:h\s*t\s*t\s*p\s*s?\s*:|[/\\]\s*[/\\])", re.IGNORECASE)
"""How an address of the web may begin that a browser understands, however it is written."""
_ADDRESS = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]{1,5})?(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
"""One whose host can be read in one way only: no name or password before it, and plain letters."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """What is told of one message.

    Args:
        opens: whether an email holds a picture that tells it was opened.
        clicks: whether links with `track` lead through ours.
        utm: what is put on links with `track`: `utm_source` and its siblings, without the `utm_`; may be empty.
        hosts: where links with `track` may lead, `*.` before a name for all below it; empty: anywhere.
    """

    opens: bool = True
    clicks: bool = True
    utm: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()


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
    hosts = tuple(said.get("hosts") or ())
    if said.get("utm", False) is False:
        return Tracking(opens, clicks, hosts=hosts)
    written = [one["utm"] for one in (workspace, journey) if isinstance(one.get("utm"), Mapping)]
    utm = {name: value for one in (defaults, *written) for name, value in one.items()}
    return Tracking(opens, clicks, {name: value for name, value in utm.items() if value}, hosts)


def leads_elsewhere(url: str, hosts: Collection[str]) -> bool:
    """Say whether an address leads to no host that links may lead to; what is no address of the web leads nowhere.

    It is read as browsers read it (the URL Standard): a backslash is a slash to them, and they leave out line breaks.
    Where what they make of it is not certain, it leads elsewhere.

    Args:
        hosts: as `Tracking` has them; empty: anywhere.
    """
    if not hosts or not _WEB.match(url):
        return False
    match = _ADDRESS.fullmatch(url.strip())
    if match is None:
        return True
    name = match[1].lower().removesuffix(".")
    return not any(
        name.endswith(host[1:].lower()) if host.startswith("*.") else name == host.lower() for host in hosts
    )
