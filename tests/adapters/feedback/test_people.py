from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sojourn.adapters.feedback import push, sms
from sojourn.adapters.feedback.people import People, Whose
from sojourn.adapters.feedback.told import PassedOver, Told
from sojourn.domain.decide.feedback import address_key
from sojourn.errors import TransientError
from tests.support.provider_events import NOON, recorded


class Endpoints:
    """SNS's endpoints: an ARN's attributes, or what is answered instead."""

    def __init__(self, answer: dict[str, str] | str) -> None:
        self.answer = answer

    def get_endpoint_attributes(self, **asked: Any) -> dict[str, Any]:
        if isinstance(self.answer, str):
            raise ClientError(
                {"Error": {"Code": self.answer, "Message": asked["EndpointArn"]}}, "GetEndpointAttributes"
            )
        return {"Attributes": self.answer}


def people(*known: str, sns: Any = None) -> People:
    """Return people of whom these have every number."""

    def known_by(kind: str, value: str) -> Sequence[str]:
        assert (kind, value) == ("phone", "+12025550123")
        return known

    return People(known_by, sns)


def reply(name: str = "sms-reply-stop") -> Told:
    (told,) = sms.read_reply(recorded(name), NOON)
    return told


def test_our_own_tag_says_whose_it_is() -> None:
    """Then nobody is asked."""
    assert people().of(Told("e", "message_sent", NOON, customer="ana", phone="+1")) == [Whose("ana")]


def test_a_number_that_several_have_is_of_all_of_them() -> None:
    """A STOP is for whoever is reached there."""
    assert people("ana", "ben").of(reply()) == [Whose("ana"), Whose("ben")]


def test_a_number_that_nobody_has_is_remembered_by_itself() -> None:
    """Whoever gives it later is found to have said so."""
    assert people().of(reply()) == [Whose(identities={"phone": "+12025550123"})]


def test_a_short_code_is_nobody() -> None:
    """It is no telephone number, so no customer can have it."""
    with pytest.raises(PassedOver, match="no_number"):
        people().of(reply("sms-reply-short-code"))


def test_the_endpoint_of_a_device_says_whose_it_is() -> None:
    """Our sender wrote the customer's id there; the token tells whether it is the device they have now."""
    (told,) = push.read(recorded("push-invalid-token"))

    (whose,) = people(sns=Endpoints({"CustomUserData": "ana", "Token": "token-a", "Enabled": "false"})).of(
        told
    )

    assert whose == Whose("ana", to=address_key("fcm:token-a"))


@pytest.mark.parametrize(("answer", "why"), [("NotFound", "no_endpoint"), ({"Token": "t"}, "no_tags")])
def test_an_endpoint_of_nobody_is_passed_over(answer: dict[str, str] | str, why: str) -> None:
    """It was removed since, or the app made it."""
    (told,) = push.read(recorded("push-invalid-token"))

    with pytest.raises(PassedOver, match=why):
        people(sns=Endpoints(answer)).of(told)


def test_an_endpoint_that_cannot_be_asked_for_is_asked_for_again() -> None:
    """The message comes again."""
    (told,) = push.read(recorded("push-invalid-token"))

    with pytest.raises(TransientError):
        people(sns=Endpoints("Throttling")).of(told)


def test_only_a_token_that_is_nobodys_bounces() -> None:
    """Credentials that have expired say nothing of the device, and a device that registers says nothing at all."""
    (bounced,), (failed,) = (push.read(recorded(f"push-{name}")) for name in ("invalid-token", "credentials"))

    assert (bounced.name, bounced.properties["hard"]) == ("message_bounced", True)
    assert (failed.name, "hard" in failed.properties) == ("message_failed", False)
    with pytest.raises(PassedOver, match="unknown_type"):
        push.read(recorded("push-endpoint-created"))
