"""Why a deployment did not do what it was asked for, in words, with what to do now. It knows no streams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sojourn.cli.render.control_words import who
from sojourn.cli.render.versions import version_change
from sojourn.cli.usage import near_or_all

if TYPE_CHECKING:
    from sojourn.cli.render.spoken import Spoken

SETTINGS = "the workspace's settings"
HINTS: Mapping[str, str] = {
    "other_workspace": "--stage names another deployment, and the first argument another folder",
    "own_operation": "send them the operation's id: they run `sojourn approve ID`",
    "no_operation": "`sojourn operations` lists those there are",
    "too_large": "take files away that belong to no journey; pictures do not belong into a workspace",
    "not_queued": "nothing was done: call again",
}  # fmt: skip
"""What to do, by the word for what was refused; where the sentence itself says so, nothing."""


def refusal_lines(
    code: str, message: str, said: Mapping[str, Any], spoken: Spoken,
    journeys: tuple[str, Sequence[str]] = ("", ()),
) -> list[str]:  # fmt: skip
    """Return what was refused, and further lines.

    Args:
        said: what else the deployment told, see `sojourn.aws_runtime.publishing`.
        journeys: the journey that was named, and those there are.
    """
    if code == "changed_meanwhile" and said.get("changes"):
        return [
            "somebody else published meanwhile, so nothing was changed",
            *(_change(one, spoken) for one in said["changes"]),
            "look at what they did (`sojourn history`, `sojourn plan`), then do it again",
        ]
    if code == "rolled_back_already" and said.get("changes"):
        return [
            "somebody took it back already, so nothing was changed",
            *(_change(one, spoken) for one in said["changes"]),
            "to enter another version, name it with --to (`sojourn history` names those there were)",
        ]
    return [message or code, *_instead(code, *journeys)]


def _instead(code: str, named: str, known: Sequence[str]) -> Iterator[str]:
    if code in HINTS:
        yield HINTS[code]
    if code == "no_journey" and known:
        yield near_or_all(named, known)


def _change(one: Mapping[str, Any], spoken: Spoken) -> str:
    """Return who published what, on one line."""
    name = one.get("journey") or SETTINGS
    change = version_change(str(one.get("before") or ""), str(one.get("version") or ""))
    message = f": “{one['message']}”" if one.get("message") else ""
    return f"{name} ({change}) by {who(str(one['by']))}, {spoken.at(str(one['at']))}{message}"
