"""Runs a Python module, and ends it with all its processes as soon as whoever started it is gone.

A test run that is killed cannot end anything. What it started stays on its leash: standard input is a pipe whose
other end only the starter holds, and when that closes, for whatever reason, the whole process group is ended. So it
is started in a group of its own. It imports the standard library only.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Run the module that the first argument names, with the arguments after it."""
    threading.Thread(target=_end_when_let_go, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_when_let_go() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
