from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sojourn
from sojourn.domain.journey.builtin_events import BUILTIN, OF_RELEASE
from sojourn.domain.journey.model.steps import Release
from sojourn.domain.journey.rules.catalogue import UnknownRule, explain, rule_of
from sojourn.domain.journey.rules.page import PageError, Snippet, page_of
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.journey.rules.scenarios.impossible_expectation import KNOWN

PACKAGE = Path(sojourn.__file__).parent


@pytest.mark.parametrize("asked", ["SJ204", "sj204", "204", "wait-without-limit", " SJ204 "])
def test_a_rule_is_found_by_code_or_name(asked: str) -> None:
    """Code, number and name lead to the same rule."""
    assert rule_of(asked).code == "SJ204"


@pytest.mark.parametrize(("asked", "help_"), [("SJ2O4", "SJ204"), ("wait-with-limit", "wait-without-limit")])
def test_an_unknown_rule_is_answered_with_the_nearest(asked: str, help_: str) -> None:
    """Who asks for a rule that does not exist is told which one is near."""
    with pytest.raises(UnknownRule) as error:
        rule_of(asked)

    assert f'did you mean "{help_}"?' == error.value.help


def test_a_page_as_text() -> None:
    """`explain` gives the rule's page with its sections in order."""
    page = explain("SJ204")

    order = [
        page.index(part) for part in ("SJ204", "What:", "Why:", "Instead of:", "Write:", "up_to: 14 days")
    ]
    assert sorted(order) == order


def test_other_files_are_named() -> None:
    """An example of another file than the journey, in another encoding, or of no file says so."""
    assert "# file: workspace.yaml" in explain("unknown-zone")
    assert "# file: journey.yaml, saved as latin-1" in explain("not-utf-8")
    assert "# no file: workspace.yaml" in explain("no-workspace")


def test_announced_lines_are_written_out() -> None:
    """A line that announces more lines like the one before becomes those lines."""
    assert Snippet("x", "a\n# and 3 more lines like this\nb").content == b"a\n" * 4 + b"b\n"


def test_a_page_without_a_section_is_none() -> None:
    """A docstring that is no page is our own mistake, and said so."""

    class Half(Rule):
        """Something.

        What:
            Only this.
        """

    with pytest.raises(PageError, match="Half must have the sections What, Why, Instead of, Write"):
        page_of(Half)


def test_what_is_waited_for_has_a_built_in_event() -> None:
    """Everything that a wait can name besides an event is an event that Sojourn raises."""
    assert set(Release.KINDS) - {"event"} == set(OF_RELEASE)
    assert set(OF_RELEASE.values()) <= set(BUILTIN)


def test_what_the_engine_tells_can_be_expected() -> None:
    """Every detail that a use case tells about what happened is one that a scenario may name."""
    told = {
        keyword.arg
        for path in (PACKAGE / "application").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "tell"
        for keyword in call.keywords
        if keyword.arg is not None
    }

    assert "channel" in told
    assert set() == told - set(KNOWN)
