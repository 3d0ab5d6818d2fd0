"""What a deployment can be told: the stage, the region, the workspace and a handful of figures, from CDK's context.

A value of the wrong shape stops synthesis with a sentence that says what to write. Nothing here knows CDK, so that
tests and the embedded AWS can make settings without an app.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sojourn.application.outbound import chosen
from sojourn.application.sweeping import SWEEP_AT
from sojourn.aws_runtime.settings import LEAST_DAYS, MOST_DAYS

ROOT = Path(__file__).resolve().parent.parent
"""The repository."""

# Names are made of it: of functions, which have 64 characters, and of machines, which have 80 with their journey's
# (`infra.constructs.naming`).
_STAGE = re.compile(r"[a-z]([a-z0-9-]{0,14}[a-z0-9])?")

DEPLOYED, PUBLISHED = "deployed", "published"
"""How journeys get to a deployment."""
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ORIGIN = re.compile(r"\*|https?://[A-Za-z0-9.-]+(:[0-9]+)?")


class SettingsError(Exception):
    """Something a person set, wrote or forgot to build stops synthesis; the message says what to do."""


@dataclass(frozen=True)
class Settings:
    """One deployment.

    Args:
        stage: part of every name; `dev` and stages that begin with `dev-` may be destroyed with all they hold.
        region: where; CDK wants to know it beforehand, for the table's key.
        workspace: the folder with `workspace.yaml`.
        local: for the embedded AWS, which runs functions on this machine.
        links_url: where the links of messages lead, an address of your own that passes requests on to the function
            `links`; where empty, the address that AWS makes up for that function.
        alarm_email: who is written to when an alarm rings; nobody, where empty.
        sms_monthly_usd: the month's spending on text messages that rings an alarm.
        events_days: how long a customer's events are kept; an event that comes again is known for so long.
        ledger_days: how long what was decided is kept, in the table and in the bucket; what was sent is known for
            so long.
        ended_runs_days: how long a finished run is kept.
        quarantine_days: how long an event is kept aside that is not as the tracking plan says.
        archive_days: how long the bus keeps events for a replay.
        route_concurrency: how many copies of `route` may work on the queue at once.
        sweep_at: when the segments that time alone can change are asked again, every day, on the workspace's clock.
        sweep_concurrency: how many copies of `sweep` may work on that at once.
        entries_rate: how many customers all audiences may enter a second; Step Functions' quota is the bound.
        outbound: which kinds of happenings go on the bus: `usual`, `all`, `none`, or names with commas between.
        journeys: how journeys get there: `deployed` with the stack, or `published` while everything runs.
        take_out: journeys that this deployment may take out although customers are in them, or the workspace that
            it may replace.
        track_rate: so many calls a second the tracking API takes in the long run, and `track_burst` at once.
        track_origins: of the web sites whose pages may call it, such as `https://www.acme.example`; `*` is all.
        layers: where `make layers` puts its work.
        made: where synthesis puts the files that it makes for CDK to upload.
    """

    stage: str = "dev"
    region: str = "eu-central-1"
    workspace: Path = ROOT / "journeys"
    local: bool = False
    links_url: str = ""
    alarm_email: str = ""
    sms_monthly_usd: float = 50.0
    events_days: int = 400
    ledger_days: int = 400
    ended_runs_days: int = 400
    quarantine_days: int = 30
    archive_days: int = 30
    route_concurrency: int = 20
    sweep_at: str = SWEEP_AT
    sweep_concurrency: int = 4
    entries_rate: int = 200
    outbound: str = "usual"
    journeys: str = "deployed"
    take_out: tuple[str, ...] = ()
    track_rate: int = 500
    track_burst: int = 1_000
    track_origins: tuple[str, ...] = ("*",)
    layers: Path = field(default=ROOT / "build" / "layers", repr=False)
    made: Path = field(default=ROOT / "build" / "synth", repr=False)

    def __post_init__(self) -> None:
        if not _STAGE.fullmatch(self.stage):
            raise SettingsError(
                f'stage "{self.stage}": write up to 16 small letters, digits and hyphens, a letter first, such as prod'
            )
        if self.links_url and (not self.links_url.startswith("https://") or self.links_url.endswith("/")):
            raise SettingsError(
                f'links_url "{self.links_url}": write an https address without a slash at its end'
            )
        for name in ("events_days", "ledger_days", "ended_runs_days"):
            if not LEAST_DAYS <= getattr(self, name) <= MOST_DAYS:
                raise SettingsError(
                    f"{name} {getattr(self, name)}: write {LEAST_DAYS} to {MOST_DAYS} days; failed runs are redriven"
                    f" and dead letters kept for {LEAST_DAYS - 1}, and what is forgotten by then happens twice"
                )
        if not LEAST_DAYS <= self.quarantine_days <= MOST_DAYS:
            raise SettingsError(
                f"quarantine_days {self.quarantine_days}: write {LEAST_DAYS} to {MOST_DAYS} days"
            )
        if self.events_days <= self.archive_days:
            raise SettingsError(
                f"events_days {self.events_days}: write more than archive_days ({self.archive_days}), or an event"
                " that is replayed acts a second time"
            )
        for name in ("route_concurrency", "sweep_concurrency"):
            if getattr(self, name) < 2:
                raise SettingsError(f"{name}: Lambda knows no less than 2")
        if self.journeys not in (DEPLOYED, PUBLISHED):
            raise SettingsError(f'journeys "{self.journeys}": write {DEPLOYED} or {PUBLISHED}')
        if not _CLOCK.fullmatch(self.sweep_at):
            raise SettingsError(f'sweep_at "{self.sweep_at}": write a time of day, such as 03:00')

    @property
    def disposable(self) -> bool:
        """Whether destroying the stacks destroys the data with them."""
        return self.local or self.stage == "dev" or self.stage.startswith("dev-")

    @property
    def publishes(self) -> bool:
        """Whether journeys are published while everything runs, and the stack brings none."""
        return self.journeys == PUBLISHED

    @property
    def tls_only(self) -> bool:
        """Whether queues, topics and buckets refuse plain HTTP: the embedded AWS speaks nothing else."""
        return not self.local

    def name(self, *parts: str) -> str:
        """Name a resource, such as `sojourn-prod-route`."""
        return "-".join(("sojourn", self.stage, *parts))


def settings_from(context: Callable[[str], Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings that *context* has; the rest keeps its defaults.

    Args:
        context: asks for one key, such as `app.node.try_get_context`; None where there is none. `cdk --context`
            makes everything text.
        environment: of the shell. Where the context names no region, it is the one that CDK found there.

    Raises:
        SettingsError: a value is not what it should be, or the shell names another region than the context: whoever
            deploys to the one would ask the other what came of it.
    """
    environment = environment or {}
    given: dict[str, Any] = {}
    if found := environment.get("CDK_DEFAULT_REGION"):
        given["region"] = found
    for key, kind in _KINDS.items():
        value = context(key)
        if value is None or value == "":
            continue
        try:
            given[key] = kind(value)
        except ValueError as error:
            raise SettingsError(f'{key} "{value}": {error}') from None
    settings = Settings(**given)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        if (shells := environment.get(name) or settings.region) != settings.region:
            raise SettingsError(
                f'region "{settings.region}": {name} of your shell says {shells}. Write the one you mean into'
                " cdk.json and into AWS_REGION and AWS_DEFAULT_REGION: the AWS CLI reads the one, boto3 the other"
            )
    return settings


