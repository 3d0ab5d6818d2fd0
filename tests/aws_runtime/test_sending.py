from __future__ import annotations

from typing import Any

import pytest

from sojourn.adapters.links.keys import Keys
from sojourn.aws_runtime.clients import Clients, config
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.sending import ChannelSenders
from sojourn.aws_runtime.wiring import Absent
from sojourn.domain.journey.model.workspace import CHANNELS

SETTINGS: dict[str, dict[str, Any]] = {
    "email": {"from": "Shop <hello@shop.example>"},
    "sms": {"pool": "pool-1"},
    "push": {"fcm": "arn:aws:sns:us-east-1:111122223333:app/GCM/shop"},
    "whatsapp": {"phone_number_id": "phone-number-id-1"},
}


def senders(settings: dict[str, dict[str, Any]]) -> ChannelSenders:
    keys: Any = lambda: Keys("k1", {"k1": b"a secret of enough bytes"})  # noqa: E731 - stands for SigningKeys
    return ChannelSenders(Clients(), "table", SystemClock(), keys, lambda: settings, lambda: "UTC")


def test_every_channel_of_the_language_has_a_sender() -> None:
    """What an author may write under `via` is what can be sent."""
    made = senders(SETTINGS)

    assert sorted(made) == sorted(CHANNELS)
    assert {type(made[channel]).__name__ for channel in made} == {
        "SesEmail", "EumSms", "SnsPush", "WhatsApp", "InApp", "Webhook",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "settings", "name"),
    [
        ("sms", {"provider": "sns"}, "SnsSms"),
        ("push", {"provider": "pinpoint", "application_id": "app-1"}, "PinpointPush"),
    ],
)
def test_the_workspace_says_which_provider(channel: str, settings: dict[str, Any], name: str) -> None:
    """Text messages and push have two providers each."""
    assert type(senders({channel: settings})[channel]).__name__ == name


def test_a_sender_is_made_once_and_anew_when_the_workspace_says_something_else() -> None:
    """A deployment changes the registry while functions live."""
    settings = {"email": {"from": "a@shop.example"}}
    made = senders(settings)

    first = made["email"]
    assert made["email"] is first
    settings["email"] = {"from": "b@shop.example"}
    assert made["email"] is not first


@pytest.mark.parametrize(("own", "used"), [({}, "sojourn-dev"), ({"configuration_set": "acme"}, "acme")])
def test_emails_go_out_with_a_configuration_set(own: dict[str, str], used: str) -> None:
    """Without one nobody would hear what became of them: the workspace's, or else the deployment's."""
    keys: Any = None
    settings = {"email": {"from": "a@shop.example", **own}}
    made = ChannelSenders(
        Clients(), "table", SystemClock(), keys, lambda: settings, lambda: "UTC", "sojourn-dev"
    )

    sender: Any = made["email"]

    assert sender._settings["configuration_set"] == used


def test_a_client_that_sends_repeats_nothing_and_the_others_a_little() -> None:
    """A repeated message may arrive twice; a repeated read may not."""
    clients = Clients()

    assert clients.to_send("sesv2").meta.config.retries == {"total_max_attempts": 1, "mode": "legacy"}
    assert clients.to_send("sesv2") is clients.to_send("sesv2")
    for service in ("dynamodb", "stepfunctions", "scheduler"):
        options = config(service)
        assert options.retries["mode"] == "standard"
        assert options.connect_timeout + options.read_timeout <= 8


def test_a_client_for_later_is_made_by_its_first_call() -> None:
    """Until then nothing is read; then it is the one that everybody has."""
    clients = Clients()
    later = clients.later("scheduler")

    assert later.meta.service_model.service_name == "scheduler"
    assert later.meta is clients.now("scheduler").meta


def test_a_port_that_a_function_has_no_use_for_says_so() -> None:
    """A use case that reaches for it is a bug of ours, with a sentence."""
    with pytest.raises(RuntimeError, match="^this function has no bus$"):
        Absent("bus").put(None)
