from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.domain.drawing.svg import svg_of
from sojourn.domain.journey.project import read_project
from tests.docs.pages import DOCS, PAGES, ROOT, links

JOURNEYS = ROOT / "journeys"
PICTURES = sorted((DOCS / "images").iterdir())
