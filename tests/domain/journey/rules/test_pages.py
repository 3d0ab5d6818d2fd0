from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sojourn
from sojourn.domain.findings import Severity
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.project import read_project
from sojourn.domain.journey.rules.catalogue import all_rules
from sojourn.domain.journey.rules.page import SECTIONS, page_of
from tests.domain.journey.rules.examples import base_files, overlaid, path_of

if TYPE_CHECKING:
    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.page import Snippet
    from sojourn.domain.journey.rules.rule import Rule

RULES = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: f"{rule.code}-{rule.name}")
PACKAGE = Path(sojourn.__file__).parent


@cache
def findings_of(snippets: tuple[Snippet, ...]) -> tuple[Finding, ...]:
    return check(read_project(overlaid(snippets)))


def test_base_is_clean() -> None:
    """The workspace that pages are laid over has no findings of its own."""
    assert check(read_project(base_files())) == ()


@RULES
def test_instead_of(rule: Rule) -> None:
    """What a page advises against raises its code, at a place within what the page shows."""
    page = page_of(rule)
    shown = {path_of(snippet): snippet for snippet in page.instead_of}

    found = [finding for finding in findings_of(page.instead_of) if finding.code == rule.code]

    assert [(rule.name, rule.severity)] * len(found) == [
        (f.name, f.severity) for f in found
    ] or rule.code == "SJ311"
    assert found
    for finding in found:
        assert finding.file in shown
        lines = shown[finding.file].content.count(b"\n") + 1
        assert 1 <= finding.span.line <= lines


@RULES
def test_instead_of_shows_one_mistake(rule: Rule) -> None:
    """What a page advises against breaks no other rule so that publishing stops, or the page would confuse."""
    page = page_of(rule)

    others = [f for f in findings_of(page.instead_of) if f.code != rule.code and f.severity is Severity.ERROR]

    assert others == []


@RULES
def test_write(rule: Rule) -> None:
    """What a page advises instead is clean: of its own rule altogether, of the others' errors."""
    page = page_of(rule)

    wrong = [f for f in findings_of(page.write) if f.code == rule.code or f.severity is Severity.ERROR]

    assert wrong == []


@RULES
def test_code_tells_topic(rule: Rule) -> None:
    """A rule's code is SJ and three digits, the first of which is its folder's topic."""
    topics = {"shape": "1", "names": "1", "time": "2", "flow": "3", "consent": "4", "messages": "5",
              "conditions": "6", "scenarios": "7", "migrations": "8"}  # fmt: skip

    folder = type(rule).__module__.split(".")[-2]

    assert re.fullmatch(r"SJ[1-8]\d\d", rule.code)
    assert topics[folder] == rule.code[2]


def test_codes_and_names_are_unique() -> None:
    """No code and no name is used by two rules."""
    codes = [rule.code for rule in all_rules()]
    names = [rule.name for rule in all_rules()]

    assert sorted(set(codes)) == sorted(codes)
    assert sorted(set(names)) == sorted(names)


def test_file_is_named_like_its_rule() -> None:
    """A rule is found by its name: its file is called like it."""
    files = {rule.name: type(rule).__module__.split(".")[-1].replace("_", "-") for rule in all_rules()}

    assert {name: name for name in files} == files


def test_every_code_that_is_emitted_has_a_page() -> None:
    """Whatever code any module names, together with a name, a rule explains it under that name."""
    made = re.compile(r'"(SJ\d{3})",\s*"([a-z0-9-]+)"')
    emitted = {
        pair for path in PACKAGE.rglob("*.py") for pair in made.findall(path.read_text(encoding="utf-8"))
    }

    known = {(rule.code, rule.name) for rule in all_rules()}

    assert ("SJ110", "unknown-key") in emitted
    assert set() == emitted - known


def test_what_reading_finds_has_a_page() -> None:
    """The rules that say they are found by reading are those whose codes the reading modules emit."""
    made = re.compile(r'"(SJ\d{3})",\s*"[a-z0-9-]+"')
    reading = [PACKAGE / "domain/journey" / name for name in ("yaml_text.py", "shape.py", "project.py")]

    emitted = {code for path in reading for code in made.findall(path.read_text(encoding="utf-8"))}

    assert {rule.code for rule in all_rules() if rule.found_by_reading} == emitted


@RULES
def test_page_is_whole(rule: Rule) -> None:
    """A page has a law of one sentence, and says what and why."""
    page = page_of(rule)

    assert page.law.endswith(".")
    assert page.what.endswith((".", "?"))
    assert page.why.endswith((".", "?"))
    assert SECTIONS == ("What", "Why", "Instead of", "Write")
