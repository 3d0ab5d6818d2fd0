from __future__ import annotations

from typing import Any

import pytest

from sojourn.domain.findings import Finding
from sojourn.domain.journey.model.journey import Journey
from sojourn.domain.journey.model.message import Message
from sojourn.domain.journey.model.migration import Migration
from sojourn.domain.journey.model.scenario import Scenario
from sojourn.domain.journey.model.workspace import Workspace
from sojourn.domain.journey.shape import MOST_FINDINGS, shaped
from sojourn.domain.journey.yaml_text import read_yaml

HEAD = "journey: a\nenter: {on: x}\n"


def read(text: str, type_: Any = Journey) -> tuple[Any, tuple[Finding, ...]]:
    data, wrong = read_yaml(text, "x.yaml")
    assert wrong == ()
    return shaped(type_, data, "x.yaml")


def test_a_fate_that_there_is_not_is_told_with_all_there_are() -> None:
    """The one that is no word among them: it is the one that is most often meant."""
    assert told("from: 3f9c2ab41d07\nsteps: {clicked: leave}", Migration) == [
        'SJ114 2:18 "clicked" cannot be "leave" | known: drain, exit, stay, {move: <step>}'
    ]


def told(text: str, type_: Any = Journey) -> list[str]:
    return [f"{f.code} {f.span.line}:{f.span.column} {f.message} | {f.help}" for f in read(text, type_)[1]]


@pytest.mark.parametrize(
    ("steps", "finding"),
    [
        (
            "- {id: s, send: m, when_quite: drop}",
            'SJ110 4:20 "when_quite" is not known here | did you mean "when_quiet"?',
        ),
        ("- wait: {until: x, zonee: y}", 'SJ110 4:20 "zonee" is not known here | did you mean "zone"?'),
        ("- wait: 1h\n  send: m", 'SJ117 5:3 a step does one thing, this one says "wait" and "send"'),
        ("- {delay: 3}", 'SJ111 4:4 "delay" is no verb | write `wait: …`'),
        ("- {sned: m}", 'SJ111 4:4 "sned" is no verb | did you mean "send"?'),
        ("- {title: m}", 'SJ111 4:4 "title" is no verb | verbs: wait_for, wait, '),
        ("- wait", 'SJ111 4:3 a step cannot be "wait" | write a verb and what it needs'),
        ("-", "SJ111 4:2 a step cannot be empty"),
        (
            "- {id: My Step, wait: 1h}",
            'SJ115 4:8 "My Step" cannot be a name here | use lower-case letters, digits and _',
        ),
        (
            "- {send: My Message}",
            'SJ115 4:10 "My Message" cannot be a name here | use lower-case letters, digits and - or _',
        ),
        (
            "- {send: m, via: email}",
            'SJ113 4:18 "via" must be a list, not "email" | write it in brackets: [email]',
        ),
        ("- {send: m, via: [mail]}", 'SJ114 4:19 an item of "via" cannot be "mail" | did you mean "email"?'),
        ("- {send: m, when_quiet: no}", 'SJ114 4:25 "when_quiet" cannot be "no" | known: drop, hold, send'),
        ("- wait: 5", 'SJ113 4:9 "wait" must be text, not the number 5 | put it in quotes'),
        ("- wait: [1h]", 'SJ113 4:9 "wait" cannot be a list | write text, `until: …`, `between: …`'),
        ('- wait: {between: ["9:00"]}', 'SJ112 4:19 "between" needs 2 items'),
        ("- split: {a: {}}", 'SJ112 4:14 "weight" is missing | add `weight: …`'),
        ("- split: {a: {weight: 120}}", 'SJ116 4:23 "weight" must be at most 100'),
        ("- split: {a: {weight: half}}", 'SJ113 4:23 "weight" must be a number, not "half"'),
        ("- split: {1st: {weight: 100}}", 'SJ115 4:11 "1st" cannot be a name here'),
        ("- {goto: x, at_most: 0}", 'SJ116 4:22 "at_most" must be at least 1'),
        ("- wait_for: []", 'SJ116 4:13 "wait_for" needs at least 1 of them'),
        ("- update: {}", 'SJ116 4:11 "update" needs at least 1 of them'),
    ],
)
def test_one_mistake_is_one_finding(steps: str, finding: str) -> None:
    """A mistake in a step's shape is told once, where it is, in the author's words, with what to write instead."""
    found = told(f"{HEAD}steps:\n{steps}\n")

    assert len(found) == 1, found
    assert found[0].startswith(finding)


