from __future__ import annotations

import re
from functools import cache
from typing import Any, get_args

from sojourn.domain.condition.functions import FUNCTIONS
from sojourn.domain.decide.sending import STAGES
from sojourn.domain.journey.builtin_events import BUILTIN
from sojourn.domain.journey.model.journey import Enter, Journey
from sojourn.domain.journey.model.message import ChannelContents, EmailContent, InAppContent, PushContent
from sojourn.domain.journey.model.scenario import Also, Scenario, ScenarioCustomer, ScenarioEvent
from sojourn.domain.journey.model.simulation import (
    Arrivals,
    CallGuess,
    Convert,
    JourneyGuess,
    Population,
    Reactions,
    Simulation,
    TaskGuess,
)
from sojourn.domain.journey.model.steps import STEP_TYPES, Release
from sojourn.domain.journey.model.workspace import Workspace
from sojourn.domain.ledger import WHATS
from sojourn.domain.message import limits
from sojourn.domain.message.liquid_filters import FILTERS
from tests.docs.pages import DOCS, read

OURS = ("did", "times", "last", "in_segment", "opened", "clicked", "consented", "reachable", "local", "has")


@cache
def page(name: str) -> str:
    return read(DOCS / f"{name}.md")


def missing(name: str, words: Any) -> list[str]:
    """Return the words that a page has nowhere, as a whole word."""
    return [word for word in words if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", page(name))]


def keys(*models: Any) -> list[str]:
    """Return the keys that files have for these models."""
    return [found.alias or name for model in models for name, found in model.model_fields.items()]


def test_every_verb_has_a_section() -> None:
    """The page of the language has a heading for each verb, in the order of a reader and with an example below."""
    sections = re.findall(r"^### (\w+)\n(.*?)(?=^##)", page("language"), re.MULTILINE | re.DOTALL)

    found = {verb for verb, body in sections if f"{verb}:" in body and "```yaml" in body}

    assert found == {kind.verb for kind in STEP_TYPES}


def test_every_key_of_a_journey_and_its_steps_is_explained() -> None:
    """Whatever a journey, a step or the workspace may say stands on the page of the language."""
    assert missing("language", keys(Workspace, Journey, Enter, Release, *STEP_TYPES)) == []


def test_every_part_of_a_message_is_explained() -> None:
    """Every channel and every part of a message stands on the page of the language."""
    assert missing("language", keys(ChannelContents, EmailContent, PushContent, InAppContent)) == []


def test_every_function_is_explained() -> None:
    """Every function that a condition may call, and every filter of a template, stands on the page of the language."""
    assert missing("language", (*OURS, *FUNCTIONS, *FILTERS)) == []


def test_every_event_of_our_own_is_listed() -> None:
    """Every event that Sojourn reports itself is listed with its properties."""
    assert (
        missing("language", (*BUILTIN, *(name for properties in BUILTIN.values() for name in properties)))
        == []
    )


def test_the_send_policy_is_told_in_its_order() -> None:
    """The reasons why a message is not sent stand in the order in which the policy asks."""
    table = page("language").partition("## The send policy")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]

    told = [stage for row in rows for stage in STAGES if f"| `{stage}`" in row]

    assert told == [stage for stage in STAGES if stage != "refused"]


def test_limits_are_the_ones_that_hold() -> None:
    """The limits of messages that the page names are those that are enforced."""
    named = (limits.MAX_SMS, limits.MAX_HEADER, limits.MAX_TEMPLATE, limits.MAX_MJML, limits.MAX_ELEMENTS)

    assert [limit for limit in named if f"{limit:,}" not in page("language")] == []


def test_every_key_of_a_scenario_is_explained() -> None:
    """Whatever a scenario may say stands on its page."""
    assert missing("scenarios", keys(Scenario, ScenarioCustomer, ScenarioEvent, Also)) == []


def test_every_kind_of_thing_that_happens_is_explained() -> None:
    """Every kind of trace line has a row in the table, in the order of the ledger or not."""
    rows = re.findall(r"^\| `(\w+)` \| [^|]* \| [^|]* \| [^|]* \|$", page("scenarios"), re.MULTILINE)

    assert sorted(rows) == sorted(WHATS)


def test_every_key_of_a_simulation_is_explained() -> None:
    """Whatever simulation.yaml may say stands on its page."""
    models = (Simulation, Population, Arrivals, JourneyGuess, Convert, Reactions, TaskGuess, CallGuess)

    assert missing("simulate", keys(*models)) == []


def test_channels_are_listed() -> None:
    """Every channel stands on the page of the language."""
    (channels,) = {get_args(Also.model_fields["channel"].annotation)[0]}

    assert missing("language", get_args(channels)) == []
