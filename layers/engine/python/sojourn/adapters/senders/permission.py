"""As whom a workspace sends, and whether a deployment permits it: the permission to send names senders and addresses.

The stack tells in one short text what it permits (`permission`), so that a publication that the permission does not
cover is refused (`lacking`): its messages would all be held. The text has digests alone, as a function's environment
is small; one in 16 million of what is not permitted looks permitted, and its messages are held. It knows no AWS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.adapters.senders.email_address import BadAddress, address_in, named_mailbox
from sojourn.domain.compile.compiled import canonical
from sojourn.domain.message.marks import scan
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.domain.compile.bundle import Bundle

Senders = Mapping[str, Mapping[str, Any]]
UNASKED = frozenset({
    "from", "reply_to", "rate", "max_price", "time_to_live", "dry_run", "sandbox", "api_version",
})  # fmt: skip
"""What `workspace.yaml` says of senders on which no permission depends; `from` is asked for as an address."""
FREE = frozenset({"webhook"})
"""The senders that call nothing of AWS."""
FROM = "from"
DIGITS = 6
"""Hexadecimal digits of a digest: with 250 addresses, as many as a role's policies hold, the text has 2 KB."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a permission does not cover.

    Args:
        channels: whose senders are set to something else.
        addresses: that emails may not come from.
    """

    channels: tuple[str, ...]
    addresses: tuple[str, ...]

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.channels or self.addresses)

    def __str__(self) -> str:
        """Name it all."""
        return ", ".join((*(f"senders.{channel}" for channel in self.channels), *self.addresses))


def from_addresses(bundle: Bundle) -> tuple[str, ...]:
    """Return every address that emails come from, as SES is told it: the workspace's, and those of messages.

    Raises:
        AuthorError: one cannot be named in a permission.
    """
    written = [
        (f'message "{message.name}"', channels.get("email", {}).get("from"))
        for message in bundle.messages.values()
        for channels in message.locales.values()
    ]
    written.append(("workspace.yaml", bundle.policy.senders.get("email", {}).get("from")))
    return tuple(sorted({_address(where, text) for where, text in written if text}))


def permission(senders: Senders, addresses: Collection[str]) -> str:
    """Return what the stack permits, as text: `<channel>=<digest> … from=<digest>,<digest>…`."""
    told = [f"{channel}={digest}" for channel, digest in _digests(senders).items()]
    if addresses:
        told.append(f"{FROM}={','.join(_digest(address) for address in sorted(addresses))}")
    return " ".join(told)


def lacking(permitted: str, senders: Senders, addresses: Collection[str]) -> Lacking:
    """Return what a permission does not cover of these senders and addresses.

    Args:
        permitted: what `permission` returned for the stack's.
    """
    told = dict(word.split("=", 1) for word in permitted.split())
    known = told.pop(FROM, "").split(",")
    return Lacking(
        tuple(channel for channel, digest in _digests(senders).items() if told.get(channel) != digest),
        tuple(address for address in sorted(addresses) if _digest(address) not in known),
    )


def _digests(senders: Senders) -> dict[str, str]:
    return {
        channel: _digest(canonical({name: value for name, value in said.items() if name not in UNASKED}))
        for channel, said in sorted(senders.items())
        if channel not in FREE
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _address(where: str, text: str) -> str:
    if scan(text)[0]:
        raise AuthorError(
            f'{where} sends email from "{text}": write an address without {{{{ }}}} or {{% %}}, as the permission to'
            " send names it"
        )
    try:
        return address_in(named_mailbox(text))
    except BadAddress as error:
        raise AuthorError(f'{where} sends email from "{text}": {error}') from None