@pytest.mark.parametrize(
    ("text", "type_", "finding"),
    [
        (
            "workspace: a\nattributes: {x: strin}",
            Workspace,
            'SJ114 2:17 "x" cannot be "strin" | did you mean "string"?',
        ),
        ("workspace: a\nattributes: {x: {type: strin}}", Workspace, 'SJ114 2:24 "type" cannot be "strin"'),
        ("workspace: a\nattributes: {x: {type: string, one_of: [[a]]}}", Workspace, "SJ113 2:41 an item of"),
        ("sms: [a]", Message, 'SJ113 1:6 "sms" cannot be a list | write text, `body: …`'),
        ("locales: {de: {smss: x}}", Message, 'SJ110 1:16 "smss" is not known here | did you mean "sms"?'),
        ("scenario: a\nstart: b\ncustomers: []", Scenario, 'SJ116 3:12 "customers" needs at least 1 of them'),
        (
            "scenario: a\nstart: b\ncustomers: [{id: c}]\nalso: [{when: x}]",
            Scenario,
            'SJ112 4:8 "at" is missing',
        ),
        (
            "scenario: a\nstart: b\ncustomers: [{id: c, phone: 123}]",
            Scenario,
            'SJ113 3:28 "phone" must be text, not the number 123 | put it in quotes',
        ),
    ],
)
def test_other_files(text: str, type_: Any, finding: str) -> None:
    """Workspaces, messages and scenarios are told about like journeys."""
    assert told(text, type_)[0].startswith(finding)


def test_everything_is_told_at_once() -> None:
    """All mistakes of a file are found in one reading."""
    found = told(
        "journey: A\nfoo: 1\nenter: {on: x, holdout: 200%}\nsteps:\n- {wiat: 1h}\n- {send: x, via: y}\n"
    )

    assert sorted(line.split()[0] for line in found) == ["SJ110", "SJ111", "SJ113", "SJ115", "SJ116"]


def test_what_is_right_is_kept() -> None:
    """A file with mistakes is a model without them, each thing in it still knowing its place."""
    journey, wrong = read(f"{HEAD}titel: x\nsteps:\n- wiat: 1h\n- {{id: s, send: m, via: 5}}\n- exit: done\n")

    assert len(wrong) == 3
    assert [(step.id, step.span.line) for step in journey.steps] == [("s", 6), (None, 7)]


def test_nothing_is_kept_where_nothing_is_right() -> None:
    """Without what a journey cannot do without there is none."""
    journey, wrong = read("journey: a\nsteps:\n- wiat: 1h\n")

    assert journey is None
    assert {"SJ111", "SJ112"} == {f.code for f in wrong}


def test_nothing_also_happens() -> None:
    """`also: {}` says that nothing else happens."""
    scenario, wrong = read("scenario: a\nstart: b\ncustomers: [{id: c}]\nalso: {}\n", Scenario)

    assert wrong == ()
    assert scenario.also == ()


def test_findings_of_one_file_are_bounded() -> None:
    """A file of nothing but mistakes ends with so many findings and no more."""
    _, wrong = read(HEAD + "steps: [{exit: x}]\n" + "".join(f"k{n}: 1\n" for n in range(2_000)))

    assert len(wrong) == MOST_FINDINGS
