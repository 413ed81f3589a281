"""What a finished file's ID3 tag says, read back; and the one door to mutagen's frames."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutagen.id3
from mutagen import MutagenError
from PIL import Image

from audio_builder.episode.words import PlayerChapter
from audio_builder.errors import NotAudio

__all__ = ["CoverFacts", "MutagenError", "TagFacts", "cover_jpeg", "id3", "read_tag", "tag_frames", "tag_size"]

id3: Any = mutagen.id3
"""Typed as Any: mutagen says that it is typed, but its frames get their fields at run time."""

_HEADER_BYTES = 10
_FRONT_COVER = 3
_TOP_LEVEL, _ORDERED = 2, 1


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """The picture in a tag.

    Attributes:
        kind: `JPEG`, `PNG`, or empty where it can't be opened.
        width: in pixels.
        height: in pixels.
        mode: Pillow's name of the colour mode, `RGB` as it should be.
        size_bytes: as stored.
    """

    kind: str
    width: int
    height: int
    mode: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TagFacts:
    """What a tag holds.

    Attributes:
        version: `2.3` or `2.4`, or empty without a tag.
        title: empty where there is none.
        show: the album; empty where there is none.
        comment: all comments, joined by spaces.
        has_words: whether lyrics are there.
        cover: the front cover, or the first picture; None without one.
        chapters: in the order of the table of contents, or by start without one.
        contents: how many top-level tables of contents there are; 1 is right.
        contents_ordered: whether the first is marked as in order.
        contents_title: its own title; empty where it has none.
        contents_complete: whether it names every chapter exactly once and nothing else.
    """

    version: str
    title: str
    show: str
    comment: str
    has_words: bool
    cover: CoverFacts | None
    chapters: tuple[PlayerChapter, ...]
    contents: int
    contents_ordered: bool
    contents_title: str
    contents_complete: bool


def cover_jpeg(path: Path) -> bytes:
    """Return the first JPEG in the tag of an MP3; empty where there is none.

    Raises:
        MutagenError: the tag can't be read.
    """
    try:
        pictures = id3.ID3(path).getall("APIC")
    except id3.ID3NoHeaderError:
        return b""
    return next((bytes(picture.data) for picture in pictures if picture.data[:2] == b"\xff\xd8"), b"")


@dataclass(frozen=True, slots=True)
class TimedLine:
    """A line of the words with their times.

    Attributes:
        text: a phrase as written.
        start_s: when it begins to be heard, in seconds.
        language: three letters, as ISO 639-2 has them.
    """

    text: str
    start_s: float
    language: str


_MILLISECONDS = 2


def read_timed_lines(path: Path) -> tuple[TimedLine, ...]:
    """Return the words of a file with their times, in order; none where it has none (ID3v2.3.0, 4.10).

    Raises:
        NotAudio: the file can't be read, or its tag is damaged.
    """
    try:
        frames = id3.ID3(path, translate=False).getall("SYLT")
    except id3.ID3NoHeaderError:
        frames = []
    except MutagenError as error:
        raise NotAudio(f"can't read the tag of {path}: {error}") from error
    frame = next((frame for frame in frames if frame.format == _MILLISECONDS), None)
    if frame is None:
        return ()
    lines = frame.text
    return tuple(
        TimedLine(str(text), int(at) / 1000, str(frame.lang)) for text, at in sorted(lines, key=lambda line: line[1])
    )


def read_tag(path: Path) -> TagFacts:
    """Return what the ID3v2 tag of a file says; empty facts for a file without one.

    Raises:
        NotAudio: the file can't be read, or its tag is damaged.
    """
    try:
        # v2.3 is read as it stands: chapters of v2.3 would otherwise be rewritten to v2.4.
        frames = id3.ID3(path, translate=False)
    except id3.ID3NoHeaderError:
        frames = id3.ID3()
        version = ""
    except MutagenError as error:
        raise NotAudio(f"can't read the tag of {path}: {error}") from error
    else:
        version = ".".join(str(part) for part in frames.version[:2])
    tops = [contents for contents in frames.getall("CTOC") if contents.flags & _TOP_LEVEL]
    top = tops[0] if tops else None
    chapters = {chapter.element_id: chapter for chapter in frames.getall("CHAP")}
    children = list(top.child_element_ids) if top else []
    named = [name for name in children if name in chapters]
    order = named or sorted(chapters, key=lambda name: int(chapters[name].start_time))
    return TagFacts(
        version=version,
        title=_title(frames),
        show=str(frames.get("TALB", "")),
        comment=" ".join(str(comment) for comment in frames.getall("COMM")),
        has_words=any(str(words) for words in frames.getall("USLT")),
        cover=_cover(frames.getall("APIC")),
        chapters=tuple(_chapter(chapters[name]) for name in order),
        contents=len(tops),
        contents_ordered=bool(top and top.flags & _ORDERED),
        contents_title=_title(top.sub_frames) if top else "",
        contents_complete=sorted(children) == sorted(chapters) and bool(chapters),
    )


def _title(frames: Any) -> str:
    return str(frames.get("TIT2", ""))


def _chapter(frame: Any) -> PlayerChapter:
    return PlayerChapter(_title(frame.sub_frames), int(frame.start_time), int(frame.end_time))


def _cover(pictures: list[Any]) -> CoverFacts | None:
    front = [picture for picture in pictures if picture.type == _FRONT_COVER] or pictures
    if not front:
        return None
    content = bytes(front[0].data)
    try:
        with warnings.catch_warnings():
            # Only the picture's header is read, so a huge one costs nothing here.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
                return CoverFacts(str(picture.format), picture.width, picture.height, picture.mode, len(content))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return CoverFacts("", 0, 0, "", len(content))


def tag_size(header: bytes) -> int:
    """Return how many bytes a tag has after the ten of its header."""
    return _synchsafe(header[6:10])


def tag_frames(body: bytes, version: int) -> Iterator[bytes]:
    """Yield every frame with its header, up to the padding; a last one that is cut short as far as it goes.

    Args:
        body: a tag without its header.
        version: 3 for ID3v2.3, 4 for ID3v2.4.
    """
    at = 0
    while at + _HEADER_BYTES <= len(body) and body[at]:
        size = body[at + 4 : at + 8]
        end = at + _HEADER_BYTES + (int.from_bytes(size, "big") if version == 3 else _synchsafe(size))
        yield body[at:end]
        at = end


def _synchsafe(four: bytes) -> int:
    """Return a number whose bytes hold seven bits each."""
    return sum((byte & 0x7F) << shift for byte, shift in zip(four, (21, 14, 7, 0), strict=True))
