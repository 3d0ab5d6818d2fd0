from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sojourn.adapters.feedback.signatures import MOST, Forged, Signatures, fetch
from sojourn.errors import TransientError
from tests.support.provider_events import CERTIFICATE, NOON, TOPIC, Sns, certificate_of, made_key, recorded

STOP = recorded("sms-reply-stop")


@pytest.fixture(scope="module")
def key() -> Any:
    """Give one key for all tests: they take long to make."""
    return made_key()


@pytest.fixture
def sns(key: Any) -> Sns:
    return Sns(key)


def checks(sns: Sns) -> Signatures:
    return Signatures([TOPIC], sns.fetched)


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_sns_signed_is_taken(sns: Sns, version: str) -> None:
    """Either version of its signature, and it says when SNS took it."""
    assert checks(sns).check(sns.notification(STOP, version=version), NOON) == NOON


@pytest.mark.parametrize(
    "forged",
    [
        {"Message": '{"messageBody": "START"}'},
        {"Subject": "put in later"},
        {"MessageId": "another"},
        {"Timestamp": "2026-03-06T12:00:01.000Z"},
        {"Signature": "AAAA"},
        {"Signature": "no base64"},
        {"Signature": None},
        {"SignatureVersion": "3"},
        {"SignatureVersion": "1"},
        {"Type": "SubscriptionConfirmation"},
        {"Message": None},
        {"Message": {"a": 1}},
        {"Timestamp": "soon"},
    ],
    ids=str,
)
def test_what_was_changed_is_forged(sns: Sns, forged: dict[str, Any]) -> None:
    """Every field that is signed, and what says how it is signed."""
    with pytest.raises(Forged):
        checks(sns).check(sns.notification(STOP, **forged), NOON)


def test_a_signature_of_another_key_is_forged(sns: Sns) -> None:
    """Whoever can sign with a key of his own is not SNS."""
    other = Sns(made_key())

    with pytest.raises(Forged, match="the signature is wrong"):
        checks(sns).check(other.notification(STOP), NOON)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem",
        "https://evil.example/SimpleNotificationService-0.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem",
        "https://sns.eu-central-1.amazonaws.com/../evil.pem",
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem?x=1",
        "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-0.pem",
        "https://evil.s3.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
        "",
        None,
        7,
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_asked_for(sns: Sns, url: Any) -> None:
    """A forger would have us fetch his own."""
    with pytest.raises(Forged, match="a certificate from elsewhere"):
        checks(sns).check(sns.notification(STOP, SigningCertURL=url), NOON)

    assert sns.asked == []


@pytest.mark.parametrize(
    "topic", [f"{TOPIC}-2", "arn:aws:sns:eu-central-1:999999999999:sojourn-dev-feedback", "", None]
)
def test_a_topic_of_somebody_elses_is_none_of_ours(sns: Sns, topic: Any) -> None:
    """SNS signs for everybody who has a topic."""
    with pytest.raises(Forged, match="not a topic of ours"):
        checks(sns).check(sns.notification(STOP, TopicArn=topic), NOON)


def test_china_has_certificates_of_its_own(sns: Sns) -> None:
    """There the host's name ends otherwise."""
    topic = TOPIC.replace("eu-central-1", "cn-north-1")
    url = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0.pem"
    sns.certificates[url] = certificate_of(sns.key)
    message = sns.notification(STOP, TopicArn=topic, SigningCertURL=url)

    with pytest.raises(Forged, match="the signature is wrong"):  # it was signed for another topic
        Signatures([topic], sns.fetched).check(message, NOON)
    assert sns.asked == [url]


def test_what_is_too_old_was_kept_by_somebody(sns: Sns) -> None:
    """A START of last year must not undo a STOP; so long a queue keeps nothing."""
    old = sns.notification(STOP, at=NOON - timedelta(days=21))

    with pytest.raises(Forged, match="too old"):
        checks(sns).check(old, NOON)
    assert checks(sns).check(sns.notification(STOP, at=NOON - timedelta(days=17)), NOON) == NOON - timedelta(
        days=17
    )


def test_a_certificate_must_have_been_valid_then(sns: Sns) -> None:
    """One that had expired proves nothing."""
    sns.certificates[CERTIFICATE] = certificate_of(sns.key, NOON - timedelta(days=400), 365)

    with pytest.raises(Forged, match="was not valid then"):
        checks(sns).check(sns.notification(STOP), NOON)


def test_a_certificate_is_fetched_once(sns: Sns) -> None:
    """SNS signs with the same one for a year."""
    signatures = checks(sns)

    for _ in range(3):
        signatures.check(sns.notification(STOP), NOON)

    assert sns.asked == [CERTIFICATE]


def test_few_certificates_are_kept(sns: Sns) -> None:
    """Whoever invents addresses does not fill the memory."""
    signatures = checks(sns)
    for number in range(MOST + 2):
        url = CERTIFICATE.replace("0123", f"{number:04d}")
        sns.certificates[url] = certificate_of(sns.key)
        signatures.check(sns.notification(STOP, SigningCertURL=url), NOON)

    assert len(signatures._certificates) == MOST


def test_where_nobody_answers_it_is_asked_again(sns: Sns) -> None:
    """The message comes again; nothing is dropped because of a network."""
    sns.certificates[CERTIFICATE] = TransientError("no answer")

    with pytest.raises(TransientError):
        checks(sns).check(sns.notification(STOP), NOON)

    sns.certificates[CERTIFICATE] = certificate_of(sns.key)
    assert checks(sns).check(sns.notification(STOP), NOON) == NOON


def test_what_is_there_must_be_a_certificate(sns: Sns) -> None:
    """An error page is none."""
    sns.certificates[CERTIFICATE] = b"<html>"

    with pytest.raises(Forged, match="no certificate"):
        checks(sns).check(sns.notification(STOP), NOON)


def test_a_host_that_is_not_there_is_no_answer() -> None:
    """So it is tried again, by the queue."""
    with pytest.raises(TransientError, match="cannot be had"):
        fetch("https://127.0.0.1:9/SimpleNotificationService-0.pem")
