from __future__ import annotations

import re
import tomllib
from datetime import timedelta

import pytest

from sojourn.domain.customer.rows import Profile
from sojourn.domain.journey.project import read_project
from sojourn.domain.journey.rules.page import Snippet
from sojourn.domain.time.instants import parse_instant
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.world import World
from tests.docs.pages import DOCS, ROOT, blocks, read
from tests.domain.journey.rules.examples import overlaid

PAGE = DOCS / "architecture.md"
PACKAGE = ROOT / "layers" / "engine" / "python" / "sojourn"
ARROW = re.compile(r"^\s*(\w+)(?:\[.*?\])? --> (\w+)", re.MULTILINE)
OVERALL, ON_AWS, INSIDE, _ = blocks(PAGE, "mermaid")


def layers(name: str) -> list[set[str]]:
    """Return the layers of an import contract, the highest first."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (contract,) = (one for one in linter["contracts"] if one["name"].startswith(name))
    return [
        {re.sub(r"[()\s]|sojourn\.", "", room) for room in re.split("[|:]", layer)}
        for layer in contract["layers"]
    ]


def height(order: list[set[str]], room: str) -> int:
    """Return how far down a room is."""
    return next(number for number, layer in enumerate(order) if room in layer)


@pytest.mark.parametrize(
    ("picture", "contract"),
    [
        (OVERALL, "What runs on a laptop"),
        (ON_AWS, "What runs on AWS"),
        (INSIDE, "Inside the domain"),
    ],
    ids=["laptop", "aws", "domain"],
)
def test_a_picture_of_the_rooms_agrees_with_the_contract(picture: object, contract: str) -> None:
    """The pictures show all rooms of a contract and no other, and all arrows point down."""
    order = layers(contract)
    arrows = ARROW.findall(picture.text)  # type: ignore[attr-defined]

    upwards = [(a, b) for a, b in arrows if height(order, a) >= height(order, b)]

    elsewhere = {"aws_runtime"} if picture is OVERALL else set()
    assert {room for arrow in arrows for room in arrow} == set.union(*order) - elsewhere
    assert upwards == []


def test_every_arrow_is_an_import() -> None:
    """Where a picture has an arrow, one room imports the other."""
    arrows = [(f"domain/{a}", f"sojourn.domain.{b}") for a, b in ARROW.findall(INSIDE.text)]
    arrows += [(a, f"sojourn.{b}") for a, b in ARROW.findall(OVERALL.text + ON_AWS.text)]

    assert [(a, b) for a, b in arrows if not imports(a, b)] == []


def imports(room: str, other: str) -> bool:
    """Say whether a module of a room imports one of another."""
    folder = next(root / room for root in (PACKAGE, ROOT) if (root / room).exists() or root is ROOT)
    files = folder.rglob("*.py") if folder.is_dir() else [PACKAGE / f"{room}.py"]
    return any(re.search(rf"^\s*from {other}[. ]", read(path), re.MULTILINE) for path in files)


def test_every_file_that_is_named_exists() -> None:
    """Every module and folder that the page names is there, below the package, the domain or the repository."""
    named = set(re.findall(r"`([\w./-]+(?:\.py|/))`", read(PAGE)))
    roots = (ROOT, PACKAGE, PACKAGE / "domain")

    assert named
    assert [name for name in sorted(named) if not any((root / name).exists() for root in roots)] == []


def example() -> Deployment:
    """Deploy the journey of the page."""
    (block,) = blocks(PAGE, "yaml")
    return deploy(read_project(overlaid([Snippet(path, text) for path, text in block.files.items()])))


def test_the_example_becomes_the_states_of_the_table() -> None:
    """The table has every state of the example's machine, with its type and the states it usually goes on to."""
    compiled = example().catalogue.current("abandoned-cart")
    assert compiled is not None
    rows = re.findall(r"^\| (`[^|]*`) \| (\w+) \| ([^|]*?) ?\| [^|]*\|$", read(PAGE), re.MULTILINE)

    told = {name.strip("`"): (kind, re.findall(r"`([^`]+)`", onward)) for name, kind, onward in rows}

    assert told == {
        name: (
            state["Type"],
            [*([state["Next"]] if "Next" in state else []), *(c["Next"] for c in state.get("Choices", ()))],
        )
        for name, state in compiled.definition["States"].items()
    }


@pytest.mark.parametrize(
    ("does", "plan", "opens"),
    [
        ("opens, is no pro", "free", True),
        ("never opens, is no pro", "free", False),
        ("opens, is pro", "pro", True),
    ],
)
def test_the_example_costs_what_the_page_says(does: str, plan: str, opens: bool) -> None:
    """A run of the example enters as many states as the page counts."""
    said = re.search(rf"^\| {does} \| (\d+) \|", read(PAGE), re.MULTILINE)
    assert said is not None

    assert transitions(example(), plan, opens=opens) == int(said[1])


def transitions(deployment: Deployment, plan: str, *, opens: bool) -> int:
    """Play the example with one customer and return how many states were entered."""
    start = parse_instant("2026-03-06T14:00:00Z", "UTC")
    world = World(deployment, start, lambda _: None)
    world.add_customer(
        Profile("ana", attributes={"plan": plan}, email="ana@example.com", phone="+12025550123")
    )
    world.happen("ana", "cart_updated", {"cart_id": "c1", "items": ["x"], "total": 20.0})
    world.clock.run(start + timedelta(hours=3))
    if opens:
        (send,) = world.customers.sends("ana")
        world.happen("ana", "message_opened", {"step": send.step, "run": send.run})
    world.clock.run(start + timedelta(days=5))
    return world.interpreter.transitions