def _flag(value: Any) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise ValueError("write true or false")
    return str(value).lower() == "true"


def _folder(value: Any) -> Path:
    return (ROOT / str(value)).resolve()


def _count(value: Any) -> int:
    if not str(value).isdigit() or int(value) < 1:
        raise ValueError("write a whole number above 0")
    return int(value)


def _amount(value: Any) -> float:
    try:
        return float(value)
    except ValueError:
        raise ValueError("write a number") from None


def _names(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return tuple(sorted({str(name).strip() for name in parts} - {""}))


def _origins(value: Any) -> tuple[str, ...]:
    origins = _names(value)
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(
                "write * or https://www.acme.example, no path after it; several with commas between"
            )
    return origins


def _kinds_out(value: Any) -> str:
    chosen(str(value))
    return str(value)


_KINDS: dict[str, Callable[[Any], Any]] = {
    "stage": str,
    "region": str,
    "workspace": _folder,
    "local": _flag,
    "links_url": str,
    "alarm_email": str,
    "sms_monthly_usd": _amount,
    "events_days": _count,
    "ledger_days": _count,
    "ended_runs_days": _count,
    "quarantine_days": _count,
    "archive_days": _count,
    "route_concurrency": _count,
    "sweep_at": str,
    "sweep_concurrency": _count,
    "entries_rate": _count,
    "outbound": _kinds_out,
    "journeys": str,
    "take_out": _names,
    "track_rate": _count,
    "track_burst": _count,
    "track_origins": _origins,
}
