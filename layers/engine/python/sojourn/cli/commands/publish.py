"""`sojourn publish`: let customers enter what the files say, or only those who test it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError, some_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sojourn.application.publishing import Operation
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.loading import Loaded
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.to_publish import ToPublish
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "path", metavar="PATH", nargs="?", help="a workspace, or one journey of it (default: journeys)"
    )
    parser.add_argument(
        "-m", "--message", metavar="TEXT", required=True, type=some_text,
        help="what changes and why, for whoever reads the history",
    )  # fmt: skip
    parser.add_argument(
        "--draft", action="store_true", help="only customers in the segment `test` enter it; others what is live"
    )  # fmt: skip
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it is done")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.loading import load_part, stopped
    from sojourn.cli.outcome import UNDONE, tell_findings, tell_publication
    from sojourn.cli.to_publish import planned

    loaded = load_part(arguments.path, terminal)
    if stopped(loaded.findings, loaded, terminal, UNDONE, as_json=arguments.json):
        return FOUND
    if loaded.place.only and not loaded.journeys:
        raise UsageError(
            f"{loaded.place.only} is no journey, and no workspace",
            f"name the workspace, or the folder of a journey: sojourn publish {loaded.place.shown}",
        )
    controlled = Controlled.asked(arguments, terminal)
    with in_words():
        plan = planned(loaded, controlled.live, controlled.table, draft=arguments.draft)
    if plan.is_empty:
        return _nothing_to_do(plan, controlled)
    for line in plan_lines(plan, controlled):
        terminal.tell(visible(line))
    if not arguments.yes and not _agreed(plan, controlled):
        return FOUND
    try:
        operation = _asked(loaded, plan, arguments.message, controlled)
    except CallRefused as refused:
        tell_findings(refused.said.get("findings", ()), controlled, loaded)
        controlled.tell_refusal(refused)
        return FOUND
    return tell_publication(operation, controlled, wait=not arguments.no_wait, loaded=loaded, plan=plan)


def plan_lines(plan: ToPublish, controlled: Controlled) -> Iterator[str]:
    """Yield what would change, journey by journey, and what whoever publishes may not know."""
    from sojourn.cli.render.control_words import control_words, draft_beside
    from sojourn.cli.render.going import going_lines
    from sojourn.cli.render.publication import taken_back_line
    from sojourn.cli.render.versions import version_change

    width = max((len(one.name) for one in plan.changed), default=0)
    for one in plan.changed:
        yield f"  {one.name:<{width}}  {version_change(one.before, one.version, one.beside)}"
    for _, how in sorted(plan.taken_back.items()):
        yield f"  ! {taken_back_line(how, controlled.spoken)}"
    for name, control in sorted(plan.held.items()):
        yield f"  ! {name}: {'; '.join(control_words(control))}: publishing changes nothing of that"
    for name, there in sorted(plan.drafts.items()):
        yield f"  {draft_beside(name, there.by, there.version, draft=plan.draft)}"
    for going in plan.going:
        yield from going_lines(going)
    if plan.settings:
        yield "  what all journeys share (workspace.yaml, segments.yaml) changes too"
    if plan.unchanged:
        many = len(plan.unchanged)
        yield f"  {many:,} {'journey stays as it is' if many == 1 else 'journeys stay as they are'}"
    if plan.elsewhere:
        yield f"  {_elsewhere(plan)}"


def _elsewhere(plan: ToPublish) -> str:
    return f"not in this workspace, and left alone: {', '.join(plan.elsewhere)}"


def _nothing_to_do(plan: ToPublish, controlled: Controlled) -> int:
    if controlled.as_json:
        controlled.say_json({"plan": plan.to_json(), "operation": None})
        return GOOD
    many = len(plan.unchanged)
    what = f"{plan.unchanged[0]} is" if many == 1 else f"all {many:,} journeys are"
    as_draft = ", live or as a draft," if plan.draft else ""
    controlled.say(f"nothing to publish: {what} in {controlled.stage}{as_draft} as the files say already")
    if plan.elsewhere:
        controlled.say(_elsewhere(plan))
    for name in plan.waiting:
        controlled.say(f"{name} has a migration.yaml; what becomes of those who are in the version it names:")
        controlled.say(f"  sojourn migrate {name} --dry-run{controlled.stated}")
    return GOOD


def _agreed(plan: ToPublish, controlled: Controlled) -> bool:
    from sojourn.cli.confirming import agreed

    many = len(plan.changed)
    what = "the workspace's settings" if not many else "1 journey" if many == 1 else f"{many:,} journeys"
    draft = " as a draft, for the segment test," if plan.draft else ""
    return agreed(f"Publish {what}{draft} to {controlled.stage}?", controlled.terminal)


def _asked(loaded: Loaded, plan: ToPublish, message: str, controlled: Controlled) -> Operation:
    """Send the workspace.

    Raises:
        CallRefused: it is too large, or the deployment does not take it.
    """
    from base64 import b64encode

    from sojourn.application.publishing import Operation
    from sojourn.aws_runtime.publishing.archive import LARGEST
    from sojourn.cli.archive import archived
    from sojourn.cli.control_client import CallRefused

    content = archived(loaded.project.files, loaded.place.shown)
    if len(content) > LARGEST:
        packed = f"{len(content) / 1e6:.1f} MB packed, and {LARGEST / 1e6:.0f} MB are taken"
        raise CallRefused(413, "too_large", f"the workspace is {packed}", {})
    body = {
        "workspace": b64encode(content).decode(), "journeys": plan.names and list(plan.names), "message": message,
        "expected": plan.expected, "expected_revision": plan.revision,
    }  # fmt: skip
    said = controlled.call("draft" if plan.draft else "publish", body)
    return Operation.from_json(said["operation"])


COMMAND = Command(
    name="publish",
    summary="let customers enter what the files say",
    description=(
        "Check a workspace, say what would change, and publish it: all of it or one journey, all or nothing.\n"
        "Customers enter the new versions within seconds; whoever is in a journey goes on in the one they began with,\n"
        "but for what its migration.yaml says, which is shown before.\n"
        "`sojourn plan` shows beforehand what changes in words. --draft publishes for the segment `test` alone."
    ),
    examples=(
        'sojourn publish -m "A warmer welcome" --yes',
        'sojourn publish journeys/welcome -m "A warmer welcome" --yes --no-wait --json',
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
