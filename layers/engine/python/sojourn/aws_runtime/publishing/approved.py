"""What somebody approves: they are shown what changes, as the upload says it; and it is done, or nothing is.

What is shown is kept with the operation, and comes of what was uploaded, not of what whoever asks has to show. Others
may have published before it is approved: then nobody has seen what it would change.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.live import publications_since
from sojourn.application.publishing import SETTINGS, ChangedMeanwhile
from sojourn.aws_runtime.publishing.operating import Given

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.aws_runtime.publishing.backing import Backing

_SETTINGS, _OUTLINE = "waits#settings", "waits#journey#"
_LONGEST = 350_000
"""Characters of what one row keeps; what is longer is not shown."""


def show(
    backing: Backing, operation_id: str, settings: str, outlines: Mapping[str, Mapping[str, Any]],
    journeys: Iterable[str],
) -> None:  # fmt: skip
    """Keep what whoever approves an operation is to see; the same again changes nothing.

    Args:
        settings: what all journeys share, as it would be.
        outlines: journey -> what its author wrote, as `Outline.to_json` gives it.
        journeys: those that change.
    """
    parts: dict[str, Any] = {_SETTINGS: settings}
    parts |= {f"{_OUTLINE}{name}": outlines[name] for name in journeys}
    for part, told in parts.items():
        text = b64encode(gzip.compress(json.dumps(told).encode(), mtime=0)).decode()
        if len(text) <= _LONGEST:
            backing.operations.move(operation_id, part, "", text)


def shown_settings(operations: Operations, operation_id: str) -> str | None:
    """Return what all journeys would share; None where it was not kept."""
    told: str | None = _shown(operations, operation_id, _SETTINGS)
    return told


def shown_outline(operations: Operations, operation_id: str, journey: str) -> Mapping[str, Any] | None:
    """Return what the author of a journey wrote; None where it was not kept."""
    told: Mapping[str, Any] | None = _shown(operations, operation_id, f"{_OUTLINE}{journey}")
    return told


def refuse_unapproved(
    backing: Backing, approved: Mapping[str, Any] | None, planned: Mapping[str, Any]
) -> None:
    """Find whether a publication would change what nobody saw who approved it; to change less is no matter.

    Args:
        approved: what they saw: `journeys`, each with its `version` and the one `before`, and whether the `settings`
            change; None where nobody was asked.
        planned: the same, of what it would change now.

    Raises:
        Given: somebody published since.
    """
    if approved is None:
        return
    seen: Mapping[str, Mapping[str, str]] = approved["journeys"]
    unseen = {
        name: seen.get(name, {}).get("before", "")
        for name, told in planned["journeys"].items()
        # Where the version stays, only a draft goes.
        if seen.get(name) != told and told["version"] != told["before"]
    }
    if planned["settings"] and not approved["settings"]:
        unseen[SETTINGS] = ""
    if unseen:
        raise changed_meanwhile(ChangedMeanwhile(publications_since(backing.dynamodb, backing.table, unseen)))


def changed_meanwhile(changed: ChangedMeanwhile) -> Given:
    """Return why an operation can never be done that was planned on another version than the one that is live."""
    return Given("changed_meanwhile", str(changed), {"changes": [one.to_json() for one in changed.changes]})


def _shown(operations: Operations, operation_id: str, part: str) -> Any:
    text = operations.place(operation_id, part)
    return json.loads(gzip.decompress(b64decode(text))) if text else None
