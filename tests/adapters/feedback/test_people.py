from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sojourn.adapters.feedback import push, ses, sms
from sojourn.adapters.feedback.people import People, Whose
from sojourn.adapters.feedback.told import PassedOver, Told
from sojourn.domain.customer.identity import address_key
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


def people(*known: str, hearsay: Sequence[str] = (), sns: Any = None) -> People:
    """Return people of whom these have every number, and ana's address; some by hearsay only."""

    def known_by(kind: str, value: str) -> Sequence[str]:
        assert value == ("+12025550123" if "phone" in kind else "ana@example.com")
        return hearsay if kind.startswith("hearsay-") else known

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


def test_who_has_a_number_by_hearsay_is_told_too() -> None:
    """They are reached there as well; and the number itself remembers it, if nobody else has it."""
    assert people("ana", hearsay=("eve",)).of(reply()) == [Whose("ana"), Whose("eve")]
    assert people(hearsay=("eve",)).of(reply()) == [Whose(identities={"phone": "+12025550123"}), Whose("eve")]


@pytest.mark.parametrize("name", ["ses-bounce-hard", "ses-complaint"])
def test_an_address_that_is_nobodys_or_complained_is_so_for_all_who_have_it(name: str) -> None:
    """Whoever the message was for is told by its tags; the others by the address."""
    (told,) = ses.read(recorded(name)["detail"])

    first, *others = people("ana", "ben", hearsay=("eve",)).of(told)

    to = address_key("ana@example.com")
    assert first == Whose(told.customer)
    assert others == [Whose(one, to=to, other=True) for one in ("ana", "ben", "eve")]


@pytest.mark.parametrize("name", ["ses-bounce-soft", "ses-delivery", "ses-open"])
def test_what_is_about_one_message_is_its_readers_alone(name: str) -> None:
    """Nobody is asked who else has the address."""
    (told,) = ses.read(recorded(name)["detail"])

    assert people("ben").of(told) == [Whose(told.customer)]


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


@pytest.mark.parametrize("hearsay", [False, True])
def test_a_number_from_before_the_rule_of_today_still_says_stop(hearsay: bool) -> None:
    """It is too short for any country's plan now; who was stored with it is found, and nobody is known by it anew."""
    old = "+1111111"
    told = Told("e", "message_replied", NOON, phone=old)
    kinds = []

    def known_by(kind: str, value: str) -> Sequence[str]:
        kinds.append(kind)
        assert value == old
        return ("ana",) if kind.startswith("hearsay-") == hearsay else ()

    assert People(known_by, None).of(told) == [Whose("ana")]
    assert kinds == ["phone", "hearsay-phone"]
    with pytest.raises(PassedOver, match="no_number"):
        People(lambda *_: (), None).of(told)
