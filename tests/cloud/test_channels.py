from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local_cloud.recorder import Asked, Refusal
from sojourn.adapters.dynamodb import keys
from sojourn.domain.time.instants import iso
from tests.support.cloud import Cloud, eventually


@pytest.fixture(autouse=True)
def willing(cloud: Cloud) -> Iterator[None]:
    """Leave no refusal behind for the next test."""
    yield
    cloud.recorded.refuse.clear()


BLOCKED = Refusal(400, "ConflictException", "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION")


APPLICATION = "arn:aws:sns:eu-central-1:000000000000:app/GCM/acme"


def noticed(cloud: Cloud, customer: str, channel: str, **attributes: str) -> dict[str, Any]:
    """Let a customer be messaged on a channel; return the run when it has ended."""
    cloud.put("notice_due", customer, {"channel": channel}, attributes=attributes)
    return cloud.ended(customer, "notice")


def asked(cloud: Cloud, service: str, run: dict[str, Any]) -> list[Asked]:
    """Return what the recorder was asked for a run."""
    return [
        one for one in cloud.recorded.asked if one.service == service and run["id"] in json.dumps(one.request)
    ]


def sends(cloud: Cloud, customer: str) -> list[tuple[str, str]]:
    """Return a customer's sends: channel and status."""
    return sorted(
        (send["channel"], send.get("status", "claimed")) for send in cloud.rows(customer, keys.SENDS)
    )


def test_an_sms_goes_to_end_user_messaging(cloud: Cloud) -> None:
    """From the workspace's pool, as transactional, with tags that say whose it is."""
    run = noticed(cloud, "sam", "sms", phone="+491701234567")

    (one,) = asked(cloud, "sms", run)
    assert one.operation == "SendTextMessage"
    assert one.request["DestinationPhoneNumber"] == "+491701234567"
    assert (one.request["OriginationIdentity"], one.request["MessageType"]) == ("pool-0123", "TRANSACTIONAL")
    assert one.request["MessageBody"] == "Acme: your order is ready."
    assert sends(cloud, "sam") == [("sms", "sent")]


def test_a_push_goes_to_an_endpoint_of_sns(cloud: Cloud) -> None:
    """The device gets an endpoint below the workspace's application, and the message is published there."""
    noticed(cloud, "pia", "push", device="fcm:token-of-pia")

    (arn,) = {
        call["parameters"]["TargetArn"]
        for call in cloud.calls("send", "Publish")
        if "Your order is ready." in call["parameters"]["Message"]
    }
    endpoint = cloud.client("sns").get_endpoint_attributes(EndpointArn=arn)["Attributes"]
    assert (endpoint["Token"], endpoint["CustomUserData"]) == ("token-of-pia", "pia")
    assert sends(cloud, "pia") == [("push", "sent")]


def test_a_whatsapp_message_goes_to_social_messaging(cloud: Cloud) -> None:
    """As a template, from the workspace's number."""
    noticed(cloud, "will", "whatsapp", phone="+491701234568", first_name="Will")

    (call,) = [one for one in cloud.recorded.asked if one.service == "whatsapp"]
    (made,) = [one["parameters"] for one in cloud.calls("send", "SendWhatsAppMessage")]
    assert (
        "phone-number-id-0123" == call.request["originationPhoneNumberId"] == made["originationPhoneNumberId"]
    )
    assert sends(cloud, "will") == [("whatsapp", "sent")]


def test_an_in_app_message_is_a_row(cloud: Cloud) -> None:
    """The inbox needs no provider."""
    noticed(cloud, "ina", "in_app")

    (message,) = cloud.rows("ina", keys.INBOX)
    assert message["title"] == "Acme"


