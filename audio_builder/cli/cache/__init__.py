"""`audio-builder cache`: the spoken sentences that are kept on this machine."""

from __future__ import annotations

import click

from audio_builder.cli.lazy import LazyGroup

COMMANDS = {
    "info": "Say where it is and what it holds.",
    "verify": "Look for damaged clips and remove them.",
    "prune": "Remove what wasn't used for longest.",
}
"""Each command under `cache` and its line in the help; its module is `cli/cache/NAME.py`."""


@click.group(
    "cache",
    cls=LazyGroup,
    lines=COMMANDS,
    modules="audio_builder.cli.cache.{}",
    epilog="""\b
Examples:
  audio-builder cache info
  audio-builder cache prune --keep 2GB
""",
)
def command() -> None:
    """Look after the sentences that were spoken once and are kept, so that they are never spoken again.

    Nothing in it is precious: what is removed is spoken anew when it is needed. Sizes are in MB and GB.
    """
