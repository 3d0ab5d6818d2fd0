"""The command `sojourn`: finds the command that was asked for, runs it, and turns what went wrong into words.

Exit status: 0 good, 1 findings or failures, 2 wrong usage (70 for a mistake of Sojourn's own, 130 after Ctrl-C).
It knows no command beyond its name.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from itertools import pairwise
from keyword import iskeyword
from typing import NoReturn, TextIO

from sojourn.cli.command import FOUND, GOOD, WRONG_USAGE, Command, Group
from sojourn.cli.terminal import Terminal, visible
from sojourn.cli.usage import UsageError, did_you_mean
from sojourn.errors import SojournError

NAMES = (
    "new",
    "import",
    "check",
    "explain",
    "schema",
    "compile",
    "graph",
    "test",
    "trace",
    "simulate",
    "cost",
    "plan",
    "publish",
    "migrate",
    "rollback",
    "withdraw",
    "approve",
    "cancel",
    "pause",
    "resume",
    "stop",
    "operations",
    "history",
    "audience",
    "sources",
    "events",
    "customer",
    "status",
    "why",
    "links",
)
"""The commands, in the order in which somebody new needs them."""

OWN_MISTAKE = 70
INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell reports of a program that SIGPIPE ended; `sojourn trace … | head` is no failure of its own."""

_GARBAGE_AFTER = 50_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: those of the process unless given, without the program's name.

    Returns:
        The exit status.
    """
    terminal = Terminal(_stream(sys.stdout), _stream(sys.stderr), os.environ)
    # Building the models allocates much and frees nothing: collecting garbage as often as Python does by itself
    # takes a sixth of the time of `check`.
    thresholds = gc.get_threshold()
    gc.set_threshold(_GARBAGE_AFTER)
    # Looking for plug-ins of pydantic's reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        status = _run(list(sys.argv[1:] if arguments is None else arguments), terminal)
        terminal.out.flush()
        terminal.err.flush()
    except BrokenPipeError:
        _give_up_output()
        return BROKEN_PIPE
    except OSError as error:
        _give_up_output()
        _complain(terminal, f"cannot go on: {error}")
        return FOUND
    finally:
        gc.set_threshold(*thresholds)
    return status


def _run(arguments: list[str], terminal: Terminal) -> int:
    try:
        return _dispatch(arguments, terminal)
    except UsageError as wrong:
        _complain(terminal, str(wrong), *wrong.hints)
        return WRONG_USAGE
    except SojournError as wrong:
        _complain(terminal, str(wrong), *getattr(wrong, "hints", ()))
        return FOUND
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as answered:
        return answered.code if isinstance(answered.code, int) else GOOD
    except OSError:
        raise
    except Exception as mistake:
        # Whatever it is: a marketer is told in words, and not by a traceback.
        if os.environ.get("SOJOURN_TRACEBACK"):
            raise
        _complain(terminal, *_own_mistake(mistake))
        return OWN_MISTAKE


def _dispatch(arguments: list[str], terminal: Terminal) -> int:
    if not arguments:
        terminal.err.write(overview())
        return WRONG_USAGE
    name, *rest = arguments
    if name == "help" and rest:
        name, *rest = [*rest, "--help"]
    if name in ("-h", "--help", "help"):
        terminal.write(overview())
        return GOOD
    if name in ("-V", "--version"):
        terminal.say(f"sojourn {version('sojourn')}")
        return GOOD
    if name not in NAMES:
        what = "option" if name.startswith("-") else "command"
        _unknown(name, what)
    command = command_of(name)
    if isinstance(command, Group):
        if rest in (["-h"], ["--help"]):
            terminal.write(command.overview())
            return GOOD
        command, rest = command.choose(rest)
    return _answered(command, rest, terminal)


def _answered(command: Command, arguments: list[str], terminal: Terminal) -> int:
    """Run a command; where a program waits for the answer of a deployment, it is told what went wrong as well."""
    try:
        return command.run(command.parser().parse(arguments), terminal)
    except (UsageError, SojournError) as wrong:
        if command.deployed and ("--json" in arguments or ("--format", "json") in pairwise(arguments)):
            # Imported here: only programs are told so.
            import json

            told = {"error": getattr(wrong, "code", "not_done"), "message": str(wrong)}
            terminal.say(json.dumps(told, indent=2, ensure_ascii=False))
        raise


def _unknown(name: str, what: str) -> NoReturn:
    raise UsageError(
        f'there is no {what} "{name}"',
        did_you_mean(name.lstrip("-").lower(), NAMES, "did you mean `sojourn {}`?"),
        "`sojourn --help` lists the commands",
    )


def command_of(name: str) -> Command | Group:
    """Return the command of a name in `NAMES`, or the commands under it, imported only now."""
    module = f"{name}_" if iskeyword(name) else name
    command: Command | Group = import_module(f"sojourn.cli.commands.{module}").COMMAND
    return command


def overview() -> str:
    """Return what `sojourn --help` says."""
    commands = "\n".join(f"  {name:<12}{command_of(name).summary}" for name in NAMES)
    return (
        "usage: sojourn COMMAND ...\n\n"
        "Customer journeys as files: checked, tested in virtual time, compiled to AWS Step Functions.\n\n"
        f"commands:\n{commands}\n\n"
        "  sojourn COMMAND --help shows what a command takes, with examples\n"
        "  sojourn --version\n\n"
        "examples:\n  sojourn new journeys\n  sojourn check\n"
    )


def _complain(terminal: Terminal, message: str, *hints: str) -> None:
    terminal.tell(terminal.remark("sojourn:", "red") + " " + visible(message))
    for hint in hints:
        terminal.tell("  " + visible(hint))


def _own_mistake(mistake: Exception) -> tuple[str, ...]:
    at = mistake.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f"{os.path.basename(at.tb_frame.f_code.co_filename)}:{at.tb_lineno}" if at is not None else "?"  # noqa: PTH119
    return (
        "this is a mistake of Sojourn's own, not of your files",
        f"{type(mistake).__name__} in {where}: {mistake}",
        "with SOJOURN_TRACEBACK=1 in the environment it shows where; please report it",
    )


def _stream(given: TextIO | None) -> TextIO:
    """Return a standard stream, or one that forgets all where a shell closed it (`>&-`).

    What the stream's encoding has not is written as an escape: it is no reason to stop.
    """
    stream = given if given is not None else io.StringIO()
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    return stream


def _give_up_output() -> None:
    """Point the standard output at nothing: Python flushes it once more at exit, and would complain then."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)
