from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, anchors, links, name_of, prose, read


def broken(page: Path, target: str) -> bool:
    """Say whether a link leads to no file of the repository, or to no heading of a page."""
    where, _, anchor = target.partition("#")
    path = (page.parent / where).resolve() if where else page
    if not path.exists():
        return True
    return bool(anchor) and anchor not in anchors(path)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link and picture of a page is a file of the repository, every anchor a heading."""
    assert [target for target in links(page) if broken(page, target)] == []


def test_the_readme_leads_to_every_page() -> None:
    """Who begins with the README finds every page of the documentation."""
    linked = links(ROOT / "README.md")

    assert {name_of(page) for page in DOCS.glob("*.md")} - set(linked) == set()


def test_prose_is_broken_into_lines() -> None:
    """No line of prose is longer than 120 characters, so that a difference between two versions can be read."""
    long = [
        f"{name_of(page)}: {line[:60]}"
        for page in PAGES
        for line in prose(read(page)).splitlines()
        if len(line) > 120 and page.stem != "findings" and not line.lstrip().startswith("|")
    ]

    assert long == []
