"""`sojourn migrate`: let customers who are in an earlier version go on in the live one, as migration.yaml says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError, a_second, some_text, whole_number

if TYPE_CHECKING:
    import argparse

    from sojourn.application.publishing import LiveJourney
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.loading import Loaded
    from sojourn.cli.migrations import Going
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.journey.project import JourneyFolder

UNDONE = "nobody was moved"
LIMIT = 50
OPERATIONS = 50
"""Among so many operations about the journey, the latest, is looked for one that is under way."""


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "journey", metavar="JOURNEY", nargs="?",
        help="its name, or its folder (default: the one with a migration.yaml)",
    )  # fmt: skip
    parser.add_argument(
        "--dry-run", action="store_true", help="move nobody: say who would go where, one line a run"
    )
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, 100_000), default=LIMIT,
        help=f"with --dry-run: so many runs (default: {LIMIT})",
    )  # fmt: skip
    parser.add_argument(
        "-m", "--message", metavar="TEXT", type=some_text, help="why, for whoever reads the history"
    )
    parser.add_argument(
        "--rate", metavar="N", type=a_second, help="so many customers a second at most (default: as fast as it goes)"
    )  # fmt: skip
    parser.add_argument("--wait", action="store_true", help="wait until all are where they go")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--json", action="store_true", help="the answer as one JSON object; with --dry-run one a line"
    )
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.loading import stopped
    from sojourn.cli.render.going import going_lines

    loaded, folder = _asked(arguments.journey, terminal)
    if stopped(loaded.findings, loaded, terminal, UNDONE, as_json=arguments.json) or folder is None:
        return FOUND
    controlled = Controlled.asked(arguments, terminal)
    try:
        with in_words():
            there = _live(folder, controlled)
            files_say = _compiled(folder, loaded)
            ahead = arguments.dry_run and files_say.version != there.version
            going = _going(folder, there, loaded, controlled, files_say, ahead=ahead)
        if going.inside.runs <= 0:
            return _nobody(going, controlled, dry_run=arguments.dry_run)
        if arguments.dry_run:
            return _shown(going, arguments.limit, controlled, files_say)
        for line in going_lines(going):
            terminal.tell(visible(line))
        return _moved(going, arguments, controlled)
    except CallRefused as refused:
        controlled.tell_refusal(refused)
        return FOUND


def _asked(asked: str | None, terminal: Terminal) -> tuple[Loaded, JourneyFolder | None]:
    """Return the workspace and the journey that is meant: the one that is named, or has a migration.yaml.

    Raises:
        UsageError: none is named, and it is not clear which is meant.
    """
    from sojourn.cli.loading import errors_in, load, load_journey

    if asked is not None:
        return load_journey(asked, terminal)
    loaded = load(None, terminal)
    having = [one for one in loaded.project.journeys.values() if one.migration is not None]
    if len(having) == 1 or errors_in(loaded.findings):
        return loaded, next(iter(having), None)
    if not having:
        raise UsageError(
            f"no journey in {loaded.place.shown} has a migration.yaml",
            "write down beside a journey what becomes of who is in it: docs/migrating.md",
            code="no_migration",
        )
    names = ", ".join(one.journey.journey for one in having)
    raise UsageError(
        f"{len(having)} journeys have a migration.yaml: {names}",
        f"name one: sojourn migrate {having[0].journey.journey}",
    )


def _live(folder: JourneyFolder, controlled: Controlled) -> LiveJourney:
    """Return a journey as it is live.

    Raises:
        CallRefused: it is not.
    """
    from sojourn.cli.control_client import CallRefused

    name = folder.journey.journey
    there = controlled.live.journey(name)
    if there is None or not there.version:
        said = f"no version of {name} is live in {controlled.stage} that customers could go on in: publish it first"
        raise CallRefused(404, "not_live", said, {})
    return there


def _compiled(folder: JourneyFolder, loaded: Loaded) -> CompiledJourney:
    """Return a journey as its files would be published."""
    from sojourn.domain.compile.bundle import compiled_workspace

    name = folder.journey.journey
    return next(one for one in compiled_workspace(loaded.project).journeys if one.name == name)


def _going(
    folder: JourneyFolder, there: LiveJourney, loaded: Loaded, controlled: Controlled, files_say: CompiledJourney, *,
    ahead: bool,
) -> Going:  # fmt: skip
    """Return who goes where.

    Args:
        ahead: where the file leads from what is live, it is said who will go where once the files are published.

    Raises:
        CallRefused: what stands in migration.yaml cannot be done.
        UsageError: there is none.
    """
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.migrations import Going, fates_of, who_is_inside
    from sojourn.cli.render.going import runs_of
    from sojourn.domain.change.outline import outline_of

    live, name, fates = controlled.live, folder.journey.journey, fates_of(folder)
    file, version, after = f"{folder.folder}/migration.yaml", there.version, None
    if fates is None:
        who = who_is_inside(live, name, None, there.version)
        inside = ", ".join(f"{runs_of(one)} in {one.version}" for one in who) or "nobody is in it"
        said = (
            f"there is no {file}, which says what becomes of those who are in an earlier version ({inside})"
        )
        raise UsageError(f"{said}: see docs/migrating.md", code="no_migration")
    if fates.before == there.version and ahead:
        version, after = files_say.version, outline_of(folder, loaded.project, loaded.findings)
        controlled.terminal.tell(f"note: so it will be once the files of {name} are published")
    elif fates.before == there.version:
        is_live = files_say.version == there.version
        instead = "" if is_live else ": publish first what they are to go on in"
        said = f"{file} leads from {fates.before}, and that is the version that is live{instead}"
        raise CallRefused(422, "bad_migration", said, {})
    going = Going.of(name, fates, version, who_is_inside(live, name, fates, version, after), there)
    if going.inside.wrong:
        wrong = list(going.inside.wrong)
        raise CallRefused(422, "bad_migration", f"{file}: {'; '.join(wrong)}", {"wrong": wrong})
    if files_say.version not in (there.version, version):
        controlled.terminal.tell(
            f"note: the files of {name} are not what is live ({there.version}), and that is where customers go"
        )
    return going


def _nobody(going: Going, controlled: Controlled, *, dry_run: bool) -> int:
    if not controlled.as_json:
        controlled.say(
            f"nobody is in version {going.fates.before} of {going.journey}: there is nobody to move"
        )
    elif not dry_run:
        controlled.say_json({"migration": going.to_json(), "operation": None})
    return GOOD


def _shown(going: Going, most: int, controlled: Controlled, files_say: CompiledJourney) -> int:
    """Say what would become of so many runs."""
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.adapters.dynamodb.runs import ActiveRuns
    from sojourn.aws_runtime.publishing.fates import migration_of
    from sojourn.aws_runtime.wiring import looking
    from sojourn.cli.foreseeing import Looking, as_looked
    from sojourn.cli.render.going import coming_line, going_lines, left_out

    terminal = controlled.terminal
    with in_words():
        engine, catalogue = looking(*controlled.table), DynamoCatalogue(*controlled.table)
        after = files_say if files_say.version == going.version else None
        how = migration_of(controlled.live, catalogue, going.journey, going.fates, going.version, after)
        look = Looking(engine, ActiveRuns(*controlled.table), how, most)
        coming = sorted(look.coming(going.journey), key=lambda one: (one.run.customer, one.run.key))
    if coming or not look.whole:
        for line in going_lines(as_looked(going, coming) if look.whole else going):
            terminal.tell(visible(line))
    for one in coming:
        if controlled.as_json:
            terminal.say(json.dumps(one.to_json(), ensure_ascii=False))
        else:
            terminal.say(visible(coming_line(one, engine.clock.now(), controlled.spoken)))
    for line in left_out(look, going):
        terminal.tell(line)
    return GOOD


def _moved(going: Going, arguments: argparse.Namespace, controlled: Controlled) -> int:
    """Ask, and let them go.

    Raises:
        CallRefused: the deployment does not do it.
    """
    from sojourn.application.publishing import Operation
    from sojourn.cli.confirming import agreed
    from sojourn.cli.outcome import tell_movement

    name = going.journey
    with in_words():
        latest = controlled.operations.list(OPERATIONS, name)
    for operation in latest:
        if operation.kind == "migrate" and not operation.is_over:
            controlled.terminal.tell(
                f"note: customers of {name} are on their way already: `sojourn operations {operation.id}`"
            )
    if not arguments.yes and not agreed(
        f"Let customers of {name} in {controlled.stage} go there?", controlled.terminal
    ):
        return FOUND
    body = {
        "map": going.fates.to_json(), "expected": going.version, "rate": arguments.rate, "message": arguments.message,
    }  # fmt: skip
    said = controlled.call("migrate", body, name)
    if not controlled.as_json:
        slowly = f", {arguments.rate:g} a second at most" if arguments.rate else ""
        controlled.say(
            f"Customers of {name} who are in {going.fates.before} go where migration.yaml says{slowly}."
        )
    return tell_movement(
        Operation.from_json(said["operation"]), controlled, wait=arguments.wait,
        besides={"migration": going.to_json()},
    )  # fmt: skip


COMMAND = Command(
    name="migrate",
    summary="let customers who are in an earlier version go on in the live one",
    description=(
        "Do what the migration.yaml beside a journey says: of customers in the earlier version that it names, some go\n"
        "on in the live one, some finish their wait and leave, some leave at once. `sojourn publish` does so by\n"
        "itself; this is for afterwards, or once a pause is over. --dry-run moves nobody and says who would go where."
    ),
    examples=(
        "sojourn migrate welcome --dry-run",
        'sojourn migrate welcome --rate 20 -m "Slowly: they will call us" --yes',
        'sojourn migrate journeys/welcome -m "They get the new reminder" --yes --wait --json',
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
