from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.findings import Finding, in_order
from sojourn.domain.journey.checking import MOST_FINDINGS, check
from sojourn.domain.journey.project import read_project
from tests.domain.journey.rules.examples import base_files
from tests.support.patience import AT_ONCE

SAMPLES = Path(__file__).resolve().parents[3] / "journeys"
JOURNEY, WORKSPACE, MESSAGE = (
    "abandoned-cart/journey.yaml",
    "workspace.yaml",
    "abandoned-cart/messages/reminder.yaml",
)
SCENARIO = "abandoned-cart/scenarios/buys.yaml"


def checked(**changed: bytes) -> tuple[Finding, ...]:
    """Check the base workspace with other content in some files."""
    paths = {"journey": JOURNEY, "workspace": WORKSPACE, "message": MESSAGE, "scenario": SCENARIO}
    return check(read_project(base_files() | {paths[name]: content for name, content in changed.items()}))


def replaced(path: str, old: str, new: str) -> bytes:
    text = base_files()[path].decode()
    assert old in text
    return text.replace(old, new).encode()


def names(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.name for finding in findings]


def test_findings_come_in_order() -> None:
    """Findings are sorted by file and position, none twice."""
    found = checked(
        journey=b"journey: abandoned-cart\nenter: {on: cart_updatd, again: often}\nsteps:\n"
        b"- {send: nothing}\n- {goto: nowhere}\n- wait: 1 month\n",
        scenario=replaced(SCENARIO, "+2h", "2h"),
    )

    assert in_order(found) == found
    assert names(found)[:5] == [
        "marketing-without-topic",
        "unknown-event",
        "bad-again",
        "unknown-message",
        "unknown-step",
    ]


def test_shape_and_meaning_are_told_at_once() -> None:
    """A mistake in a file's shape hides no mistake of another kind in the same file."""
    found = checked(
        journey=replaced(
            JOURNEY, "via: [email]}", "via: [email], wenn: x}\n  - split: {a: {weight: 60}, b: {weight: 50}}"
        )
    )

    assert [n for n in names(found) if n != "unused-message"] == ["unknown-key", "split-weights"]


def test_a_damaged_step_is_told_once() -> None:
    """What is missing because a key is misspelt is not told a second time."""
    found = checked(
        journey=replaced(
            JOURNEY, "- wait: 2 hours", "- {wait_for: [{event: order_completed}], up_two: 3 days}"
        )
    )

    assert names(found) == ["unknown-key"]


def test_nothing_is_concluded_from_what_could_not_be_read() -> None:
    """Names that may stand in the unreadable part of a file are not called unknown."""
    broken_step = checked(
        journey=replaced(
            JOURNEY, "- wait: 2 hours", "- {id: pause, wiat: 2 hours}\n  - {goto: pause, at_most: 2}"
        )
    )
    broken_workspace = checked(workspace=b"workspace: [")
    broken_message = checked(message=b"sms: [")

    assert names(broken_step) == ["unknown-verb"]
    assert names(broken_workspace) == ["not-yaml"]
    assert names(broken_message) == ["not-yaml"]


def test_messages_are_checked_beside_a_broken_journey() -> None:
    """What they say of customers and of the brand does not hang on the journey; of its entry and steps it does."""
    broken = replaced(JOURNEY, "- wait: 2 hours", "- {id: pause, wiat: 2 hours}")
    message = (
        b'sms: "{{ customer.frist_name }} {{ brand.nmae }} {{ entry.crat_id }} {{ steps.puase.sent }}"\n'
    )

    whole, beside = checked(message=message), checked(journey=broken, message=message)

    assert names(beside)[0] == "unknown-verb"
    assert [(one.message, one.help) for one in beside if one.name == "unknown-variable"] == [
        ('nothing provides "customer.frist_name"', 'did you mean "customer.first_name"?'),
        ('nothing provides "brand.nmae"', 'did you mean "brand.name"?'),
    ]
    assert names(whole).count("unknown-variable") == 4


def test_too_many_findings_are_not_all_told() -> None:
    """Of thousands of the same mistake only the first hundreds are told."""
    steps = "".join(f"- {{send: m{n}}}\n" for n in range(2_000))
    found = checked(
        journey=f"journey: abandoned-cart\nenter: {{on: api}}\ntopic: cart-reminders\nsteps:\n{steps}".encode()
    )

    assert names(found).count("unknown-message") == MOST_FINDINGS


@pytest.mark.parametrize("length", [5_000, 20_000])
def test_a_condition_has_one_limit(length: int) -> None:
    """However far beyond it a condition is, it is told the same limit, in one finding."""
    base = base_files()[JOURNEY].decode()
    long = base.replace(
        "key: event.cart_id,", f"key: event.cart_id, where: {'true && ' * (length // 8)}true,"
    )

    found = checked(journey=long.encode())

    assert [finding.code for finding in found] == ["SJ602"]
    assert "more than 4,000" in found[0].message


def test_the_samples_are_clean() -> None:
    """The sample workspace has no findings: errors would be a lie, warnings advice not taken."""
    files = {
        str(path.relative_to(SAMPLES)): path.read_bytes() for path in SAMPLES.rglob("*") if path.is_file()
    }

    assert check(read_project(files)) == ()


JUNK = st.sampled_from(
    [b"", b"null", b"[]", b"{}", b"1", b"true", b"'", b'"', b"*x", b"&x ", b"\xff", b"\x00", b"- ", b": ", b"\n",
     b"{{", b"%}", b"((", b"!!x ", b"9" * 400, b"|", b">-", b"\t", b"[a: b]", b"-1", b"1e999", "\u2028".encode(),
     b"\xf0\x9f\x92\xa9", b"entry.x", b"1 day", b"{when: 'true'}"]
)  # fmt: skip


