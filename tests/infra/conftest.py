"""Templates are synthesised once for all tests of this folder, into a folder of their own, without built layers."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# Before CDK starts Node: its banner about the age of Node says nothing about these tests.
os.environ.setdefault("JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION", "1")
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")

from aws_cdk import App

from infra.app import define
from infra.packaging import AUTHORING, lock_digest
from infra.settings import ROOT, Settings

PARTS = ("data", "engine", "journeys", "observability")


@dataclass(frozen=True)
class Assembly:
    """What synthesis made."""

    folder: Path
    stage: str

    def template(self, part: str) -> dict[str, Any]:
        """Return the template of a stack."""
        loaded: dict[str, Any] = json.loads(self.path(part).read_text(encoding="utf-8"))
        return loaded

    def path(self, part: str) -> Path:
        """Return the file of a stack's template."""
        return self.folder / f"Sojourn-{self.stage}-{part}.template.json"

    def resources(self, part: str, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of a stack's resources of one type, by logical id."""
        found = self.template(part)["Resources"].items()
        return {name: made.get("Properties", {}) for name, made in found if made["Type"] == kind}

    def accepted(self) -> list[tuple[str, str, str]]:
        """Return every finding of cdk-nag that was accepted: construct, rule, reason."""
        found = []
        for part in PARTS:
            path = self.folder / f"Sojourn-{self.stage}-{part}.metadata.json"
            for construct, entries in json.loads(path.read_text(encoding="utf-8")).items():
                for entry in entries:
                    if entry["type"] == "aws:cdk:acknowledged-rules":
                        found += [(construct, rule, reason) for rule, reason in entry["data"].items()]
        return sorted(found)


def layers_in(folder: Path) -> Path:
    """Make what `make layers` would, with nothing in it."""
    for platform in ("lambda", "local"):
        for layer in ("dependencies", AUTHORING):
            inside = folder / platform / layer / "python"
            inside.mkdir(parents=True)
            (inside / "nothing.py").write_text("")
        (folder / platform / "BUILT").write_text(f"{platform} {lock_digest()}\n")
    return folder


def synthesised(folder: Path, **changes: Any) -> Assembly:
    """Synthesise all stacks with cdk.json's context."""
    settings = Settings(layers=layers_in(folder / "layers"), made=folder / "made", **changes)
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(outdir=str(folder / "out"), context=context, analytics_reporting=False)
    define(app, settings)
    app.synth()
    return Assembly(folder / "out", settings.stage)


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Give the templates of cdk.json's own settings."""
    return synthesised(tmp_path_factory.mktemp("dev"))


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Give the templates of a stage that must not lose anything."""
    kept = {"stage": "prod", "alarm_email": "ops@acme.example", "links_url": "https://links.acme.example"}
    return synthesised(tmp_path_factory.mktemp("prod"), take_out=("trial",), **kept)


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Give the templates for the embedded AWS."""
    return synthesised(tmp_path_factory.mktemp("local"), local=True, stage="local")
