from __future__ import annotations

from pathlib import Path

import pytest

import sojourn.pinpoint
from sojourn.domain.journey.project import read_project
from sojourn.local.deployment import deploy
from sojourn.local.scenario import play
from sojourn.pinpoint.importing import Asked, import_exports

EXAMPLE = Path(sojourn.pinpoint.__file__).parent / "example.json"
STORY = """
scenario: {name}
start: 2026-03-02T10:00:00Z
customers:
  - {{id: ana, timezone: UTC, email: ana@example.com, phone: "+491701234567", attributes: {attributes}}}
events:
  - {{at: +0s, customer: ana, event: signed_up}}
also:
{also}
expect:
{expect}
"""
OPENS = "  - {at: +2h, customer: ana, opened: say_hello}"
HELLO = "  - {at: +0s, customer: ana, sent: say_hello, channel: email}"


@pytest.mark.parametrize(
    ("name", "attributes", "also", "expect"),
    [
        (
            "opens and has the plan", "{plan: pro, FirstName: Ana, orders: 0}", OPENS,
            [HELLO, "  - {at: +3 days, customer: ana, sent: thanks}",
             "  - {at: +3 days, customer: ana, exited: completed}"],
        ),
        (
            "opens and has bought", "{plan: free, FirstName: Ana, orders: 2}", OPENS,
            [HELLO, "  - {at: +3 days, customer: ana, exited: completed}"],
        ),
        (
            "opens nothing", "{plan: free, FirstName: Ana, orders: 1}", "  []",
            [HELLO, "  - {at: +3 days, customer: ana, sent: nudge, channel: sms}",
             "  - {at: +4 days, customer: ana, exited: completed}"],
        ),
    ],
)  # fmt: skip
def test_an_imported_journey_does_what_it_did(
    name: str, attributes: str, also: str, expect: list[str]
) -> None:
    """The example's journey, played in virtual time, sends what Pinpoint sent, and when."""
    came = import_exports({"welcome.json": EXAMPLE.read_bytes()}, Asked("acme"))
    story = STORY.format(name=name, attributes=attributes, also=also, expect="\n".join(expect))
    files = came.files | {"welcome-series/scenarios/story.yaml": story.replace("also:\n  []", "also: []")}

    project = read_project({path: text.encode() for path, text in files.items()})
    (scenario,) = project.journeys["welcome-series"].scenarios

    assert play(scenario.scenario, deploy(project)).failures == []
