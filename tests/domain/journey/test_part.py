"""What matters of a workspace where only some of its journeys are published."""

from __future__ import annotations

from sojourn.domain.journey.checking import check
from sojourn.domain.journey.part import Part, part_of
from sojourn.domain.journey.project import read_project
from tests.support.workspaces import MESSAGE, SEGMENTS, WORKSPACE

GOOD = "journey: {name}\ntopic: news\nenter: {{on: began}}\nsteps: [{{send: hello}}]\n"
BROKEN = "journey: broken\ntopic: news\nenter: {on: began}\nsteps: [{send: helo}]\n"


def part(names: set[str] | None, **files: str) -> Part:
    """Return the part of a workspace with the journeys good and broken, the latter with an error."""
    made = {
        "workspace.yaml": WORKSPACE, "segments.yaml": SEGMENTS, "good/journey.yaml": GOOD.format(name="good"),
        "good/messages/hello.yaml": MESSAGE, "good/inner/journey.yaml": BROKEN,
    } | files  # fmt: skip
    project = read_project({name: text.encode() for name, text in made.items()})
    return part_of(project, check(project), names)


def test_a_journey_that_is_not_published_may_be_broken() -> None:
    """Its findings and the journey itself are left out, also where it lies in the other's folder."""
    found = part({"good"})

    assert [one.file for one in found.findings if one.severity == "error"] == []
    assert (list(found.project.journeys), found.broken) == (["good"], ("good/inner",))


def test_what_is_published_and_what_all_share_has_to_be_right() -> None:
    """So does everything where all journeys are published."""
    own, all_of_it = part({"broken"}), part(None)
    shared = part({"good"}, **{"segments.yaml": "lapsed: 1\n"})

    assert "good/inner/journey.yaml" in {one.file for one in own.findings}
    assert "good/inner/journey.yaml" in {one.file for one in all_of_it.findings}
    assert "segments.yaml" in {one.file for one in shared.findings}
    assert [one.broken for one in (own, all_of_it)] == [(), ()]


def test_a_journey_that_cannot_be_read_may_be_any_that_is_broken() -> None:
    """Whoever publishes it is told of all errors; one that is not published is passed over with its folder."""
    unread = {"lost/journey.yaml": "journey: [\n"}

    lost, good = part({"lost"}, **unread), part({"good"}, **unread)

    assert "lost/journey.yaml" in {one.file for one in lost.findings}
    assert good.broken == ("good/inner", "lost")
