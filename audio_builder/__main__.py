"""`python -m audio_builder` is the command `audio-builder`; the installed command begins here too."""

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line of this process and exit.

    While modules are imported, Ctrl-C ends the process at once and without a word: nothing has begun.
    """
    if heard := signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from audio_builder.cli.main import main as run_command

    run_command(hears_ctrl_c=heard)


if __name__ == "__main__":
    main()
