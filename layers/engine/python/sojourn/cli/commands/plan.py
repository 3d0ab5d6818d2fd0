"""`sojourn plan`: what publishing would change, before it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.usage import one_of

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.loading import Loaded
    from sojourn.cli.render.plan import Plan
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.domain.change.outline import Outline
    from sojourn.domain.findings import Finding


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "path", metavar="PATH", nargs="?", help="a workspace, or a journey of one (default: journeys)"
    )
    parser.add_argument(
        "--against", metavar="DIR", required=True, help="the workspace as it is now, such as another checkout of it"
    )  # fmt: skip
    parser.add_argument(
        "--format", metavar="text|markdown|json", type=one_of("text", "markdown", "json"), default="text",
        help="text for people, markdown for a pull request, json for programs (default: text)",
    )  # fmt: skip


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.loading import errors_in, load, stopped
    from sojourn.cli.render.plan import plan_json, plan_markdown, plan_text

    after, before = load(arguments.path, terminal), load(arguments.against, terminal)
    if stopped(errors_in(after.findings), after, terminal, "nothing was planned"):
        return FOUND
    plan = _plan(before, after)
    rendered = {"text": plan_text, "markdown": plan_markdown, "json": plan_json}[arguments.format](plan)
    terminal.write(rendered)
    return GOOD


def _plan(before: Loaded, after: Loaded) -> Plan:
    from sojourn.cli.render.plan import Plan
    from sojourn.domain.change.difference import differences, shared_differences
    from sojourn.domain.change.outline import shared_of

    names = {folder.journey.journey for folder in after.journeys} if after.place.only else None
    compared = differences(_outlines(before), _outlines(after))
    known, found = _by_what(before), _by_what(after)
    return Plan(
        tuple(one for one in compared if names is None or one.journey in names),
        shared_differences(shared_of(before.project), shared_of(after.project)) if names is None else (),
        tuple(finding for key, finding in found.items() if key not in known),
        tuple(finding for key, finding in known.items() if key not in found),
    )


def _outlines(loaded: Loaded) -> dict[str, Outline]:
    from sojourn.domain.change.outline import outline_of

    project = loaded.project
    return {folder.journey.journey: outline_of(folder, project) for folder in project.journeys.values()}


def _by_what(loaded: Loaded) -> dict[tuple[str, str, str], Finding]:
    """Return the findings by what is wrong in which file of the workspace; lines shift, and say nothing."""
    root = loaded.place.shown
    return {(one.file.removeprefix(f"{root}/"), one.code, one.message): one for one in loaded.findings}


COMMAND = Command(
    name="plan",
    summary="say what publishing would change",
    description=(
        "Compare a workspace with what it was: steps added, removed, moved and changed, who enters, what ends runs,"
        " texts, and findings that are new."
    ),
    examples=(
        "sojourn plan --against journeys",
        "sojourn plan journeys/welcome --against journeys --format markdown",
    ),
    arguments=_arguments,
    run=_run,
)
