"""The cache of clips: what was spoken once is found again by its content.

Nothing in it is precious: an entry that is unreadable, short, altered or under a wrong name is never played. It counts
as damaged, is removed and made again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import soundfile

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import NarrationError
from audio_builder.narration.trim import TRIM_VERSION
from audio_builder.script.cues import Role
from audio_builder.store import Cleared, Store, StoredFile, clear, remove_damaged
from audio_builder.voices.engines.onnx_models import MODEL_SUFFIX
from audio_builder.voices.profile import Voice

_FORMAT = "abclip05"
"""Raise its number when anything here changes, what `measure_clip` measures or how words are found: older entries are
made again."""

_NO_CHECKSUM = "0" * 64
HEAD_BYTES = 2048
"""In these first bytes of a file its record begins, and all of it but levels and words ends."""

_RECORD = re.compile(
    rb"(?i:comment)=" + _FORMAT.encode() + rb" (?P<key>[0-9a-f]{64}) (?P<rate>\d+) (?P<frames>\d+) (?P<lead>\d+) "
    rb"(?P<tail>\d+) (?P<size>\d{10}) (?P<checksum>[0-9a-f]{64}) "
)
_PACKED = re.compile(rb"(?P<levels>[A-Za-z0-9+/=]*) (?P<words>[A-Za-z0-9+/=]*) (?:(?P<hearing>[A-Za-z0-9+/=]+) )?\.")


@dataclass(frozen=True, slots=True)
class StoredClip:
    """What is known of a clip without its sound.

    Attributes:
        frames: length at `rate_hz`.
        rate_hz: frames per second.
        lead_frames: quiet frames before the first sound.
        tail_frames: quiet frames after the last.
        levels: from `ClipLevels.packed`; empty where they aren't measured.
        words: from `packed_words`; empty where the engine doesn't tell.
        hearing: from `packed_hearing`; empty where nobody listened.
    """

    frames: int
    rate_hz: int
    lead_frames: int
    tail_frames: int
    levels: bytes = b""
    words: bytes = b""
    hearing: bytes = b""


def encode_clip(key: str, clip: StoredClip, pcm: bytes) -> bytes:
    """Return the bytes of a clip's file.

    The checksum is the SHA-256 of the file with zeros in its place; the file's size and it are put in afterwards, which
    FLAC allows in a comment.

    Args:
        key: 64 hexadecimal digits.
        clip: what it is.
        pcm: mono, 16 bit, little-endian.
    """
    sizes = f"{clip.rate_hz} {clip.frames} {clip.lead_frames} {clip.tail_frames}"
    parts = (clip.levels, clip.words, *filter(None, (clip.hearing,)))
    packed = "".join(f"{base64.b64encode(part).decode()} " for part in parts) + "."
    stream = io.BytesIO()
    with soundfile.SoundFile(stream, "w", clip.rate_hz, 1, "PCM_16", format="FLAC") as sound:
        sound.comment = f"{_FORMAT} {key} {sizes} {0:010d} {_NO_CHECKSUM} {packed}"
        sound.buffer_write(pcm, "int16")
    content = bytearray(stream.getvalue())
    record = _RECORD.search(content, 0, HEAD_BYTES)
    if record is None:
        raise NarrationError(f"this version of libsndfile ({soundfile.__libsndfile_version__}) writes no comments")
    start, end = record.span("size")
    content[start:end] = b"%010d" % len(content)
    start, end = record.span("checksum")
    content[start:end] = hashlib.sha256(content).hexdigest().encode()
    return bytes(content)


def decode_clip(key: str, content: bytes) -> StoredClip | None:
    """Return what a clip's file says of it, if every byte is right; its sound isn't decoded."""
    head = decode_head(key, content[:HEAD_BYTES], len(content))
    record = _RECORD.search(content, 0, HEAD_BYTES)
    packed = _PACKED.match(content, record.end()) if record else None
    if head is None or record is None or packed is None:
        return None
    start, end = record.span("checksum")
    rest = hashlib.sha256(content[:start])
    rest.update(_NO_CHECKSUM.encode())
    rest.update(content[end:])
    if rest.hexdigest().encode() != record["checksum"]:
        return None
    try:
        levels, words, hearing = (base64.b64decode(packed[name] or b"") for name in ("levels", "words", "hearing"))
    except binascii.Error:
        return None
    return replace(head, levels=levels, words=words, hearing=hearing)


def decode_head(key: str, head: bytes, size: int) -> StoredClip | None:
    """Return what the beginning of a clip's file says, without levels and words, if it belongs to the key and the size.

    Args:
        key: 64 hexadecimal digits.
        head: the first bytes of the file.
        size: of the whole file, in bytes.
    """
    record = _RECORD.search(head)
    if record is None or record["key"].decode() != key or int(record["size"]) != size:
        return None
    return StoredClip(int(record["frames"]), int(record["rate"]), int(record["lead"]), int(record["tail"]))


def decode_sound(content: bytes, frames: int) -> bytes | None:
    """Return a file's samples, mono, 16 bit, little-endian; None if there aren't so many, or they can't be read."""
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as sound:
            # One frame more than there should be: what claims to be longer isn't decoded to its end.
            pcm = bytes(sound.buffer_read(frames + 1, "int16"))
    except soundfile.SoundFileError:
        return None
    return pcm if len(pcm) == 2 * frames else None


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
