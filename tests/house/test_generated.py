from __future__ import annotations

import re

from scripts.write_findings_page import findings_page
from tests.house.tree import ROOT, files


def test_the_findings_page_is_what_the_rules_say() -> None:
    """docs/findings.md is current; `make docs` writes it anew."""
    committed = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")

    assert committed == findings_page()


def test_decisions_are_numbered_once() -> None:
    """No two decisions have one number, and each says its own in its title."""
    decisions = [path for path in files() if path.parent.as_posix() == "docs/decisions"]

    numbers = [path.name[:4] for path in decisions]
    titles = [(ROOT / path).read_text(encoding="utf-8").splitlines()[0] for path in decisions]

    assert sorted(set(numbers)) == numbers
    assert [int(number) for number in numbers] == [
        int(re.findall(r"^# (\d+)\. ", title)[0]) for title in titles
    ]


def test_every_target_of_the_makefile_is_explained() -> None:
    """`make` alone lists every target a person may call."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()) - {"try-node"}

    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))

    assert explained == phony
