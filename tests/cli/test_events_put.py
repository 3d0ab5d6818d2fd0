"""How `events put` reads what is typed and what a file holds. (That it puts events is in `test_events.py`.)"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sojourn.cli.planned import Planned, understood
from sojourn.cli.usage import UsageError
from tests.cli.conftest import Sojourn
from tests.support.aws_deployment import Deployed

PLAN = """
workspace: shop
attributes: {plan: string, score: number}
topics: {cart-reminders: {title: Cart reminders, channels: [email]}}
events:
  order_completed: {order_id: string, total: number, items: list, at: date, paid: boolean}
"""
PUT = ("events", "put", "order_completed", "--customer", "c-42")
READ = "note: the plan is that of journeys/workspace.yaml; --workspace names another\n"


@pytest.fixture
def plan(here: Path) -> Path:
    """A workspace at hand that plans an order."""
    (here / "journeys").mkdir()
    file = here / "journeys" / "workspace.yaml"
    file.write_text(PLAN, encoding="utf-8")
    return file


def properties(dev: Deployed) -> dict[str, Any]:
    (event,) = dev.events()
    return dict(event["detail"]["properties"])


def test_a_text_is_put_where_a_text_is_planned(sojourn: Sojourn, dev: Deployed, plan: Path) -> None:
    """An order's number looks like a number, and the plan says that it is none; what was understood is shown."""
    answer = sojourn(*PUT, "--property", "order_id=1001", "--property", "total=99.5", "--attribute", "plan=7")

    assert (answer.status, answer.err) == (0, READ)
    assert answer.out.splitlines()[1:] == [
        '  property order_id: "1001" (a text, as planned)',
        "  property total: 99.5 (a number, as planned)",
        '  attribute plan: "7" (a text, as planned)',
    ]
    assert properties(dev) == {"order_id": "1001", "total": 99.5}


def test_what_is_not_as_planned_is_said(sojourn: Sojourn, dev: Deployed, plan: Path) -> None:
    """It is put all the same, as the plan that is deployed may be another."""
    answer = sojourn(*PUT, "--property", "total=many")

    assert answer.status == 0
    assert answer.out.splitlines()[1:] == ['  property total: "many" (a text, and a number is planned)']
    assert answer.err == (
        f"{READ}note: a deployment of journeys/workspace.yaml puts order_completed into quarantine:"
        " properties.total: a number is wanted, and it is a text\n"
    )
    assert properties(dev) == {"total": "many"}


@pytest.mark.parametrize(
    ("text", "types", "value"),
    [
        ("x=1001", {}, 1001),
        ("x=1001", {"x": "string"}, "1001"),
        ('x="1001"', {"x": "string"}, "1001"),
        ("x=true", {"x": "string"}, "true"),
        ("x=", {"x": "string"}, ""),
        ("x=2026-03-06", {"x": "date"}, "2026-03-06"),
        ("x=20260306", {"x": "time"}, "20260306"),
        ("x=7", {"x": "number"}, 7),
        ("x=[1]", {"x": "list"}, [1]),
        ("x=a=b", {}, "a=b"),
        ("x:=1001", {"x": "string"}, 1001),
        ('x:="1001"', {}, "1001"),
        ("x:=null", {}, None),
    ],
)
def test_what_a_value_is_taken_for(text: str, types: dict[str, str], value: object) -> None:
    """What is planned decides; := is JSON whatever is planned; without a plan JSON is what it says."""
    read = understood(text, types)

    assert (read.name, read.value, type(read.value)) == ("x", value, type(value))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "no NAME=VALUE"),
        ("=1", "no NAME=VALUE"),
        (":=1", "no NAME=VALUE"),
        ("x:=one", "behind := is no JSON"),
    ],
)
def test_what_is_no_pair(text: str, said: str) -> None:
    """It is quoted."""
    with pytest.raises(UsageError, match=said):
        understood(text, {})


def test_without_a_workspace_nothing_is_planned(sojourn: Sojourn, dev: Deployed) -> None:
    """Nor with one whose file nobody can read."""
    sojourn(*PUT, "--property", "order_id=1001")

    assert properties(dev) == {"order_id": 1001}
    answer = sojourn("events", "put", "made_up", "--customer", "c-42")

    assert Planned().where == ""
    assert answer.err == "note: no workspace.yaml is at hand, so no plan was read; --workspace names one\n"


def test_the_workspace_that_is_deployed_can_be_named(sojourn: Sojourn, dev: Deployed, plan: Path) -> None:
    """Else the one at hand is read; one that is not there is an error, and nothing is put."""
    other = plan.parent.parent / "other"
    other.mkdir()
    (other / "workspace.yaml").write_text(
        "workspace: other\nevents:\n  order_completed: {order_id: number}\n"
    )

    answer = sojourn(*PUT, "--property", "order_id=1001", "--workspace", "other")
    none = sojourn(*PUT, "--workspace", "elsewhere")

    assert properties(dev) == {"order_id": 1001}
    assert answer.err == "note: the plan is that of other/workspace.yaml; --workspace names another\n"
    assert (none.status, "there is no elsewhere" in none.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["order_complted"], [
            '"order_complted" is not in the plan of journeys/workspace.yaml: did you mean order_completed?'
        ]),
        (["something_else"], ['"something_else" is not in the plan of journeys/workspace.yaml']),
        (["message_opened"], []),
        (["unsubscribed", "--property", "topic=cart-remindrs"], [
            'journeys/workspace.yaml has no topic "cart-remindrs": did you mean cart-reminders?'
        ]),
        (["unsubscribed", "--property", 'topics=["Cart Reminders", "news"]'], [
            'journeys/workspace.yaml has no topic "news"'
        ]),
        (["subscribed", "--property", "topic=cart_reminders"], []),
        (["unsubscribed"], []),
    ],
)  # fmt: skip
def test_a_misspelt_event_or_topic_is_noted(
    sojourn: Sojourn, dev: Deployed, plan: Path, arguments: list[str], said: list[str]
) -> None:
    """It is put all the same: who deploys may know more than who types."""
    answer = sojourn("events", "put", *arguments, "--customer", "c-42")

    assert (answer.status, len(dev.events())) == (0, 1)
    assert answer.err.splitlines()[1:] == [f"note: {one}" for one in said]


