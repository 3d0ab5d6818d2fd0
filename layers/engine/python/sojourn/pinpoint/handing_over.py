"""What Pinpoint hands to another program: a webhook is called, a function and a contact centre hear an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.condition.types import ValueType

if TYPE_CHECKING:
    from sojourn.pinpoint.graph import Activity
    from sojourn.pinpoint.outcome import Row
    from sojourn.pinpoint.vocabulary import Vocabulary

Json = dict[str, Any]


def handed_over(activity: Activity, main: str, row: Row, words: Vocabulary) -> Json:
    """Return the step for an activity that another program does.

    Args:
        main: the step's id.
        row: what is said of the activity.
    """
    settings = activity.settings
    if activity.kind == "ContactCenter":
        event = words.event("contact_center_call")
        row.note(
            f"it reports the event `{event}`, for what places the call to hear; `task` would wait for the outcome"
        )
        return {"id": main, "emit": event}
    place = settings.get("DeliveryUri", "")
    data = settings.get("MessageConfig", {}).get("Data", "")
    told = {
        key: value for key, value in (("data", data), ("template", settings.get("TemplateName", ""))) if value
    }
    if place.startswith("https://"):
        row.note(
            "the address is called once for each customer, signed as Standard Webhooks ask, with another body"
        )
        return {"id": main, "call": place, **({"with": told} if told else {})}
    if not place or place.startswith("http://"):
        row.lose(
            "only https addresses are called"
            if place
            else "it names no `DeliveryUri`, so nobody is to be called"
        )
        return {"id": main, "wait": "0 seconds"}
    event = words.event("custom_message")
    for told_name in ("target", *told):
        words.property_(event, told_name, ValueType.STRING)
    row.note(
        f"it reports the event `{event}`: let a rule on the bus invoke the function, which gets another payload"
    )
    return {"id": main, "emit": event, "with": {"target": place, **told}}
