"""Refuses what the stack does not let `send` do: each such message would be held until somebody deploys.

What was live before need not be permitted any more: the stack may have been deployed with other senders since.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.adapters.senders.permission import from_addresses, lacking
from sojourn.aws_runtime.publishing.operating import Given

__all__ = ["Given", "refuse_kept", "refuse_senders"]

if TYPE_CHECKING:
    from sojourn.aws_runtime.publishing.backing import Backing
    from sojourn.domain.compile.bundle import Bundle
    from sojourn.domain.compile.compiled import CompiledJourney


def refuse_senders(permitted: str, bundle: Bundle, chosen: Sequence[CompiledJourney]) -> None:
    """Refuse journeys of a bundle for which `send` lacks permission.

    Args:
        permitted: as whom the stack lets `send` send, see `sojourn.adapters.senders.permission`.

    Raises:
        Given: with the senders and addresses that lack it.
    """
    sent = {digest for journey in chosen for digest in journey.messages.values()}
    messages = {digest: message for digest, message in bundle.messages.items() if digest in sent}
    addresses = from_addresses(replace(bundle, messages=messages))
    if found := lacking(permitted, bundle.policy.senders, addresses):
        raise Given(
            "other_senders",
            f"the stack does not permit to send as this workspace says ({found}): deploy it first: npx cdk deploy",
            {"senders": list(found.channels), "addresses": list(found.addresses)},
        )


def refuse_kept(permitted: str, backing: Backing, settings: str, journey: CompiledJourney) -> None:
    """Refuse a version that was kept, likewise: with the settings that are live, and its messages as they were.

    Of the workspace's senders only those count that its messages have: going back is often urgent.

    Args:
        settings: what all journeys share, as the head has it.

    Raises:
        Given: with the senders and addresses that lack permission.
    """
    # Imported here: only whoever takes a journey back reads its messages.
    from sojourn.adapters.dynamodb.contents import DynamoContents
    from sojourn.domain.compile.bundle import Bundle
    from sojourn.domain.decide.policy import Policy

    policy = json.loads(settings)["policy"]
    contents, messages = DynamoContents(backing.dynamodb, backing.table), {}
    for digest in journey.messages.values():
        # Of a message that was not kept nothing is known; it would not be sent either.
        with suppress(LookupError):
            messages[digest] = contents.get(digest)
    used = {channel for one in messages.values() for parts in one.locales.values() for channel in parts}
    senders = {channel: said for channel, said in policy["senders"].items() if channel in used}
    kept = Bundle(Policy(policy["workspace"], senders=senders), messages=messages)
    refuse_senders(permitted, kept, (journey,))
