"""The scenarios of the sample workspace, deployed: the events of each go in over the bus, and what it expects has to
come, at the same instants, as `sojourn test` checks it.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from infra.local_cloud import deployment
from infra.local_cloud.emulator import ACCOUNT
from sojourn.adapters.dynamodb.sources import DynamoSources
from sojourn.application.sources import key_digest, new_source, write_key
from sojourn.domain.journey.project import read_project
from sojourn.domain.ledger import Happening
from sojourn.local.deployment import deploy
from sojourn.local.scenario import Played, play
from sojourn.local.trace import to_line
from tests.support.cloud import Cloud
from tests.support.told_doors import Outbox
from tests.support.told_scenarios import BUSY, SCHEDULE, hindrance, scenarios, splits, with_own_customers
from tests.support.told_stage import STAGE, ToldStage
from tests.support.told_world import ToldWorld

ROOT = Path(__file__).parents[2]
FILES = sorted(p for p in (ROOT / "journeys").rglob("*") if p.is_file())
PROJECT = read_project({p.relative_to(ROOT).as_posix(): p.read_bytes() for p in FILES}, "journeys")
TOLD = {told.name: told for told in scenarios(PROJECT)}
LOCAL = deploy(PROJECT)
AT_ONCE = 10
"""So many stories side by side: two cores do not tell more any sooner."""
_NUMBERS = count(1)

NOT_PLAYED = {
    "post-purchase/delivered-twice": BUSY,
    "welcome/provider-is-busy": BUSY,
    "win-back/again-after-28-days": SCHEDULE,
    "win-back/answer-without-a-code": SCHEDULE,
    "win-back/comes-back": SCHEDULE,
    "win-back/complains": SCHEDULE,
    "win-back/every-monday": SCHEDULE,
    "win-back/first-message-in-office-hours": SCHEDULE,
    "win-back/looks-at-night-in-tokyo": SCHEDULE,
    "win-back/never-asked-for-offers": SCHEDULE,
    "win-back/no-voucher-no-promise": SCHEDULE,
    "win-back/nobody-looks": SCHEDULE,
    "win-back/third-offer-is-capped": SCHEDULE,
}
"""The scenarios that cannot be played there, and why."""


@pytest.fixture(scope="module")
def stage(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToldStage]:
    """Give a deployment of the sample workspace, beside the one that other tests use, whose time is told."""
    workspace = tmp_path_factory.mktemp("told") / "journeys"
    shutil.copytree(ROOT / "journeys", workspace)
    settings = workspace / "workspace.yaml"
    settings.write_text(settings.read_text().replace("123456789012", ACCOUNT))
    cloud.client("sns").create_platform_application(
        Name="acme-bikes", Platform="GCM", Attributes={"PlatformCredential": "made up"}
    )
    first = deployment.deploy(cloud.emulated, workspace, context={"stage": STAGE})
    there = Cloud(cloud.emulated, cloud.recorded, first, cloud.log)
    key = write_key(b"s" * 32)
    digest = key_digest(key)
    assert digest
    source = new_source("desk", frozenset({"tasks"}), datetime(2026, 1, 5, tzinfo=UTC))
    DynamoSources(there.client("dynamodb"), there.table).add(source, digest)
    with ToldStage(there, cloud.emulated.folder / "told", key) as stage:
        yield stage


OWN_WORDS = re.compile(r"(?<=refused) \(.*\)|(?<=provider): .*")
"""What a provider says, after what the engine makes of it."""


@dataclass(frozen=True, slots=True)
class Both:
    """A scenario as our interpreter tells it, and as the deployment does; the same customers in both."""

    ours: Played
    theirs: Played


@pytest.fixture(scope="module")
def both(stage: ToldStage) -> Mapping[str, Both]:
    """Give all that is played; what differs is played once more: real time has hiccups, and MiniStack a race."""
    chosen = [name for name in TOLD if name not in NOT_PLAYED]
    # The longest first: the short ones fill the rest.
    chosen.sort(key=lambda name: -len(TOLD[name].scenario.expect))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = dict(zip(chosen, pool.map(partial(played, stage), chosen), strict=True))
        doubtful = [name for name, one in told.items() if one.theirs.failures or differing(one)]
        return told | dict(zip(doubtful, pool.map(partial(played, stage), doubtful), strict=True))


def played(stage: ToldStage, name: str) -> Both:
    """Play a scenario on our interpreter and there."""
    scenario = with_own_customers(
        TOLD[name].scenario, next(_NUMBERS), splits(PROJECT), LOCAL.catalogue.policy.salt
    )
    ours = play(scenario, LOCAL)
    return Both(ours, play(scenario, LOCAL, partial(ToldWorld, stage=stage, ours=ours.trace)))


def differing(both: Both) -> Mapping[str, list[str]]:
    """Return what only one of the two tells: when, who, what and where in the journey; empty where they agree."""
    ours, theirs = (
        Counter(to_line(bare(one), both.ours.start) for one in told.trace)
        for told in (both.ours, both.theirs)
    )
    only = {"here": sorted((ours - theirs).elements()), "there": sorted((theirs - ours).elements())}
    return {where: lines for where, lines in only.items() if lines}


def bare(one: Happening) -> Happening:
    """Return what happened without the words of providers and of people: those are others' there."""
    told = {name: value for name, value in one.details.items() if name not in ("send", "by")}
    if "instead_of" in told:
        told["instead_of"] = OWN_WORDS.sub("", told["instead_of"])
    return replace(one, details=told, reason="" if one.what == "bounced" else OWN_WORDS.sub("", one.reason))


def test_each_scenario_comes_to_the_same_end_there(both: Mapping[str, Both]) -> None:
    """Whatever a scenario expects comes, at its instant and in its order, and nothing that it forbids."""
    failures = {name: one.theirs.failures for name, one in both.items() if one.theirs.failures}

    assert failures == {}
    assert len(both) + len(NOT_PLAYED) == len(TOLD)


def test_nothing_else_happens_there(both: Mapping[str, Both]) -> None:
    """What no scenario speaks of is the same as well: every decision, its reason and its instant."""
    different = {name: differing(one) for name, one in both.items() if differing(one)}

    assert different == {}


def test_what_was_sent_is_with_the_providers(stage: ToldStage, both: Mapping[str, Both]) -> None:
    """Each message that the ledger tells of is in SES's mailbox, or was asked for; and there is no other."""
    sent = [one for told in both.values() for one in told.theirs.trace if one.what == "sent"]
    taken = [one for one in sent if one.reason != "unknown"]

    outbox = Outbox(stage)

    assert [one for one in taken if not outbox.has(one)] == []
    assert {"email", "push", "sms", "whatsapp"} == {one.details["channel"] for one in taken}
    emails = [one for one in taken if one.details["channel"] == "email"]
    theirs = {one.customer for one in sent}
    there = [email for email in outbox.emails if email["To"][0].partition("@")[0] in theirs]
    assert len(emails) == len(there)


def test_what_is_not_played_there_could_not_be() -> None:
    """Each scenario that is left out needs what is not there, and no other one does."""
    reasons = {name: hindrance(PROJECT, told) for name, told in TOLD.items()}

    assert {name: reason for name, reason in reasons.items() if reason} == NOT_PLAYED
