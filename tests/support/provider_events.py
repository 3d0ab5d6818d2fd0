"""What providers tell, as files of `tests/events/feedback`; and SNS: topics that sign what they bring."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

FOLDER = Path(__file__).parents[1] / "events" / "feedback"
NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-central-1:111122223333:sojourn-dev-feedback"
CERTIFICATE = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"


def recorded(name: str) -> dict[str, Any]:
    """Return what a provider tells: an envelope of EventBridge, or what a message of SNS holds."""
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return read


def made_key() -> RSAPrivateKey:
    """Make a key such as SNS signs with."""
    return generate_private_key(public_exponent=65_537, key_size=2048)


def certificate_of(key: RSAPrivateKey, since: datetime = NOON - timedelta(days=30), days: int = 365) -> bytes:
    """Return a certificate of a key, signed by itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=days))
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


@dataclass
class Sns:
    """Signs as SNS does; `certificates` is what is at which address, and `asked` who was asked."""

    key: RSAPrivateKey = field(default_factory=made_key)
    certificates: dict[str, bytes | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.certificates.setdefault(CERTIFICATE, certificate_of(self.key))

    def fetched(self, url: str) -> bytes:
        """Return a certificate, as the adapter fetches it."""
        self.asked.append(url)
        found = self.certificates[url]
        if isinstance(found, Exception):
            raise found
        return found

    def notification(
        self, message: Mapping[str, Any] | str, *, version: str = "2", at: datetime = NOON, **fields: Any
    ) -> dict[str, Any]:
        """Return a notification that is signed; then *fields* are put in, as a forger would."""
        made = {
            "Type": "Notification",
            "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
            "TopicArn": TOPIC,
            "Message": message if isinstance(message, str) else json.dumps(message),
            "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
        names = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
        text = "".join(f"{name}\n{made[name]}\n" for name in names if name in made)
        signature = self.key.sign(text.encode(), PKCS1v15(), SHA1() if version == "1" else SHA256())
        proof = {
            "SignatureVersion": version,
            "Signature": b64encode(signature).decode(),
            "SigningCertURL": CERTIFICATE,
        }
        return {**made, **proof, **fields}