def test_a_busy_provider_holds_a_message_that_goes_out_later_once(cloud: Cloud) -> None:
    """It was asked twice and took one; the first claim was given back, and the ledger says why it took longer."""
    cloud.recorded.refuse.append(Refusal(400, "ThrottlingException"))

    run = noticed(cloud, "theo", "sms", phone="+491701234569")

    assert len(asked(cloud, "sms", run)) == 2
    assert sends(cloud, "theo") == [("sms", "failed"), ("sms", "sent")]
    told = cloud.happened("theo")
    assert told[-3:-1] == ["held text provider: ThrottlingException: as told", "sent text"]


def test_a_refused_message_takes_the_other_way(cloud: Cloud) -> None:
    """What a provider will never take is not tried again: `otherwise` sends an email."""
    cloud.recorded.refuse.append(BLOCKED)

    run = noticed(cloud, "rex", "sms", phone="+491701234570", email="rex@mail.example")

    assert len(asked(cloud, "sms", run)) == 1
    assert [email["Subject"] for email in cloud.emails("rex@mail.example")] == ["Notice"]
    assert "suppressed text refused" in cloud.happened("rex")
    assert ("email", "sent") in sends(cloud, "rex")


def test_a_provider_that_does_not_answer_is_not_asked_again(cloud: Cloud) -> None:
    """After an error of its own nobody knows whether the message went out; at most once means not twice."""
    cloud.recorded.refuse.append(Refusal(500, "InternalServerException"))

    run = noticed(cloud, "una", "sms", phone="+491701234571")

    assert len(asked(cloud, "sms", run)) == 1
    assert sends(cloud, "una") == [("sms", "claimed")]
    assert "sent text unknown" in cloud.happened("una")


def test_a_number_that_said_stop_leaves_its_segment(cloud: Cloud) -> None:
    """The provider says so to `send`, which then does what others' journeys wait for: leave, go on, end, enter."""
    later = {"at": iso(datetime.now(UTC) + timedelta(days=800))}
    cloud.put("later_wanted", "vic", later, attributes={"phone": "+491701234572"})
    cloud.put("watch_began", "vic")
    cloud.entered("vic", "later")
    cloud.waits("vic", "change")
    cloud.recorded.refuse.append(Refusal(400, "ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"))

    noticed(cloud, "vic", "sms")

    (profile,) = cloud.rows("vic", keys.PROFILE)
    assert profile["suppressed"] == {"sms": "stop"}
    assert cloud.ended("vic", "later")["exit_reason"] == "exit:unreachable"
    assert cloud.ended("vic", "watch")["exit_reason"] == "exit:unreachable"
    assert cloud.ended("vic", "parting")["exit_reason"] == "completed"
    assert cloud.entered("vic", "memory")["begun"] > iso(datetime.now(UTC) + timedelta(days=799))


def test_free_text_on_whatsapp_goes_to_whom_wrote_lately(cloud: Cloud) -> None:
    """Within a day of a reply anything may be said; to anybody else nothing but approved templates."""
    reply = {"channel": "whatsapp", "text": "Is it ready?"}
    cloud.put("message_replied", "wim", reply, attributes={"phone": "+491701234573"})
    eventually(lambda: cloud.rows("wim", keys.EVENTS))
    cloud.put("message_replied", "zoe", {**reply, "channel": "sms"}, attributes={"phone": "+491701234574"})

    noticed(cloud, "wim", "reply")
    noticed(cloud, "zoe", "reply")

    assert sends(cloud, "wim") == [("whatsapp", "sent")]
    assert sends(cloud, "zoe") == []
    assert "suppressed answer refused" in cloud.happened("zoe")


def test_a_device_that_was_somebody_elses_is_taken_over(cloud: Cloud) -> None:
    """SNS has an endpoint for the token already; it becomes this customer's."""
    sns = cloud.client("sns")
    endpoint = sns.create_platform_endpoint(
        PlatformApplicationArn=APPLICATION, Token="token-of-two", CustomUserData="somebody"
    )["EndpointArn"]

    noticed(cloud, "tia", "push", device="fcm:token-of-two")

    assert sns.get_endpoint_attributes(EndpointArn=endpoint)["Attributes"]["CustomUserData"] == "tia"
    assert sends(cloud, "tia") == [("push", "sent")]
