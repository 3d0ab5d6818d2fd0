"""What reasons and numbers are called in a report: a marketer's words, not the engine's."""

from __future__ import annotations

_SUPPRESSED = {
    "holdout": "in the holdout: never messaged",
    "no_address": "no address for the channel",
    "suppressed": "address blocked (bounce, complaint or STOP)",
    "consent": "no consent for the topic",
    "cap": "cap reached",
    "quiet_hours": "quiet hours: dropped",
    "content": "the message could not be written",
    "refused": "refused by the provider",
}
_NOT_ENTERED = {
    "already_running": "already in the journey",
    "condition": "the condition did not hold",
    "no key": "the key could not be worked out",
    "paused": "the journey was paused",
    "too_many_runs": "in the journey too often at once",
}
_EXITS = {
    "completed": "came to the end",
    "goal": "reached the goal",
    "redirected": "went on in another journey",
    "restarted": "started again",
    "stopped": "stopped",
    "failed": "failed",
    "erased": "customer erased",
}
_CHANNELS = {
    "email": "Email",
    "sms": "SMS",
    "push": "Push",
    "whatsapp": "WhatsApp",
    "in_app": "In-app",
    "webhook": "Webhook",
}
_VERDICTS = {
    "no_holdout": "No holdout: nobody to compare with.",
    "too_few": "Too few to tell.",
    "no_difference": "The difference may be chance.",
    "better": "The journey helps.",
    "worse": "The journey harms.",
}


def suppressed(reason: str) -> str:
    """Say why a message was not sent: "cap reached: 3 per 7 days"."""
    kind, _, rest = reason.partition(": ")
    said = _SUPPRESSED.get(kind, kind.replace("_", " ") or "no reason given")
    return f"{said}: {rest}" if rest else said


def not_entered(reason: str) -> str:
    """Say why somebody did not enter."""
    if reason.startswith("again"):
        rule = reason.partition(":")[2].strip()
        return f"may not enter again ({rule})" if rule else "may not enter again"
    return _NOT_ENTERED.get(reason, reason.replace("_", " "))


def left(reason: str) -> str:
    """Say how a run ended; what an author called an exit keeps its name."""
    return (
        f"exit: {reason[5:]}" if reason.startswith("exit:") else _EXITS.get(reason, reason.replace("_", " "))
    )


def channel(name: str) -> str:
    """A channel's name as it is spelt."""
    return _CHANNELS.get(name, name or "no channel")


def verdict(name: str) -> str:
    """What the comparison with the holdout says, in a sentence."""
    return _VERDICTS[name]


def number(value: int) -> str:
    """12,345."""
    return f"{value:,}"


def counted(value: int, what: str) -> str:
    """1 day, 30 days."""
    return f"{value:,} {what}{'' if value == 1 else 's'}"


def percent(share: float, digits: int = 1) -> str:
    """12.3 %."""
    return f"{100 * share:.{digits}f} %"


def points(difference: float) -> str:
    """+1.2 points: a difference of two rates, which is not a per cent of either."""
    return f"{'+' if difference >= 0 else '−'}{abs(100 * difference):.1f} points"


def span(seconds: int) -> str:
    """About how long: 45 min, 3.5 h, 2.3 days."""
    if seconds < 3600:
        return f"{max(1, round(seconds / 60))} min"
    if seconds < 2 * 86_400:
        return f"{_short(seconds / 3600)} h"
    return f"{_short(seconds / 86_400)} days"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
