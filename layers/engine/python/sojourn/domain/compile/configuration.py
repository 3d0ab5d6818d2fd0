"""What a task is told to do: each verb's configuration, as it stands inside the state, so that nothing is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.compile.policy import tracking_settings
from sojourn.domain.journey.flow import release_names
from sojourn.domain.journey.model.steps import Call, Emit, Send, Start, Task, Update, WaitFor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.compile.compiled import Sendable
    from sojourn.domain.journey.model.journey import Journey
    from sojourn.domain.journey.model.steps import StepBase


def is_waiting(step: StepBase) -> bool:
    """Say whether a step waits to be answered through a token."""
    return isinstance(step, WaitFor | Task)


def configuration(step: StepBase, journey: Journey, messages: Mapping[str, Sendable]) -> dict[str, Any]:
    """Return the JSON data that tells a task what to do."""
    if isinstance(step, Send):
        return {"send": _send(step, journey, messages[step.send])}
    if isinstance(step, WaitFor):
        return {
            "wait_for": [
                _release(name, release)
                for name, release in zip(release_names(step), step.wait_for, strict=True)
            ]
        }
    if isinstance(step, Task):
        return {"task": step.task, "title": step.title, "with": step.with_}
    if isinstance(step, Call):
        return {"call": step.call, "with": step.with_}
    if isinstance(step, Emit):
        return {"emit": step.emit, "with": step.with_}
    if isinstance(step, Start):
        return {"start": step.start, "with": step.with_}
    if isinstance(step, Update):
        return {"update": step.update}
    raise TypeError(f"{step.verb} is decided, not done by a task of its own")


def _send(step: Send, journey: Journey, message: Sendable) -> dict[str, Any]:
    tracking = tracking_settings(journey.tracking)
    return {
        "message": step.send, "digest": message.digest, "via": list(step.via or message.channels),
        "topic": journey.topic or "", "kind": journey.kind, "when_quiet": step.when_quiet, "delivery": step.delivery,
        **({"tracking": tracking} if tracking else {}),
    }  # fmt: skip


def _release(name: str, release: Any) -> dict[str, Any]:
    kind = release.kinds[0]
    made = {"path": name, "kind": kind, "of": getattr(release, kind)}
    return made | ({"where": release.where} if release.where else {})
