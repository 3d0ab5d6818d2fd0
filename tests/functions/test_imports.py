from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bench.handlers import CLIENTS, ENVIRONMENT
from tests.house.tree import ROOT

# What Lambda has no use for, or not at every cold start: each is half a second, a package that is not shipped, or
# what only the functions that need it should import.
NEVER = (
    "sojourn.cli",
    "sojourn.local",
    "boto3",
    "aws_xray_sdk",
    "rich",
    "yaml",
    "mrml",
    "css_inline",
)
LATER = (
    "sojourn.adapters.senders",
    "aws_lambda_powertools",
    "sojourn.domain.journey.model",
    "standardwebhooks",
    "phonenumbers",
    "cryptography",
)
PROGRAM = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("sojourn.cli", "sojourn.local")):
            raise ImportError(name + " is not in the layer")

sys.meta_path.insert(0, Absent())
import functions.{0}.handler
assert callable(functions.{0}.handler.lambda_handler)
print(*sorted(sys.modules))
"""


def begun(function: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Begin a function in a Python of its own, as its layer has the package: without the command and local runtime."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(function)], capture_output=True, text=True, check=False, cwd=ROOT,
        env=kept | ENVIRONMENT | environment,
    )  # fmt: skip


@pytest.mark.parametrize("function", CLIENTS)
def test_a_handler_begins_with_what_its_layers_have_and_no_more(function: str) -> None:
    """Neither the command nor the local runtime is there; nothing is imported that few invocations need."""
    run = begun(function)

    assert run.returncode == 0, run.stderr
    imported = set(run.stdout.split())
    assert {name for name in imported if name.startswith(NEVER + LATER)} == set()
    # Every deployment pays for it once, and no event.
    assert ("pydantic" in imported) == (function == "register")


@pytest.mark.parametrize("function", [name for name in CLIENTS if name not in ("register", "links")])
def test_a_function_that_was_not_told_its_table_does_not_begin(function: str) -> None:
    """The deployment hears so at the first invocation, by the variable's name."""
    run = begun(function, SOJOURN_TABLE="")

    assert run.returncode != 0
    assert "SettingsError: not set: SOJOURN_TABLE" in run.stderr


def test_what_answers_links_knows_no_table_and_says_what_else_it_misses() -> None:
    """Nothing about customers is read by whoever the world may call: no table, nor what reads one."""
    run = begun("links", SOJOURN_TABLE="")

    assert run.returncode == 0, run.stderr
    assert {name for name in run.stdout.split() if name.startswith("sojourn.adapters.dynamodb")} == set()
    assert (
        "not set: SOJOURN_BUS, SOJOURN_EVENTS_URL"
        in begun("links", SOJOURN_BUS="", SOJOURN_EVENTS_URL="").stderr
    )


def test_the_function_that_answers_a_stack_begins_whatever_is_missing() -> None:
    """It must live to tell the stack what is missing."""
    assert begun("register", SOJOURN_TABLE="").returncode == 0


def test_only_what_sends_imports_messages() -> None:
    """Templates and what renders them are a good part of a function that knows them."""
    with_messages = {
        function
        for function in CLIENTS
        if "sojourn.domain.message.compiled" in begun(function).stdout.split()
    }

    assert with_messages == {"send"}


@pytest.mark.parametrize("function", CLIENTS)
def test_no_function_begins_with_what_only_authors_need(function: str) -> None:
    """Reading conditions, compiling messages and telling findings came with every cold start once."""
    loaded = set(begun(function).stdout.split())

    assert not loaded & {
        "sojourn.domain.condition.evaluation",
        "sojourn.domain.message.content",
        "sojourn.domain.findings",
        "sojourn.domain.journey.model.steps",
    }
