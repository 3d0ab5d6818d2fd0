from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sojourn.cli.main import NAMES
from tests.cli.conftest import Sojourn, change

WRONG = [
    (["chekc"], 'no command "chekc"', "did you mean `sojourn check`?"),
    (["--chek"], 'no option "--chek"', "sojourn --help"),
    (["deploy"], 'no command "deploy"', "sojourn --help"),
    (["check", "--fromat", "json"], "no option --fromat", "did you mean --format?"),
    (["check", "--format", "xml"], '"xml" is none of text, json, sarif', "sojourn check"),
    (["check", "journeys", "more"], '"more" is one argument too many', "sojourn check"),
    (["check", "jurneys"], "there is no jurneys", "did you mean journeys?"),
    (["check", "elsewhere/shop"], "there is no elsewhere/shop", "sojourn new elsewhere/shop"),
    (["check", "journeys/welcom"], "there is no journeys/welcom", "did you mean journeys/welcome?"),
    (["explain", "SJ24"], '"SJ24" is no code', "did you mean"),
    (["explain", "wait-without-limits"], "is no code", "wait-without-limit"),
    (["schema", "journy"], 'no kind of file "journy"', "did you mean journey?"),
    (["schema", "things"], 'no kind of file "things"', "workspace, segments"),
    (["compile"], "sojourn compile needs JOURNEY", "sojourn compile welcome"),
    (["compile", "welcom"], 'no journey "welcom" in journeys', "did you mean welcome?"),
    (["compile", "xyz"], 'no journey "xyz" in journeys', "the journeys are: again, welcome"),
    (["compile", "journeys"], "takes one journey", "the journeys are: again, welcome"),
    (["compile", "welcome", "-o", "no/such/x.json"], "no/such/x.json cannot be written", "mkdir -p no/such"),
    (["graph", "welcome", "--format", "png"], '"png" is none of mermaid, svg', "sojourn graph"),
    (["graph", "journeys/segments.yaml"], "is no journey", "the journeys are"),
    (["test", "journeys/segments.yaml"], "no scenarios in journeys/segments.yaml", "scenarios/*.yaml"),
    (["trace"], "sojourn trace needs SCENARIO", "sojourn trace journeys/"),
    (["trace", "journeys/welcome"], "is no scenario's file", "sojourn trace journeys/welcome/scenarios/"),
    (["simulate", "--customers", "many"], '"many" is no whole number', "sojourn simulate"),
    (["simulate", "--customers", "0"], "0 is not between 1 and 10,000,000", "sojourn simulate"),
    (["simulate", "journeys/welcome"], "customers live with all of it", "sojourn simulate journeys"),
    (["simulate", "--html", "no/report.html"], "no/report.html cannot be written", "mkdir -p no"),
    (["simulate", "--html", "-", "--json", "-"], "only one of --json and --html", ""),
    (["new"], "sojourn new needs DIR", "sojourn new shop"),
]


@pytest.fixture
def two_journeys(shop: Path) -> None:
    """A second journey, called `again`, beside `welcome`."""
    shutil.copytree(shop / "welcome", shop / "again", ignore=shutil.ignore_patterns("scenarios"))
    change(shop / "again" / "journey.yaml", "journey: welcome", "journey: again")


