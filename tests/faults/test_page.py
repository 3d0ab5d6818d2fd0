"""docs/faults.md says what these tests do, and no more."""

from __future__ import annotations

from scripts.write_faults_page import injecting, modules, page
from tests.docs.pages import DOCS, read

ABOUT_THEMSELVES = {"test_cloud", "test_page"}
"""Modules of tests that inject nothing: they are about the others."""
OF_THE_TOOLS = {"test_a_function_that_is_killed_tells_nobody"}


def test_the_page_is_what_the_tests_say() -> None:
    """docs/faults.md is current; `make docs` writes it anew."""
    assert read(DOCS / "faults.md") == page()


def test_every_test_says_what_it_injects() -> None:
    """No fault is tried that the page does not tell."""
    silent = [
        test.__name__
        for module in modules()
        if module.__name__.rpartition(".")[2] not in ABOUT_THEMSELVES
        for test in injecting(module)
        if not hasattr(test, "injected") and test.__name__ not in OF_THE_TOOLS
    ]

    assert silent == []
