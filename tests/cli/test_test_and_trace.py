from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn, change, last

SCENARIO = "journeys/welcome/scenarios/signs-up-twice.yaml"


@pytest.fixture
def failing(shop: Path) -> Path:
    """A workspace of which one scenario expects two things that do not come, and one that comes."""
    file = shop.parent / SCENARIO
    text = file.read_text(encoding="utf-8")
    expected = "  - {customer: ana, exited: goal}\n"
    unwanted = "never:\n  - {sent: hello}\n"
    file.write_text(text + expected * 2 + unwanted, encoding="utf-8")
    return file


def test_every_scenario_has_a_line(shop: Path, sojourn: Sojourn) -> None:
    """Each scenario is named with its file and what it is about; the last line counts them."""
    answer = sojourn("test")

    lines = answer.out.splitlines()
    assert answer.status == 0
    assert len(lines) == 3
    assert lines[0].startswith("ok ")
    assert lines[0].endswith("orders-on-the-second-day.yaml: who orders gets no reminder")
    assert lines[2].startswith("2 scenarios passed in ")


def test_a_failure_says_where_and_what(failing: Path, sojourn: Sojourn) -> None:
    """Each expectation that did not hold is shown with its own line, and how to see more."""
    answer = sojourn("test")

    lines = failing.read_text(encoding="utf-8").splitlines()
    never = lines.index("never:") + 1
    shown = [line.strip() for line in answer.out.splitlines() if line.startswith("  ")]
    assert answer.status == 1
    assert [line.partition(": ")[0] for line in shown] == [
        f"{SCENARIO}:{never - 2}",
        f"{SCENARIO}:{never - 1}",
        f"{SCENARIO}:{never + 1}",
    ]
    assert shown[0].endswith("expected {customer: ana, exited: goal}, but it never came")
    assert shown[2].endswith("never {sent: hello}, but it did at +0s")
    assert "\n1 of 2 scenarios failed in " in answer.out
    assert last(answer.out) == f"see all that happened: sojourn trace {SCENARIO}"


def test_the_failure_of_what_customers_do_points_there(shop: Path, sojourn: Sojourn) -> None:
    """A click on what was never sent is a failure at the line of the click."""
    change(
        shop.parent / SCENARIO,
        "expect:\n",
        "also:\n  - {at: +1d, customer: ana, clicked: reminder}\nexpect:\n",
    )

    answer = sojourn("test", SCENARIO)

    line = (shop.parent / SCENARIO).read_text(encoding="utf-8").splitlines().index("also:") + 2
    assert answer.status == 1
    assert f'{SCENARIO}:{line}: at +1d "ana" clicked "reminder"' in answer.out


@pytest.mark.parametrize(
    ("path", "count"),
    [("journeys", 2), ("journeys/welcome", 2), ("journeys/welcome/journey.yaml", 2), (SCENARIO, 1)],
)
def test_a_part_of_a_workspace_is_tested(shop: Path, sojourn: Sojourn, path: str, count: int) -> None:
    """A folder's scenarios, a journey's, or a single one."""
    answer = sojourn("test", path, "--json")

    assert (answer.status, json.loads(answer.out)["passed"]) == (0, count)


def test_results_as_json(failing: Path, sojourn: Sojourn) -> None:
    """A program reads the same: counts, every scenario, every failure with file and line."""
    answer = sojourn("test", "--json")

    results = json.loads(answer.out)
    failed = results["scenarios"][1]
    assert answer.status == 1
    assert (results["passed"], results["failed"]) == (1, 1)
    assert (failed["file"], failed["journey"], failed["passed"]) == (SCENARIO, "welcome", False)
    assert [sorted(failure) for failure in failed["failures"]] == [["file", "line", "message"]] * 3


def test_errors_stop_the_scenarios(shop: Path, sojourn: Sojourn) -> None:
    """With errors in the workspace nothing is played, and the findings say why."""
    change(shop / "welcome" / "journey.yaml", "send: hello", "send: helo")

    tested = sojourn("test")
    traced = sojourn("trace", SCENARIO)

    assert (tested.status, tested.out) == (1, "")
    assert tested.err.endswith("no scenario was played\n")
    assert (traced.status, traced.out) == (1, "")
    assert traced.err.endswith("the scenario was not played\n")


BROKEN = "journeys/welcome/scenarios/orders-on-the-second-day.yaml"


@pytest.fixture
def broken(shop: Path) -> Path:
    """A workspace of which one scenario cannot be played, and another not even be read."""
    file = shop.parent / BROKEN
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "  - {at: soon, customer: ana, exited: goal}\n", encoding="utf-8")
    (file.parent / "empty.yaml").write_text("", encoding="utf-8")
    return file


