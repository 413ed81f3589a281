"""The words of an episode for reading along: as written, in their paragraphs."""

from __future__ import annotations

import unicodedata

from audio_builder.script.cues import Bell, Breath, ChapterStart, Reason, Rest, Say, Script

_SPACE, _NEWLINE, _BLANK_LINE = " ", "\n", "\n\n"

_AFTER: dict[Reason, str] = {
    Reason.SENTENCE: _SPACE,
    Reason.ELLIPSIS: _SPACE,
    Reason.DASH: _SPACE,
    Reason.LINE: _NEWLINE,
    Reason.ITEM: _NEWLINE,
    Reason.MARK: _NEWLINE,
}
"""What a silence looks like on the page; every other reason is a blank line.

A pause that a person set may stand for that between two paragraphs: it begins a line of its own,
unless the words go on in lower case.
"""

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
    reason: Reason | None = None
    for cue in script.cues:
        match cue:
            case Say():
                words = clean(cue.text)
                if pieces:
                    goes_on = reason is Reason.MARK and words[:1].islower()
                    pieces.append(_SPACE if goes_on else gap or _SPACE)
                pieces.append(words)
                gap, reason = "", None
            case Rest():
                gap = max(gap, _AFTER.get(cue.reason, _BLANK_LINE), key=_weight)
                reason = cue.reason
            case ChapterStart() | Bell() | Breath():
                gap, reason = _BLANK_LINE, None
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
