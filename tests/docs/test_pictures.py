from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from sojourn.domain.drawing.svg import svg
from sojourn.domain.journey.project import Project, read_project
from tests.docs.pages import DOCS, PAGES, ROOT, blocks, links

JOURNEYS = ROOT / "journeys"
PICTURES = sorted((DOCS / "images").iterdir())


@cache
def samples() -> Project:
    """Return the sample workspace."""
    files = (path for path in JOURNEYS.rglob("*") if path.is_file())
    return read_project({str(path.relative_to(JOURNEYS)): path.read_bytes() for path in files})


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_what_the_product_draws_today(picture: Path) -> None:
    """A picture of the documentation is a sample journey, drawn as `sojourn graph` draws it now."""
    folder = samples().journeys[picture.stem]
    drawn = svg(folder.journey, folder.flow)

    committed = picture.read_text(encoding="utf-8")

    assert committed.rstrip() == drawn.rstrip(), (
        f"sojourn graph journeys/{picture.stem} -o docs/images/{picture.name}"
    )


def test_every_picture_is_shown() -> None:
    """No picture lies about that no page shows."""
    shown = {(page.parent / target).resolve() for page in PAGES for target in links(page)}

    assert set(PICTURES) - shown == set()


def test_the_journey_in_the_readme_is_the_real_one() -> None:
    """The journey that the README shows is the beginning of the sample's file, to the letter."""
    (excerpt,) = blocks(ROOT / "README.md", "yaml")

    assert (JOURNEYS / "abandoned-cart" / "journey.yaml").read_text(encoding="utf-8").startswith(excerpt.text)