def test_a_scenario_with_errors_stops_only_itself(broken: Path, sojourn: Sojourn) -> None:
    """The others are played; it has failed, with what is wrong at its own line."""
    answer = sojourn("test")

    line = len(broken.read_text(encoding="utf-8").splitlines())
    lines = answer.out.splitlines()
    assert answer.status == 1
    assert [line for line in lines if line.startswith("ok ")] == [lines[4]]
    assert lines[0].endswith("welcome/scenarios/empty.yaml: not played")
    assert lines[1] == "  journeys/welcome/scenarios/empty.yaml:1: SJ107 empty-file: the file is empty"
    assert lines[2].endswith(f"{BROKEN}: who orders gets no reminder")
    assert lines[3].startswith(f"  {BROKEN}:{line}: SJ701 scenario-time: ")
    assert lines[5].startswith("2 of 3 scenarios failed in ")
    assert lines[6:] == ["see what to do: sojourn check journeys/welcome/scenarios/empty.yaml"]


@pytest.mark.parametrize("command", [["trace", SCENARIO], ["test", SCENARIO], ["compile", "welcome"]])
def test_another_scenario_with_errors_is_nobodys_business(
    broken: Path, sojourn: Sojourn, command: list[str]
) -> None:
    """Whoever asks about one scenario, or about the journey alone, hears nothing of it."""
    answer = sojourn(*command)

    assert answer.status == 0
    assert broken.name not in answer.out + answer.err


def test_a_scenario_with_errors_is_not_traced(broken: Path, sojourn: Sojourn) -> None:
    """Its own errors are shown, no other's."""
    answer = sojourn("trace", BROKEN)

    assert (answer.status, answer.out) == (1, "")
    assert "SJ701" in answer.err
    assert "empty.yaml" not in answer.err
    assert answer.err.endswith("the scenario was not played\n")


def test_errors_of_scenarios_as_json(broken: Path, sojourn: Sojourn) -> None:
    """What was not played is a failure like any other, and took no time."""
    answer = sojourn("test", "--json")

    results = json.loads(answer.out)
    first = results["scenarios"][0]
    assert answer.status == 1
    assert (results["passed"], results["failed"]) == (1, 2)
    assert (first["journey"], first["passed"], first["seconds"]) == ("welcome", False, 0.0)
    assert [sorted(failure) for failure in first["failures"]] == [["file", "line", "message"]]


def test_a_trace_is_read_from_top_to_bottom(shop: Path, sojourn: Sojourn) -> None:
    """One line for everything that happened, when counted from the start."""
    answer = sojourn("trace", SCENARIO)

    lines = answer.out.splitlines()
    assert (answer.status, answer.err) == (0, "")
    assert lines[0].split() == ["+0s", "ana", "welcome", "entered:", "by", "signed_up"]
    assert lines[-1].split()[-1] == "(completed)"


def test_a_trace_as_json_is_one_object_a_line(shop: Path, sojourn: Sojourn) -> None:
    """A program reads the same line by line."""
    answer = sojourn("trace", SCENARIO, "--json")

    happened = [json.loads(line) for line in answer.out.splitlines()]
    assert answer.status == 0
    assert [one["what"] for one in happened][:3] == ["entered", "sent", "waiting"]
    assert {"at", "customer", "journey", "version", "run"} <= happened[0].keys()


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_trace_also_says_what_failed(failing: Path, sojourn: Sojourn, form: list[str]) -> None:
    """What did not come goes to the remarks, so the trace stays whole."""
    answer = sojourn("trace", SCENARIO, *form)

    assert answer.status == 1
    assert "exited" in answer.out
    assert answer.err.count(f"{SCENARIO}:") == 3
    assert "but it never came" in answer.err


def test_a_file_cannot_steer_the_terminal(shop: Path, sojourn: Sojourn) -> None:
    """An escape sequence in a scenario is written out, not obeyed."""
    change(shop.parent / SCENARIO, "{id: ana,", '{id: "a\\e[31mna",')
    text = (shop.parent / SCENARIO).read_text(encoding="utf-8")
    (shop.parent / SCENARIO).write_text(
        text.replace("customer: ana", 'customer: "a\\e[31mna"'), encoding="utf-8"
    )

    answer = sojourn("trace", SCENARIO)

    assert answer.status == 0
    assert "a\\x1b[31mna" in answer.out
    assert "\x1b" not in answer.out
