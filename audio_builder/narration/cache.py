"""The cache of clips: what was spoken once is found again by its content.

Nothing in it is precious: an entry that is unreadable, short, altered or under a wrong name is never played. It counts
as damaged, is removed and made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import DiskFull, NarrationError, OutputError
from audio_builder.files import DRAFT_SUFFIX, draft_beside, output_error
from audio_builder.narration.clip_file import (
    HEAD_BYTES,
    StoredClip,
    decode_clip,
    decode_head,
    decode_sound,
    encode_clip,
)
from audio_builder.narration.trim import TRIM_VERSION
from audio_builder.script.cues import Role
from audio_builder.voices.profile import Voice

FOLDER_VARIABLE = "AUDIO_BUILDER_CACHE"
"""Environment variable that names another folder."""

CLIP_SUFFIX = ".flac"

LARGEST_BYTES = 4_000_000_000
"""What the clips are kept to when a build has added to them: some 30 hours of speech."""

IN_USE_S = 3600.0
"""What was used so short a time ago may be part of a build that still runs, and stays."""

_KEY_DIGITS = 64
"""A key is a SHA-256 in hexadecimal."""

_STALE_S = 24 * 3600.0
_USED_AGAIN_S = 600.0
"""An entry's time of change is when it was last used, to ten minutes: writing it at each use would cost more."""

_OLD_SUFFIXES = (".clip", ".msgpack")
"""What earlier versions kept; it is never read, and swept."""


# --- The key of a clip ---


class ClipIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What all clips of one voice, rate and format have in common: everything that changes their sound.

    Attributes:
        engine: its fingerprint.
        language: the voice's.
        settings: the engine's own settings, by name.
        files: SHA-256 of each of the voice's files, by role.
        rate: the engine's rate setting.
        rate_hz: the episode's sample rate.
        trimming: version of the trimmer.
    """

    engine: str
    language: str
    settings: list[tuple[str, str | float | bool]]
    files: list[tuple[str, str]]
    rate: float
    rate_hz: int
    trimming: int = TRIM_VERSION


def clip_identity(voice: Voice, fingerprint: str, rate_hz: int) -> ClipIdentity:
    """Return what a voice's clips have in common. The voice's name and description aren't part of it."""
    profile = voice.profile
    return ClipIdentity(
        engine=f"{profile.engine}: {fingerprint}",
        language=profile.language,
        settings=sorted(profile.settings.items()),
        files=sorted((file.role, file.sha256) for file in profile.files),
        rate=voice.rate,
        rate_hz=rate_hz,
    )


def clip_key(text: str, role: Role, identity: ClipIdentity) -> str:
    """Return a phrase's content address: 64 hexadecimal digits.

    Args:
        text: from `spoken_text`.
        role: what the phrase is.
        identity: of the voice.
    """
    return hashlib.sha256(msgspec.json.encode((text, role.value, identity))).hexdigest()


