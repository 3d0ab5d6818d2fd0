from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Sojourn, change
from tests.cli.publishers import Published, starter, titled
from tests.cli.test_publish import BETTER, live, publish
from tests.support.control_room import BEN


def test_findings_stop_it_before_anything_is_sent(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """They are shown as `check` shows them; the deployment is not even looked for."""
    change(files, "on: signed_up", "on: signed_upp")

    status, out, err = publish(sojourn)

    assert (status, out) == (1, "")
    assert "journeys/welcome/journey.yaml:5:7: error SJ" in err
    assert err.endswith("nothing was published\n")
    assert desk.gateway.calls == []


def test_errors_of_another_journey_stop_neither_plan_nor_publication(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """One journey alone is published as it is; which others have errors is said."""
    change(files, *BETTER)
    other = files.parents[1] / "fair" / "journey.yaml"
    other.parent.mkdir()
    other.write_text("journey: fair\ntopic: getting-started\nenter: {on: signed_up}\nsteps: [{send: nope}]\n")

    plan = sojourn("plan", "journeys/welcome")
    status, _, err = publish(sojourn, "journeys/welcome")
    whole, _, errors = publish(sojourn)

    assert (plan.status, status, whole) == (0, 0, 1)
    assert "note: errors elsewhere change nothing here: journeys/fair\n" in plan.err
    assert "note: errors elsewhere change nothing here: journeys/fair\n" in err
    assert "journeys/fair/journey.yaml:4:" in errors


def test_what_only_the_deployment_finds_is_shown_in_the_files(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """Another release may know more: its findings stand at their places in the files here."""
    change(files, *BETTER)
    broken = starter()["welcome/journey.yaml"].replace("on: signed_up", "on: signed_upp")
    desk.gateway.replaces = {**starter(), "welcome/journey.yaml": broken}

    status, out, err = publish(sojourn)

    assert (status, out) == (1, "")
    assert "journeys/welcome/journey.yaml:5:7: error SJ" in err
    assert "sojourn: nothing was published: the workspace has 1 error; the first: " in err


def test_somebody_else_was_first(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Nothing is published over what nobody here has seen: who did what when and why is said."""
    change(files, *BETTER)
    desk.gateway.before = lambda: desk.room.publish(titled("Ben's"), BEN, message="Mine is better")

    status, out, err = publish(sojourn)

    theirs = live(desk)
    assert (status, out) == (1, "")
    assert "nothing was published: somebody else published meanwhile, so nothing was changed" in err
    assert f"→ {theirs}) by ben, Fri 6 Mar 2026, 10:00: “Mine is better”" in err


def test_what_is_no_journey_is_said(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """A file of a workspace is nothing that can be published."""
    answer = sojourn("publish", "journeys/segments.yaml", "-m", "x", "--yes")

    assert answer.status == 2
    assert "journeys/segments.yaml is no journey, and no workspace" in answer.err


def test_a_journey_of_the_stack_is_refused_before_anything_is_sent(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """With what to do instead."""
    theirs = {
        name: text.replace("journey: welcome", "journey: stacks")
        for name, text in starter().items()
        if "scenarios" not in name and "simulation" not in name
    }
    desk.room.deployed(theirs, settings="publish")
    change(files, "journey: welcome", "journey: stacks")
    same, said, _ = publish(sojourn)
    change(files, *BETTER)

    status, _, err = publish(sojourn)

    assert (same, said.partition(":")[0], status) == (0, "nothing to publish", 1)
    assert 'journey "stacks" belongs to the stack that deploys it' in err
    assert "npx cdk deploy" in err
    assert desk.gateway.calls == []


def test_another_workspace_is_refused_before_anything_is_sent(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """Somebody stands in the wrong folder, or means another stage."""
    change(files.parents[1] / "workspace.yaml", "workspace: journeys", "workspace: other")

    status, _, err = publish(sojourn)

    assert (status, desk.gateway.calls) == (1, [])
    assert 'workspace "journeys" is published there, and this is "other"' in err


def test_findings_in_an_answer_are_shown_as_well(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """A release may look at once, and refuse with 422; what cannot be read of them is passed over."""
    change(files, *BETTER)
    finding = {
        "code": "SJ999", "name": "from-tomorrow", "severity": "warning", "file": "welcome/journey.yaml", "line": 5,
        "column": 3, "end_line": 5, "end_column": 5, "message": "so not", "help": "",
    }  # fmt: skip
    said = {"error": "has_errors", "message": "the workspace has 1 error", "findings": [finding, {"code": 1}]}
    desk.gateway.instead = [(422, json.dumps(said).encode())]

    status, out, err = publish(sojourn)

    assert (status, out) == (1, "")
    assert "journeys/welcome/journey.yaml:5:3: warning SJ999 from-tomorrow" in err
    assert err.endswith("sojourn: the workspace has 1 error\n")


def test_a_workspace_that_is_too_large_is_not_sent(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Nobody waits for an upload that is refused."""
    change(files, *BETTER)
    noise = "".join(f"{number * 2654435761 % 2**32:08x}" for number in range(1_000_000))
    for part in range(8):
        text = f"<!-- {noise[part * 1_000_000 : (part + 1) * 1_000_000]} -->"
        (files.parents[1] / f"notes-{part}.html").write_text(text, encoding="utf-8")

    status, _, err = publish(sojourn)

    assert (status, desk.gateway.calls) == (1, [])
    assert "MB packed, and 4 MB are taken" in err
