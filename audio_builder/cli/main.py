"""The command `audio-builder`: finds the subcommand, and turns every error into a message and an exit code."""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import click

from audio_builder import __version__
from audio_builder.cli.console import Console
from audio_builder.cli.lazy import LazyGroup
from audio_builder.errors import INTERNAL_ERROR, AudioBuilderError, Interrupted, OutputError

COMMANDS = {
    "build": "Turn an article into an episode.",
    "studio": "Shape an episode by hand and ear, in the browser of this machine.",
    "batch": "Turn many articles into episodes, planned first; on this machine or a cluster.",
    "script": "Show the paced script of an article, to read and edit.",
    "rebuild": "Make an episode again from its MP3, in another voice, pacing or background.",
    "inspect": "Show the script and the recipe that an MP3 carries.",
    "export": "Write an episode as a narrated book, an audiobook, labels or stems.",
    "compare": "Say what differs between two episodes.",
    "show": "Set up a show in a folder of episodes.",
    "publish": "Write the feed and the pages of a show.",
    "serve": "Let players and browsers listen to a show on this machine.",
    "check": "Measure an MP3 against the standard for podcasts.",
    "voices": "List the voices; fetch, measure, try and compare them.",
    "sounds": "Hear the backgrounds and bells.",
    "list": "List the names of voices, backgrounds, bells, guides and pacings.",
    "config": "Say which settings hold, and where each comes from.",
    "cache": "Manage the spoken sentences that are kept on this machine.",
    "doctor": "Say what is installed, what is missing and how to mend it.",
}
"""Each command and its line in the help. Its module is imported only when it is called."""


@click.group(
    cls=LazyGroup,
    lines=COMMANDS,
    modules="audio_builder.cli.{}",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Each command has its own help: audio-builder build --help",
)
@click.version_option(__version__, prog_name="audio-builder")
def cli() -> None:
    """Turn a text into a voice-guided reflection episode for any podcast player, offline."""


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP came: everything unwinds as after Ctrl-C, and only the exit code differs.

    Attributes:
        exit_code: 128 and the signal's number, as shells have it.
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__()
        self.exit_code = 128 + signal_number


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code (see `audio_builder.errors`)."""
    console = Console.from_arguments(arguments)
    notes = _Notes(console)
    logging.getLogger("audio_builder").addHandler(notes)
    try:
        result = cli.main(args=list(arguments), prog_name="audio-builder", standalone_mode=False, obj=console)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches a user unasked
        return _tell(console, error)
    except KeyboardInterrupt as error:
        return _tell_stopped(error)
    finally:
        logging.getLogger("audio_builder").removeHandler(notes)
    return result if isinstance(result, int) else 0


def _tell(console: Console, error: Exception) -> int:
    """Say what went wrong, and return the exit code that stands for it."""
    if isinstance(error, click.Abort | Interrupted):
        return _tell_stopped(error.__cause__)
    if isinstance(error, click.ClickException):
        error.show(file=sys.stderr)
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has gone; Python would complain once more while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if console.verbose:
        traceback.print_exception(error)
    if isinstance(error, OSError):
        error = _refused_by_system(error)
    if isinstance(error, AudioBuilderError):
        console.error(error.message, hint=error.hint)
        return error.exit_code
    console.error(
        f"this should not have happened: {type(error).__name__}: {error}",
        hint="It is a defect of audio-builder. Run the same command with -v, and report what it prints.",
    )
    return INTERNAL_ERROR


def _tell_stopped(cause: BaseException | None) -> int:
    """Say that the user or the system ended this, and return the exit code for that."""
    click.echo("Stopped. Nothing is lost; run it again to continue.", err=True)
    return cause.exit_code if isinstance(cause, Terminated) else Interrupted.exit_code


def _refused_by_system(error: OSError) -> OutputError:
    """Return the error of ours for what the system refused and no door before this one has named.

    A name that is too long, a working folder that was removed, a disk that fails: the machine's state, no defect.
    """
    if error.errno == errno.ENOENT and not _working_folder():
        return OutputError("the current folder no longer exists", hint="Change to a folder that is there.")
    where = f": {os.fsdecode(error.filename)}" if error.filename is not None else ""
    return OutputError(
        f"the system refused: {error.strerror or error}{where}",
        hint="Check the path, the permissions and the free space, and run the same command again.",
    )


def _working_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - a text, or an error where it is gone
    except OSError:
        return ""


class _Notes(logging.Handler):
    """Says what our modules log, which is what only somebody who watches the command needs to know."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Say one line."""
        self._console.warn(record.getMessage())


def _end_as_ctrl_c_does() -> None:
    """Let SIGTERM and SIGHUP unwind everything as Ctrl-C does; one that is ignored (nohup) stays so."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        # Once is enough: a second one would cut short what cleans up.
        for name in names:
            signal.signal(name, signal.SIG_IGN)
        raise Terminated(number)

    names = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    names = [name for name in names if signal.getsignal(name) is signal.SIG_DFL]
    for name in names:
        signal.signal(name, end)


def _open_missing_streams() -> None:
    """Open what was closed before this began: the next file would get its number, and other programs' output."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    # What a terminal's encoding lacks is written as \\N escapes, and never an error.
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def main(*, hears_ctrl_c: bool = False) -> NoReturn:
    """Run the command line of this process and exit.

    Args:
        hears_ctrl_c: whether Ctrl-C, which until now ended the process at once, shall unwind it from here on.
    """
    if hears_ctrl_c:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    _open_missing_streams()
    _end_as_ctrl_c_does()
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = code or OutputError.exit_code
    # Threads and child processes have ended; after a build, taking all modules apart would take Python 70 ms.
    os._exit(code)
