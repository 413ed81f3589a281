"""The command `audio-builder`: finds the subcommand, and turns every error into a message and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from audio_builder import __version__
from audio_builder.cli.console import Console
from audio_builder.cli.lazy import LazyGroup
from audio_builder.errors import INTERNAL_ERROR, AudioBuilderError, Interrupted

COMMANDS = {
    "build": "Turn an article into an episode.",
    "script": "Show the paced script of an article, to read and edit.",
    "rebuild": "Make an episode again from its MP3, in another voice, pacing or background.",
    "inspect": "Show the script and the recipe that an MP3 carries.",
    "compare": "Say what differs between two episodes.",
    "show": "Set up the show that a folder of episodes is.",
    "publish": "Write the feed and the pages of a show.",
    "serve": "Let players and browsers listen to a show on this machine.",
    "check": "Measure an MP3 against the standard for podcasts.",
    "voices": "List the voices; fetch, measure, try and compare them.",
    "cache": "Look after the spoken sentences that are kept on this machine.",
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


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code (see `audio_builder.errors`)."""
    console = Console.from_arguments(arguments)
    try:
        result = cli.main(args=list(arguments), prog_name="audio-builder", standalone_mode=False, obj=console)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches a user unasked
        return _tell(console, error)
    except KeyboardInterrupt:
        return _tell(console, Interrupted("stopped"))
    return result if isinstance(result, int) else 0


def _tell(console: Console, error: Exception) -> int:
    """Say what went wrong, and return the exit code that stands for it."""
    if isinstance(error, click.Abort):
        error = Interrupted("stopped")
    if isinstance(error, Interrupted):
        console.error("stopped", hint="Nothing is half written. The same command goes on where this one stopped.")
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show(file=sys.stderr)
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has gone; Python would complain once more while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if console.verbose:
        traceback.print_exception(error)
    if isinstance(error, AudioBuilderError):
        console.error(error.message, hint=error.hint)
        return error.exit_code
    console.error(
        f"this should not have happened: {type(error).__name__}: {error}",
        hint="It is a defect of audio-builder. Run the same command with -v, and report what it prints.",
    )
    return INTERNAL_ERROR


def main() -> NoReturn:
    """Run the command line of this process and exit."""
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(code)  # Python says what could not be written
    # Threads and child processes have ended; after a build, taking all modules apart would take Python 70 ms.
    os._exit(code)
