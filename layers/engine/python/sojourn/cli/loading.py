"""A workspace read and checked, as every command that runs one needs it. It knows no single command."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.cli.usage import UsageError, did_you_mean
from sojourn.cli.workspace import DEFAULT, Place, locate, read_files
from sojourn.domain.findings import Severity
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.part import part_of
from sojourn.domain.journey.project import JourneyFolder, Project, ScenarioFile, read_project

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.cli.terminal import Terminal
    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.part import Part


@dataclass(frozen=True)
class Loaded:
    """A workspace, what is wrong with it, and which part of it was asked about."""

    project: Project
    place: Place
    findings: tuple[Finding, ...]

    @property
    def journeys(self) -> tuple[JourneyFolder, ...]:
        """The journeys asked about."""
        place = self.place
        return tuple(
            folder
            for folder in self.project.journeys.values()
            if place.covers(folder.folder) or place.only == folder.file
        )

    @property
    def part(self) -> Loaded:
        """The workspace as it matters for the journeys asked about: what is wrong with others stops nothing."""
        return replace(self, project=self._part.project, findings=self._part.findings)

    @property
    def passed_over(self) -> tuple[str, ...]:
        """The folders of journeys that have errors and were not asked about."""
        return self._part.broken

    @cached_property
    def _part(self) -> Part:
        names = {folder.journey.journey for folder in self.journeys} or None
        return part_of(self.project, self.findings, names if self.place.only else None)

    @property
    def scenarios(self) -> tuple[tuple[JourneyFolder, ScenarioFile], ...]:
        """The scenarios asked about, each with its journey; all of a journey's for its `journey.yaml`."""
        return tuple(
            (folder, scenario)
            for folder in self.project.journeys.values()
            for scenario in folder.scenarios
            if self._asked(folder, scenario.file)
        )

    @property
    def broken_scenarios(self) -> dict[str, tuple[Finding, ...]]:
        """The files of scenarios asked about that have errors, with these; each stops only itself."""
        found: dict[str, list[Finding]] = {}
        for finding in errors_in(self.findings):
            folder = self._of_scenario(finding.file)
            if folder is not None and self._asked(folder, finding.file):
                found.setdefault(finding.file, []).append(finding)
        return {file: tuple(errors) for file, errors in found.items()}

    @property
    def shared_findings(self) -> tuple[Finding, ...]:
        """What is wrong with the journeys and all around them: the findings but those of single scenarios."""
        return tuple(finding for finding in self.findings if self._of_scenario(finding.file) is None)

    def journey_of(self, scenario: str) -> str:
        """Return the name of the journey to which the file of a scenario belongs."""
        folder = self._of_scenario(scenario)
        return folder.journey.journey if folder is not None else ""

    def _asked(self, folder: JourneyFolder, scenario: str) -> bool:
        return self.place.covers(scenario) or self.place.only == folder.file

    def _of_scenario(self, file: str) -> JourneyFolder | None:
        return self._by_scenarios.get(file.rpartition("/")[0])

    @cached_property
    def _by_scenarios(self) -> dict[str, JourneyFolder]:
        return {f"{folder.folder}/scenarios": folder for folder in self.project.journeys.values()}


def load(asked: str | None, terminal: Terminal) -> Loaded:
    """Read and check the workspace that *asked* is or is a part of.

    Raises:
        UsageError: there is none, or it cannot be read.
    """
    place = locate(asked, Path.cwd())
    files, remarks = read_files(place)
    for remark in remarks:
        terminal.tell(f"note: {remark.encode('utf-8', 'backslashreplace').decode()}")
    if place.is_file and place.only not in files:
        raise UsageError(
            f"{place.only} is no file of a workspace", "it reads YAML, MJML, HTML and text files"
        )
    project = read_project(files, "" if place.shown == "." else place.shown)
    return Loaded(project, place, check(project))


def load_part(asked: str | None, terminal: Terminal) -> Loaded:
    """Read and check a workspace as far as it matters for what is asked about; say which journeys are passed over.

    Raises:
        UsageError: there is none, or it cannot be read.
    """
    loaded = load(asked, terminal)
    if loaded.passed_over:
        terminal.tell(f"note: errors elsewhere change nothing here: {', '.join(loaded.passed_over)}")
    return loaded.part


def errors_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with which nothing can run."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def stopped(
    findings: Iterable[Finding], loaded: Loaded, terminal: Terminal, undone: str, *, as_json: bool = False
) -> bool:
    """Say whether there are errors among *findings*; if so they are shown, among the remarks.

    Args:
        undone: what cannot be done because of them: `nothing was compiled`.
        as_json: whether a program waits for the answer, and is told of them there.
    """
    errors = errors_in(findings)
    if errors:
        from sojourn.cli.render.text import text

        if as_json:
            told = {"error": "files_wrong", "message": undone, "findings": [one.to_json() for one in errors]}
            terminal.say(json.dumps(told, indent=2, ensure_ascii=False))
        terminal.err.write(text(errors, loaded.project.files, terminal.remarks_in_colour))
        terminal.tell(undone)
    elif warnings := len(tuple(findings)):
        noun = "warning" if warnings == 1 else "warnings"
        terminal.tell(f"note: {warnings} {noun}; `sojourn check {loaded.place.asked}` shows what to do")
    return bool(errors)


def load_journey(asked: str, terminal: Terminal) -> tuple[Loaded, JourneyFolder | None]:
    """Find one journey by its name in the workspace here, or by the path of its folder or of a file in it.

    Returns:
        The workspace, and the journey; None where its file cannot be read: then the findings say why.

    Raises:
        UsageError: there is no such journey.
    """
    if "/" not in asked and not os.path.lexists(asked):
        return _by_name(asked, terminal)
    loaded = load(asked, terminal)
    folders = loaded.project.journeys.values()
    if not loaded.place.only:
        if len(folders) != 1:
            raise UsageError(f"{asked} is a workspace, and this takes one journey", _known(loaded))
        return loaded, next(iter(folders))
    around = [folder for folder in folders if loaded.place.is_within(folder.folder)]
    if around:
        return loaded, max(around, key=lambda folder: len(folder.folder))
    if errors_in(finding for finding in loaded.findings if loaded.place.covers(finding.file)):
        return loaded, None
    raise UsageError(f"{asked} is no journey: there is no journey.yaml in it", _known(loaded))


def _by_name(name: str, terminal: Terminal) -> tuple[Loaded, JourneyFolder | None]:
    try:
        locate(None, Path.cwd())
    except UsageError:
        raise UsageError(
            f'there is no "{name}" here, and no folder {DEFAULT} in which a journey could have that name',
            f"give its path: DIR/{name}",
        ) from None
    whole = load(None, terminal)
    place = whole.place
    if (folder := whole.project.journeys.get(name)) is not None:
        return Loaded(whole.project, Place(place.folder, place.shown, folder.folder), whole.findings), folder
    inside = name if place.shown == "." else f"{place.shown}/{name}"
    if f"{inside}/journey.yaml" in whole.project.files:
        return Loaded(whole.project, Place(place.folder, place.shown, inside), whole.findings), None
    near = did_you_mean(name, whole.project.journeys, "did you mean {}?")
    raise UsageError(f'there is no journey "{name}" in {place.shown}', near or _known(whole))


def _known(loaded: Loaded) -> str:
    names = list(loaded.project.journeys)
    if not names:
        return f"there is none in {loaded.place.shown}; `sojourn new {DEFAULT}` makes an example"
    return f"the journeys are: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"
