from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn, change


@pytest.fixture
def mistaken(shop: Path) -> Path:
    """A workspace with one mistake in a journey and one in a scenario."""
    change(shop / "welcome" / "journey.yaml", "send: hello", "send: helo")
    change(shop / "welcome" / "scenarios" / "signs-up-twice.yaml", "scenario:", "scenary:")
    return shop


def test_findings_are_shown_with_their_place_and_help(mistaken: Path, sojourn: Sojourn) -> None:
    """Each finding names file, line and column as one would type them, and what to do; the status is 1."""
    answer = sojourn("check")

    assert (answer.status, answer.err) == (1, "")
    assert "journeys/welcome/journey.yaml:10:" in answer.out
    assert 'did you mean "hello"?' in answer.out
    assert "journeys/welcome/scenarios/signs-up-twice.yaml:1:" in answer.out


@pytest.mark.parametrize("path", ["journeys/welcome/journey.yaml", "journeys/welcome/scenarios"])
def test_only_the_part_asked_about_is_shown(mistaken: Path, sojourn: Sojourn, path: str) -> None:
    """For a file or folder only its findings are shown, though the whole workspace is read."""
    answer = sojourn("check", path, "--format", "json")

    files = [finding["file"] for finding in json.loads(answer.out)["findings"]]
    assert answer.status == 1
    assert files
    assert all(file == path or file.startswith(f"{path}/") for file in files)


def test_a_part_without_findings_is_good(mistaken: Path, sojourn: Sojourn) -> None:
    """A clean file of a workspace with mistakes elsewhere exits with 0."""
    answer = sojourn("check", "journeys/workspace.yaml")

    assert answer.status == 0


def test_paths_are_shown_from_the_current_folder(
    mistaken: Path, sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside a journey's folder a finding's path can be typed there, too."""
    monkeypatch.chdir(mistaken / "welcome")

    answer = sojourn("check", "journey.yaml")

    assert answer.status == 1
    assert "../welcome/journey.yaml:10:" in answer.out


def test_sarif_is_json_that_names_the_tool(mistaken: Path, sojourn: Sojourn) -> None:
    """What a code review tool reads is whole, and nothing else is on the standard output."""
    answer = sojourn("check", "--format", "sarif")

    run = json.loads(answer.out)["runs"][0]
    assert (answer.status, answer.err) == (1, "")
    assert run["tool"]["driver"]["name"] == "sojourn"
    assert len(run["results"]) >= 2


@pytest.mark.parametrize("kind", ["json", "sarif"])
def test_nothing_wrong_is_json_too(shop: Path, sojourn: Sojourn, kind: str) -> None:
    """Without findings a program still reads JSON."""
    answer = sojourn("check", "--format", kind)

    assert answer.status == 0
    assert json.loads(answer.out)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("welcome/journey.yaml", b"journey: [", "SJ102"),
        ("welcome/journey.yaml", b"journey: \xff", "SJ101"),
        ("welcome/journey.yaml", b"", "SJ107"),
        ("welcome/journey.yaml", b"- 1\n", "SJ120"),
        ("welcome/journey.yaml", b"# " + b"x" * 10_000_000, "SJ103"),
        ("workspace.yaml", b"workspace: {" * 2_000, "SJ104"),
    ],
    ids=["no YAML", "no UTF-8", "empty", "a list", "10 MB", "deep"],
)
def test_a_bad_file_is_a_finding(shop: Path, sojourn: Sojourn, name: str, content: bytes, code: str) -> None:
    """Whatever a file holds, it is a finding with its place, in every command that reads the workspace."""
    (shop / name).write_bytes(content)

    checked = sojourn("check", "--json")
    tested = sojourn("test")
    compiled = sojourn("compile", "welcome")

    assert checked.status == tested.status == compiled.status == 1
    assert code in checked.out
    assert code in tested.err
    assert code in compiled.err
    assert tested.out == compiled.out == ""


def test_a_file_of_another_kind_is_no_part_of_a_workspace(shop: Path, sojourn: Sojourn) -> None:
    """Asking about a picture is wrong usage, not a clean check."""
    (shop / "photo.jpg").write_bytes(b"x")

    answer = sojourn("check", "journeys/photo.jpg")

    assert answer.status == 2
    assert "journeys/photo.jpg is no file of a workspace" in answer.err


def test_the_length_of_each_sms_is_shown(shop: Path, sojourn: Sojourn) -> None:
    """With --sms every SMS of the part asked about is listed, by locale, with what is certain of its length."""
    (shop / "welcome" / "messages" / "hello.yaml").write_text(
        "sms: \"Hi {{ customer.first_name | default: 'you' }}! STOP\"\nlocales: {ru: {sms: Привет! STOP}}\n",
        encoding="utf-8",
    )

    answer = sojourn("check", "journeys/welcome", "--sms")

    assert answer.out.startswith(
        "SMS            locale  encoding  characters  parts\n"
        "welcome/hello  en      GSM-7     at least 9  at least 1\n"
        "welcome/hello  ru      UCS-2     12          1\n\n"
    )


def test_there_may_be_no_sms(shop: Path, sojourn: Sojourn) -> None:
    """A workspace without SMS is told so."""
    assert sojourn("check", "--sms").out == "no SMS\n\nno findings\n"


def test_the_length_of_sms_is_no_format_for_programs(shop: Path, sojourn: Sojourn) -> None:
    """--sms and JSON exclude each other."""
    answer = sojourn("check", "--sms", "--format", "json")

    assert (answer.status, answer.out) == (2, "")
    assert "--sms is a table for people" in answer.err
