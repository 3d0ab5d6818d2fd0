"""Cases of single rules, as data: what is written, and every finding of the rule that must come of it, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.domain.journey.checking import check
from sojourn.domain.journey.rules.catalogue import rule_of
from sojourn.domain.journey.rules.page import Snippet
from sojourn.domain.journey.yaml_text import read_yaml
from tests.domain.journey.rules.examples import JOURNEY, project_of

FOLDER = Path(__file__).parent / "cases"


def cases() -> list[object]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        data, wrong = read_yaml(path.read_bytes(), path.name)
        assert wrong == ()
        found += [pytest.param(path.stem, case, id=f"{path.stem}: {title}") for title, case in data.items()]
    return found


@pytest.mark.parametrize(("rule", "case"), cases())
def test_case(rule: str, case: dict[str, object]) -> None:
    """What a case writes raises exactly the findings it lists."""
    files = dict(case.get("files", {})) | ({"journey.yaml": case["journey"]} if "journey" in case else {})
    code = rule_of(rule).code

    findings = check(project_of([Snippet(path, text) for path, text in files.items()]))

    told = [
        f"{f.file}:{f.span.line}:{f.span.column} {f.message} | {f.help}".removeprefix(
            f"{JOURNEY}/journey.yaml:"
        )
        for f in findings
        if f.code == code
    ]
    assert len(case["found"]) == len(told), told
    assert [one for one, whole in zip(case["found"], told, strict=True) if not whole.startswith(one)] == [], (
        told
    )
