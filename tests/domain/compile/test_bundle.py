"""What travels of a workspace: the same bytes every time, and enough to run everything without the files."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.compile.bundle import Bundle, bundle_of
from sojourn.domain.compile.compiled import CompiledJourney, canonical
from sojourn.domain.compile.policy import policy_of
from sojourn.domain.decide.policy import Policy
from sojourn.domain.journey.project import Project, ScenarioFile, read_project
from sojourn.errors import AuthorError
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.scenario import play
from tests.support.compiling import compiled, read
from tests.support.workspaces import project

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "journeys"
EVERY_RELEASE = ROOT / "tests" / "golden" / "compile" / "several-releases.yaml"

LOADED = """
import json, sys
from sojourn.domain.compile.bundle import Bundle
Bundle.from_json(json.loads(sys.stdin.read()))
heavy = {"pydantic", "yaml", "mrml", "liquid", "phonenumbers", "cel_expr_python", "inscriptis", "css_inline", "rich"}
print(sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
print(sorted(name for name in sys.modules if name.startswith("sojourn.domain.journey")))
"""


def samples() -> Project:
    """Read the sample workspace."""
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    return read_project({path.relative_to(SAMPLES).as_posix(): path.read_bytes() for path in files})


PROJECT = samples()
SCENARIOS = [
    pytest.param(scenario, id=f"{name}/{Path(scenario.file).stem}")
    for name, folder in PROJECT.journeys.items()
    for scenario in folder.scenarios
]


@cache
def text() -> str:
    """Compile the samples to the text that is registered."""
    return canonical(bundle_of(PROJECT).to_json())


@cache
def travelled() -> tuple[Deployment, Deployment]:
    """Deploy the samples from their files, and from a bundle that went through JSON."""
    return deploy(PROJECT), deploy(PROJECT, Bundle.from_json(json.loads(text())))


@pytest.mark.parametrize("file", SCENARIOS)
def test_every_sample_tells_the_same_story_from_a_bundle(file: ScenarioFile) -> None:
    """Nothing that a run needs is lost on the way."""
    here, there = (play(file.scenario, deployment) for deployment in travelled())

    assert there.failures == []
    assert here.trace == there.trace


def test_a_bundle_comes_back_as_it_was() -> None:
    """Every record of it is equal, and it is written to the same bytes again."""
    bundle = bundle_of(PROJECT)

    back = Bundle.from_json(json.loads(text()))

    assert bundle == back
    assert text() == canonical(back.to_json())


def test_the_same_workspace_gives_the_same_bytes() -> None:
    """Read anew, in whichever order its files come."""
    files = dict(reversed(list(PROJECT.files.items())))

    assert text() == canonical(bundle_of(read_project(files)).to_json())


def test_a_version_is_that_of_its_content_after_travelling() -> None:
    """What was registered can be held against what runs: the digest is the same."""
    for journey in Bundle.from_json(json.loads(text())).journeys:
        assert journey == journey.versioned()


def test_reading_a_bundle_imports_no_models() -> None:
    """A function that reads one pays for no pydantic, no YAML, no MJML and no journey models."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], input=text(), capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


def test_a_workspace_with_errors_is_refused() -> None:
    """With the first error and its place, and how many more there are; warnings stop nothing."""
    broken = read(
        "journey: j\ntopic: news\nenter: {on: began}\nsteps: [{send: nothing}, {goto: nowhere, at_most: 2}]"
    )

    with pytest.raises(AuthorError, match=r"^x/journey\.yaml:4:\d+: .*nothing.*\(and 1 more\)$"):
        bundle_of(broken)


def test_a_bundle_of_another_release_is_refused() -> None:
    """Rather than half understood."""
    with pytest.raises(AuthorError, match="the bundle has format 2, and this release of Sojourn reads 1"):
        Bundle.from_json({**json.loads(text()), "format": 2})


def test_journeys_and_segments_stand_in_the_order_of_their_names() -> None:
    """Wherever their folders stand: so a trigger enters journeys in the same order here and on AWS."""
    enter = "enter: {on: began}\nsteps: [{exit: done}]"
    found = project(
        {"zebra": enter, "ant": enter},
        segments="b: {when: customer.score > 1}\na: {when: customer.score > 2}",
    )

    bundle = bundle_of(found)

    assert [journey.name for journey in bundle.journeys] == ["ant", "zebra"]
    assert [rule.name for rule in bundle.segments] == ["a", "b"]


def test_a_journey_reads_back_what_other_releases_wrote() -> None:
    """What is not known is passed over; what is missing has its default."""
    journey = compiled(EVERY_RELEASE.read_text(encoding="utf-8"))
    written = json.loads(canonical(journey.to_json()))
    written["enter"]["moon"] = "full"
    written["newer"] = True
    del written["enter"]["holdout"], written["definition"]

    back = CompiledJourney.from_json(written, journey.version)

    assert (journey.enter, journey.messages, {}) == (back.enter, back.messages, back.definition)


QUIET = """
quiet_hours:
  sms: {from: "21:00", to: "08:00"}
  push: {closed: [2026-12-25, 2026-12-24]}
caps: [{max: 3, per: 7 days}, {channel: sms, max: 1, per: 1 day}, {topic: news, max: 2, per: 90 minutes}]
brand: {name: Shop, url: "https://shop.example"}
"""


def test_a_policy_comes_back_as_it_was() -> None:
    """Topics, caps, quiet hours, closed days, brand and senders."""
    policy = policy_of(project({"j": "enter: {on: began}\nsteps: [{exit: x}]"}, workspace=QUIET).workspace)

    back = Policy.from_json(json.loads(canonical(policy.to_json())))

    assert policy == back
    assert back.senders["email"] == {"from": "Shop <hello@shop.example>"}
    assert {"sms", "push"} == set(back.quiet)


@given(seconds=st.integers(1, 10**9), rate=st.floats(0.001, 100_000), text=st.text(max_size=20))
def test_a_policys_numbers_and_texts_come_back_exactly(seconds: int, rate: float, text: str) -> None:
    """Whatever stands in them."""
    written = Policy("shop", brand={"name": text}, senders={"email": {"rate": rate}}).to_json()
    written["caps"] = [{"max": 1, "seconds": float(seconds), "text": text, "channel": "", "topic": ""}]

    back = Policy.from_json(json.loads(json.dumps(written)))

    assert written == back.to_json()
