from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from infra.settings import ROOT, SettingsError
from infra.workspace import published


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Give a copy of the sample journeys."""
    return Path(shutil.copytree(ROOT / "journeys", tmp_path / "journeys"))


def test_the_bundle_is_the_same_from_anywhere(copied: Path) -> None:
    """What is registered does not depend on where the workspace lies, so nothing is deployed for nothing."""
    assert published(copied) == published(ROOT / "journeys")


def test_the_bundle_holds_every_journey() -> None:
    """Machines and registration come from one reading of the workspace."""
    workspace = published(ROOT / "journeys")

    assert [journey.name for journey in workspace.journeys] == sorted(
        json.loads(workspace.bundle)["journeys"]
    )
    assert workspace.senders["sms"]["pool"] == "pool-0123"


def test_a_workspace_with_errors_is_not_deployed(copied: Path) -> None:
    """What `sojourn check` refuses stops synthesis, with file, line and column."""
    journey = copied / "welcome" / "journey.yaml"
    journey.write_text(journey.read_text().replace("topic: getting-started", "topic: getting-statred"))

    with pytest.raises(SettingsError, match=r"welcome/journey\.yaml:\d+:\d+: .*getting-statred"):
        published(copied)


def test_every_sender_of_emails_is_known(copied: Path) -> None:
    """The permission to send names them all: the workspace's, and those of messages and their locales."""
    hello = copied / "welcome" / "messages" / "hello.yaml"
    written = yaml.safe_load(hello.read_text())
    written["email"]["from"] = "Ana of Acme <ana@acme.example>"
    german = {
        "subject": "Hallo",
        "html": '<a href="{{ unsubscribe_url }}">x</a>',
        "from": "ana@bücher.example",
    }
    written["locales"] = {"de": {"email": german}}
    hello.write_text(yaml.safe_dump(written, allow_unicode=True))

    found = published(copied).from_addresses
    assert found == ("ana@acme.example", "ana@xn--bcher-kva.example", "hello@acme.example")


@pytest.mark.parametrize(
    ("sender", "said"),
    [
        (
            "{{ customer.first_name | default: 'x' }} <x@acme.example>",
            "write an address without {{ }} or {% %}",
        ),
        ("acme.example", "it has no @"),
    ],
)
def test_a_sender_that_no_permission_can_name_is_not_deployed(copied: Path, sender: str, said: str) -> None:
    """SES would refuse such a message for ever, and only on AWS."""
    hello = copied / "welcome" / "messages" / "hello.yaml"
    written = yaml.safe_load(hello.read_text())
    written["email"]["from"] = sender
    hello.write_text(yaml.safe_dump(written))

    with pytest.raises(
        SettingsError, match=re.escape(f'message "hello" sends email from "{sender}": {said}')
    ):
        published(copied)


def test_no_workspace_is_not_deployed(tmp_path: Path) -> None:
    """A folder that is no workspace is named."""
    with pytest.raises(SettingsError, match="workspace: "):
        published(tmp_path / "nowhere")
