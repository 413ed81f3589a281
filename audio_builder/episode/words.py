"""The words of an episode for reading along: as written, in their paragraphs."""

from __future__ import annotations

import unicodedata

from audio_builder.script.cues import Bell, Breath, ChapterStart, Reason, Rest, Say, Script

_SPACE, _NEWLINE, _BLANK_LINE = " ", "\n", "\n\n"

_AFTER: dict[Reason, str] = {
    Reason.SENTENCE: _SPACE,
    Reason.ELLIPSIS: _SPACE,
    Reason.LINE: _NEWLINE,
    Reason.ITEM: _NEWLINE,
    Reason.MARK: "",
}
"""What a silence looks like on the page. Every other reason is a blank line; a mark alone is nothing."""

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def words_of(script: Script) -> str:
    """Return the words of a script as written: paragraphs and stanzas apart, lines of verse on lines.

    >>> from audio_builder.script.cues import Role
    >>> cues = (Say("Be here.", Role.PROSE), Rest(1.0, Reason.SENTENCE), Say("Breathe.", Role.PROSE))
    >>> words_of(Script("", "", "", "en", "", "gentle", cues))
    'Be here. Breathe.'
    """
    pieces: list[str] = []
    gap = ""
    for cue in script.cues:
        match cue:
            case Say():
                if pieces:
                    pieces.append(gap or _SPACE)
                pieces.append(clean(cue.text))
                gap = ""
            case Rest():
                gap = max(gap, _AFTER.get(cue.reason, _BLANK_LINE), key=_weight)
            case ChapterStart() | Bell() | Breath():
                gap = _BLANK_LINE
    return "".join(pieces)


def clean(text: str) -> str:
    """Return a text that is safe in a tag, a player and a terminal: one line, no control characters.

    Control characters and line breaks become spaces, runs of spaces one; lone surrogates, which no
    encoding can hold, and marks that turn the direction of the text that follows are left out.
    """
    kept = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in text
        if unicodedata.category(character) != "Cs" and character not in _BIDI_OVERRIDES
    )
    return " ".join(kept.split())


def _weight(gap: str) -> int:
    return ("", _SPACE, _NEWLINE, _BLANK_LINE).index(gap)
