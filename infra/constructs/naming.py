"""Names of what is deployed, by which stacks know each other: a reference would freeze what it points at."""

from __future__ import annotations

import re
from hashlib import sha256

from infra.settings import Settings, SettingsError

FUNCTIONS = (
    "route",
    "step",
    "send",
    "close",
    "register",
    "export",
    "links",
    "track",
    "api",
    "feedback",
    "sweep",
    "publish",
    "operate",
    "audience",
)
BY_SQS = "events"
"""The queue of what came in over the bus."""
FEEDBACK = "feedback"
"""The queue of what providers tell of messages, and the topic that fills it."""
DELIVERY = "changes"
SWEEPS = "sweeps"
"""The queue that carries the daily sweep on."""
OPERATIONS = "operations"
"""The queue of what takes longer than a call: publications, what moves many runs, audiences."""
METRICS = "Sojourn"
"""The namespace of our own metrics."""


_BETWEEN = "_"
"""Between a stage and a journey. No stage's name holds it, so what begins so is that stage's and no other's: `dev`
may not reach `dev-ana`, nor may a journey of one have the name that another's has there."""
_LONGEST_MACHINE = 80
"""Characters; Step Functions' own limit."""
_PLAIN = re.compile(r"[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*")
"""Names that can be told apart by their capitals alone."""


def stack_name(settings: Settings, part: str) -> str:
    """Name a stack, such as `Sojourn-prod-journeys`."""
    return f"Sojourn-{settings.stage}-{part}"


def machine_name(settings: Settings, journey: str) -> str:
    """Name a journey's state machine, such as `sojourn-prod_welcome`.

    Args:
        journey: `*` makes a pattern for all of the stage's, nothing what all of them begin with.

    Raises:
        SettingsError: Step Functions takes no name as long as that.
    """
    name = f"{settings.name()}{_BETWEEN}{journey}"
    if len(name) > _LONGEST_MACHINE:
        raise SettingsError(
            f'journey "{journey}": its state machine would be called {name}, and Step Functions takes'
            f" {_LONGEST_MACHINE} characters: shorten it by {len(name) - _LONGEST_MACHINE}, or the stage"
        )
    return name


def machine_output(journey: str) -> str:
    """Name the output that tells a journey's state machine: letters and digits only, and another for every journey.

    `win-back` is `WinBackArn`. Where that would be another journey's as well (`reminder-2` and `reminder2`,
    `win_back` and `winback`), some digits of a hash follow.
    """
    words = "".join(word.capitalize() for word in re.split("[-_]", journey))
    plain = _PLAIN.fullmatch(journey) is not None
    return f"{words}Arn" + ("" if plain else sha256(journey.encode()).hexdigest()[:8])


def unexpected_errors(settings: Settings, function: str) -> str:
    """Name the metric that counts what a function reported although nobody expects it."""
    return f"UnexpectedErrors-{settings.name(function)}"
