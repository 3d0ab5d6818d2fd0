"""`senders` in `workspace.yaml`: what may be written, and the plain settings that come of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sojourn.domain.compile.policy import policy_of
from sojourn.domain.findings import Finding
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.model.workspace import Workspace
from sojourn.domain.journey.project import read_project
from sojourn.domain.journey.schema import json_schema
from sojourn.domain.journey.shape import shaped
from sojourn.domain.journey.yaml_text import read_yaml

EVERYTHING = """
workspace: acme
senders:
  email:
    {from: "Acme <hello@acme.example>", reply_to: a@acme.example, configuration_set: main, tenant: acme, rate: 14}
  sms: {pool: pool-0123, sender_id: ACME, configuration_set: main, max_price: 0.05, time_to_live: 3 hours,
        protect: protect-1, dry_run: true, rate: 0.5}
  push: {apns: "arn:aws:sns:eu-central-1:123456789012:app/APNS/acme", time_to_live: 2 days, rate: 100}
  whatsapp: {phone_number_id: phone-1, api_version: v23.0, rate: 20}
  webhook: {rate: 50}
"""


def read(text: str) -> tuple[Any, tuple[Finding, ...]]:
    """Return the workspace that *text* is, and what is wrong with it."""
    data, wrong = read_yaml(text, "workspace.yaml")
    assert wrong == ()
    return shaped(Workspace, data, "workspace.yaml")


def settings(text: str) -> Any:
    """Return the settings that the policy carries."""
    workspace, wrong = read(text)
    assert wrong == ()
    return policy_of(workspace).senders


def test_everything_that_is_said_travels_as_plain_json() -> None:
    """The settings have the keys of the file, a duration as seconds, and survive JSON."""
    found = settings(EVERYTHING)

    assert found == json.loads(json.dumps(found))
    assert found["email"] == {
        "from": "Acme <hello@acme.example>", "reply_to": "a@acme.example", "configuration_set": "main",
        "tenant": "acme", "rate": 14.0,
    }  # fmt: skip
    assert found["sms"] == {
        "provider": "end_user_messaging", "pool": "pool-0123", "sender_id": "ACME", "configuration_set": "main",
        "max_price": 0.05, "time_to_live": 10_800, "protect": "protect-1", "dry_run": True, "rate": 0.5,
    }  # fmt: skip
    assert found["push"] == {
        "provider": "sns",
        "apns": "arn:aws:sns:eu-central-1:123456789012:app/APNS/acme",
        "sandbox": False,
        "time_to_live": 172_800,
        "rate": 100.0,
    }
    assert found["whatsapp"] == {"phone_number_id": "phone-1", "api_version": "v23.0", "rate": 20.0}
    assert found["webhook"] == {"rate": 50.0}


def test_an_editor_accepts_everything() -> None:
    """The schema knows every key."""
    data, _ = read_yaml(EVERYTHING, "workspace.yaml")

    assert Draft202012Validator(json_schema("workspace")).is_valid(data)


def test_what_was_written_before_means_the_same() -> None:
    """A file that names a sender and a pool is as good as ever, and so is one that names nobody."""
    assert settings("workspace: acme\nsenders: {email: {from: a@b.example}, sms: {pool: p}}") == {
        "email": {"from": "a@b.example"},
        "sms": {"provider": "end_user_messaging", "pool": "p", "dry_run": False},
    }
    assert settings("workspace: acme") == {}


@pytest.mark.parametrize(
    ("senders", "expected"),
    [
        ("{email: {}}", 'SJ112 "from" is missing'),
        ("{email: {from: a, rate: 0}}", 'SJ116 "rate" must be more than 0'),
        ("{email: {from: a, configuration_set: my set}}", 'SJ116 "configuration_set": use up to 64 letters'),
        ("{sms: {provider: twilio}}", 'SJ114 "provider" cannot be "twilio"'),
        ("{sms: {sender_id: '12345'}}", 'SJ116 "sender_id": use up to 11 letters and digits'),
        ("{sms: {time_to_live: 4 seconds}}", 'SJ116 "time_to_live": must be 5 seconds to 72 hours'),
        ("{sms: {time_to_live: 4 days}}", 'SJ116 "time_to_live": must be 5 seconds to 72 hours'),
        ("{push: {time_to_live: 29 days}}", 'SJ116 "time_to_live": must be 5 seconds to 28 days'),
        ("{sms: {max_price: 100}}", 'SJ116 "max_price" must be at most 99.99'),
        ("{whatsapp: {rate: 1}}", 'SJ112 "phone_number_id" is missing'),
        ("{whatsapp: {phone_number_id: p, api_version: '23'}}", 'SJ116 "api_version": write it as Meta does'),
        ("{in_app: {}}", 'SJ110 "in_app" is not known here'),
    ],
)
def test_a_mistake_is_told(senders: str, expected: str) -> None:
    """What cannot be a setting is a finding that says what can."""
    _, findings = read(f"workspace: acme\nsenders: {senders}")

    assert [f"{f.code} {f.message}"[: len(expected)] for f in findings] == [expected]


def test_a_time_to_live_is_a_duration() -> None:
    """One that cannot be read is told by the rule about durations."""
    text = "workspace: acme\nsenders: {sms: {pool: p, time_to_live: soon}}\n"

    findings = check(read_project({"workspace.yaml": text.encode()}))

    assert [(f.code, f.span.line) for f in findings] == [("SJ201", 2)]
