from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import ManualArgs, lint_file

from tests.infra.conftest import PARTS, Assembly

LET_PASS = {
    "W3005": "CDK makes a function depend on its role although it refers to it anyway",
}


@pytest.mark.parametrize("part", PARTS)
def test_templates_are_clean(dev: Assembly, part: str) -> None:
    """cfn-lint has nothing to say about a template, neither errors nor warnings."""
    config = ManualArgs(regions=["eu-central-1", "us-east-1"], ignore_checks=list(LET_PASS))

    said = [f"{match.rule.id} {match.message}" for match in lint_file(dev.path(part), config=config)]

    assert said == []


def test_every_accepted_finding_has_a_reason(dev: Assembly) -> None:
    """A finding of cdk-nag is accepted with a sentence, or synthesis fails."""
    short = [(construct, rule) for construct, rule, reason in dev.accepted() if len(reason.split()) < 4]

    assert short == []
    assert dev.accepted() != []


def test_a_finding_stops_synthesis(tmp_path: Path) -> None:
    """What cdk-nag finds and nobody accepted cannot be deployed."""
    app = App(outdir=str(tmp_path))
    sqs.Queue(Stack(app, "Careless"), "Queue")
    Validations.of(app).add_plugins(AwsSolutionsChecks())

    with pytest.raises(RuntimeError, match="AwsSolutions-SQS4"):
        app.synth()
