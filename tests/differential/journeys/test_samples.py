"""Every scenario of the sample workspace tells the same story on our interpreter and on moto's."""

from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.domain.journey.project import read_project
from sojourn.local.deployment import deploy
from sojourn.local.scenario import play
from tests.differential.journeys.agreement import story, story_on
from tests.support.moto_world import MotoWorlds

ROOT = Path(__file__).parents[3]
FILES = sorted(p for p in (ROOT / "journeys").rglob("*") if p.is_file())
PROJECT = read_project({p.relative_to(ROOT).as_posix(): p.read_bytes() for p in FILES}, "journeys")
SCENARIOS = [
    (folder.journey.journey, one) for folder in PROJECT.journeys.values() for one in folder.scenarios
]


@pytest.mark.parametrize(
    ("journey", "file"),
    [(name, one.file) for name, one in SCENARIOS],
    ids=[Path(one.file).stem for _, one in SCENARIOS],
)
def test_the_interpreters_agree(moto: MotoWorlds, journey: str, file: str) -> None:
    """The same happenings, of the same runs, at the same times, for the same reasons."""
    deployment = deploy(PROJECT)
    scenario = next(one.scenario for name, one in SCENARIOS if name == journey and one.file == file)

    ours = play(scenario, deployment)
    theirs = story_on(moto, scenario, deployment, ours)

    assert theirs == story(ours)
    assert ours.failures == []
