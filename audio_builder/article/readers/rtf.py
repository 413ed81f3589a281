"""RTF to text, through striprtf: a paragraph between empty lines, headings by their styles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from audio_builder.article.frontmatter import of_properties, shortened
from audio_builder.article.left_out import LeftOut
from audio_builder.article.readers import PackedReader, Unpacked
from audio_builder.errors import NotText

_MAGIC = b"{\\rtf"
_PARAGRAPH = re.compile(r"\\par(?![a-z]) ?|\\\r?\n")
_HEADING_STYLE = re.compile(r"\{\\s(\d{1,4})\b[^{}]{0,400}?\bheading (\d)\b[^{}]{0,40};\}", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"\{\\s(\d{1,4})\b[^{}]{0,400}?\s\*?Title;\}")
_STYLE = re.compile(r"\\s(\d{1,4})(?!\d)")
_FOOTNOTE = re.compile(r"\{\\(?:\*\\)?footnote\b")
_BRACE = re.compile(r"(?<!\\)[{}]")
_LONGEST_NOTE = 20_000
_HIDDEN = re.compile(r"\{(?:\\\*?[a-z]+-?\d* ?)*?\\(?:v|deleted)(?![a-z0-9])(?:\\[a-z]+-?\d* ?)*([^{}]*)\}")
_PICTURE = re.compile(r"\{\\(?:\*\\shp)?pict\b")
_INFO = r"\{{\\{}\s+((?:[^{{}}\\]|\\'[0-9a-f]{{2}}|\\u-?\d+ ?\??){{1,400}})\}}"
_AUTHOR, _INFO_TITLE = re.compile(_INFO.format("author")), re.compile(_INFO.format("title"))
_BLANK_LINES = re.compile(r"\n{4,}")


def _unpack(data: bytes, name: str) -> Unpacked | None:
    """Return the words of a document in Rich Text Format, and what it says about itself.

    Raises:
        NotText: it can't be understood.
    """
    if not data.startswith(_MAGIC):
        return None
    source = data.decode("latin-1")
    levels = {style: "#" * (int(level) + 1) for style, level in _HEADING_STYLE.findall(source)}
    levels |= dict.fromkeys(_TITLE_STYLE.findall(source), "#")
    start = source.find("\\pard", source.find("{\\stylesheet") + 1)
    if levels and start >= 0:
        source = source[:start] + _STYLE.sub(
            lambda found: f"{found[0]} {{{levels[found[1]]} }}" if found[1] in levels else found[0], source[start:]
        )
    front = of_properties(_said(_INFO_TITLE, source, name), _said(_AUTHOR, source, name))
    hidden = [_text(rf"{{\rtf1\ansi {found[1]}}}", name) for found in _HIDDEN.finditer(source)]
    source = _HIDDEN.sub("", source)
    text = _BLANK_LINES.sub("\n\n\n", _text(_PARAGRAPH.sub(r"\\par\\par ", source), name))
    left_out = (
        *(LeftOut("footnote", _text(rf"{{\rtf1\ansi {note}}}", name)) for note in _footnotes(source)),
        *(LeftOut("hidden text", words) for words in hidden if words.strip()),
        *(LeftOut("picture") for _ in _PICTURE.finditer(source)),
    )
    return Unpacked("plain", text.strip("\n"), front, left_out=left_out)


def _footnotes(source: str) -> Iterator[str]:
    """Yield what stands in each group of a footnote that is in no other, up to its closing brace."""
    read_to = 0
    for found in _FOOTNOTE.finditer(source):
        if found.start() < read_to:
            continue
        depth, read_to = 1, found.end() + _LONGEST_NOTE
        for brace in _BRACE.finditer(source, found.end(), read_to):
            depth += 1 if brace[0] == "{" else -1
            if not depth:
                yield source[found.end() : brace.start()]
                read_to = brace.end()
                break


def _text(rtf: str, name: str) -> str:
    try:
        return str(rtf_to_text(rtf, errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, OverflowError, TypeError) as error:
        raise NotText(f"{name} is not an RTF document that can be read: {error}", hint="Save it as .txt.") from error


def _said(pattern: re.Pattern[str], source: str, name: str) -> str:
    found = pattern.search(source)
    return shortened(_text(rf"{{\rtf1\ansi {found[1]}}}", name)) if found else ""


READER = PackedReader("rtf", "rich text", (".rtf",), _unpack)
