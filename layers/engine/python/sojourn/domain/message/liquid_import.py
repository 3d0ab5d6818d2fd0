"""Imports python-liquid without babel, which it requires at import for filters that Sojourn does not register.

babel is 33 MB of locale data and half of python-liquid's import time. Where it is not already imported, empty
stand-ins take its place while python-liquid is imported and are gone afterwards: whoever else wants babel gets
the real one. Nothing but `engine` may import this, and only when a template needs the full language.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

_NAMES = ("babel", "babel.dates", "babel.messages", "babel.numbers", "babel.units", "babel.support", "pytz")


class _Absent(ModuleType):
    """A module that has whatever name is imported from it, each an empty class."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> type[Exception]:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})


def import_liquid() -> None:
    """Import the package `liquid`; does nothing where it has been imported before."""
    if "liquid" in sys.modules:
        return
    absent = {name: _Absent(name) for name in _NAMES if name not in sys.modules}
    sys.modules.update(absent)
    try:
        importlib.import_module("liquid")
    finally:
        for name, module in absent.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
