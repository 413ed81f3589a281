"""The cache of clips: what was spoken once is found again by its content.

Nothing in it is precious: an entry that is unreadable, short, altered or under a wrong name is never played. It counts
as damaged, is removed and made again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import NarrationError
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
from audio_builder.store import Cleared, Store, StoredFile, clear, remove_damaged
from audio_builder.voices.engines.onnx_models import MODEL_SUFFIX
from audio_builder.voices.profile import Voice

CLIP_SUFFIX = ".flac"

LARGEST_BYTES = 4_000_000_000
"""What the cache is kept to when a build has added to it: some 30 hours of speech."""

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


def clip_identity(voice: Voice, fingerprint: str, rate_hz: int, heard_by: str = "") -> ClipIdentity:
    """Return what a voice's clips have in common. The voice's name and description aren't part of it.

    Args:
        voice: who speaks.
        fingerprint: of the engine.
        rate_hz: the episode's sample rate.
        heard_by: what listens to each clip; empty for nothing. A clip that is heard may be another take.
    """
    profile = voice.profile
    return ClipIdentity(
        engine=f"{profile.engine}: {fingerprint}" + (f" heard by {heard_by}" if heard_by else ""),
        language=profile.language,
        settings=sorted(profile.settings.items()),
        files=sorted((file.role, file.sha256) for file in profile.files),
        rate=voice.rate,
        rate_hz=rate_hz,
    )


def clip_key(text: str, role: Role, identity: ClipIdentity) -> str:
    """Return a phrase's content address: 64 hexadecimal digits."""
    return hashlib.sha256(msgspec.json.encode((text, role.value, identity))).hexdigest()


# --- The folder ---


class ClipCache:
    """A folder of clips. Many threads and processes may use one folder at the same time."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open a cache; nothing is read or made yet.

        Args:
            folder: by default the one named by AUDIO_BUILDER_CACHE, else the user's cache folder.
        """
        self.files = Store(CLIP_SUFFIX, folder)
        self._models = Store(MODEL_SUFFIX, folder)

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

    def models(self) -> Iterator[StoredFile]:
        """Yield the models that engines changed for themselves, which lie in the same folder."""
        return self._models.entries()

    def prune(self, keep_bytes: int = LARGEST_BYTES) -> Cleared:
        """Remove the least recently used clips and models until the rest is no larger than so many bytes."""
        return clear((self.files, self._models), keep_bytes)

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


# --- The cache as a whole ---


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What a cache holds.

    Attributes:
        clips: how many.
        bytes: on disk.
        speech_s: how long all of it plays.
        oldest_use_s: seconds since the least recently used one was used; 0 for an empty cache.
        models: how many models of engines are kept beside the clips.
        model_bytes: of these, on disk.
    """

    clips: int
    bytes: int
    speech_s: float
    oldest_use_s: float
    models: int = 0
    model_bytes: int = 0


def cache_stats(cache: ClipCache) -> CacheStats:
    """Return what a cache holds; only the beginnings of its files are read."""
    entries, models = list(cache.files.entries()), list(cache.models())
    heads = [head for entry in entries if (head := peek(entry)) is not None]
    return CacheStats(
        clips=len(entries),
        bytes=sum(entry.size for entry in entries),
        speech_s=round(sum(head.frames / head.rate_hz for head in heads if head.rate_hz), 1),
        oldest_use_s=round(max((time.time() - entry.used for entry in entries), default=0.0), 1),
        models=len(models),
        model_bytes=sum(model.size for model in models),
    )


def peek(entry: StoredFile) -> StoredClip | None:
    """Return what the beginning of an entry says, without levels and words, or None; nothing else is read."""
    try:
        with entry.path.open("rb") as stream:
            return decode_head(entry.key, stream.read(HEAD_BYTES), entry.size)
    except OSError:
        return None


def remove_damaged_clips(cache: ClipCache, *, read_data: bool) -> Iterator[tuple[StoredFile, bool]]:
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


def _is_sound(entry: StoredFile, *, read_data: bool) -> bool:
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
