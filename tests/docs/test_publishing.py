from __future__ import annotations

import pytest

from tests.cli.publishers import published_to
from tests.docs.published_pages import differing


@pytest.mark.usefixtures("beside")
def test_the_page_tells_what_happens() -> None:
    """Every command of the page, in its order, says what is shown below it, over the code that answers it on AWS."""
    with published_to():
        assert differing("publishing.md", at_least=7) == []
