"""What an MP3 carries of its own making: the script, the recipe and the versions, in a GEOB frame of its tag.

Written, it is JSON under zlib. Read back, it is a stranger's: every size is limited before anything is
unpacked, every value is checked as if it came from a recipe file, and no file's name is ever in it.
Layout: ID3v2.3.0 and ID3v2.4.0, sections 3 and 4.16 (General encapsulated object).
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from audio_builder.article.source import LARGEST_BYTES
from audio_builder.episode.tag.read_tag import tag_frames, tag_size
from audio_builder.errors import SourceError, SourceTooLarge
from audio_builder.files import decode_json, open_regular
from audio_builder.recipe.recipe_file import Layer, make_recipe
from audio_builder.recipe.settings import BACKGROUNDS, Recipe
from audio_builder.script.cues import Script
from audio_builder.script.notation import format_script, parse_script
from audio_builder.sound.bells import BELLS

SOURCE_MIME = "application/vnd.audio-builder.source"
"""The frame's type; in a tag there is one frame of it."""

SCHEMA_VERSION = 1
LARGEST_TAG_BYTES = 32 * 1024 * 1024
"""Of a stranger's tag, its pictures included, that is looked through."""

_FRAME_HEADER_BYTES = 10
_UTF_16_ENCODINGS = (1, 2)


class CarriedSource(msgspec.Struct, frozen=True, kw_only=True):
    """What a tag holds to make its episode again.

    Attributes:
        schema_version: of this layout.
        versions: of what made the sound: `audio-builder` and `engine`.
        script: a script file.
        recipe: every setting, tables nested, without those that name a file.
        left_out: dotted paths of the settings that named a file.
    """

    schema_version: int = SCHEMA_VERSION
    versions: dict[str, str]
    script: str
    recipe: dict[str, Any]
    left_out: list[str]

    def read_script(self, name: str) -> Script:
        """Return the script.

        Raises:
            SourceError: it isn't one.
        """
        return _without_image(parse_script(self.script, f"the script in {name}"))

    def read_recipe(self) -> Recipe:
        """Return the recipe; what was left out of it has its default.

        Raises:
            RecipeError: a setting is unknown to this version, of the wrong type or out of range.
        """
        return make_recipe(self.recipe)


def pack_source(script: Script, recipe: Recipe, versions: dict[str, str]) -> bytes:
    """Return what goes into the frame: the same for the same script, recipe and versions.

    Settings that name a file of this machine are left out. A script of more than 20 MB isn't carried:
    what comes back is empty then.
    """
    settings: dict[str, Any] = msgspec.to_builtins(recipe)
    left_out = list(_files_named(settings))
    for path in left_out:
        table, _, key = path.rpartition(".")
        del (settings[table] if table else settings)[key]
    if script.details.image and "tags.cover" not in left_out:
        left_out.append("tags.cover")
    written = format_script(_without_image(script))
    source = CarriedSource(versions=versions, script=written, recipe=settings, left_out=left_out)
    content = msgspec.json.encode(source)
    return zlib.compress(content, 9) if len(content) <= LARGEST_BYTES else b""


def read_source(path: Path) -> CarriedSource:
    """Return what an MP3 carries. Only its tag is read.

    Raises:
        SourceError: the file can't be read, carries nothing, or what it carries is damaged or of another version.
        SourceTooLarge: its tag, or what it carries, is beyond what is read.
    """
    unpacked = _unpacked(_frame_content(_tag(path), path), path)
    try:
        source = decode_json(unpacked, CarriedSource)
    except ValueError as error:
        # msgspec's errors are ValueErrors, and so are those of malformed UTF-8.
        raise _damaged(path) from error
    if source.schema_version != SCHEMA_VERSION:
        raise SourceError(
            f"{path} carries its source in layout {source.schema_version}; this version reads {SCHEMA_VERSION}",
            hint="Update audio-builder.",
        )
    named = list(_files_named(source.recipe))
    if named:
        raise SourceError(
            f"the recipe in {path} names a file or a sound that isn't part of audio-builder ({', '.join(named)}); "
            "an MP3 may not choose which files are opened here",
            hint="It was changed by another program, or made by a version that knows more sounds.",
        )
    return source


