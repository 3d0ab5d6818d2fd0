"""`sojourn plan` against a deployment: what publishing would change there, and what becomes of those who are in it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.application.counting import Counted, Place
from sojourn.aws_runtime.clock import SystemClock
from sojourn.domain.control import EVERY
from tests.cli.conftest import Sojourn, change
from tests.support.aws_deployment import Deployed

JOURNEY = Path("journeys/welcome/journey.yaml")


def _live(dev: Deployed) -> str:
    (journey,) = Live(dev.dynamodb, dev.table).journeys()
    return journey.version


def _count(dev: Deployed, version: str, runs: int, **now: int) -> None:
    """Let so many runs of a version go on, and so many be at each step."""
    deltas = {Place("welcome", version): {"active": runs}}
    deltas |= {Place("welcome", version, step): {"now": number} for step, number in now.items()}
    counters = DynamoCounters(dev.dynamodb, dev.table, SystemClock())
    counters.count([Counted(f"c-{version}", deltas)])


def test_the_workspace_that_is_deployed_changes_nothing(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """What is live is compared by what was written, so that the same files change nothing."""
    change(Path("journeys/workspace.yaml"), "workspace: journeys", "workspace: starter")

    answer = sojourn("plan")

    assert (answer.status, answer.out) == (0, "nothing would change\n"), answer.err


def test_a_change_is_told_with_who_is_in_the_journey(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """Steps as beside a checkout; then whose the journey is, since when it is live, and who finishes on what."""
    change(JOURNEY, "up_to: 3 days", "up_to: 40 minutes")
    change(Path("journeys/workspace.yaml"), "workspace: journeys", "workspace: starter")
    live = _live(dev)
    _count(dev, live, 800, clicked=420, hello=380)
    _count(dev, "000000000000", 1)

    answer = sojourn("plan", "journeys/welcome")

    assert answer.status == 0, answer.err
    assert answer.out.splitlines() == [
        "welcome: changed",
        "  steps",
        "    ~ clicked (wait_for)",
        "        up_to: 3 days → 40 minutes",
        "  in the deployment",
        "    ! it belongs to the stack: `npx cdk deploy` changes it, and `sojourn publish` refuses to",
        f"      {live} is live since Sun 1 Mar 2026, 09:00, by kim (the role Publisher) (“Say hello”)",
        "  customers who are in it",
        f"      {live} (live): 800 runs finish on this version",
        "        hello 380, clicked 420",
        "      000000000000: 1 run finishes on this version",
        "  a week",
        "      no whole day of welcome was counted yet: what comes to its steps is not known",
        "",
        "journeys: 1 changed",
    ]


def test_a_migration_says_who_goes_where(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """Step by step what becomes of those who are there; and what the file names that the version does not have."""
    live = _live(dev)
    change(JOURNEY, "up_to: 3 days", "up_to: 40 minutes")
    Path("journeys/welcome/migration.yaml").write_text(
        f"from: {live}\nsteps: {{clicked: {{move: hello}}, bye: exit}}\notherwise: drain\n", encoding="utf-8"
    )
    _count(dev, live, 800, clicked=420, hello=380)

    answer = sojourn("plan", "--json")

    assert answer.status == 0, answer.err
    (runs,) = json.loads(answer.out)["deployed"]["welcome"]["runs"]
    assert runs == {
        "version": live, "runs": 800,
        "steps": [
            {"step": "hello", "runs": 380, "fate": "drain"},
            {"step": "clicked", "runs": 420, "fate": {"move": "hello"}},
        ],
        "wrong": [f"it names bye, and version {live} has no such step"],
    }  # fmt: skip
    told = sojourn("plan").out
    assert "        clicked 420: go on at hello\n" in told
    assert "    ! `npx cdk deploy` moves nobody: `sojourn migrate welcome` afterwards does\n" in told
    assert f"        ! it names bye, and version {live} has no such step\n" in told


def test_a_new_journey_and_a_pause_are_told(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """A journey that nobody published is new; publishing ends no pause, which the plan says."""
    Path("journeys/again").mkdir()
    text = JOURNEY.read_text(encoding="utf-8")
    Path("journeys/again/journey.yaml").write_text(
        text.partition("steps:")[0].replace("journey: welcome", "journey: again") + "steps: [{exit: done}]\n",
        encoding="utf-8",
    )
    change(JOURNEY, "up_to: 3 days", "up_to: 40 minutes")
    now = SystemClock().now()
    Registry(dev.dynamodb, dev.table).control(
        EVERY, lambda control: control.paused(now, "arn:aws:iam::111122223333:user/ana", "a wrong price")
    )

    answer = sojourn("plan")

    assert answer.status == 0, answer.err
    lines = answer.out.splitlines()
    assert "again: new" in lines
    assert any(
        "nobody enters for now" in line and "publishing changes nothing of that" in line for line in lines
    )
    assert lines[-1] == "journeys: 1 new, 1 changed"


def test_shared_settings_that_differ_are_told(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """What all journeys share is compared as the deployment has it, one entry a topic, segment and so on."""
    change(Path("journeys/workspace.yaml"), "timezone: ", "timezone: Europe/Lisbon # ")

    answer = sojourn("plan")

    lines = answer.out.splitlines()
    assert answer.status == 0, answer.err
    assert any("timezone: " in line and "→ Europe/Lisbon" in line for line in lines)
    at = lines.index("  in the deployment")
    assert lines[at + 1].startswith("    ! it belongs to the stack: `npx cdk deploy` changes it")


def test_shared_settings_are_told_beside_one_journey_as_well(
    shop: Path, dev: Deployed, sojourn: Sojourn
) -> None:
    """Publishing one journey alone brings them along, and they hold for all."""
    change(Path("journeys/workspace.yaml"), "timezone: ", "timezone: Europe/Lisbon # ")

    answer = sojourn("plan", "journeys/welcome", "--json")

    assert [one["name"] for one in json.loads(answer.out)["shared"]] == ["timezone", "workspace"]


def test_findings_that_are_new_are_told_apart(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """A warning that the live version has too is no news."""
    before = sojourn("plan", "--json")
    assert json.loads(before.out)["findings"] == {"new": [], "gone": []}
    Path("journeys/welcome/messages/spare.yaml").write_text(
        'sms: "Nobody sends this. Reply STOP to opt out."\n'
    )

    after = json.loads(sojourn("plan", "--json").out)["findings"]

    assert [one["file"] for one in after["new"]] == ["journeys/welcome/messages/spare.yaml"]


def test_a_week_is_forecast_from_what_was_counted(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """Messages and dollars as they are, and as they would be without one of the sends."""
    live, counters = _live(dev), DynamoCounters(dev.dynamodb, dev.table, SystemClock())
    today = SystemClock().now().date()
    for days in range(1, 29):
        day = Place("welcome", live, "", (today - timedelta(days=days)).isoformat())
        counters.count(
            [Counted(f"d-{days}", {day: {"entered": 100, "passed@hello": 100, "sent.email@hello": 90}})]
        )
    change(JOURNEY, "up_to: 3 days", "up_to: 40 minutes")

    answer = sojourn("plan")

    lines = [line.strip() for line in answer.out.splitlines()]
    assert "a week, by the last 28 days" in lines, answer.out
    assert "700 enter" in lines
    assert any(line.startswith("email: 630") for line in lines), answer.out
    forecast = json.loads(sojourn("plan", "--json").out)["deployed"]["welcome"]["forecast"]
    assert (forecast["days"], forecast["entered"]) == (28, 700.0)
    assert forecast["before"]["messages"]["email"]["likely"] == 630.0


@pytest.mark.usefixtures("shop")
def test_without_a_deployment_it_says_so(sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who only has a checkout is told what to do."""
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)

    answer = sojourn("plan")

    assert answer.status == 2
    assert "region" in answer.err


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("000000000001", "it leads from 000000000001, and there is no such version of the journey"),
        ("{live}", "migration.yaml leads from {live}, and nobody is in that any more: it does nothing"),
    ],
)
def test_a_migration_that_does_nothing_is_told(
    shop: Path, dev: Deployed, sojourn: Sojourn, before: str, said: str
) -> None:
    """A version that never was, and one that nobody is in: as publishing would refuse it, or do nothing."""
    live = _live(dev)
    change(JOURNEY, "up_to: 3 days", "up_to: 40 minutes")
    Path("journeys/welcome/migration.yaml").write_text(
        f'from: "{before.format(live=live)}"\notherwise: exit\n', encoding="utf-8"
    )

    answer = sojourn("plan", "journeys/welcome")

    assert answer.status == 0, answer.err
    assert said.format(live=live) in answer.out
