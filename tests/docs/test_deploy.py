from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.settings import _KINDS, ROOT, Settings
from sojourn.adapters.message_tags import fits
from sojourn.aws_runtime.incoming.inbound import DEEPEST, LONGEST_DETAIL, LONGEST_NAME, incoming
from tests.docs.deployed import PARTS, outputs, template
from tests.docs.pages import DOCS, blocks, read
from tests.docs.test_aws_commands import CALLS

PAGE = DOCS / "deploy.md"
NAMED = re.compile(r"sojourn[-_]dev(?:[-_/]\w[\w-]*\b)?(?![-_]?<)")
"""The name of a resource of stage `dev`; none that stands for several."""
OTHERWISE = {"alarm_email": "nobody", "links_url": "the address AWS makes up", "take_out": "nothing"}
ADDRESS = {"email": "you@shop.example"}
STACKS = re.compile(r"^\| `Sojourn-dev-(\w+)` \| (.*) \|$", re.MULTILINE)
SETTINGS = re.compile(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def section(title: str) -> str:
    """Return what stands below a heading."""
    return read(PAGE).partition(f"\n{title}\n")[2].partition("\n## ")[0]


def test_every_stack_and_what_it_tells_is_listed() -> None:
    """The stacks' outputs are those of the templates; of the journeys' one stands for all."""
    told = {part: set(re.findall(r"`(\w+)`", text)) for part, text in STACKS.findall(read(PAGE))}

    assert {"WelcomeArn"} <= outputs("journeys")
    assert told == {part: outputs(part) for part in PARTS if part != "journeys"} | {
        "journeys": {"WelcomeArn"}
    }


def test_every_key_of_the_context_is_listed_with_its_default() -> None:
    """Whatever a deployment can be told stands in the table."""
    told = dict(SETTINGS.findall(section("## 4. Say what to deploy")))
    settings = Settings()

    assert set(told) == set(_KINDS)
    for key, default in told.items():
        assert default.strip("`") == shown(key, getattr(settings, key))


def shown(key: str, value: Any) -> str:
    """Return a default as the page writes it."""
    if isinstance(value, Path):
        return str(value.relative_to(ROOT))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple) and value:
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value or OTHERWISE[key])


def test_the_event_of_the_page_is_taken_in() -> None:
    """The entry that the page shows becomes an event of a customer who can be written to."""
    ((entry,),) = (json.loads(block.text) for block in blocks(PAGE, "json"))
    (readme,) = (call for block, call in CALLS if block.page == "README.md" and call[0] == "events")
    (short,) = json.loads(readme[-1])

    assert set(entry) == set(short) == {"EventBusName", "Source", "DetailType", "Detail"}
    assert {key: entry[key] for key in ("EventBusName", "Source", "DetailType")} == {
        key: short[key] for key in ("EventBusName", "Source", "DetailType")
    }
    assert (
        json.loads(short["Detail"]).items() <= {**json.loads(entry["Detail"]), "attributes": ADDRESS}.items()
    )
    envelope = {"detail-type": entry["DetailType"], "detail": json.loads(entry["Detail"]), "id": "x",
                "time": "2026-11-22T03:51:25Z"}  # fmt: skip
    taken = incoming(json.dumps(envelope))

    assert (taken.customer, taken.event.name, taken.event.id) == ("c-42", "signed_up", "sign-up-1")
    assert taken.attributes["email"] == "you@shop.example"


def test_the_limits_of_an_event_are_those_that_hold() -> None:
    """What the page says of an event's size is what is enforced."""
    text = section("## 6. Send the first email")

    assert f"at most {LONGEST_NAME}" in text
    plain, others = map(int, re.findall(r"up to (\d+) ASCII letters, .* or (\d+) bytes", text)[0])
    assert [fits("c" * plain), fits("c" * (plain + 1))] == [True, False]
    assert [fits("." * others), fits("." * (others + 1))] == [True, False]
    assert f"{LONGEST_DETAIL:,} bytes" in text
    assert f"nested {DEEPEST} levels" in text


@mock_aws
def test_the_bucket_is_emptied_by_what_the_page_shows() -> None:
    """Every version of every file is gone afterwards, so that the bucket can be destroyed."""
    template = {
        "Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "changes"}}},
        "Outputs": {"BucketName": {"Value": {"Ref": "B"}}, "KeyArn": {"Value": "another"}},
    }
    boto3.client("cloudformation").create_stack(
        StackName="Sojourn-dev-data", TemplateBody=json.dumps(template)
    )
    bucket = boto3.resource("s3").Bucket("changes")
    bucket.Versioning().enable()
    for text in (b"one", b"two"):
        bucket.put_object(Key="changes/day=2026-11-22/x", Body=text)
    (block,) = blocks(PAGE, "python")

    exec(compile(block.text, str(block), "exec"), {})

    assert list(bucket.object_versions.all()) == []


@pytest.mark.parametrize("name", ["deploy", "operations", "architecture"])
def test_what_a_page_names_is_deployed(name: str) -> None:
    """Every name of a resource in the pages is one in the templates."""
    deployed = {word for part in PARTS for word in NAMED.findall(json.dumps(template(part)))}

    assert set(NAMED.findall(read(DOCS / f"{name}.md"))) - deployed == set()
