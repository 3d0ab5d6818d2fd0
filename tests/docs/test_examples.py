from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sojourn.domain.findings import Severity
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.project import read_project
from sojourn.domain.journey.rules.page import Snippet
from sojourn.local.deployment import deploy
from sojourn.local.scenario import play
from tests.docs.pages import DOCS, ROOT, Block, blocks, read
from tests.domain.journey.rules.examples import overlaid

if TYPE_CHECKING:
    from sojourn.domain.findings import Finding

EXAMPLES = [
    block for page in sorted(DOCS.glob("*.md")) for block in blocks(page, "yaml") if page.stem != "findings"
]
STORIES = [block for block in EXAMPLES if "scenarios/buys.yaml" in block.files]
# The base workspace has messages that an example leaves unsent.
BESIDE_THE_POINT = {"SJ514"}


def files_with(block: Block) -> dict[str, bytes]:
    """Lay an example over the base workspace; what it leaves out is taken from there."""
    return overlaid([Snippet(path, text) for path, text in block.files.items()])


def refused(block: Block) -> str:
    """Return the code that the page says an example raises, "" where it says none."""
    above = "\n".join(read(ROOT / block.page).splitlines()[: block.line - 1])
    found = re.search(r"<!-- finding: (SJ\d{3}) -->\s*$", above)
    return found[1] if found else ""


def findings(block: Block) -> list[Finding]:
    return [one for one in check(read_project(files_with(block))) if one.code not in BESIDE_THE_POINT]


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_an_example_is_right(block: Block) -> None:
    """Every example of the documentation passes `check`, or raises what the page says it does."""
    found = findings(block)

    assert {one.code for one in found} == ({refused(block)} - {""}), [
        f"{one.span.line}: {one.message}" for one in found
    ]
    assert not any(one.severity is Severity.ERROR for one in found)


@pytest.mark.parametrize("block", STORIES, ids=str)
def test_an_example_of_a_scenario_passes(block: Block) -> None:
    """Every scenario of the documentation, played on the base workspace, is as it expects."""
    project = read_project(files_with(block))
    (story,) = project.journeys["abandoned-cart"].scenarios

    played = play(story.scenario, deploy(project))

    assert played.failures == []
