"""The CDK app: `cdk synth`, `cdk diff` and `cdk deploy` run it (see cdk.json).

It asks no account and needs no credentials: what a deployment is told comes from CDK's context, everything else from
this repository.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

try:
    from aws_cdk import App, Tags, Validations
    from cdk_nag import AwsSolutionsChecks, ServerlessChecks
except ImportError as error:
    sys.exit(f"{error}: run `make setup`, which installs CDK into .venv")

from infra.settings import ROOT, Settings, SettingsError, settings_from
from infra.stacks.data import DataStack
from infra.stacks.engine import RunningStack
from infra.stacks.journeys import JourneysStack
from infra.stacks.observability import ObservabilityStack
from infra.workspace import Published, published


def define(app: App, settings: Settings) -> Published:
    """Define all stacks of a deployment, and what checks them; return the workspace that is deployed.

    Raises:
        SettingsError: the workspace has errors, or something was not built.
    """
    workspace = published(settings.workspace)
    data = DataStack(app, settings)
    running = RunningStack(app, settings, data, workspace)
    journeys = JourneysStack(app, settings, workspace, running.functions)
    watching = ObservabilityStack(app, settings, workspace, data.key)
    # Where the journeys are refused, the alarms of those before stay.
    watching.add_stack_dependency(journeys)
    for key, value in (("application", "sojourn"), ("stage", settings.stage)):
        Tags.of(app).add(key, value)
    Validations.of(app).add_plugins(AwsSolutionsChecks(), ServerlessChecks())
    return workspace


def announced(settings: Settings, workspace: Published) -> str:
    """Say what is deployed where: a forgotten setting is to be seen before anybody answers CDK's question."""
    folder = settings.workspace
    shown = folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder
    journeys = ", ".join(journey.name for journey in workspace.journeys) or "no journeys"
    return f'sojourn: workspace "{workspace.name}" from {shown} ({journeys}); stage {settings.stage}, {settings.region}'


def main() -> None:
    """Synthesise what CDK's context asks for."""
    app = App()
    # Beside what CDK writes, so that two that synthesise at once are not in each other's way.
    made = Path(os.environ.get("CDK_OUTDIR", ROOT / "build" / "cdk.out")).with_name("synth")
    try:
        settings = replace(settings_from(app.node.try_get_context, os.environ), made=made)
        sys.stderr.write(announced(settings, define(app, settings)) + "\n")
    except SettingsError as error:
        sys.exit(f"sojourn: {error}")
    app.synth()


if __name__ == "__main__":
    main()
