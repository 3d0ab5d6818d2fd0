from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn, change


def test_compile_prints_a_state_machine_and_about_it(shop: Path, sojourn: Sojourn) -> None:
    """The machine is the answer; name, version, number of states and size go to the remarks."""
    answer = sojourn("compile", "welcome")

    machine = json.loads(answer.out)
    size = len(answer.out.encode())
    assert answer.status == 0
    assert machine["StartAt"] in machine["States"]
    assert re.fullmatch(rf"welcome version [0-9a-f]{{12}}: \d+ states, {size:,} bytes\n", answer.err)


def test_states_inside_branches_are_counted(shop: Path, sojourn: Sojourn) -> None:
    """The number of states is that of the whole machine, parallel branches and all."""
    steps = "steps:\n  - parallel: {a: [{wait: 1 hour}], b: [{wait: 2 hours}]}\n"
    file = shop / "welcome" / "journey.yaml"
    file.write_text(file.read_text(encoding="utf-8").partition("steps:\n")[0] + steps, encoding="utf-8")

    answer = sojourn("compile", "welcome")

    assert answer.status == 0
    assert f" {answer.out.count(chr(34) + 'Type' + chr(34) + ':')} states" in answer.err


def test_compiling_gives_the_same_bytes(shop: Path, sojourn: Sojourn) -> None:
    """The same files compile to the same bytes, however the journey is named and wherever they go."""
    printed = sojourn("compile", "welcome").out
    sojourn("compile", "journeys/welcome/journey.yaml", "-o", "machine.json")

    assert Path("machine.json").read_text(encoding="utf-8") == printed
    assert printed.endswith("}\n")


@pytest.mark.parametrize(
    "asked",
    [
        "welcome",
        "journeys",
        "journeys/welcome",
        "./journeys/welcome/",
        "journeys/welcome/journey.yaml",
        "journeys/welcome/messages/hello.yaml",
    ],
)
def test_a_journey_goes_by_name_or_path(shop: Path, sojourn: Sojourn, asked: str) -> None:
    """Its name, its folder, a file in it, or a workspace that has only this one."""
    answer = sojourn("compile", asked)

    assert (answer.status, answer.err.split()[0]) == (0, "welcome")


def test_inside_the_workspace_the_name_is_the_folder(
    shop: Path, sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the workspace's own folder both mean the same; in the journey's, `.` does."""
    monkeypatch.chdir(shop)
    by_name = sojourn("compile", "welcome")
    monkeypatch.chdir(shop / "welcome")
    by_dot = sojourn("compile", ".")

    assert by_name.status == by_dot.status == 0
    assert by_name.out == by_dot.out


@pytest.mark.parametrize("asked", ["welcome", "journeys/welcome", "journeys/welcome/journey.yaml"])
@pytest.mark.parametrize(
    "mistake", [("send: hello", "send: helo"), ("steps:", "stepps:"), ("journey:", "- ")]
)
def test_a_journey_with_errors_is_refused(
    shop: Path, sojourn: Sojourn, asked: str, mistake: tuple[str, str]
) -> None:
    """Its findings are shown among the remarks, and nothing is written."""
    change(shop / "welcome" / "journey.yaml", *mistake)

    compiled = sojourn("compile", asked, "-o", "machine.json")
    drawn = sojourn("graph", asked)

    assert (compiled.status, compiled.out) == (1, "")
    assert "journeys/welcome/journey.yaml:" in compiled.err
    assert compiled.err.endswith("nothing was compiled\n")
    assert not Path("machine.json").exists()
    assert (drawn.status, drawn.out) == (1, "")
    assert drawn.err.endswith("nothing was drawn\n")


def test_another_journeys_errors_do_not_matter(shop: Path, sojourn: Sojourn) -> None:
    """A journey that is right compiles beside one that is not."""
    (shop / "other").mkdir()
    (shop / "other" / "journey.yaml").write_text("journey: other\n", encoding="utf-8")

    answer = sojourn("compile", "welcome")

    assert answer.status == 0


def test_a_broken_message_stops_compiling_but_not_drawing(shop: Path, sojourn: Sojourn) -> None:
    """A picture shows how steps hang together; a message's text has no part in it."""
    (shop / "welcome" / "messages" / "hello.mjml").write_text("<mjml>", encoding="utf-8")

    assert sojourn("compile", "welcome").status == 1
    assert sojourn("graph", "welcome").status == 0


def test_graph_draws_mermaid(shop: Path, sojourn: Sojourn) -> None:
    """Without more being said it is text for pages that render Mermaid."""
    answer = sojourn("graph", "welcome")

    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith("flowchart TD\n")


def test_the_ending_of_a_file_says_what_is_drawn(shop: Path, sojourn: Sojourn) -> None:
    """`-o x.svg` is a picture, the same as `--format svg` prints."""
    sojourn("graph", "welcome", "-o", "welcome.svg")
    printed = sojourn("graph", "welcome", "--format", "svg").out

    assert printed.startswith("<svg")
    assert Path("welcome.svg").read_text(encoding="utf-8") == printed
