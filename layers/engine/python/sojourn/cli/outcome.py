"""What came of an operation, for whoever asked for it: waited for, said, and turned into an exit status.

It knows no single command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD
from sojourn.cli.deployment import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sojourn.application.publishing import Operation
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.loading import Loaded
    from sojourn.cli.to_publish import ToPublish

UNDONE = "nothing was published"


def tell_publication(
    operation: Operation, controlled: Controlled, *, wait: bool, loaded: Loaded | None = None,
    plan: ToPublish | None = None,
) -> int:  # fmt: skip
    """Wait for a publication if that is wanted, say what came of it, and return the exit status.

    Args:
        loaded: the workspace, so that what is wrong with it is shown in its files.
        plan: what was to change.
    """
    from sojourn.application.publishing import CANCELLED, DONE, FAILED, WAITING
    from sojourn.cli.following import followed
    from sojourn.cli.render.publication import asked_lines, done_lines, waiting_lines

    if wait:
        with in_words():
            operation = followed(controlled.operations.get, operation, controlled.terminal, controlled.stated)
    if controlled.as_json:
        told = {"plan": plan.to_json()} if plan is not None else {}
        controlled.say_json({**told, "operation": operation.to_json(), **wrong_of(operation)})
    elif operation.state == DONE:
        controlled.say(*done_lines(operation, controlled.stage, controlled.stated))
        if not operation.asked.get("draft"):
            names = sorted(operation.result.get("published") or filter(None, [operation.journey]))
            controlled.say(*closed(names, controlled))
    elif operation.state == WAITING:
        controlled.say(*waiting_lines(operation, controlled.stated))
    elif not operation.is_over:
        approval = plan is not None and plan.approval
        controlled.say(*asked_lines(operation, controlled.stated, approval=approval))
    if operation.state == FAILED:
        _tell_failure(operation, controlled, loaded)
    elif operation.state == CANCELLED:
        did = "refused" if operation.is_refused else "cancelled"
        controlled.terminal.tell(f"{UNDONE}: somebody {did} it; `sojourn history` says who, and why")
    return status_of(operation)


def closed(journeys: Iterable[str], controlled: Controlled) -> list[str]:
    """Return that journeys are stopped or paused, which publishing does not change: whoever published may not know."""
    from sojourn.cli.render.publication import closed_lines
    from sojourn.domain.control import EVERY, USUAL

    with in_words():
        controls = controlled.live.state().head.controls
    told = [(name, controls.get(name, USUAL), controls.get(EVERY, USUAL)) for name in journeys]
    return [line for one in told for line in closed_lines(*one, controlled.stated)]


def tell_findings(told: Iterable[Mapping[str, Any]], controlled: Controlled, loaded: Loaded | None) -> None:
    """Show what a deployment found wrong with a workspace, as `check` shows it, among the remarks.

    Args:
        told: each as `Finding.to_json` gave it.
        loaded: the workspace as it was sent, so that its lines are shown.
    """
    from sojourn.cli.render.remote_findings import remote_findings
    from sojourn.cli.render.text import text

    findings = remote_findings(told, loaded.place.shown if loaded is not None else ".")
    if findings:
        files = loaded.project.files if loaded is not None else {}
        controlled.terminal.err.write(text(findings, files, controlled.terminal.remarks_in_colour))


def _tell_failure(operation: Operation, controlled: Controlled, loaded: Loaded | None) -> None:
    from sojourn.cli.render.operation import came_of
    from sojourn.cli.terminal import visible

    terminal = controlled.terminal
    tell_findings(operation.result.get("findings", ()), controlled, loaded)
    first, *rest = came_of(operation, controlled.spoken)
    undone = f"{UNDONE}: " if operation.kind == "publish" else ""
    terminal.tell(f"{terminal.remark('sojourn:', 'red')} {undone}{visible(first)}")
    for line in rest:
        terminal.tell(f"  {visible(line)}")


def tell_movement(
    operation: Operation, controlled: Controlled, *, wait: bool, told: bool = True,
    besides: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Wait for an operation about customers if that is wanted, say what came of it, and return the exit status.

    Args:
        told: whether to say how to look after it, where nobody waits.
        besides: what programs are told with it.
    """
    from sojourn.cli.following import followed
    from sojourn.cli.render.operation import came_of

    if wait:
        with in_words():
            operation = followed(controlled.operations.get, operation, controlled.terminal, controlled.stated)
    if controlled.as_json:
        controlled.say_json({**(besides or {}), "operation": operation.to_json(), **wrong_of(operation)})
    elif operation.is_over:
        controlled.say(*came_of(operation, controlled.spoken))
    elif told:
        controlled.say("How far it is:", f"  sojourn operations {operation.id}{controlled.stated}")
    return status_of(operation)


def wrong_of(operation: Operation) -> dict[str, str]:
    """Return why an operation came to nothing, as programs are told what went wrong; empty where it did not."""
    from sojourn.application.publishing import CANCELLED, FAILED

    if operation.state == CANCELLED:
        return {"error": "cancelled", "message": "somebody cancelled it"}
    if operation.state != FAILED:
        return {}
    result = operation.result
    return {
        "error": str(result.get("error") or "failed"), "message": str(result.get("message") or "nobody knows why"),
    }  # fmt: skip


def status_of(operation: Operation) -> int:
    """Return the exit status of a command that an operation came of."""
    from sojourn.application.publishing import CANCELLED, FAILED

    return FOUND if operation.state in (FAILED, CANCELLED) else GOOD
