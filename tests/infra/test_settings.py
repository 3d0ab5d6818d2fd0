from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.app import announced
from infra.settings import ROOT, Settings, SettingsError, settings_from
from infra.workspace import published


def read(**context: Any) -> Settings:
    """Read settings from a context."""
    return settings_from(context.get)


def test_cdks_context_is_text() -> None:
    """What comes from the command line is text, and becomes what it should be."""
    settings = read(stage="prod", local="true", route_concurrency="5", sms_monthly_usd="12.5")

    assert (settings.stage, settings.local, settings.route_concurrency) == ("prod", True, 5)
    assert settings.sms_monthly_usd == 12.5


def test_without_context_the_defaults_stand() -> None:
    """Nothing has to be set to try it."""
    assert read() == Settings()


def test_the_defaults_are_those_of_cdk_json() -> None:
    """cdk.json shows what is set; it says nothing else than the defaults, but for what everybody writes there."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    theirs = ("workspace", "region", "alarm_email")

    assert {"stage", *theirs[:2]} <= set(context)
    assert read(**{key: value for key, value in context.items() if key not in theirs}) == Settings()


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"stage": "Prod_1"}, 'stage "Prod_1": write up to 16 small letters'),
        ({"local": "yes"}, 'local "yes": write true or false'),
        ({"events_days": "0"}, 'events_days "0": write a whole number above 0'),
        ({"sms_monthly_usd": "much"}, 'sms_monthly_usd "much": write a number'),
        ({"links_url": "http://acme.example"}, 'links_url "http://acme.example": write an https address'),
        ({"links_url": "https://acme.example/"}, "without a slash at its end"),
        ({"ledger_days": "14"}, "ledger_days 14: write 15 to 3650 days"),
        ({"quarantine_days": "14"}, "quarantine_days 14: write 15 to 3650 days"),
        ({"ended_runs_days": "4000"}, "ended_runs_days 4000: write 15 to 3650 days"),
        ({"events_days": "14", "archive_days": "7"}, "events_days 14: write 15 to 3650 days"),
        ({"events_days": "30"}, "events_days 30: write more than archive_days (30)"),
        ({"route_concurrency": "1"}, "route_concurrency: Lambda knows no less than 2"),
        ({"outbound": "sent,goals"}, 'outbound "sent,goals": no such events: goals; there are '),
    ],
)
def test_a_wrong_value_is_explained(context: dict[str, str], said: str) -> None:
    """A value of the wrong shape stops synthesis with a sentence that says what to write."""
    with pytest.raises(SettingsError, match=re.escape(said)):
        read(**context)


def test_names_come_with_commas_or_as_a_list() -> None:
    """On the command line they are one text, in cdk.json they may be a list."""
    assert read(take_out=" welcome, win-back,").take_out == ("welcome", "win-back")
    assert read(take_out=["win-back", "welcome"]).take_out == ("welcome", "win-back")


def test_the_region_is_the_contexts_or_else_the_one_cdk_found() -> None:
    """A stage does not move with whoever deploys it; where cdk.json names no region, CDK's is as good as any."""
    found = {"CDK_DEFAULT_REGION": "us-east-1"}

    named: dict[str, Any] = {"region": "eu-west-1"}
    unnamed: dict[str, Any] = {}

    assert settings_from(named.get, found).region == "eu-west-1"
    assert settings_from(unnamed.get, found).region == "us-east-1"
    assert settings_from(unnamed.get, {}).region == "eu-central-1"


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_a_shell_that_names_another_region_is_told(name: str) -> None:
    """Whoever deploys to one region would ask another what came of it."""
    context = {"region": "eu-west-1"}.get

    with pytest.raises(SettingsError, match=f'region "eu-west-1": {name} of your shell says us-east-1'):
        settings_from(context, {name: "us-east-1"})

    assert settings_from(context, {name: "eu-west-1"}).region == "eu-west-1"
    assert settings_from(context, {name: ""}).region == "eu-west-1"


def test_it_is_said_what_is_deployed() -> None:
    """The workspace, where it lies, its journeys and where they go to: what is forgotten is seen."""
    workspace = replace(published(ROOT / "journeys"), name="acme")

    assert announced(Settings(), workspace) == (
        'sojourn: workspace "acme" from journeys (abandoned-cart, appointment-reminder, post-purchase, welcome,'
        " win-back); stage dev, eu-central-1"
    )
    empty = replace(workspace, name="shop", journeys=())
    assert announced(Settings(stage="prod", workspace=Path("/elsewhere/shop")), empty) == (
        'sojourn: workspace "shop" from /elsewhere/shop (no journeys); stage prod, eu-central-1'
    )


def test_days_may_be_as_few_as_nothing_is_forgotten_by() -> None:
    """What is kept for a day more than dead letters, redriving and the archive need is kept long enough."""
    settings = read(events_days="15", archive_days="14", ledger_days="15", ended_runs_days="15")

    assert (settings.events_days, settings.ledger_days, settings.ended_runs_days) == (15, 15, 15)


@pytest.mark.parametrize(
    ("stage", "disposable"), [("dev", True), ("dev-ana", True), ("prod", False), ("devon", False)]
)
def test_only_dev_is_disposable(stage: str, disposable: bool) -> None:
    """A stage keeps its data unless its name says that it is for trying things out."""
    assert Settings(stage=stage).disposable is disposable
