"""Three foreign opinions on a compiled state machine: what would be said before it ever reached AWS.

npm's asl-validator knows the specification, cfn-lint carries the schema that CloudFormation's linter uses (rule
E3601), and moto parses definitions with a grammar. Each finds things that the others do not.
"""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.jsonschema import StandardValidator
from cfnlint.rules.resources.stepfunctions.StateMachineDefinition import StateMachineDefinition
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

ROOT = Path(__file__).parents[2]

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_ASL_VALIDATOR = """
const validate = require('asl-validator');
const { errors } = validate(JSON.parse(require('fs').readFileSync(0, 'utf8')));
console.log(JSON.stringify(errors.map((error) => {
  const code = error['Error code'] ?? error.keyword ?? 'ERROR';
  const where = error.instancePath ?? error.path ?? '';
  return [code, where, error.Message ?? error.message ?? ''].filter(Boolean).join(' ');
})));
"""


def filled(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the definition with an ARN for every `${Placeholder}`, as a deployment would fill it in."""

    def arn(found: re.Match[str]) -> str:
        name = found[1].removesuffix("Arn")
        return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"

    parsed: dict[str, Any] = json.loads(_PLACEHOLDER.sub(arn, json.dumps(definition)))
    return parsed


def asl_validator_problems(definition: dict[str, Any]) -> list[str]:
    """Return what npm's asl-validator finds; it needs `npm ci` to have been run."""
    answer = subprocess.run(
        ["node", "-e", _ASL_VALIDATOR],
        input=json.dumps(definition),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if answer.returncode != 0:
        raise RuntimeError(f"asl-validator could not be run: {answer.stderr.strip()}")
    return [f"asl-validator: {problem}" for problem in json.loads(answer.stdout)]


@cache
def _schema() -> Any:
    return StateMachineDefinition().schema


def cfn_lint_problems(definition: dict[str, Any]) -> list[str]:
    """Return what cfn-lint's schema of state machines finds."""
    errors = StandardValidator(schema=_schema()).iter_errors(definition)
    return [f"cfn-lint: {'/'.join(map(str, error.path))}: {error.message}" for error in errors]


def moto_problems(definition: dict[str, Any]) -> list[str]:
    """Return what moto's parser refuses."""
    try:
        AmazonStateLanguageParser.parse(json.dumps(definition))
    except Exception as refusal:  # noqa: BLE001 - moto raises whatever comes up, ValueError and RuntimeError among it
        return [f"moto: {refusal}"]
    return []


def problems(definition: dict[str, Any]) -> list[str]:
    """Return everything that is wrong with a compiled definition, in the words of whoever found it."""
    machine = filled(definition)
    return [*asl_validator_problems(machine), *cfn_lint_problems(machine), *moto_problems(machine)]
