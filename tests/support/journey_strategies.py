"""Random small journeys and histories that are right by construction: every verb, nested, and nothing to find fault with.

All waits end on the hour and all events come at half past, so that no two things happen in one instant by chance and
two interpreters can be compared. Journeys come as they would be written (plain data), with a description.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from sojourn.domain.journey.project import Project, read_project
from sojourn.domain.journey.yaml_text import YamlError  # noqa: F401
