"""Subtitles of a talk, WebVTT and SubRip, to its outline: the cues without their times, joined to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from audio_builder.article.blocks import text_blocks
from audio_builder.article.frontmatter import NAME_KEY, FrontMatter
from audio_builder.article.model import Line
from audio_builder.article.outline import Outline
from audio_builder.article.readers import Parsed, TextReader
from audio_builder.article.sentences import ends_sentence
from audio_builder.article.source import SourceText

_TIME = r"(?:(\d{1,3}):)?(\d\d):(\d\d)[.,](\d{3})"
_TIMES = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?[ \t]+([^<>]{1,80})>|^[ \t]*>>[ \t]*(?:([^\W\d_][^\n:]{0,40}):[ \t])?")
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,40}\}|[♪♫]+")
_SUBRIP = re.compile(rf"\s*\d{{1,6}}[ \t]*\n{_TIMES.pattern}$", re.MULTILINE)

_PARAGRAPH_GAP_S = 2.0
"""Without words: a paragraph ends there; after a full sentence half of it is enough."""

_LONG_PARAGRAPH_WORDS = 80
"""After so many a paragraph ends with the next sentence."""


def _read(source: SourceText) -> Parsed:
    """Return the paragraphs of the cues, each on the line of its first."""
    front = source.front or FrontMatter()
    paragraphs = list(_paragraphs(source.text))
    speakers = {name for name, _ in paragraphs if name}
    elements = tuple(
        block
        for name, line in paragraphs
        for block in text_blocks(
            [Line(f"{name}: {line.text}" if name and len(speakers) > 1 else line.text, line.number)],
            front.language,
            verse=False,
            known=frozenset(),
        )
    )
    return Parsed(front, Outline(None, None, elements, (), shown_title=front.values.get(NAME_KEY, "")))


def _paragraphs(text: str) -> Iterator[tuple[str, Line]]:
    """Yield each paragraph with who speaks it, where another speaker begins or ends there."""
    words: list[str] = []
    speaker = shown = last = ""
    first, end_s = 1, 0.0
    for number, name, start_s, stop_s, said in _cues(text):
        gap_s = start_s - end_s
        full = ends_sentence(last) and (gap_s >= _PARAGRAPH_GAP_S / 2 or len(words) > _LONG_PARAGRAPH_WORDS)
        if words and (gap_s >= _PARAGRAPH_GAP_S or full or (name and name != speaker)):
            yield shown, Line(" ".join(words), first)
            words, shown = [], ""
        if not words:
            first = number
            shown = name if name != speaker else ""
        speaker, end_s = name or speaker, stop_s
        for line in said:
            if line != last:  # captions that roll up say each line twice
                words.extend(line.split())
                last = line
    if words:
        yield shown, Line(" ".join(words), first)


def _cues(text: str) -> Iterator[tuple[int, str, float, float, list[str]]]:
    """Yield the line of each cue, its speaker if it has one, its times in seconds, and its lines of words."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        found = _TIMES.fullmatch(lines[number].rstrip("\r"))
        number += 1
        if not found:
            continue
        first, name, said = number + 1, "", []
        while number < len(lines) and lines[number].strip():
            if voice := _VOICE.search(lines[number]):
                name = (voice[1] or voice[2] or name).strip()
            said.append(" ".join(unescape(_TAG.sub("", _VOICE.sub("", lines[number]))).split()))
            number += 1
        yield first, name, _seconds(found.groups()[:4]), _seconds(found.groups()[4:]), [line for line in said if line]


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _sniff(text: str, _name: str) -> bool:
    return text.lstrip("\ufeff").startswith("WEBVTT") or _SUBRIP.match(text) is not None


READER = TextReader("subtitles", "subtitles", (".vtt", ".srt"), _sniff, _read, rank=10)
