"""The journal of a folder: which episode was made by which task, so that a second run makes none again.

An episode carries its own recipe, and is mostly known by that. The journal knows it as well where that isn't enough:
with a background or a cover of one's own, or without a carried source. It is only ever appended to; a line that was
cut short by a stop is passed over.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from audio_builder.batch.task import Failure
from audio_builder.files import decode_json

JOURNAL_FILE = ".audio-builder-journal.jsonl"

_BEGINNING = b'\n{"source":'
"""Of each line that is written, and so of the file."""

_log = logging.getLogger(__name__)


class JournalLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of an article.

    Attributes:
        source: what it was read from, as it was named.
        key: of its task; empty where there was none.
        episode: name of the MP3; empty where it failed.
        sha256: of the MP3.
        error: name of the error; empty where it was made.
        message: of the error.
    """

    source: str
    key: str = ""
    episode: str = ""
    sha256: str = ""
    error: str = ""
    message: str = ""


class Journal:
    """The journal of one folder of episodes."""

    def __init__(self, folder: Path) -> None:
        """Read what is there; nothing is made yet."""
        self._path = folder / JOURNAL_FILE
        self._made: dict[str, str] = {}
        try:
            content = self._path.read_bytes()
        except OSError:
            content = b""
        self._is_said = False
        self._is_kept = content[: len(_BEGINNING)] == _BEGINNING[: len(content)]
        for text in content.splitlines():
            try:
                line = decode_json(text, JournalLine)
            except ValueError:
                continue
            if line.key and line.sha256:
                self._made[line.key] = line.sha256

    def made(self, key: str) -> str:
        """Return the SHA-256 of the MP3 that a task was made into; empty where none was."""
        return self._made.get(key, "")

    def note_made(self, source: str, key: str, episode: Path, sha256: str) -> None:
        """Note an episode that is in its place."""
        self._made[key] = sha256
        self._append(JournalLine(source=source, key=key, episode=episode.name, sha256=sha256))

    def note_failed(self, source: str, key: str, failure: Failure) -> None:
        """Note an article that couldn't be built."""
        self._append(JournalLine(source=source, key=key, error=failure.error, message=failure.message))

    def _append(self, line: JournalLine) -> None:
        """Add a line; where that can't be done, it is said once: the episodes are there all the same."""
        content = msgspec.json.encode(msgspec.structs.replace(line, source=_encodable(line.source)))
        try:
            if not self._is_kept:
                raise FileExistsError(0, "it was made by somebody else")
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # One write for a whole line; a line that a stop cut short is ended by the line break of the next.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self._path, flags, 0o644)
            try:
                os.write(descriptor, b"\n" + content + b"\n")
            finally:
                os.close(descriptor)
        except OSError as error:
            if not self._is_said:
                _log.warning("Can't note in %s what is made: %s.", self._path, error.strerror or error)
            self._is_said = True


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
