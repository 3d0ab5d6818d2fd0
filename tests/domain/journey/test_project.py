from __future__ import annotations

from sojourn.domain.journey.checking import check
from sojourn.domain.journey.project import read_project

WORKSPACE = b"workspace: acme\n"
JOURNEY = b"journey: hi\nenter: {on: x}\nsteps: [{exit: done}]\n"


def test_a_folder_is_read_whole() -> None:
    """Workspace, segments, journeys, messages and scenarios are read, each beside what it belongs to."""
    project = read_project(
        {
            "w/workspace.yaml": WORKSPACE,
            "w/segments.yaml": b"all: {when: 'true'}\n",
            "w/hi/journey.yaml": JOURNEY,
            "w/hi/messages/m.yaml": b"sms: x\n",
            "w/hi/messages/m.txt": b"no yaml",
            "w/hi/scenarios/s.yaml": b"scenario: s\nstart: x\ncustomers: [{id: a}]\n",
            "elsewhere/journey.yaml": JOURNEY,
        },
        "w",
    )

    assert project.findings == ()
    assert list(project.segments) == ["all"]
    assert list(project.journeys) == ["hi"]
    assert list(project.journeys["hi"].messages) == ["m"]
    assert [one.scenario.scenario for one in project.journeys["hi"].scenarios] == ["s"]
    assert project.journeys["hi"].folder == "w/hi"


def test_reading_does_not_stop() -> None:
    """A file that cannot be read hides no other."""
    project = read_project(
        {"workspace.yaml": b"[]", "segments.yaml": b"", "a/journey.yaml": b"\xff", "hi/journey.yaml": JOURNEY}
    )

    assert [(finding.file, finding.code) for finding in project.findings] == [
        ("workspace.yaml", "SJ120"),
        ("segments.yaml", "SJ107"),
        ("a/journey.yaml", "SJ101"),
    ]
    assert list(project.journeys) == ["hi"]
    assert {"workspace.yaml", "segments.yaml", "a/journey.yaml"} == project.damaged


def test_a_name_belongs_to_one_folder() -> None:
    """Of two journeys of one name the second is told, with where the first is."""
    project = read_project(
        {"workspace.yaml": WORKSPACE, "a/journey.yaml": JOURNEY, "b/journey.yaml": JOURNEY}
    )

    assert [finding.file for finding in project.findings] == ["b/journey.yaml"]
    assert "a/journey.yaml" in project.findings[0].help


def test_what_a_message_names_is_text() -> None:
    """A file that a message names and that is not UTF-8 is told at its byte; what nobody names is not looked at."""
    project = read_project(
        {
            "workspace.yaml": WORKSPACE,
            "hi/journey.yaml": JOURNEY,
            "hi/messages/m.yaml": b"email: {subject: s, mjml: a.mjml, text: b.txt}\n",
            "hi/messages/a.mjml": b"\xef\xbb\xbf<mjml>\n \xe4</mjml>",
            "hi/messages/b.txt": "Größe".encode(),
            "hi/messages/notes.txt": b"\xff",
        }
    )

    told = [(one.file, one.span.line, one.span.column, one.code, one.message) for one in project.findings]
    assert told == [("hi/messages/a.mjml", 2, 2, "SJ101", "byte 0xe4 is not UTF-8")]
    assert [finding.code for finding in check(project) if "messages" in finding.file] == ["SJ101", "SJ514"]


def test_a_file_cut_off_is_too_large() -> None:
    """What is longer than any file may be, and so was cut within a letter, is too large and not badly saved."""
    files = {
        "workspace.yaml": WORKSPACE,
        "hi/journey.yaml": JOURNEY,
        "hi/messages/m.yaml": b"email: {subject: s, text: b.txt}\n",
        "hi/messages/b.txt": b"x" * 1_000_000 + b"\xc3",
    }

    assert [(one.file, one.code) for one in read_project(files).findings] == [("hi/messages/b.txt", "SJ103")]


def test_text_of_a_file() -> None:
    """The text of a file is given without a byte order mark, and not at all where there is none."""
    project = read_project({"workspace.yaml": WORKSPACE, "a.txt": b"\xef\xbb\xbfhi", "b.txt": b"\xff"})

    assert [project.text(name) for name in ("a.txt", "b.txt", "c.txt")] == ["hi", None, None]


def test_the_simulation_has_a_shape_too() -> None:
    """A mistake in simulation.yaml is found with all others."""
    project = read_project({"workspace.yaml": WORKSPACE, "simulation.yaml": b"populaton: {}\n"})

    assert [(finding.code, finding.file) for finding in project.findings] == [("SJ110", "simulation.yaml")]
