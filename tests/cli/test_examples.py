from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from sojourn.cli.main import NAMES, command_of
from tests.cli.conftest import Sojourn
from tests.cli.publishers import CUSTOMERS, for_audiences
from tests.cli.travellers import underway

SAMPLES = Path(__file__).parents[2] / "journeys"
CHANGING = frozenset(
    ("publish", "migrate", "rollback", "withdraw", "approve", "cancel", "pause", "resume", "stop", "operations",
     "history", "audience")
)  # fmt: skip
"""Commands that ask the control API, or tell what came of it."""


def examples(text: str) -> list[str]:
    """Return the calls that a help text shows as examples."""
    return [line.strip() for line in text.partition("\nexamples:\n")[2].splitlines() if line.strip()]


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_help_text_work(
    shop: Path, sojourn: Sojourn, name: str, request: pytest.FixtureRequest
) -> None:
    """Every call that `--help` shows does its job in a folder with the workspace that `sojourn new` makes, and those
    that need a deployment where there is one.
    """
    if command_of(name).deployed:
        deployed = request.getfixturevalue("desk" if name in CHANGING else "dev")
        if name == "migrate":
            underway(deployed, shop / "welcome" / "journey.yaml")
        if name == "audience":
            for_audiences(deployed)
            (shop.parent / "customers.csv").write_text(CUSTOMERS)
    shown = examples(sojourn(name, "--help").out)

    statuses = {call: sojourn(*shlex.split(call)[1:]).status for call in shown}

    assert statuses == dict.fromkeys(command_of(name).examples, 0)


def test_the_examples_of_the_overview_work(sojourn: Sojourn) -> None:
    """What `sojourn --help` shows can be typed in the order shown, in an empty folder."""
    shown = examples(sojourn("--help").out)

    statuses = [sojourn(*shlex.split(call)[1:]).status for call in shown]

    assert statuses == [0, 0]


@pytest.mark.parametrize("name", ["check", "compile", "graph", "trace"])
def test_the_examples_work_with_the_sample_journeys(here: Path, sojourn: Sojourn, name: str) -> None:
    """They work beside the samples of the repository too."""
    shutil.copytree(SAMPLES, here / "journeys")

    statuses = {call: sojourn(*shlex.split(call)[1:]).status for call in command_of(name).examples}

    assert statuses == dict.fromkeys(command_of(name).examples, 0)