# --- The folder ---


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the cache.

    Attributes:
        path: where it is.
        size: in bytes.
        used: when it was last used, in seconds since 1970.
    """

    path: Path
    size: int
    used: float

    @property
    def key(self) -> str:
        """What its name says that it is."""
        return self.path.stem


class Store:
    """One kind of entry in a folder, by content address. Many threads and processes may use it at the same time.

    Attributes:
        folder: of all kinds.
        suffix: of this one's files.
        damaged: how many entries were found unreadable or were dropped.
    """

    def __init__(self, suffix: str, folder: Path | None = None) -> None:
        """Open a store; nothing is read or made yet.

        Args:
            suffix: such as `.flac`.
            folder: by default the one named by AUDIO_BUILDER_CACHE, else the user's cache folder.
        """
        self.suffix = suffix
        self.folder = default_cache_folder() if folder is None else folder
        self.damaged = 0

    def read(self, key: str) -> bytes | None:
        """Return the bytes under a key, as they are on disk, or None."""
        try:
            return self.path_of(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            self.damaged += 1
            return None

    def write(self, key: str, content: bytes) -> None:
        """Keep an entry: all of it or nothing. It isn't synced to the disk; a torn one is noticed when it is read.

        Raises:
            OutputError: the folder can't be written.
            DiskFull: no space is left.
        """
        target = self.path_of(key)
        try:
            # The draft lies in the store's own folder, where `sweep` finds it should this process be killed.
            with draft_beside(self.folder / key) as draft:
                draft.write_bytes(content)
                target.parent.mkdir(parents=True, exist_ok=True)
                draft.replace(target)
        except DiskFull:
            raise
        except (OSError, OutputError) as error:
            cause = error if isinstance(error, OSError) else error.__cause__
            if isinstance(cause, OSError) and isinstance(output_error(cause, target), DiskFull):
                raise output_error(cause, target) from error
            raise OutputError(
                f"can't keep anything in {self.folder}: {getattr(cause, 'strerror', None) or error}",
                hint=f"Set the environment variable {FOLDER_VARIABLE} to a folder you may write to.",
            ) from error

    def drop(self, key: str) -> None:
        """Remove an entry that turned out damaged."""
        self.damaged += 1
        with contextlib.suppress(OSError):
            self.path_of(key).unlink()

    def mark_used(self, key: str) -> None:
        """Note that an entry was used now."""
        path = self.path_of(key)
        # A store that can only be read still serves; the entry may have gone meanwhile, which reading will notice.
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _USED_AGAIN_S:
                os.utime(path)

    def path_of(self, key: str) -> Path:
        """Return where the entry of a key is, or would be."""
        return self.folder / key[:2] / f"{key}{self.suffix}"

    def entries(self) -> Iterator[Entry]:
        """Yield what is there; what other processes remove meanwhile is left out."""
        for path in sorted(self.folder.glob(f"*/*{self.suffix}")):
            with contextlib.suppress(OSError):
                facts = path.stat()
                yield Entry(path, facts.st_size, facts.st_mtime)

    def in_place(self, entry: Entry) -> bool:
        """Return whether a file is where an entry of its name belongs."""
        return len(entry.key) == _KEY_DIGITS and entry.path == self.path_of(entry.key)

    def sweep(self) -> None:
        """Remove drafts that killed processes left here, and what earlier versions kept, if it is a day old."""
        drafts = self.folder.glob(f".*{DRAFT_SUFFIX}")
        old = (path for suffix in _OLD_SUFFIXES for path in self.folder.glob(f"*/*{suffix}"))
        for path in (*drafts, *old):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE_S:
                    path.unlink()


class ClipCache:
    """A folder of clips. Many threads and processes may use one folder at the same time."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open a cache; nothing is read or made yet.

        Args:
            folder: by default the one named by AUDIO_BUILDER_CACHE, else the user's cache folder.
        """
        self.files = Store(CLIP_SUFFIX, folder)

    @property
    def folder(self) -> Path:
        """Where the clips are."""
        return self.files.folder

    @property
    def damaged(self) -> int:
        """How many entries were found unreadable, short, altered or under a wrong name."""
        return self.files.damaged

    def find(self, key: str) -> StoredClip | None:
        """Return what is stored under a key, verified to its last bit, or None; it counts as used now."""
        found = self._read(key)
        if found is None:
            return None
        self.files.mark_used(key)
        return found[0]

    def store(self, key: str, clip: StoredClip, pcm: bytes) -> None:
        """Keep a clip: all of it or nothing.

        Args:
            key: 64 hexadecimal digits.
            clip: what it is.
            pcm: mono, 16 bit, little-endian.

        Raises:
            OutputError: the folder can't be written.
            DiskFull: no space is left.
        """
        self.files.write(key, encode_clip(key, clip, pcm))

    def load(self, key: str) -> AudioSegment:
        """Return the sound stored under a key, verified again.

        Raises:
            NarrationError: it is gone or damaged since it was narrated.
        """
        found = self._read(key)
        pcm = decode_sound(found[1], found[0].frames) if found else None
        if found is None or pcm is None:
            raise NarrationError(
                f"a spoken clip is gone from {self.folder}, or was damaged there, while the episode was built",
                hint="Run the same command again: the clip will be spoken anew.",
            )
        return AudioSegment(pcm, frame_rate=found[0].rate_hz, sample_width=2, channels=1)

    def path_of(self, key: str) -> Path:
        """Return where the entry of a key is, or would be."""
        return self.files.path_of(key)

    def _read(self, key: str) -> tuple[StoredClip, bytes] | None:
        content = self.files.read(key)
        if content is None:
            return None
        clip = decode_clip(key, content)
        if clip is None:
            self.files.drop(key)
            return None
        return clip, content


def default_cache_folder() -> Path:
    """Return the folder named by AUDIO_BUILDER_CACHE, else our place in the user's cache folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser()
    return platformdirs.user_cache_path("audio-builder", appauthor=False) / "clips"


