"""The layers as `make layers LAYER_PLATFORM=local` builds them; `make test` does that first."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from infra import packaging
from infra.constructs.naming import FUNCTIONS
from infra.settings import Settings
from tests.support.control_room import workspace, zipped

ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_SERVICE_NAME": "sojourn",
    "POWERTOOLS_METRICS_NAMESPACE": "Sojourn",
    "SOJOURN_STAGE": "dev",
    "SOJOURN_TABLE": "sojourn-dev",
    "SOJOURN_BUS": "sojourn-dev",
    "SOJOURN_SCHEDULE_GROUP": "sojourn-dev",
    "SOJOURN_SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/schedules",
    "SOJOURN_SIGNING_SECRET": "sojourn-dev/signing",
    "SOJOURN_LINKS_URL": "https://links.acme.example",
    "SOJOURN_EVENTS_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/sojourn-dev-events",
    "SOJOURN_DEAD_LETTERS_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/sojourn-dev-events-dead",
    "SOJOURN_SWEEPS_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/sojourn-dev-sweeps",
    "SOJOURN_OPERATIONS_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/sojourn-dev-operations",
    "SOJOURN_UPLOADS_BUCKET": "uploads",
    "SOJOURN_MACHINES": "arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-dev_",
    "SOJOURN_MACHINES_ROLE_ARN": "arn:aws:iam::123456789012:role/machines",
    "SOJOURN_STEP_ARN": "arn:aws:lambda:us-east-1:123456789012:function:sojourn-dev-step",
    "SOJOURN_SEND_ARN": "arn:aws:lambda:us-east-1:123456789012:function:sojourn-dev-send",
    "SOJOURN_FEEDBACK_TOPICS": "arn:aws:sns:us-east-1:123456789012:sojourn-dev-feedback",
    "SOJOURN_DELIVERY_STREAM": "sojourn-dev-changes",
}
IMPORT = """
import importlib, sys
sys.path[:0] = sys.argv[2:]
name = sys.argv[1]
importlib.import_module(f"functions.{name}.handler")
print(*sorted({module.partition(".")[0] for module in sys.modules}))
"""
COMPILE = """
import sys
sys.path[:0] = sys.argv[1:]
from sojourn.aws_runtime.publishing.workspaces import compiled
print(*(journey.name for journey in compiled(sys.stdin.buffer.read()).bundle.journeys))
print(*sorted({"css_inline", "mrml"} & set(sys.modules)))
"""
FILES = workspace("email") | {
    "welcome/messages/hello.yaml": (
        "email: {subject: Hello, mjml: hello.mjml}\nlocales: {de: {email: {subject: Hallo, html: hello.html}}}\n"
    ),
    "welcome/messages/hello.html": (
        "<style>p {color: red}</style><p>Hallo <a href='{{ unsubscribe_url }}'>Schluss</a></p>"
    ),
    "welcome/messages/hello.mjml": (
        "<mjml><mj-head><mj-style>p {color: red}</mj-style></mj-head><mj-body><mj-section><mj-column>"
        "<mj-text><p>Hello <a href='{{ unsubscribe_url }}'>no more</a></p></mj-text>"
        "</mj-column></mj-section></mj-body></mjml>"
    ),
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give settings that find the layers built for this machine."""
    return Settings(local=True, made=tmp_path_factory.mktemp("made"))


def imported(settings: Settings, name: str) -> set[str]:
    """Import a handler with nothing but what Lambda has; return what came with it."""
    built = packaging.dependencies(settings)
    path = [
        packaging.function(settings, name),
        packaging.engine(settings) / "python",
        built / "python",
        built.parent / "runtime" / "python",
    ]
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", IMPORT, name, *map(str, path)],
        env=ENVIRONMENT, capture_output=True, text=True, check=False, cwd=os.sep,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_layers_are_whole(settings: Settings, name: str) -> None:
    """A handler finds everything it imports in its own folder, the two layers, and what Lambda's runtime brings."""
    modules = imported(settings, name)

    assert {"functions", "sojourn"} < modules


def test_a_workspace_is_compiled_with_the_layers_alone(settings: Settings) -> None:
    """What publishes finds all that checking and compiling take, MJML and style rules among it."""
    built = packaging.dependencies(settings)
    path = [
        packaging.engine(settings) / "python",
        built / "python",
        packaging.dependencies(settings, packaging.AUTHORING) / "python",
    ]
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", COMPILE, *map(str, path)], input=zipped(FILES), env=ENVIRONMENT,
        capture_output=True, check=False, cwd=os.sep,
    )  # fmt: skip

    assert run.returncode == 0, run.stderr.decode()
    assert run.stdout.decode().split() == ["welcome", "css_inline", "mrml"]


def test_the_layers_are_small(settings: Settings) -> None:
    """All layers together stay far below Lambda's 250 MB, as a cold start reads them."""
    folders = [
        packaging.dependencies(settings),
        packaging.dependencies(settings, packaging.AUTHORING),
        packaging.engine(settings),
    ]

    assert packaging.unpacked_mb(folders) < packaging.LARGEST_MB


def test_what_the_runtime_brings_is_in_no_layer(settings: Settings) -> None:
    """boto3 and botocore come with Lambda's runtime; in a layer they would double its size."""
    carried = {path.name for path in (packaging.dependencies(settings) / "python").iterdir()}

    assert carried & {"boto3", "botocore", "s3transfer", "urllib3"} == set()
