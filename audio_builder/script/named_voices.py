"""Marks that name a voice which isn't there, with their place."""

from __future__ import annotations

import re
from collections.abc import Callable

from audio_builder.article.marks import Place
from audio_builder.article.model import Article
from audio_builder.article.source import SourceText
from audio_builder.errors import UnknownVoice
from audio_builder.script.cues import Say, Script

_VOICE_MARK = re.compile(r"(?<!\\)\[\s*voice\s+([^\[\]\s]+)\s*\]", re.IGNORECASE)


def check_voices(document: Article | Script, source: SourceText, find: Callable[[str], object]) -> None:
    """Check that each voice that a mark names is there.

    Args:
        document: what was read from the source.
        source: searched for the marks.
        find: raises `UnknownVoice` for a name that is none.

    Raises:
        UnknownVoice: as `find`, with the file, the line and the column of the mark.
    """
    for number, line in enumerate(source.text.split("\n") if "[" in source.text else (), start=1):
        for mark in _VOICE_MARK.finditer(line):
            try:
                find(mark[1])
            except UnknownVoice as error:
                if _names(document, mark[1].lower()):
                    place = Place(source.name, number, mark.start() + 1)
                    raise UnknownVoice(f"{place}: {error.message}", hint=error.hint) from error


def _names(document: Article | Script, name: str) -> bool:
    """Tell whether a mark that counts names a voice: what isn't spoken, such as a comment, has none."""
    if isinstance(document, Script):
        return any(isinstance(cue, Say) and cue.voice == name for cue in document.cues)
    lines = (line for section in document.sections for block in section.blocks for line in block.lines)
    return any(mark[1].lower() == name for line in lines for mark in _VOICE_MARK.finditer(line.text))
