from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from scripts.write_inbound_events import SCHEMA, page, schema_text
from sojourn.aws_runtime.incoming.inbound import incoming
from sojourn.cli.event_schema import detail_schema, event_schema
from sojourn.cli.main import main
from sojourn.emit import Emitter
from tests.docs.pages import DOCS, ROOT, blocks, read
from tests.support.aws_deployment import BUS, Deployed, aws_deployment

PAGE = DOCS / "inbound-events.md"


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with aws_deployment() as found:
        yield found


@cache
def validator() -> Any:
    return jsonschema.Draft202012Validator(event_schema())


def example(first: str) -> Any:
    """Return the JSON of the page that begins so."""
    (found,) = (block.text for block in blocks(PAGE, "json") if block.text.lstrip().startswith(first))
    return json.loads(found)


def envelope(name: str, detail: Any) -> dict[str, Any]:
    return {
        "id": "bus-1",
        "time": "2026-03-06T09:00:00Z",
        "source": "shop",
        "detail-type": name,
        "detail": detail,
    }


def test_the_page_is_what_the_code_says() -> None:
    """docs/inbound-events.md is current; `make docs` writes it anew."""
    assert read(PAGE) == page()


def test_the_schema_is_what_the_code_says() -> None:
    """docs/schemas/inbound-event.json is current, and a schema."""
    assert read(DOCS / "schemas" / SCHEMA) == schema_text()
    jsonschema.Draft202012Validator.check_schema(event_schema())


def test_every_field_has_a_row() -> None:
    """All that an event can say stands in a table, but for a word that is older than the page."""
    fields = set(detail_schema()["properties"]) - {"at"}

    assert [name for name in sorted(fields) if f"| `{name}` |" not in read(PAGE)] == []


def test_the_entry_of_the_page_is_taken_in() -> None:
    """What the AWS CLI puts is an event that the schema takes and the router reads."""
    (entry,) = example("[")
    event = envelope(entry["DetailType"], json.loads(entry["Detail"]))

    validator().validate(event)
    read_ = incoming(json.dumps(event))
    assert (read_.customer, read_.event.name, read_.event.id) == ("c-42", "order_completed", "order-1001")


def test_the_detail_of_the_page_is_taken_in() -> None:
    """The one that has everything."""
    event = envelope("anything at all", example("{"))

    validator().validate(event)
    read_ = incoming(json.dumps(event))
    assert (read_.event.name, read_.identities) == (
        "signed_up", {"anonymous_id": "5f2b", "email": "ana@example.com"},
    )  # fmt: skip
    assert read_.attributes["plan"] == "free"


def test_the_python_of_the_page_puts_three_events(deployed: Deployed) -> None:
    """Run as it stands, but for the bus's name, all of them are on the bus and can be read."""
    (block,) = blocks(PAGE, "python")

    exec(compile(block.text.replace('"sojourn-dev"', f'"{BUS}"'), str(block), "exec"), {"Emitter": Emitter})

    found = sorted(incoming(json.dumps(one)).event.name for one in deployed.events())
    assert found == ["cart_updated", "order_completed", "signed_up"]


def test_the_command_of_the_page_puts_one(deployed: Deployed) -> None:
    """As it is typed."""
    (line,) = (
        line for block in blocks(PAGE, "sh") for line in block.text.splitlines() if "events put order" in line
    )

    assert main(shlex.split(line)[1:]) == 0
    assert deployed.events()[0]["detail"]["properties"] == {"total": 99.5}


def test_the_readme_leads_to_the_page() -> None:
    """Whoever writes an application finds what it may say."""
    assert "docs/inbound-events.md" in read(ROOT / "README.md")
