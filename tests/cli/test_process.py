from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("sojourn")
HEAVY = {"rich", "boto3", "mrml", "phonenumbers", "sojourn.local.scenario"}


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command as a stranger would, far from the repository."""
    return subprocess.run(
        [PROGRAM, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LANG": "C"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_a_stranger_begins(tmp_path: Path) -> None:
    """The installed command makes a workspace, finds nothing wrong with it and plays its scenarios."""
    statuses = [run(name, "shop", folder=tmp_path).returncode for name in ("new", "check", "test")]

    assert statuses == [0, 0, 0]


def test_a_mistake_is_told_without_a_traceback(tmp_path: Path) -> None:
    """Wrong usage of the installed command exits with 2 and two lines."""
    answer = run("chekc", folder=tmp_path)

    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Traceback" not in answer.stderr


def test_a_poor_terminal_gets_escapes(tmp_path: Path) -> None:
    """Where the output's encoding lacks a character, it is written out instead of failing."""
    answer = run("new", "Grüße", folder=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="1")

    assert (answer.returncode, answer.stderr) == (0, "")
    assert "Gr\\xfc\\xdfe" in answer.stdout


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    """`sojourn explain | head -1` prints one line and no complaint."""
    reading, writing = os.pipe()
    os.close(reading)

    with subprocess.Popen(
        [PROGRAM, "explain", "--json"], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE
    ) as process:
        os.close(writing)
        _, remarks = process.communicate(timeout=60)

    assert (process.returncode, remarks) == (141, b"")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """An answer that cannot be written whole is a failure, in words."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        answer = subprocess.run(
            [PROGRAM, "explain"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )

    assert answer.returncode == 1
    assert answer.stderr == "sojourn: cannot go on: [Errno 28] No space left on device\n"


def test_a_closed_output_is_no_mistake(tmp_path: Path) -> None:
    """`sojourn explain >&-` has nowhere to write and says nothing."""
    answer = subprocess.run(
        ["sh", "-c", f"'{PROGRAM}' explain >&-"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (answer.returncode, answer.stderr) == (0, "")


def test_ctrl_c_ends_quietly(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a simulation ends it, its workers too, with 130 and nothing but the bar."""
    run("new", "journeys", folder=tmp_path)
    mine, theirs = pty.openpty()

    with subprocess.Popen(
        [PROGRAM, "simulate", "--customers", "200000"],
        cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        while b"250 of 200,000 customers, " not in shown:
            shown += os.read(mine, 4096)
        os.killpg(process.pid, signal.SIGINT)
        status = process.wait(timeout=30)
        shown += _rest(mine)

    assert status == 130
    assert "─" in shown.decode()
    assert b"Traceback" not in shown
    assert b"Error" not in shown
    assert shown.endswith(b"\r\x1b[2K")


def _rest(terminal: int) -> bytes:
    """Read what a terminal still has; its other side is closed, which Linux reports as an error."""
    read = b""
    try:
        while part := os.read(terminal, 4096):
            read += part
    except OSError:
        pass
    os.close(terminal)
    return read


def test_what_a_command_does_not_need_is_not_loaded(tmp_path: Path) -> None:
    """`check` starts fast because it imports neither the local runtime nor what only reports need."""
    run("new", "journeys", folder=tmp_path)
    program = "import sys; from sojourn.cli.main import main; s = main(['check']); print(s, *sys.modules, sep='\\n')"

    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )

    loaded = set(answer.stdout.splitlines())
    assert "sojourn.domain.journey.checking" in loaded
    assert loaded & (HEAVY - {"mrml", "phonenumbers"}) == set()
