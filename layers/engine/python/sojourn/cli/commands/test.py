"""`sojourn test`: plays scenarios and says which of their expectations did not hold."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.progress import Progress
from sojourn.cli.terminal import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

    from sojourn.cli.loading import Loaded
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

_MANY = 20


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "path", metavar="PATH", nargs="?",
        help="a workspace, a journey's folder or one scenario's file (default: journeys)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="all results as one JSON object")


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.loading import load, stopped
    from sojourn.cli.usage import UsageError

    loaded = load(arguments.path, terminal)
    if stopped(loaded.shared_findings, loaded, terminal, "no scenario was played"):
        return FOUND
    if not loaded.scenarios and not loaded.broken_scenarios:
        raise UsageError(
            f"there are no scenarios in {loaded.place.asked}", "they stand in <journey>/scenarios/*.yaml"
        )
    results = _play(loaded, terminal, lines=not arguments.json)
    failed = sum(not result["passed"] for result in results)
    if arguments.json:
        summary = {"passed": len(results) - failed, "failed": failed, "scenarios": results}
        terminal.say(json.dumps(summary, indent=2, ensure_ascii=False))
    else:
        _summarise(results, failed, loaded.broken_scenarios, terminal)
    return FOUND if failed else GOOD


def _play(loaded: Loaded, terminal: Terminal, lines: bool) -> list[dict[str, Any]]:
    from sojourn.cli.failures import places
    from sojourn.local.deployment import deploy
    from sojourn.local.scenario import play

    deployment = deploy(loaded.project)
    broken = loaded.broken_scenarios
    results = [_not_played(file, loaded) for file in broken]
    scenarios = [(folder, file) for folder, file in loaded.scenarios if file.file not in broken]
    if lines:
        for result in results:
            _tell(result, terminal)
    quiet = Progress(terminal, len(scenarios), "scenarios") if len(scenarios) >= _MANY else None
    for folder, file in scenarios:
        began = time.perf_counter()
        played = play(file.scenario, deployment)
        seconds = time.perf_counter() - began
        failures = [
            {"file": file.file, "line": line, "message": message}
            for message, line in zip(played.failures, places(file.scenario, played.failures), strict=True)
        ]
        results.append({
            "file": file.file, "journey": folder.journey.journey, "scenario": file.scenario.scenario,
            "passed": not failures, "seconds": round(seconds, 4), "failures": failures,
        })  # fmt: skip
        if lines:
            if quiet is not None:
                quiet.make_room()
            _tell(results[-1], terminal)
        if quiet is not None:
            quiet.advance()
    if quiet is not None:
        quiet.clear()
    return results


def _not_played(file: str, loaded: Loaded) -> dict[str, Any]:
    """The result of a scenario with errors: what is wrong with it, instead of what happened."""
    named = {story.file: story.scenario.scenario for _, story in loaded.scenarios}
    return {
        "file": file, "journey": loaded.journey_of(file), "scenario": named.get(file, "not played"),
        "passed": False, "seconds": 0.0,
        "failures": [
            {"file": file, "line": error.span.line, "message": f"{error.code} {error.name}: {error.message}"}
            for error in loaded.broken_scenarios[file]
        ],
    }  # fmt: skip


def _tell(result: dict[str, Any], terminal: Terminal) -> None:
    verdict = terminal.styled("ok    ", "green") if result["passed"] else terminal.styled("FAILED", "red")
    took = terminal.styled(f"{result['seconds'] * 1000:5.0f} ms", "dim")
    terminal.say(f"{verdict} {took}  {visible(result['file'])}: {visible(result['scenario'])}")
    for failure in result["failures"]:
        terminal.say(f"  {failure['file']}:{failure['line']}: {visible(failure['message'])}")


def _summarise(
    results: list[dict[str, Any]], failed: int, broken: Collection[str], terminal: Terminal
) -> None:
    seconds = sum(result["seconds"] for result in results)
    count = f"{len(results):,} scenario{'s' if len(results) != 1 else ''}"
    if not failed:
        terminal.say(terminal.styled(f"{count} passed", "green") + f" in {seconds:.1f} s")
        return
    terminal.say(terminal.styled(f"{failed:,} of {count} failed", "red") + f" in {seconds:.1f} s")
    played = (result["file"] for result in results if not result["passed"] and result["file"] not in broken)
    if broken:
        terminal.say(f"see what to do: sojourn check {next(iter(broken))}")
    if first := next(played, None):
        terminal.say(f"see all that happened: sojourn trace {first}")


COMMAND = Command(
    name="test",
    summary="play the scenarios in virtual time",
    description=(
        "Play scenarios in virtual time on the compiled journeys and compare what happened with what was\n"
        "expected. Exit status 1 where something differs, or where `sojourn check` finds errors; those in a\n"
        "scenario keep only this one from being played."
    ),
    examples=("sojourn test", "sojourn test journeys/welcome", "sojourn test journeys --json"),
    arguments=_arguments,
    run=_run,
)
