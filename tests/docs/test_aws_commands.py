from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from tests.docs.pages import DOCS, ROOT, Block, blocks

GLOBAL = {"--query", "--output", "--cli-input-json", "--cli-binary-format"}
"""Options that every command of the AWS CLI takes."""
MADE_BY_THE_CLI: dict[str, set[str]] = {"configure sso": set(), "logs tail": {"--since", "--filter-pattern"}}
"""Commands that are no call of an API, with the options that pages use."""
SHELL = [block for page in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))) for block in blocks(page, "sh")]


def calls(block: Block) -> Iterator[list[str]]:
    """Yield every call of `aws` in a block, as words; what `$(…)` stands for is a call of its own."""
    waiting = [block.text.replace("\\\n", " ")]
    while waiting:
        text = waiting.pop()
        while (begins := text.find("$(")) >= 0:
            ends = closing(text, begins + 2)
            waiting.append(text[begins + 2 : ends])
            text = f"{text[:begins]}inner{text[ends + 1 :]}"
        for line in commands(text):
            words = shlex.split(re.sub(r"^\w+=(?=inner)", "", line), comments=True)
            if words[:1] == ["aws"]:
                yield words[1:]


def commands(text: str) -> Iterator[str]:
    """Yield the commands of a text: a line each, or several where a quotation goes over them."""
    open_ = ""
    for line in text.splitlines():
        open_ += line
        try:
            shlex.split(open_, comments=True)
        except ValueError:
            open_ += "\n"
        else:
            yield open_
            open_ = ""
    assert not open_


def closing(text: str, start: int) -> int:
    """Return where the bracket that is open at *start* is closed."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place
    raise AssertionError(text)


CALLS = [(block, call) for block in SHELL for call in calls(block)]


@cache
def service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(name)


@pytest.mark.parametrize(
    ("block", "call"), CALLS, ids=[f"{block} {' '.join(call[:2])}" for block, call in CALLS]
)
def test_a_call_of_the_aws_cli_is_one_that_aws_takes(block: Block, call: list[str]) -> None:
    """Service, operation and options are in the models of botocore, which the CLI is made from; none is missing."""
    given = {word for word in call[2:] if word.startswith("--")}
    if (own := " ".join(call[:2])) in MADE_BY_THE_CLI:
        assert given <= MADE_BY_THE_CLI[own]
        return
    model = service(call[0])
    operation = model.operation_model(
        next(name for name in model.operation_names if xform_name(name, "-") == call[1])
    )

    members = operation.input_shape.members if operation.input_shape else {}
    options = {f"--{xform_name(name, '-')}" for name in members}
    switched_off = {
        f"--no-{xform_name(name, '-')}" for name, one in members.items() if one.type_name == "boolean"
    }
    required = operation.input_shape.required_members if operation.input_shape else []
    needed = {f"--{xform_name(name, '-')}" for name in required}

    assert given - options - switched_off - GLOBAL == set()
    assert "--cli-input-json" in given or needed - {one.replace("--no-", "--") for one in given} == set()


def test_calls_are_found() -> None:
    """What the test above reads are calls, also those inside of others and over several lines."""
    block = Block(
        "page", 1, "sh", "queue=$(aws sqs get-queue-url \\\n  --queue-name x)\naws sts get-caller-identity\n"
    )

    assert sorted(calls(block)) == [
        ["sqs", "get-queue-url", "--queue-name", "x"],
        ["sts", "get-caller-identity"],
    ]
    assert len(CALLS) > 20