@pytest.mark.parametrize(
    ("types", "text", "said"),
    [
        ({"x": "number"}, "x=abc", 'x: "abc" (a text, and a number is planned)'),
        ({"x": "date"}, "x=soon", 'x: "soon" (a text, and a date, like 2026-12-24 is planned)'),
        ({"x": "number"}, 'x:="7"', 'x: "7" (a text, and a number is planned)'),
        ({"x": "number"}, "x=7", "x: 7 (a number, as planned)"),
        ({"x": "any"}, "x=7", "x: 7 (a number)"),
    ],
)
def test_nothing_is_as_planned_that_is_not(types: dict[str, str], text: str, said: str) -> None:
    """What is planned instead is said beside it."""
    assert str(understood(text, types)) == said


def test_all_that_is_wrong_in_a_file_is_named_at_once(sojourn: Sojourn, dev: Deployed) -> None:
    """In the order of its lines, with that nothing was put; of very many the first ones and how many more."""
    Path("events.jsonl").write_text(
        '{"customer": "c-42"}\n{"customer": ""}\n{"a": }\n7\n{"customer": "c-42", "when": 1}\n',
        encoding="utf-8",
    )
    Path("many.jsonl").write_text("7\n" * 30, encoding="utf-8")

    answer = sojourn("events", "put", "viewed", "--from", "events.jsonl")
    many = sojourn("events", "put", "viewed", "--from", "many.jsonl")

    assert (answer.status, dev.events()) == (2, [])
    told = answer.err.splitlines()
    assert told[0].startswith("sojourn: nothing was put: events.jsonl:2: customer: ")
    assert [line.split(" it")[0].split(" th")[0].strip() for line in told[1:4]] == [
        "events.jsonl:3:", "events.jsonl:4:", "events.jsonl:5:",
    ]  # fmt: skip
    assert "  and 10 more" in many.err.splitlines()


def test_two_are_told_to_be_one(sojourn: Sojourn, dev: Deployed) -> None:
    """`--merge` names the other."""
    answer = sojourn(*PUT, "--merge", "c-41")

    (event,) = dev.events()
    assert (answer.status, event["detail"]["merge"]) == (0, "c-41")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"customer": "c-42"}\n\n{"customer": ""}\n', "nothing was put: events.json:3: customer: "),
        (
            '{"customer": "c-42"}\n{"id": "1"}\n',
            "nothing was put: events.json:2: customer: name the customer",
        ),
        ('{"customer": "c-42"}\n{"when": 1}\n', "events.json:2: there is no when in an event"),
        ('{"customer": "c-42"}\n{"time": "soon"}\n', "events.json:2: time: "),
        ('{"customer": "c-42"}\n7\n', "events.json:2: this is no event"),
        ('{"customer": "c-42"}\n{"a": }\n', "events.json:2: it is no JSON"),
        (
            '[\n {"customer": "c-42"},\n {\n  "id": "1"}\n]',
            "nothing was put: events.json:3 (event 2): customer: ",
        ),
        ('[\n {"customer": "c-42"}\n {"customer": "c-43"}\n]', "events.json:3: it is no JSON: a comma"),
        ('[\n {"customer": "c-42"},\n {"a": b}\n]', "events.json:3: it is no JSON"),
        ('[\n {"customer": "c-42"}\n', "events.json:3: it is no JSON: a comma or the end"),
        ('[{"customer": "c-42"}]\n[]', "events.json:1: it is no JSON: more follows"),
        ("[]", "events.json holds no events"),
        ("\n", "events.json holds no events"),
    ],
)
def test_the_line_of_a_file_that_is_wrong_is_named(
    sojourn: Sojourn, dev: Deployed, text: str, said: str
) -> None:
    """In a list the event's number too; nothing of the file is put."""
    Path("events.json").write_text(text, encoding="utf-8")

    answer = sojourn("events", "put", "viewed", "--from", "events.json")

    assert (answer.status, dev.events()) == (2, [])
    assert said in answer.err


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("many", [True, False])
def test_an_object_may_take_several_lines(
    sojourn: Sojourn, dev: Deployed, plan: Path, indent: int | None, many: bool
) -> None:
    """Alone, or in a list; the plan at hand is compared with it, by where it stands."""
    event = {"name": "order_completed", "customer": "c-42", "properties": {"total": "1"}}
    Path("events.json").write_text(json.dumps([event] if many else event, indent=indent), encoding="utf-8")

    answer = sojourn("events", "put", "--from", "events.json")

    assert (answer.status, len(dev.events())) == (0, 1)
    assert answer.err.startswith(f"{READ}note: events.json:")