@pytest.mark.usefixtures("two_journeys")
@pytest.mark.parametrize(("arguments", "message", "instead"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_usage_says_what_to_type_instead(
    sojourn: Sojourn, arguments: list[str], message: str, instead: str
) -> None:
    """What cannot be understood exits with 2, says why in one line, and what to type instead."""
    answer = sojourn(*arguments)

    said = answer.err.splitlines()
    assert (answer.status, answer.out) == (2, "")
    assert said[0].startswith("sojourn: ")
    assert message in said[0]
    assert instead in "\n".join(said[1:])


def test_no_arguments_show_the_commands(sojourn: Sojourn) -> None:
    """`sojourn` alone is wrong usage that shows what there is."""
    answer = sojourn()

    assert (answer.status, answer.out) == (2, "")
    assert all(f"\n  {name} " in answer.err for name in NAMES)


@pytest.mark.parametrize("asked", [["--help"], ["-h"], ["help"]])
def test_help_lists_the_commands(sojourn: Sojourn, asked: list[str]) -> None:
    """Asked for, the same list is the answer."""
    answer = sojourn(*asked)

    assert (answer.status, answer.err) == (0, "")
    assert all(f"\n  {name} " in answer.out for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_help_of_a_command_has_examples(sojourn: Sojourn, name: str) -> None:
    """Every command says what it takes, and shows calls; both ways of asking give the same."""
    answer = sojourn(name, "--help")

    assert (answer.status, answer.err) == (0, "")
    assert f"\nexamples:\n  sojourn {name}" in answer.out
    assert sojourn("help", name) == answer


def test_the_version_is_told(sojourn: Sojourn) -> None:
    """`--version` names the program and its version."""
    answer = sojourn("--version")

    assert answer.status == 0
    assert answer.out.split()[0] == "sojourn"
    assert answer.out.split()[1][0].isdigit()


def test_an_empty_folder_is_told_how_to_begin(sojourn: Sojourn) -> None:
    """Without a workspace, the command says what it looked for and how to make one."""
    answer = sojourn("check")

    assert answer.status == 2
    assert "no folder journeys here, and no workspace.yaml" in answer.err
    assert "sojourn new journeys" in answer.err


def test_a_folder_without_a_workspace_is_told_how_to_begin(here: Path, sojourn: Sojourn) -> None:
    """So does a folder that holds something else."""
    (here / "photos").mkdir()

    answer = sojourn("test", "photos")

    assert answer.status == 2
    assert "photos is no workspace: there is no workspace.yaml in it or above it" in answer.err


def test_a_name_without_a_workspace_asks_for_a_path(sojourn: Sojourn) -> None:
    """A journey's name means nothing where there is no workspace."""
    answer = sojourn("compile", "welcome")

    assert answer.status == 2
    assert 'there is no "welcome" here' in answer.err


def test_a_workspace_without_journeys_has_nothing_to_play(here: Path, sojourn: Sojourn) -> None:
    """A workspace that only begins is checked, but there is nothing to test or simulate."""
    (here / "journeys").mkdir()
    (here / "journeys" / "workspace.yaml").write_text("workspace: shop\n", encoding="utf-8")

    assert sojourn("check").status == 0
    assert sojourn("test").status == 2
    assert sojourn("simulate").status == 2
    assert "sojourn new journeys" in sojourn("compile", "welcome").err


@pytest.mark.parametrize("path", ["journeys\0", "x" * 5_000])
def test_a_path_that_cannot_be_is_no_workspace(sojourn: Sojourn, path: str) -> None:
    """What no file system takes as a path is missing, not a crash."""
    answer = sojourn("check", path)

    assert answer.status == 2
    assert "there is no " in answer.err


def test_a_path_that_is_no_text_is_told_readably(sojourn: Sojourn) -> None:
    """An argument that is not UTF-8 is quoted with its bytes written out."""
    answer = sojourn("check", os.fsdecode(b"f\xff"))

    assert answer.status == 2
    assert "\\xff" in answer.err or "\\udcff" in answer.err


def test_what_is_our_own_mistake_is_said_to_be(sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of the command itself is no traceback either, and no usual exit status."""
    monkeypatch.setattr("sojourn.cli.main.overview", {}.popitem)

    answer = sojourn("--help")

    assert answer.status == 70
    assert "a mistake of Sojourn's own" in answer.err
    assert "KeyError in main.py" in answer.err


def test_our_own_mistake_can_be_seen_whole(sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wants the traceback asks for it."""
    monkeypatch.setattr("sojourn.cli.main.overview", {}.popitem)
    monkeypatch.setenv("SOJOURN_TRACEBACK", "1")

    with pytest.raises(KeyError):
        sojourn("--help")
