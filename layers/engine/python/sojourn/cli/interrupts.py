"""Ctrl-C while worker processes share the work. It knows no work.

A terminal sends Ctrl-C to every process of a command, and each worker would answer with a traceback of its own.
"""

from __future__ import annotations

import multiprocessing
import signal
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def interrupts_kept() -> Iterator[Callable[[], None]]:
    """Keep Ctrl-C waiting inside the block; give a function that raises KeyboardInterrupt where one waits.

    Processes that are started inside the block never see it: they inherit the mask. They are ended before the
    exception is raised, so nobody waits for the work they still have. A Ctrl-C that was not asked for is raised
    when the block ends.
    """
    # It is started with the first worker, and unblocks Ctrl-C in whoever starts it.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def stop_if_asked() -> None:
        if signal.SIGINT in signal.sigpending():
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise KeyboardInterrupt

    try:
        yield stop_if_asked
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
