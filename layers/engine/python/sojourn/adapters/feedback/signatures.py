"""Tells messages of Amazon SNS from those of anybody else: by the topic, the certificate's address and the signature.

What does not prove where it comes from is not acted on. Source: Amazon SNS, "Verifying the signatures of Amazon SNS
messages" (versions 1 and 2). `cryptography` is imported with the first message that is checked.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sojourn.adapters.feedback.told import NotRead, instant
from sojourn.errors import TransientError

NOTIFICATION = "Notification"
SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
"""The fields of a notification that are signed, in their order; one that is absent is left out."""
OLDEST = timedelta(days=20)
"""How long after SNS took it a message may come: it waits on a queue for four days at most, and among dead letters for
fourteen. Later it is somebody's who kept it."""
LARGEST = 65_536
"""Bytes of a certificate; Amazon's have two thousand."""
MOST = 8
"""So many certificates are kept: SNS uses one of them for a year."""
SECONDS = 3.0
_NAME = r"SimpleNotificationService-[0-9A-Za-z]{1,64}\.pem"
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]+")


class Forged(Exception):
    """It does not prove that SNS sent it; the message is what is wrong, in a few words of ours."""


class Signatures:
    """Checks messages.

    Args:
        topics: the ARNs of our topics.
        fetched: returns what is at the address of a certificate; raises TransientError where nobody answers, and
            Forged where there is none.
    """

    def __init__(self, topics: Collection[str], fetched: Callable[[str], bytes]) -> None:
        self._topics = frozenset(topics)
        self._fetched = fetched
        self._certificates: OrderedDict[str, Any] = OrderedDict()

    def check(self, message: Mapping[str, Any], now: datetime) -> datetime:
        """Return when SNS took a notification, if it is SNS's and of a topic of ours.

        Raises:
            Forged: it is not.
            TransientError: the certificate cannot be had just now.
        """
        topic = message.get("TopicArn")
        if topic not in self._topics:
            raise Forged("not a topic of ours")
        signed = {name: message[name] for name in SIGNED if message.get(name) is not None}
        if message.get("Type") != NOTIFICATION or not all(isinstance(text, str) for text in signed.values()):
            raise Forged("no notification")
        try:
            at = instant(message.get("Timestamp"), "Timestamp")
        except NotRead:
            raise Forged("it says not when") from None
        if abs(now - at) > OLDEST:
            raise Forged("too old")
        url = _pinned(message, str(topic))
        certificate = self._certificate(url)
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise Forged("the certificate was not valid then")
        text = "".join(f"{name}\n{signed[name]}\n" for name in SIGNED if name in signed)
        _verify(certificate, text.encode(), message)
        return at

    def _certificate(self, url: str) -> Any:
        if url in self._certificates:
            self._certificates.move_to_end(url)
            return self._certificates[url]
        from cryptography.x509 import load_pem_x509_certificate

        try:
            certificate = load_pem_x509_certificate(self._fetched(url))
        except ValueError:
            raise Forged("no certificate") from None
        self._certificates[url] = certificate
        if len(self._certificates) > MOST:
            self._certificates.popitem(last=False)
        return certificate


def fetch(url: str) -> bytes:
    """Return what is at an address, over TLS, without following where it leads.

    Raises:
        TransientError: nobody answers, or somebody who is busy.
        Forged: there is nothing.
    """
    from http.client import HTTPException, HTTPSConnection
    from urllib.parse import urlsplit

    address = urlsplit(url)
    connection = HTTPSConnection(address.netloc, timeout=SECONDS)
    try:
        connection.request("GET", address.path)
        answer = connection.getresponse()
        content = answer.read(LARGEST + 1)
    except (OSError, HTTPException) as error:
        raise TransientError("the certificate of SNS cannot be had") from error
    finally:
        connection.close()
    if answer.status == 429 or answer.status >= 500:
        raise TransientError("the certificate of SNS cannot be had")
    if answer.status != 200 or len(content) > LARGEST:
        raise Forged("no certificate at that address")
    return content


def _pinned(message: Mapping[str, Any], topic: str) -> str:
    """Return the address of the certificate, which must be SNS's in the topic's own region."""
    url, region = message.get("SigningCertURL"), topic.split(":")[3]
    if not _REGION.fullmatch(region):
        raise Forged("not a topic of ours")
    host = rf"https://sns\.{re.escape(region)}\.amazonaws\.com(\.cn)?"
    if not isinstance(url, str) or not re.fullmatch(f"{host}/{_NAME}", url):
        raise Forged("a certificate from elsewhere")
    return url


def _verify(certificate: Any, text: bytes, message: Mapping[str, Any]) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    hashed = {"1": SHA1, "2": SHA256}.get(str(message.get("SignatureVersion")))
    if hashed is None:
        raise Forged("an unknown version of the signature")
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise Forged("no certificate")
    try:
        signature = b64decode(str(message.get("Signature")), validate=True)
        key.verify(signature, text, PKCS1v15(), hashed())
    except (ValueError, InvalidSignature):
        raise Forged("the signature is wrong") from None
