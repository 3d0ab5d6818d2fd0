"""A customer of whom much is known, as `export_customer` has them, and how their journeys are called."""

from __future__ import annotations

from typing import Any

from sojourn.cli.render.spoken import Spoken, Topic

TOPICS = {
    "promotions": Topic("Offers and news", ("email", "push", "sms")),
    "cart-reminders": Topic("Cart reminders", ("email", "push"), opted_in=True),
}
TITLES = {"abandoned-cart": "Win back a cart", "welcome": "Welcome"}
STEPS = {("welcome", "v2", "wait_1"): "wait until 09:00"}


def spoken(width: int = 80, *, ids: bool = False) -> Spoken:
    """Return the words of a workspace."""
    return Spoken("Europe/Berlin", "customer", TITLES, STEPS, TOPICS, ids, width)


def whole(**rows: Any) -> dict[str, Any]:
    """Return a customer of whom nothing is known but this."""
    kinds = ("runs", "waiters", "events", "sends", "ledger", "inbox", "quarantined", "other")
    return {"customer": "c-42", "profile": None, **{kind: [] for kind in kinds}, **rows}


def did(at: str, name: str, **properties: Any) -> dict[str, Any]:
    """Return an event of March 2026: `did("06T08:00", "cart_updated")`."""
    return {"id": f"id-of-{name}-{at}", "name": name, "at": instant(at), "properties": properties}


def happened(at: str, what: str, step: str = "", reason: str = "", *, journey: str = "abandoned-cart",
             run: str = "r1", **details: Any) -> dict[str, Any]:  # fmt: skip
    """Return a happening."""
    return {"at": instant(at), "what": what, "journey": journey, "version": "v1", "run": run, "step": step,
            "reason": reason, "details": details}  # fmt: skip


def ledger(*happenings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return commits, with one happening each."""
    return [{"at": one["at"], "happened": [one]} for one in happenings]


def sent(at: str, send_id: str, message: str, **more: Any) -> dict[str, Any]:
    """Return a message's row."""
    return {"id": send_id, "journey": "abandoned-cart", "step": "offer", "message": message, "channel": "email",
            "at": instant(at), "status": "sent", **more}  # fmt: skip


def instant(at: str) -> str:
    """Return an instant of March 2026 as rows have it."""
    return f"2026-03-{at}:00.000000Z"
