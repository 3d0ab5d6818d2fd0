from __future__ import annotations

from typing import Any

import pytest

from sojourn.domain.compile.policy import tracking_settings
from sojourn.domain.decide.tracking import Tracking, tracking_of
from sojourn.domain.journey.model.tracking import Tracking as Written

DEFAULTS = {"source": "acme", "medium": "email", "campaign": "welcome", "content": "hello"}


@pytest.mark.parametrize(
    ("workspace", "journey", "expected"),
    [
        ({}, {}, Tracking(opens=True, clicks=True)),
        ({"opens": False}, {}, Tracking(opens=False)),
        ({"opens": False}, {"opens": True, "clicks": False}, Tracking(clicks=False)),
        ({"utm": True}, {}, Tracking(utm=DEFAULTS)),
        ({"utm": {"source": "letters"}}, {}, Tracking(utm={**DEFAULTS, "source": "letters"})),
        ({"utm": {"source": "letters"}}, {"utm": False}, Tracking()),
        ({}, {"utm": {"campaign": "spring"}}, Tracking(utm={**DEFAULTS, "campaign": "spring"})),
        (
            {"utm": {"source": "letters", "campaign": "all"}},
            {"utm": {"campaign": "spring"}},
            Tracking(utm={**DEFAULTS, "source": "letters", "campaign": "spring"}),
        ),
        ({"utm": {"source": "letters"}}, {"utm": True}, Tracking(utm={**DEFAULTS, "source": "letters"})),
        (
            {"utm": {"content": ""}},
            {},
            Tracking(utm={"source": "acme", "medium": "email", "campaign": "welcome"}),
        ),
    ],
)
def test_a_journeys_word_counts_more_than_its_workspaces(
    workspace: dict[str, Any], journey: dict[str, Any], expected: Tracking
) -> None:
    """Opens and clicks are told unless somebody says no; links say where they come from if somebody says so."""
    assert tracking_of(workspace, journey, DEFAULTS) == expected


def test_settings_hold_what_somebody_wrote_and_no_more() -> None:
    """A journey that says nothing leaves the workspace's word as it is."""
    assert tracking_settings(None) == {}
    assert tracking_settings(Written.model_validate({"utm": {"campaign": "spring"}})) == {
        "utm": {"campaign": "spring"}
    }
    assert tracking_settings(Written.model_validate({"opens": False, "utm": True})) == {
        "opens": False,
        "utm": True,
    }
