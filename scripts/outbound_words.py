"""What each event that others are told means, and each of its details: the words of the page and of the schemas."""

from __future__ import annotations

from typing import Any

from sojourn.application.outbound import ERASED, PROFILE_CHANGED

TEXT: dict[str, Any] = {"type": "string"}
INSTANT: dict[str, Any] = {"type": "string", "format": "date-time"}
YES: dict[str, Any] = {"type": "boolean"}
NUMBER: dict[str, Any] = {"type": "integer"}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}


def said(schema: dict[str, Any], text: str) -> dict[str, Any]:
    """Return a field's schema with what it means."""
    return {**schema, "description": text}


MESSAGE = said(TEXT, "The message's name.")
CHANNEL = said(TEXT, "The channel: email, sms, push, whatsapp, webhook or in_app.")
SEND = said(TEXT, "The send's id: also on the provider's tags.")
PATH = said(TEXT, "The way taken on from there.")
UNTIL = said({**INSTANT, "type": ["string", "null"]}, "Until when; null where nothing says so.")
TO = said(TEXT, "The journey that begins.")
EVENT = said(TEXT, "The event's name.")
FROM = said(TEXT, "The id of the other; no customer has it any more, once they are one.")
HEAD = {
    "id": said(TEXT, "The same when the event is told again: keep it to drop what you have."),
    "at": said(INSTANT, "When it happened."),
    "customer": said(TEXT, "The customer's id."),
}
RUN = {
    "journey": said(TEXT, "The journey's name."),
    "version": said(TEXT, "The version of it."),
    "run": said(TEXT, "The run's id; empty where no run came to be."),
    "step": said(TEXT, "The step's id; empty for what concerns the run as a whole."),
    "reason": said(TEXT, "Why; it may quote what a condition read."),
}

OF_A_MESSAGE: dict[str, Any] = {"message": MESSAGE, "channel": CHANNEL, "send": SEND}
BY_A_MACHINE = {**OF_A_MESSAGE, "machine": said(YES, "A program did it, not the reader.")}
ALWAYS = ("message", "channel", "send")

