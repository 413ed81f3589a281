"""`python -m audio_builder` is the command `audio-builder`."""

from audio_builder.cli.main import main

main()
