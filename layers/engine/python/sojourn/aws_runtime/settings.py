"""What a deployment tells its functions, read from their environment. It knows no client and no function.

One model for all of them; each function names what it cannot do without (`Settings.read`), so that a deployment that
forgot something says so when the function begins, by the variable's name. It is a plain dataclass, as pydantic would
take longer to import than everything else that begins a function, boto3's part aside (docs: functions/README.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sojourn.domain.decide.ending import REDRIVABLE

PREFIX = "SOJOURN_"
LEAST_DAYS = REDRIVABLE.days + 1
"""A run that failed may go on for as long as Step Functions redrives its execution, and a message wait as long among
dead letters. Who is asked then must still know what was sent, and what came before."""
MOST_DAYS = 3_650


class SettingsError(RuntimeError):
    """A function's environment is wrong: the deployment is, not an event."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A deployment, as a function sees it. What a function does not need is empty.

    Args:
        schedule_dead_letters_arn: the queue for executions that Scheduler could not start; may be empty.
        signing_secret: name or ARN in Secrets Manager; see `secrets`.
        links_url: begins with `https://`.
        tasks_url: of the API that ends people's tasks, without a slash at its end; may be empty.
        events_url: of the queue that the bus fills with what comes in.
        dead_letters_url: of the queue for events that nobody can read.
        sweeps_url: of the queue that carries the daily sweep on.
        uploads_bucket: for what callers of the control API send, and for the rows of audiences.
        audience_machine_arn: the state machine that audiences run on.
        entries_rate: how many customers all audiences may enter a second.
        operations_url: of the queue of what takes longer than a call.
        machines: what the ARNs of state machines begin with, up to the journey's name.
        machines_role_arn: the role that machines take on which are published while everything runs.
        machines_log_arn: the log group that they tell of errors; may be empty.
        senders: as whom `send` has the permission to send, see `sojourn.adapters.senders.permission`.
        step_arn, send_arn: of the functions that machines call.
        configuration_set: of SES, for emails whose sender names none; may be empty.
        feedback_topics: the ARNs of the topics that tell of messages, with commas between.
        delivery_stream: of Firehose, for the ledger's archive; may be empty.
        outbound: which kinds of happenings go on the bus: `usual`, `all`, `none`, or names with commas between.
    """

    stage: str = ""
    table: str = ""
    bus: str = ""
    schedule_group: str = ""
    schedule_role_arn: str = ""
    schedule_dead_letters_arn: str = ""
    signing_secret: str = ""
    links_url: str = ""
    tasks_url: str = ""
    events_url: str = ""
    dead_letters_url: str = ""
    sweeps_url: str = ""
    uploads_bucket: str = ""
    audience_machine_arn: str = ""
    entries_rate: str = "200"
    operations_url: str = ""
    machines: str = ""
    machines_role_arn: str = ""
    machines_log_arn: str = ""
    senders: str = ""
    step_arn: str = ""
    send_arn: str = ""
    configuration_set: str = ""
    feedback_topics: str = ""
    delivery_stream: str = ""
    outbound: str = "usual"
    events_days: int = 400
    ledger_days: int = 400
    ended_runs_days: int = 400
    quarantine_days: int = 30

    @classmethod
    def read(cls, environment: Mapping[str, str], *needed: str) -> Settings:
        """Read the settings.

        Args:
            needed: the fields that must not be empty.

        Raises:
            SettingsError: one is, or a value cannot be read; the message names the variables.
        """
        given: dict[str, Any] = {}
        wrong: list[str] = []
        for field in fields(cls):
            text = environment.get(variable(field.name))
            if text is None:
                continue
            if isinstance(field.default, str):
                given[field.name] = text.strip()
            elif text.strip().isascii() and text.strip().isdigit() and LEAST_DAYS <= int(text) <= MOST_DAYS:
                given[field.name] = int(text)
            elif text.strip():
                wrong.append(f"{variable(field.name)}: write a whole number from {LEAST_DAYS} to {MOST_DAYS}")
        if wrong:
            raise SettingsError("; ".join(wrong))
        settings = cls(**given)
        missing = [variable(name) for name in needed if not getattr(settings, name)]
        if missing:
            raise SettingsError(f"not set: {', '.join(missing)}")
        return settings


def variable(field: str) -> str:
    """Return the environment variable of a field."""
    return PREFIX + field.upper()
