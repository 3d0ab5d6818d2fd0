from __future__ import annotations

from sojourn.cli.render.text import WIDTH, summary, text
from sojourn.domain.findings import Finding, Severity
from sojourn.domain.places import Span

LIMIT = Finding(
    "SJ204", "wait-without-limit", 'step "bought" waits for "order" but never gives up', "a/journey.yaml",
    Span(2, 5, 2, 13), "add `up_to: 14 days`",
)  # fmt: skip
FILES = {"a/journey.yaml": b"steps:\n  - wait_for: [{event: order}]\n"}


def test_a_finding_says_where_what_and_what_to_do() -> None:
    """A finding is its place, severity, code and name, what is wrong, the line with carets, and the help."""
    expected = """\
a/journey.yaml:2:5: error SJ204 wait-without-limit
  step "bought" waits for "order" but never gives up
  2 |   - wait_for: [{event: order}]
    |     ^^^^^^^^
  help: add `up_to: 14 days`

1 error in 1 file
"""

    assert expected == text([LIMIT], FILES)


def test_a_line_that_is_not_there_is_not_quoted() -> None:
    """A finding about a missing file, or a place past its end, has no excerpt; one without help has no help."""
    missing = Finding("SJ118", "no-workspace", "there is no workspace.yaml", "workspace.yaml")
    behind = Finding("SJ102", "not-yaml", "never closed", "a/journey.yaml", Span(9, 1, 9, 2))

    shown = text([missing, behind], FILES)

    assert "|" not in shown
    assert "help:" not in shown


def test_a_long_line_is_cut_around_the_place() -> None:
    """Of a very long line those columns are shown in which the place is, with the carets below it."""
    line = "x" * 500 + "HERE" + "y" * 500
    finding = Finding("SJ110", "unknown-key", "m", "f", Span(1, 501, 1, 505))

    rows = text([finding], {"f": line.encode()}).splitlines()

    assert len(rows[2]) < WIDTH + 12
    assert rows[2].index("HERE") == rows[3].index("^^^^")


def test_carets_stand_below_wide_characters() -> None:
    """A character that takes two columns moves the carets by two; a place over several lines ends at the first."""
    finding = Finding("SJ110", "unknown-key", "m", "f", Span(1, 4, 2, 9))

    rows = text([finding], {"f": "日本 x y\nz".encode()}).splitlines()

    assert rows[2] == "  1 | 日本 x y"
    assert rows[3] == "    |      ^^^"


def test_no_file_can_steer_a_terminal() -> None:
    """Control characters of a file or a name are shown, not sent."""
    finding = Finding("SJ110", "unknown-key", '"\x1b[31m" is not known', "f\x07", Span(1, 1, 1, 2))

    shown = text([finding], {"f\x07": b"\x1b[2Jx: 1"})

    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert r"\x1b[2Jx: 1" in shown


def test_colours_only_where_asked_for() -> None:
    """Errors are red and warnings yellow where colours may be used."""
    warning = Finding("SJ514", "unused-message", "m", "f", severity=Severity.WARNING)

    shown = text([LIMIT, warning], FILES, colour=True)

    assert "\x1b[31merror\x1b[0m SJ204" in shown
    assert "\x1b[33mwarning\x1b[0m SJ514" in shown


def test_what_is_no_text_is_quoted_all_the_same() -> None:
    """A byte that is not UTF-8 is shown as a replacement character."""
    finding = Finding("SJ101", "not-utf-8", "m", "f", Span(1, 3, 1, 4))

    assert "  1 | a \ufffd\n" in text([finding], {"f": b"a \xff"})


def test_the_summary_counts() -> None:
    """The last line counts errors, warnings and files, each in the right number."""
    warning = Finding("SJ514", "unused-message", "m", "g", severity=Severity.WARNING)

    assert summary([]) == "no findings"
    assert summary([warning]) == "1 warning in 1 file"
    assert summary([LIMIT, LIMIT, warning]) == "2 errors, 1 warning in 2 files"
