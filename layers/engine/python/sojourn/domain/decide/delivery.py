"""What became of a message, as its provider tells it: the order in which one word outweighs another.

Receipts come late, twice and in any order. Each says a word; of two, the one that says more stands, so that whatever
the order, the same is known in the end. It knows no provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.decide.feedback import (
    BOUNCED,
    CLICKED,
    COMPLAINED,
    DELAYED,
    DELIVERED,
    FAILED,
    OPENED,
    REJECTED,
    REPLIED,
    SENT,
    SUBSCRIBED,
    UNSUBSCRIBED,
    is_hard,
    is_machine,
)

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Event, Send

CLAIMED, GIVEN_BACK = "claimed", "failed"
ORDER: tuple[frozenset[str], ...] = (
    frozenset((CLAIMED, GIVEN_BACK)),  # nobody knows of a provider that has it
    frozenset(("sent",)),
    frozenset(("rejected",)),  # taken, and then not passed on
    frozenset(
        ("undelivered",)
    ),  # passed on, and not taken there: a mailbox that is full, a phone that is off
    frozenset(("delivered",)),
    frozenset(("bounced",)),  # the address is nobody's; some servers say so after they took the message
    frozenset(("complained",)),
)
"""The statuses of a send; one outweighs those above it."""

_SAYS = {
    SENT: "sent", DELAYED: "sent", REJECTED: "rejected", FAILED: "undelivered", DELIVERED: "delivered",
    COMPLAINED: "complained",
    # Whoever reads a message has it.
    OPENED: "delivered", CLICKED: "delivered", REPLIED: "delivered", UNSUBSCRIBED: "delivered", SUBSCRIBED: "delivered",
}  # fmt: skip
_TOLD = {
    DELIVERED: "delivered", REJECTED: "rejected", FAILED: "undelivered", COMPLAINED: "complained", OPENED: "opened",
    CLICKED: "clicked", REPLIED: "replied",
}  # fmt: skip
MACHINE = ".machine"
"""What follows the word for what a program did, not a reader."""


def status_after(status: str, event: Event) -> str:
    """Return the status of a send once *event* is known as well; an event that says nothing of it changes nothing."""
    if event.name == BOUNCED:
        return further(status, "bounced" if is_hard(event) else "undelivered")
    return further(status, _SAYS.get(event.name, status))


def further(one: str, other: str) -> str:
    """Return the status that says more; of two that say as much, the first."""
    return other if _rank(other) > _rank(one) else one


def is_out(send: Send) -> bool:
    """Say whether it is known that a provider has taken a message, whoever told it: it is not sent again."""
    return _rank(send.status) > 0


def told_by(event: Event) -> str:
    """Return the word under which a send remembers that this was told of it; "" where nothing is counted."""
    if event.name == BOUNCED:
        return "bounced" if is_hard(event) else "undelivered"
    word = _TOLD.get(event.name, "")
    return word + MACHINE if word and is_machine(event) else word


def _rank(status: str) -> int:
    return next((rank for rank, words in enumerate(ORDER) if status in words), 0)
