from __future__ import annotations

from typing import Any

import pytest

from sojourn.domain.compile.policy import tracking_settings
from sojourn.domain.decide.tracking import Tracking, leads_elsewhere, tracking_of
from sojourn.domain.journey.model.tracking import Tracking as Written

HOSTS = ("shop.example", "*.acme.example")
DEFAULTS = {"source": "acme", "medium": "email", "campaign": "welcome", "content": "hello"}


@pytest.mark.parametrize(
    ("workspace", "journey", "expected"),
    [
        ({}, {}, Tracking(opens=True, clicks=True)),
        ({"opens": False}, {}, Tracking(opens=False)),
        ({"opens": False}, {"opens": True, "clicks": False}, Tracking(clicks=False)),
        ({"utm": True}, {}, Tracking(utm=DEFAULTS)),
        ({"utm": True, "hosts": ["a.example"]}, {}, Tracking(utm=DEFAULTS, hosts=("a.example",))),
        ({"hosts": ["a.example"]}, {"hosts": ["*.b.example"]}, Tracking(hosts=("*.b.example",))),
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


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example", "https://SHOP.example.:8443/a b?c=\\d#e", "http://a.acme.example/x", " https://shop.example/\n",
        "mailto:a@evil.example", "tel:+1", "/cart", "#top", "", "acme:cart",
    ],
)  # fmt: skip
def test_what_leads_to_a_host_of_ours_or_to_none_leads_nowhere_else(url: str) -> None:
    """By its name, or as one below another."""
    assert leads_elsewhere(url, HOSTS) is False


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/https://shop.example", "https://acme.example", "https://evilacme.example", "https://xshop.example",
        "https://shop.example.evil.example", "https://shop.example@evil.example", "https://a:b@shop.example/",
        "https://evil.example\\@shop.example/", "https:\\\\evil.example", "https:/evil.example", "https:evil.example",
        "//evil.example", "\\/evil.example", "ht\ntps://evil.example", "\x01https://evil.example", "https://evil.example\u3002shop.example",
        "https://evil.example%2f.acme.example", "https://evil.example\uff0f.acme.example", "https://", "http:", "https://[::1]/",
    ],
)  # fmt: skip
def test_what_leads_elsewhere_or_might_does(url: str) -> None:
    """However it is written: a browser is more forgiving than we are."""
    assert leads_elsewhere(url, HOSTS) is True


def test_without_hosts_links_lead_anywhere() -> None:
    """As they did before a workspace could say where to."""
    assert leads_elsewhere("https://evil.example", ()) is False
