"""Books and documents are ZIP archives: read member by member, with caps on the bytes that really come out."""

from __future__ import annotations

import contextlib
import io
import lzma
import re
import struct
import zipfile
import zlib
from xml.parsers import expat

from audio_builder.errors import NotText, SourceError, SourceTooLarge

MAGIC = b"PK\x03\x04"
"""The first bytes of a ZIP archive."""

MOST_MEMBERS = 10_000
LARGEST_MEMBER_BYTES = 12 * 1024 * 1024
"""Bytes of one text in an archive at most: a novel has about one megabyte."""
LARGEST_IN_ALL_BYTES = 60 * 1024 * 1024

_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, RuntimeError)
"""What reading an archive raises that isn't whole."""

_CHUNK_BYTES = 256 * 1024
_HINT = "Open it in the program that it comes from and save it again, or as plain text or Markdown."
_DECLARATIONS = re.compile(rb"<!\s*(?:ENTITY|DOCTYPE[^>\[]*\[)", re.IGNORECASE)


class Archive:
    """A ZIP archive whose members are read into memory one by one, and never written to a disk."""

    def __init__(self, data: bytes, name: str) -> None:
        """Open an archive.

        Raises:
            NotText: it is none, or broken.
            SourceError: a member's path points outside, or it is encrypted.
            SourceTooLarge: it has more than 10,000 members.
        """
        self._name = name
        self._left = LARGEST_IN_ALL_BYTES
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise NotText(f"{name} is a broken ZIP archive: {error}", hint=_HINT) from error
        members = self._zip.infolist()
        if len(members) > MOST_MEMBERS:
            raise SourceTooLarge(f"{name} has {len(members):,} files in it; at most {MOST_MEMBERS:,} are allowed")
        for member in members:
            path = member.filename
            if path.startswith("/") or "\\" in path or ":" in path.partition("/")[0] or ".." in path.split("/"):
                raise SourceError(f"{name} is refused: its file {path[:80]!r} points outside of it", hint=_HINT)
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                # Books and documents allow no other method (OCF 3.3, OPC), and others unfold further.
                raise NotText(f"{name} is packed in a way that its format doesn't allow", hint=_HINT)
            if member.flag_bits & 1:
                raise SourceError(f"{name} is locked with a password or by its shop", hint="Give an unlocked copy.")

    @property
    def names(self) -> list[str]:
        """The paths of the members, as stored."""
        return self._zip.namelist()

    def read(self, path: str) -> bytes:
        """Return a member's bytes, counted while they are unpacked.

        Raises:
            NotText: there is no such member, or it is broken.
            SourceTooLarge: it has more than 12 MB, or all that were read more than 60 MB.
        """
        chunks: list[bytes] = []
        size = 0
        try:
            with self._zip.open(path) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    size += len(chunk)
                    if size > min(LARGEST_MEMBER_BYTES, self._left):
                        raise SourceTooLarge(
                            f"{self._name}: what is packed in it as {path[:80]!r} unfolds to more than can be read "
                            f"({LARGEST_MEMBER_BYTES >> 20} MB for one text, {LARGEST_IN_ALL_BYTES >> 20} MB in all)",
                            hint="Split the text into several files.",
                        )
                    chunks.append(chunk)
        except KeyError as error:
            raise NotText(f"{self._name} is incomplete: it has no {path[:80]!r}", hint=_HINT) from error
        except _BROKEN as error:
            raise NotText(f"{self._name} is broken at {path[:80]!r}: {error}", hint=_HINT) from error
        self._left -= size
        return b"".join(chunks)

    def read_markup(self, path: str) -> bytes:
        """Return the bytes of an XML member that declares nothing of its own.

        Raises:
            SourceError: it declares entities, which can unfold without end or hide what follows them.
            NotText: as `read`.
            SourceTooLarge: as `read`.
        """
        data = self.read(path)
        if _DECLARATIONS.search(data.replace(b"\0", b"")):
            raise SourceError(
                f"{self._name} is refused: its file {path[:80]!r} declares XML entities of its own", hint=_HINT
            )
        return data


def properties(archive: Archive, path: str) -> dict[str, str]:
    """Return what a document's file of properties says: the first words of each element, by its name with the prefix.

    No document is refused for them: of a broken file what stands before its fault is returned.
    """
    found: dict[str, str] = {}
    inside: list[str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, _attributes: inside.append(tag)
    parser.EndElementHandler = lambda _tag: inside.pop()
    parser.CharacterDataHandler = lambda text: found.setdefault(inside[-1], text) if inside else None
    with contextlib.suppress(expat.ExpatError, ValueError, LookupError):
        parser.Parse(archive.read_markup(path) if path in archive.names else b"<none/>", True)
    return {tag: " ".join(words.split()) for tag, words in found.items()}


def archive_with(member: str, data: bytes, name: str) -> Archive | None:
    """Return the archive that bytes are, None where they are none or it has no member of that path.

    Raises:
        NotText, SourceError, SourceTooLarge: as `Archive`.
    """
    archive = Archive(data, name) if data.startswith(MAGIC) else None
    return archive if archive is not None and member in archive.names else None