def carries_source(path: Path) -> bool:
    """Return whether a file carries a source at all, sound or damaged.

    Raises:
        SourceError: the file can't be read.
        SourceTooLarge: its tag is beyond what is read.
    """
    return _find_frame(_tag(path)) is not None


def carries(path: Path, packed: bytes) -> bool:
    """Return whether an MP3 was made from just this source, so that making it again would change nothing.

    This is never so where the recipe named a file, whose content may have changed.

    Args:
        path: of the MP3; it may be missing.
        packed: by `pack_source`; empty where nothing is carried.
    """
    try:
        there = _frame_content(_tag(path), path) if packed and path.is_file() else b""
        return bool(there) and there == packed and not read_source(path).left_out
    except SourceError:
        return False


def _without_image(script: Script) -> Script:
    """Return a script that names no picture: an MP3 may not choose which files are opened."""
    return replace(script, details=msgspec.structs.replace(script.details, image=""))


def _files_named(settings: Layer) -> list[str]:
    """Return the dotted paths of the settings whose value isn't a name that is known here."""
    known = (
        ("soundscape", "background", BACKGROUNDS),
        ("soundscape", "bell", BELLS),
        ("soundscape", "closing_bell", BELLS),
        ("tags", "cover", ("",)),
        ("", "lexicon", ("",)),
    )
    found = []
    for table, key, names in known:
        chosen = settings.get(table) if table else settings
        value = chosen.get(key) if isinstance(chosen, dict) else None
        # What isn't a text is refused with the other settings, when the recipe is made.
        if isinstance(value, str) and value not in names:
            found.append(f"{table}.{key}".lstrip("."))
    return found


def _tag(path: Path) -> tuple[bytes, int]:
    """Return the frames of a file's tag and the version of ID3v2; nothing for a file without a tag."""
    try:
        with open_regular(path) as stream:
            header = stream.read(_FRAME_HEADER_BYTES)
            if len(header) < _FRAME_HEADER_BYTES or header[:3] != b"ID3" or header[3] not in (3, 4):
                return b"", 3
            size = tag_size(header)
            if size > LARGEST_TAG_BYTES:
                raise SourceTooLarge(f"the tag of {path} has {size:,} bytes; at most {LARGEST_TAG_BYTES:,} are read")
            # An extended header or unsynchronisation is never ours: such a tag was written by another program.
            return (b"", 3) if header[5] & 0xC0 else (stream.read(size), header[3])
    except OSError as error:
        raise SourceError(f"can't read {path}: {error.strerror or error}", hint="Check the file's name.") from error


def _frame_content(tag: tuple[bytes, int], path: Path) -> bytes:
    content = _find_frame(tag)
    if content is None:
        raise SourceError(
            f"{path} carries no script and recipe",
            hint="It wasn't made by audio-builder, or with --no-source, or another program has changed its tag.",
        )
    return content


def _find_frame(tag: tuple[bytes, int]) -> bytes | None:
    for frame in tag_frames(*tag):
        if frame[:4] == b"GEOB" and not any(frame[8:10]):
            mime, _, rest = frame[_FRAME_HEADER_BYTES + 1 :].partition(b"\0")
            if mime == SOURCE_MIME.encode():
                wide = frame[_FRAME_HEADER_BYTES] in _UTF_16_ENCODINGS
                return _after_text(_after_text(rest, wide=wide), wide=wide)
    return None


def _after_text(content: bytes, *, wide: bool) -> bytes:
    """Return what follows a text and its end mark; wide is UTF-16."""
    if not wide:
        return content.partition(b"\0")[2]
    for at in range(0, min(len(content) - 1, 4096), 2):
        if content[at : at + 2] == b"\0\0":
            return content[at + 2 :]
    return b""


def _unpacked(content: bytes, path: Path) -> bytes:
    unzip = zlib.decompressobj()
    try:
        unpacked = unzip.decompress(content, LARGEST_BYTES + 1)
    except zlib.error as error:
        raise _damaged(path) from error
    if len(unpacked) > LARGEST_BYTES:
        raise SourceTooLarge(f"the source in {path} opens to more than 20 MB ({LARGEST_BYTES:,} bytes)")
    if not unzip.eof or unzip.unused_data:
        raise _damaged(path)
    return unpacked


def _damaged(path: Path) -> SourceError:
    return SourceError(
        f"the script and recipe in {path} are damaged", hint="Take another copy of the file, or build from the text."
    )
