"""HTTPS servers on loopback that say what a test wants, with certificates of an authority made for the occasion."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "hooks.example"
Reply = bytes | Callable[[ssl.SSLSocket], None]


@dataclass
class Request:
    """What a server was sent."""

    line: str
    headers: dict[str, str]
    body: str


@dataclass
class Server:
    """A server: where it is, what it heard, and for which names it was asked in the handshake."""

    port: int
    requests: list[Request] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/hook"


def answer(status: int, body: bytes | str = b"", *headers: str, kind: str = "application/json") -> bytes:
    """Return a whole answer with its length."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [
        f"HTTP/1.1 {status} Said",
        f"Content-Type: {kind}",
        f"Content-Length: {len(raw)}",
        *headers,
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + raw


@contextlib.contextmanager
def https_server(*replies: Reply, name: str = HOST, days: int = 2) -> Iterator[Server]:
    """Serve one reply per connection, the last one again and again.

    Args:
        name: whose certificate it shows.
        days: for how long that is good; below zero, it was once.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(listening.getsockname()[1])
        context = _server_context(name, days)
        context.sni_callback = lambda _tls, asked, _context: server.names.append(asked)
        over = threading.Event()

        def serve() -> None:
            left = list(replies)
            while not over.is_set():
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with contextlib.suppress(OSError), connection:
                    connection.settimeout(10)
                    with context.wrap_socket(connection, server_side=True) as secured:
                        _serve_one(secured, server, left.pop(0) if len(left) > 1 else left[0])

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield server
        finally:
            over.set()
            # Wakes the thread that waits for a connection.
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 1):
                pass
            serving.join(10)


def _serve_one(secured: ssl.SSLSocket, server: Server, reply: Reply) -> None:
    with secured.makefile("rb") as reading:
        line = reading.readline().decode().strip()
        headers: dict[str, str] = {}
        while raw := reading.readline().strip():
            header, _, value = raw.decode().partition(":")
            headers[header.lower()] = value.strip()
        body = reading.read(int(headers.get("content-length", "0"))).decode()
    server.requests.append(Request(line, headers, body))
    if callable(reply):
        reply(secured)
    else:
        secured.sendall(reply)


def trust() -> ssl.SSLContext:
    """Return what a client needs to trust these servers."""
    return ssl.create_default_context(
        cadata=_authority()[1].public_bytes(serialization.Encoding.PEM).decode()
    )


@cache
def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority for tests")])
    usage = {"digital_signature": True, "key_cert_sign": True, "crl_sign": True}
    certificate = (
        _begun(name, name, key, 2)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


@cache
def _server_context(name: str, days: int) -> ssl.SSLContext:
    authority_key, authority = _authority()
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begun(x509.Name([]), authority.subject, key, days)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder) / "server.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(chain)
    return context


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=10))
        .not_valid_after(now + dt.timedelta(days=days))
    )


def _usage(**wanted: bool) -> x509.KeyUsage:
    kinds = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{kind: wanted.get(kind, False) for kind in kinds})
