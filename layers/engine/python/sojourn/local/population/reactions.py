"""What the readers of messages do, channel by channel: guessed, or what is usual for the channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.model.guesses import OneOf
from sojourn.domain.time.durations import parse_duration
from sojourn.local.population.values import Maker, guessed

if TYPE_CHECKING:
    from sojourn.domain.journey.model.simulation import Reactions

HOUR = 3600.0
_ANSWERS = guessed(OneOf(one_of=("Thanks!", "Yes, please.", "Not now.")), ValueType.STRING)


@dataclass(frozen=True, slots=True)
class ReactionPlan:
    """Shares of the messages sent, from 0 to 1; `after` seconds a message is typically opened.

    Args:
        seen: opening can be seen on this channel: whoever clicks has opened.
        link: which link is clicked; None: any tracked link of the message.
    """

    opened: float = 0.0
    clicked: float = 0.0
    replied: float = 0.0
    unsubscribed: float = 0.0
    bounced: float = 0.0
    complained: float = 0.0
    after: float = 2 * HOUR
    seen: bool = True
    reply: Maker = _ANSWERS
    link: Maker | None = None


USUAL = {
    "email": ReactionPlan(0.35, 0.05, 0.005, 0.003, 0.01, 0.0005, 3 * HOUR),
    "sms": ReactionPlan(0.0, 0.06, 0.02, 0.005, 0.02, 0.0, 0.2 * HOUR, seen=False),
    "push": ReactionPlan(0.08, 0.04, 0.0, 0.002, 0.01, 0.0, HOUR),
    "whatsapp": ReactionPlan(0.8, 0.12, 0.05, 0.005, 0.01, 0.001, 0.5 * HOUR),
    "in_app": ReactionPlan(0.5, 0.1, 0.0, 0.0, 0.0, 0.0, 24 * HOUR),
    "webhook": ReactionPlan(seen=False),
}


def plan_reactions(channel: str, said: Reactions | None, usual: ReactionPlan | None = None) -> ReactionPlan:
    """Return what readers do on *channel*: what is *said*, else *usual* (by default, the channel's own)."""
    plan = usual or USUAL[channel]
    if said is None:
        return plan
    shares = {
        name: getattr(said, name) / 100
        for name in ("opened", "clicked", "replied", "unsubscribed", "bounced", "complained")
        if getattr(said, name) is not None
    }
    if said.after is not None:
        shares["after"] = parse_duration(said.after).total_seconds()
    made = replace(plan, **shares)
    if said.opened:
        made = replace(made, seen=True)
    if said.link is not None:
        made = replace(made, link=guessed(said.link, ValueType.STRING))
    return replace(made, reply=guessed(said.reply, ValueType.STRING)) if said.reply is not None else made
