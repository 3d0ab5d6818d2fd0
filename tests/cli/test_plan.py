"""`sojourn plan`: what publishing would change, said before it does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn, change


@pytest.fixture
def live(shop: Path) -> Path:
    """The workspace as it is, beside the one that is worked on."""
    return Path(shutil.copytree(shop, shop.parent / "live"))


def test_nothing_would_change(live: Path, sojourn: Sojourn) -> None:
    """The same workspace is said to be the same, comments aside."""
    file = Path("journeys/welcome/journey.yaml")
    file.write_text("# Reviewed.\n" + file.read_text(encoding="utf-8"), encoding="utf-8")

    answer = sojourn("plan", "--against", "live")

    assert (answer.status, answer.out) == (0, "nothing would change\n")


def test_what_changes_is_said_by_step_and_text(live: Path, sojourn: Sojourn) -> None:
    """A wait, a new step and a text are told where they stand, with what was said before."""
    journey = Path("journeys/welcome/journey.yaml")
    change(journey, "up_to: 3 days", "up_to: 40 minutes")
    change(journey, "  - id: clicked\n", "  - {id: pause, wait: 3 minutes}\n  - id: clicked\n")

    answer = sojourn("plan", "journeys", "--against", "live")

    assert answer.status == 0, answer.err
    assert answer.out.splitlines() == [
        "welcome: changed",
        "  steps",
        "    + pause (wait 3 minutes), after hello",
        "    ~ clicked (wait_for)",
        "        up_to: 3 days → 40 minutes",
        "",
        "journeys: 1 changed",
    ]


def test_paths_that_come_and_go_are_said_in_words(live: Path, sojourn: Sojourn) -> None:
    """Neither "otherwise: true" nor a list of cases in braces: what a step has now, and what it has no more."""
    journey = Path("journeys/welcome/journey.yaml")
    text = journey.read_text(encoding="utf-8")
    steps = "steps:\n  - {{id: hello, send: hello{}}}\n  - id: kind\n    branch:\n{}"
    plain = "      - {when: customer.first_name == 'Ana', steps: [{wait: 1 day}]}\n"
    more = plain + "      - {else: [{wait: 2 days}]}\n"
    before, after = steps.format("", plain), steps.format(", otherwise: [{wait: 3 days}]", more)
    for folder, said in (("journeys", after), ("live", before)):
        Path(folder, "welcome/journey.yaml").write_text(text.partition("steps:")[0] + said, encoding="utf-8")
        shutil.rmtree(Path(folder, "welcome/scenarios"), ignore_errors=True)

    forth, back = sojourn("plan", "--against", "live"), sojourn("plan", "live", "--against", "journeys")

    assert "        now goes on with steps of its own otherwise" in forth.out.splitlines(), (
        forth.out + forth.err
    )
    assert (
        "        branch: when customer.first_name == 'Ana' → when customer.first_name == 'Ana'; else"
        in forth.out.splitlines()
    )
    assert "        no longer goes on with steps of its own otherwise" in back.out.splitlines()
    assert "true" not in forth.out + back.out


def test_what_all_journeys_share_is_said_first(live: Path, sojourn: Sojourn) -> None:
    """A topic or a segment that says something else changes every journey that reads it."""
    with Path("journeys/segments.yaml").open("a", encoding="utf-8") as file:
        file.write('\nnewcomers: {when: times("order_completed") == 0}\n')

    answer = sojourn("plan", "--against", "live")

    assert answer.status == 0, answer.err
    assert answer.out.splitlines() == [
        "workspace",
        "  what all journeys share",
        '    + segments.newcomers: {when: times("order_completed") == 0}',
        "",
        "no journey would change",
    ]


def test_a_journey_comes_or_goes(live: Path, sojourn: Sojourn) -> None:
    """A journey that only one of the two has is new, or gone, whichever way they are compared."""
    shutil.copytree("journeys/welcome", "journeys/second")
    change(Path("journeys/second/journey.yaml"), "journey: welcome", "journey: second")
    shutil.rmtree("journeys/second/scenarios", ignore_errors=True)

    forth, back = sojourn("plan", "--against", "live"), sojourn("plan", "live", "--against", "journeys")

    assert "second: new" in forth.out, forth.err
    assert "second: gone" in back.out, back.err


def test_one_journey_is_asked_about_alone(live: Path, sojourn: Sojourn) -> None:
    """With a journey's folder, no other journey is told of."""
    shutil.copytree("live/welcome", "live/second")
    change(Path("live/second/journey.yaml"), "journey: welcome", "journey: second")

    answer = sojourn("plan", "journeys/welcome", "--against", "live")

    assert answer.out == "nothing would change\n", answer.err


def test_markdown_is_for_a_pull_request(live: Path, sojourn: Sojourn) -> None:
    """Each section is a block that shows what comes and goes, and nothing an author wrote gets out of it."""
    change(Path("journeys/welcome/journey.yaml"), "title: ", "title: '```' # ")

    answer = sojourn("plan", "--against", "live", "--format", "markdown")

    assert answer.status == 0, answer.err
    assert answer.out.startswith("**journeys: 1 changed")
    assert "### welcome: changed" in answer.out
    assert [line for line in answer.out.splitlines() if line.startswith("```")] == ["```diff", "```"]


def test_json_is_for_programs(live: Path, sojourn: Sojourn) -> None:
    """It has every journey, and of a changed one the steps that differ."""
    change(Path("journeys/welcome/journey.yaml"), "title: ", "title: Good day # ")

    told = json.loads(sojourn("plan", "--against", "live", "--format", "json").out)

    (welcome,) = [one for one in told["journeys"] if one["journey"] == "welcome"]
    assert (welcome["kind"], [one["name"] for one in welcome["about"]], welcome["steps"]) == (
        "changed", ["title"], [],
    )  # fmt: skip


def test_findings_that_are_new_are_told(live: Path, sojourn: Sojourn) -> None:
    """A warning that was there before is not told again; one that is new is, and one that is gone too."""
    change(Path("journeys/welcome/journey.yaml"), "goal: {event: order_completed, within: 14 days}", "")

    forth, back = sojourn("plan", "--against", "live"), sojourn("plan", "live", "--against", "journeys")

    assert "findings that are new" in forth.out, forth.out + forth.err
    assert "findings that are gone" in back.out


def test_what_cannot_be_published_is_not_planned(live: Path, sojourn: Sojourn) -> None:
    """Errors are shown and stop it with 1, as they stop publishing."""
    change(Path("journeys/welcome/journey.yaml"), "enter:", "entre:")

    answer = sojourn("plan", "--against", "live")

    assert (answer.status, answer.out) == (1, "")
    assert "nothing was planned" in answer.err