# kind -> what it means, the details it has (and those it always has)
EVENTS: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "entered": (
        "A customer entered a journey.",
        {
            "by": said(
                TEXT, "The event that made them enter; else `api`, `audience`, `schedule` or `start:<journey>`."
            ),
            "key": said(TEXT, "What the journey's `key` came to, where it has one."),
            "source": said(TEXT, "Whose program called, where one did."),
            "holdout": said(YES, "They are in the journey's holdout: nothing is sent to them."),
        },
        ("by", "holdout"),
    ),
    "not_entered": (
        "A journey's rules kept a customer out; `reason` says which.",
        {
            "key": said(TEXT, "What the journey's `key` came to."),
            "source": said(TEXT, "Whose program called, where one did."),
            "detail": said(TEXT, "Why the journey was paused or stopped, in its publisher's words."),
        },
        (),
    ),
    "waiting": ("A wait began; for the reason `paused`, it lasts longer after a pause.", {"until": UNTIL}, ("until",)),
    "resumed": (
        "A wait was answered by an event or a person. Without a step: a run that had failed goes on.",
        {
            "path": PATH, "event": EVENT, "by": said(TEXT, "Who ended a person's task: the source's name."),
            "at_step": said(TEXT, "Where a run that had failed goes on."),
        },
        (),
    ),
    "timed_out": ("A wait's time ran out.", {"path": PATH}, ("path",)),
    "branched": ("A condition decided which way a run goes; `reason` says why.", {"path": PATH}, ("path",)),
    "assigned": ("A split decided which way a run goes.", {"path": PATH}, ("path",)),
    "sent": (
        "A provider took a message. With the reason `unknown` nobody knows whether it did.",
        {
            "message": MESSAGE, "channel": CHANNEL, "send": SEND,
            "instead_of": said(TEXT, "The channels passed over before, and why."),
            "detail": said(TEXT, "Why a message that may have arrived was not sent again."),
        },
        ("message", "channel", "send"),
    ),
    "held": (
        "A message was put off: quiet hours, a busy provider; with the reason `paused`, a task as well, on no channel.",
        {"message": MESSAGE, "channel": CHANNEL, "until": UNTIL, "task": said(TEXT, "A task that is raised later.")},
        ("until",),
    ),
    "suppressed": (
        "A message was not sent, or a task not raised, for good: `reason` is `consent`, `cap`, `holdout` and so on.",
        {
            "message": MESSAGE, "channel": CHANNEL, "task": said(TEXT, "The task that was not raised."),
            "detail": said(TEXT, "More on the reason."),
        },
        (),
    ),
    "updated": (
        "A journey changed a customer's attributes.",
        {"attributes": said(TEXTS, "The names of those it set; their values are not told.")},
        ("attributes",),
    ),
    "tasked": (
        "A task was raised for a person.",
        {"task": said(TEXT, "The kind of task."), "title": said(TEXT, "What the person reads.")},
        ("task", "title"),
    ),
    "called": (
        "A webhook was called.",
        {"status": said(NUMBER, "Its HTTP status; 0 where there was no answer.")},
        ("status",),
    ),
    "emitted": ("A journey put an event of its own on the bus.", {"event": EVENT}, ("event",)),
    "started": ("A journey started another one for the customer.", {"to": TO}, ("to",)),
    "goal": (
        "A run reached its journey's goal.",
        {
            "event": EVENT,
            "after_end": said(YES, "The run had ended before."),
            "holdout": said(YES, "The run was in the holdout."),
            "entered": said(INSTANT, "When the run began."),
        },
        ("event", "holdout", "entered"),
    ),
    "restarted": ("A run ended because the customer began again.", {}, ()),
    "redirected": ("A run ended because the customer was sent to another journey.", {"to": TO}, ("to",)),
    "exited": (
        "A run ended: `completed`, `goal`, `exit:<reason>`, `restarted`, `redirected`, `stopped` or `failed`.",
        {"detail": said(TEXT, "Why the journey was stopped, in its publisher's words.")},
        (),
    ),
    "failed": (
        "A run's execution failed, was stopped or timed out; `reason` is the error. `exited` follows.",
        {"cause": said(TEXT, "What Step Functions says of it, cut at 1,000 characters.")},
        ("cause",),
    ),
    "delivered": ("A mail server, carrier or phone has a message.", OF_A_MESSAGE, ALWAYS),
    "undelivered": (
        "A message came back, or was never delivered, without the address being at fault.", OF_A_MESSAGE, ALWAYS,
    ),
    "bounced": ("A message's address is nobody's; it is suppressed from now on.", OF_A_MESSAGE, ALWAYS),
    "complained": ("A message's reader called it spam.", OF_A_MESSAGE, ALWAYS),
    "rejected": ("A provider took a message and did not pass it on; `reason` is its word.", OF_A_MESSAGE, ALWAYS),
    "opened": ("A message was opened for the first time, by its reader or by a program.", BY_A_MACHINE, ALWAYS),
    "clicked": ("A link in a message was followed for the first time.", BY_A_MACHINE, ALWAYS),
    "replied": ("A message was answered for the first time.", OF_A_MESSAGE, ALWAYS),
    "merged": (
        "Somebody turned out to be this customer, who has all that was theirs from now on; `reason` says why.",
        {
            "from": FROM, "by": said(TEXT, "The id of the event that told it."),
            "runs": said(NUMBER, "How many runs they had that are looked after here now, or ended."),
            "waiters": said(NUMBER, "How many of these were waiting for something."),
            "beaten": said(NUMBER, "How many runs ended as `exit:merged`, because both had one of the same key."),
        },
        ("from", "by", "runs", "waiters", "beaten"),
    ),
    "merge_refused": (
        "Two who seemed to be the same stay two: both are known, and nobody said that they are one. Told once.",
        {
            "from": FROM, "is": said(TEXT, "The customer that this id leads to."),
            "by": said(TEXT, "The id of the event that told it."), "detail": said(TEXT, "Why they stay two."),
        },
        ("from", "is", "by", "detail"),
    ),
    "left_out": (
        "Not all was taken as told: `no_room`, `no_room_for_topic`, `wrong_type`, `too_many`, `not_understood`.",
        {
            "names": said(TEXTS, "The names of attributes, topics, properties or kinds of address: twenty at most."),
            "count": said(NUMBER, "How many there were."),
            "by": said(TEXT, "The id of the event that told it; absent where a journey's `update` did."),
            "topics": said(TEXTS, "Of what a consent that was not understood was taken to be; `*` for all."),
            "channels": said(TEXTS, "Where it was taken to hold."),
        },
        ("names", "count"),
    ),
    "migrated": (
        "A journey was published anew, and a run goes on in the new version; or, as `drain`, leaves after its wait.",
        {
            "version": said(TEXT, "The version it was on; absent where it only drains."),
            "from": said(TEXT, "The step of that version it was at."),
        },
        (),
    ),
}  # fmt: skip
PROFILE: dict[str, Any] = {
    "changed": said(TEXTS, "What changed, by name: `email`, `attributes.plan`, `consents` and so on."),
    "consents": {
        **said(
            {"type": "object"}, "Consents given or withdrawn with it, as `<topic>/<channel>`: true or false."
        ),
        "additionalProperties": YES,
    },
    "suppressed": {
        **said(
            {"type": "object"},
            "Channels not to be used now, with why: `bounce`, `soft_bounces`, `complaint`, `stop`.",
        ),
        "additionalProperties": TEXT,
    },
    "segments": {
        **said({"type": "object"}, "Segments entered and left with it."),
        "properties": {"entered": TEXTS, "left": TEXTS},
        "required": ["entered", "left"],
        "additionalProperties": False,
    },
}
OF_CUSTOMERS: dict[str, tuple[str, dict[str, Any]]] = {
    PROFILE_CHANGED: (
        "A customer became known, or something about them changed. No address, no value.",
        PROFILE,
    ),
    ERASED: ("Everything about a customer was erased: erase what you keep of them.", {}),
}
