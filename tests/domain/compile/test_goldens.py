"""What the compiler makes of small journeys, each showing one decision, as files that a reviewer reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.compiling import compiled

GOLDEN = Path(__file__).parents[2] / "golden" / "compile"
JOURNEYS = sorted(path.name.removesuffix(".yaml") for path in GOLDEN.glob("*.yaml"))


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey_compiles_to_its_machine(name: str, golden: Callable[[str, str], None]) -> None:
    """Byte for byte; a change of the compiler shows as a change of these files."""
    journey = compiled((GOLDEN / f"{name}.yaml").read_text(encoding="utf-8"))

    golden(f"compile/{name}.asl.json", json.dumps(journey.definition, indent=1, ensure_ascii=False) + "\n")