# --- The cache as a whole ---


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What a cache holds.

    Attributes:
        clips: how many.
        bytes: on disk.
        speech_s: how long all of it plays.
        oldest_use_s: seconds since the least recently used one was used; 0 for an empty cache.
    """

    clips: int
    bytes: int
    speech_s: float
    oldest_use_s: float


def cache_stats(cache: ClipCache) -> CacheStats:
    """Return what a cache holds; only the beginnings of its files are read."""
    entries = list(cache.files.entries())
    heads = [head for entry in entries if (head := peek(entry)) is not None]
    return CacheStats(
        clips=len(entries),
        bytes=sum(entry.size for entry in entries),
        speech_s=round(sum(head.frames / head.rate_hz for head in heads if head.rate_hz), 1),
        oldest_use_s=round(max((time.time() - entry.used for entry in entries), default=0.0), 1),
    )


def peek(entry: Entry) -> StoredClip | None:
    """Return what the beginning of an entry says, without levels and words, or None; nothing else is read."""
    try:
        with entry.path.open("rb") as stream:
            return decode_head(entry.key, stream.read(HEAD_BYTES), entry.size)
    except OSError:
        return None


def remove_damaged_clips(cache: ClipCache, *, read_data: bool) -> Iterator[tuple[Entry, bool]]:
    """Look at every entry and remove what is damaged: it will be spoken again when it is needed.

    Args:
        cache: which.
        read_data: whether to read every byte and decode every sound, or to compare header, length and name alone.

    Yields:
        Each entry, and whether it is sound.

    Raises:
        OutputError: a damaged entry can't be removed.
    """
    for entry in cache.files.entries():
        sound = cache.files.in_place(entry) and _is_sound(entry, read_data=read_data)
        if not sound:
            remove_damaged(entry)
        yield entry, sound


def _is_sound(entry: Entry, *, read_data: bool) -> bool:
    if not entry.path.exists():  # another process has removed it meanwhile
        return True
    if not read_data:
        return peek(entry) is not None
    try:
        content = entry.path.read_bytes()
    except OSError:
        return False
    found = decode_clip(entry.key, content)
    return found is not None and decode_sound(content, found.frames) is not None


@dataclass(frozen=True, slots=True)
class Cleared:
    """What making room took away and left.

    Attributes:
        removed: how many entries, by suffix.
        kept: how many are left, by suffix.
        removed_bytes: on disk.
        kept_bytes: on disk.
        in_use: how many stay only because they were used within the last hour, by suffix.
    """

    removed: Counter[str]
    kept: Counter[str]
    removed_bytes: int
    kept_bytes: int
    in_use: Counter[str]


def clear(stores: Sequence[Store], keep_bytes: int) -> Cleared:
    """Remove the least recently used entries until the rest is no larger than so many bytes.

    What was used within the last hour stays, so that a build that runs meanwhile finds what it needs. A file that can't
    be removed, or that another process has removed, is passed over.
    """
    for store in stores:
        store.sweep()
    entries = sorted((entry for store in stores for entry in store.entries()), key=lambda entry: entry.used)
    size = kept_bytes = sum(entry.size for entry in entries)
    kept = Counter(entry.path.suffix for entry in entries)
    removed: Counter[str] = Counter()
    in_use: Counter[str] = Counter()
    now = time.time()
    for entry in entries:
        if kept_bytes <= keep_bytes:
            break
        if now - entry.used < IN_USE_S:
            in_use[entry.path.suffix] += 1
            continue
        with contextlib.suppress(OSError):
            entry.path.unlink(missing_ok=True)
            removed[entry.path.suffix] += 1
            kept_bytes -= entry.size
    return Cleared(removed, kept - removed, size - kept_bytes, kept_bytes, in_use)


def remove_damaged(entry: Entry) -> None:
    """Remove an entry that is damaged.

    Raises:
        OutputError: it can't be removed.
    """
    try:
        entry.path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"can't remove the damaged file {entry.path}: {error.strerror or error}",
            hint="Remove it yourself, or change who may write to that folder.",
        ) from error
