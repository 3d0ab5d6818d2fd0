from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from sojourn.local.report.model import build_report
from sojourn.local.report.page import page
from sojourn.local.report.tally import Tally

if TYPE_CHECKING:
    from sojourn.domain.journey.project import Project
    from sojourn.domain.ledger import Happening

META = {"customers": 400, "days": 30, "seed": 1, "start": "2026-03-01T00:00:00Z"}
VOID = {"meta", "br"}


@pytest.fixture(scope="module")
def report(walks: list[list[Happening]], project: Project) -> dict[str, Any]:
    tally = Tally()
    for walk in walks:
        for record in walk:
            tally.add(record)
    return build_report(tally, project, META)


@pytest.fixture(scope="module")
def html(report: dict[str, Any], project: Project) -> str:
    return page(report, project)


class Tags(HTMLParser):
    """Opens and closes as it reads; what stays open, or is closed without being opened, is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    return tags


def test_a_page_is_well_formed(html: str) -> None:
    """Every element that is opened is closed, in order."""
    tags = read(html)

    assert (tags.wrong, tags.open) == ([], [])
    assert {"svg", "table", "details", "h1"} <= tags.seen


def test_markup_of_authors_stays_text(html: str) -> None:
    """A script in a journey's title is shown, not run; there is no script at all."""
    assert "script" not in read(html).seen
    assert "Win back &lt;script&gt;alert(1)&lt;/script&gt; an abandoned cart" in html


def test_a_page_needs_nothing_from_outside(html: str) -> None:
    """Opened offline it is whole: no address but the namespace of SVG, and a policy that forbids loading."""
    addresses = set(re.findall(r"(?:https?:)?//[\w.]+", html))

    assert addresses == {"http://www.w3.org"}
    assert "default-src 'none'" in html
    assert read(html).seen & {"link", "img", "iframe", "object", "embed"} == set()


def test_the_same_report_gives_the_same_bytes(report: dict[str, Any], project: Project, html: str) -> None:
    """Written twice, a page is the same."""
    assert page(report, project) == html


def test_a_page_opens_with_the_question_and_what_it_is_about(html: str) -> None:
    """The first lines say what was asked, of how many, for how long, with which seed."""
    assert "<h1>What happens when 400 customers live with these journeys for 30 days?</h1>" in html
    assert "400 customers over 30 days, from 2026-03-01T00:00:00Z, seed 1" in html


def test_every_number_of_a_step_is_on_the_page(html: str, report: dict[str, Any]) -> None:
    """Each journey has its section, and in its table each step with those who came."""
    for journey in report["journeys"]:
        section = html.partition(f'id="{journey["journey"]}"')[2].partition("</section>\n")[0]
        for row in journey["steps"]:
            assert re.search(
                rf'<code class="soft">{row["step"]}</code></td><td>{row["arrived"]:,}</td>', section
            ), row


def test_a_report_of_nobody_is_a_page_too(project: Project) -> None:
    """Without a single customer everything is nought, and nothing breaks."""
    html = page(build_report(Tally(), project, {**META, "customers": 0}), project)

    assert (read(html).wrong, read(html).open) == ([], [])
    assert "no holdout" in html