@cache
def _texts() -> dict[str, bytes]:
    """The files that are mutated: the base workspace's, and a journey that has every verb."""
    verbs = Path(__file__).parent / "every_verb.yaml"
    return {**base_files(), JOURNEY: verbs.read_bytes()}


@st.composite
def mutations(draw: st.DrawFn) -> dict[str, bytes]:
    """The base workspace with one file cut, or pieces of it deleted, doubled or replaced by junk."""
    files = dict(_texts())
    path = draw(st.sampled_from(sorted(files)))
    content = files[path]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 1, 3, 10, 40])))
        how = draw(st.sampled_from(["delete", "double", "junk", "cut"]))
        if how == "cut":
            content = content[:start]
        else:
            middle = {"delete": b"", "double": content[start:end] * 2}.get(how)
            content = content[:start] + (draw(JUNK) if middle is None else middle) + content[end:]
    files[path] = content
    return files


@st.composite
def revalued(draw: st.DrawFn) -> dict[str, bytes]:
    """The base workspace with one value replaced, so that it stays YAML and often keeps its shape."""
    files = dict(_texts())
    path = draw(st.sampled_from(sorted(path for path in files if path.endswith(".yaml"))))
    words = files[path].split(b" ")
    index = draw(st.integers(0, len(words) - 1))
    words[index] = draw(st.one_of(JUNK, st.sampled_from(words)))
    files[path] = b" ".join(words)
    return files


def test_every_verb_is_clean() -> None:
    """The journey that is mutated below has every verb and no errors, so that mutations reach every rule."""
    assert [finding for finding in check(read_project(_texts())) if finding.severity == "error"] == []


@settings(max_examples=150, deadline=None)
@given(files=st.one_of(mutations(), revalued()))
def test_checking_never_fails(files: dict[str, bytes]) -> None:
    """Whatever is done to a valid file, checking answers with findings that point into existing files."""
    begun = time.process_time()
    findings = check(read_project(files))

    assert time.process_time() - begun < AT_ONCE
    for finding in findings:
        assert finding.file in files
        assert 1 <= finding.span.line <= finding.span.end_line or finding.span.line == finding.span.end_line
        assert finding.span.line <= files[finding.file].count(b"\n") + files[finding.file].count(b"\r") + 4
        assert finding.message
        assert "\n" not in finding.message


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
HEAD = "journey: abandoned-cart\ntopic: cart-reminders\nenter: {on: cart_updated}\n"
LOOPS = "[1,2].all(a,[1,2].all(b,[1,2].all(c,[1,2].all(d,[1,2].all(e,true)))))"


def condition(text: str) -> bytes:
    """A journey with a condition."""
    return f"{HEAD}steps: [{{exit: x}}]\ngoal: {{event: order_completed, where: '{text}'}}\n".encode()


def email(form: str, text: str) -> bytes:
    """A message with an email."""
    return (
        f"email:\n  subject: x\n  {form}: |\n    {text} <a href='{{{{ unsubscribe_url }}}}'>x</a>\n".encode()
    )


MISTAKES = b"workspace: x\nattributes:\n" + b"".join(b"  A%d: strin\n" % n for n in range(6_000))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        pytest.param("journey", b"\x89PNG\r\n\x1a\n\x00\x00", "SJ101", id="a picture"),
        pytest.param("journey", b"this is: not: yaml: [", "SJ102", id="no YAML"),
        pytest.param("journey", HEAD.encode("utf-16"), "SJ101", id="UTF-16"),
        pytest.param("journey", b"", "SJ107", id="empty"),
        pytest.param("journey", b"- a\n- b\n", "SJ120", id="a list"),
        pytest.param("journey", b"just text", "SJ120", id="a text"),
        pytest.param("journey", b"title: x\n" * 1_200_000, "SJ103", id="10 MB"),
        pytest.param("journey", b"title: " + b"[" * 400_000, "SJ104", id="deep brackets"),
        pytest.param(
            "journey", b"".join(b" " * n + b"a:\n" for n in range(1_000)), "SJ104", id="deep blocks"
        ),
        pytest.param("journey", BOMB.encode(), "SJ105", id="billion laughs"),
        pytest.param("journey", condition("(" * 9_000), "SJ602", id="CEL brackets"),
        pytest.param("journey", condition("!" * 9_000 + "true"), "SJ602", id="CEL nots"),
        pytest.param("journey", condition(LOOPS), "SJ602", id="CEL loops"),
        pytest.param("message", email("html", "{{ " * 3_000), "SJ511", id="Liquid openings"),
        pytest.param("message", email("html", "{% if customer.plan %}" * 400), "SJ511", id="Liquid nesting"),
        pytest.param(
            "message", email("html", "{{ 1 " + "| upcase " * 3_000 + "}}"), "SJ511", id="Liquid filters"
        ),
        pytest.param("message", email("mjml", "<mjml>" + "<mj-section>" * 4_000), "SJ511", id="MJML nesting"),
        pytest.param("workspace", MISTAKES, "SJ114", id="mistakes only"),
    ],
)
def test_bad_input_is_a_finding_within_a_second(name: str, content: bytes, code: str) -> None:
    """What is made to hang or to exhaust memory, or is no text at all, is a finding with a place, at once."""
    begun = time.process_time()
    found = checked(**{name: content})

    assert time.process_time() - begun < AT_ONCE
    assert code in [finding.code for finding in found]
