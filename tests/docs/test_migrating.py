from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.cli.publishers import published_to, starter
from tests.cli.travellers import migration, mover, people, recounted
from tests.docs.published_pages import differing

FATES = "steps:\n  clicked: {move: clicked}\n  reminder: drain"


def test_the_page_tells_what_happens(beside: Path) -> None:
    """Every command of the page says what is shown below it, with two customers who wait and one a pause stopped."""
    with published_to() as published:
        published.room.publish(starter(), message="Say hello")
        live = published.room.live()["welcome"]
        people(published, live, "ana", "ben")
        people(published, live, "cleo", step="reminder", paused=True)
        mover(published)
        migration(beside / "welcome" / "journey.yaml", live, FATES)
        assert differing("migrating.md", at_least=7, after_each=partial(recounted, published)) == []
