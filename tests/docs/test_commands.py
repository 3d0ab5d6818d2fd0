from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from sojourn.cli.main import main
from tests.docs.pages import DOCS, ROOT, agrees, blocks, name_of, shown

WITH_COMMANDS = [page for page in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))) if blocks(page, "console")]


def run(command: str) -> tuple[int, str]:
    """Run a command of a page in the current folder; return its exit status and everything it says."""
    words = shlex.split(command)
    if words[0] != "sojourn":
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = main(words[1:])
    return status, said.getvalue()


@pytest.fixture
def beside_the_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder that holds a copy of the sample journeys."""
    shutil.copytree(ROOT / "journeys", tmp_path / "journeys")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_the_commands_of_a_page_say_what_it_shows(page: Path, beside_the_samples: Path) -> None:
    """Every command of a page, run in the order shown, has the status and the output that the page shows."""
    calls = [call for block in blocks(page, "console") for call in shown(block)]

    differing = []
    for call in calls:
        if call.command.startswith("make "):
            continue
        status, said = run(call.command)
        if status != call.status or not agrees(call.output, said):
            differing.append(f"{call.command}: exit status {status}\n{said}")

    assert calls
    assert differing == []


def test_the_demo_says_what_the_readme_shows(beside_the_samples: Path) -> None:
    """`make demo` calls the commands that the README shows below it, and each says what is shown there."""
    (demo,) = (
        block for block in blocks(ROOT / "README.md", "console") if block.text.startswith("$ make demo\n")
    )
    planned = commands_of_make("demo")
    (beside_the_samples / "build" / "demo").mkdir(parents=True)
    part = demo.text.partition("$ make test")[0].partition("The report: ")[0]
    calls = shown(type(demo)(demo.page, demo.line, demo.language, part), prompt=".venv/bin/sojourn ")

    differing = []
    for call in calls:
        status, said = run(call.command.removeprefix(".venv/bin/"))
        if status or not agrees(call.output, said):
            differing.append(f"{call.command}: exit status {status}\n{said}")

    assert [call.command for call in calls] == [line for line in planned if "sojourn" in line]
    assert differing == []


def test_the_make_targets_that_pages_name_exist() -> None:
    """Every `make …` in the pages is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    named = {
        name
        for page in (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
        for name in re.findall(r"(?:`|\$ )make ([a-z-]+)", page.read_text(encoding="utf-8"))
    }

    assert {"demo", "test"} <= named
    assert named - targets == set()


def commands_of_make(target: str) -> list[str]:
    """Return the commands that a target of the Makefile would run, where everything is set up."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return [line for line in done.stdout.splitlines() if line.startswith(".venv/")]


def test_a_shown_output_is_compared_line_by_line() -> None:
    """What a page leaves out is marked; whatever is not left out must stand there."""
    actual = "one\ntwo in 3 s\nthree\nfour\n"

    assert agrees(["one", "two in … s", "…", "four"], actual)
    assert agrees(["one", "…"], actual)
    assert not agrees(["one", "three", "…"], actual)
    assert not agrees(["one", "two in … s", "three"], actual)
