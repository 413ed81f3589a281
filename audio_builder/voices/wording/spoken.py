"""The words as an engine gets them."""

from __future__ import annotations

import unicodedata

from audio_builder.voices.engines.base import Engine
from audio_builder.voices.profile import Voice
from audio_builder.voices.wording.in_words import in_words
from audio_builder.voices.wording.lexicon import apply_lexicon


def spoken_text(text: str, voice: Voice, engine: Engine) -> str:
    """Return the words as an engine gets them: composed characters (NFC), single spaces, pronunciations applied.

    Args:
        text: as written.
        voice: for its language and lexicon.
        engine: for whether it takes IPA: one that does has an attribute `takes_ipa`.
    """
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    ipa = bool(getattr(engine, "takes_ipa", False))
    return in_words(apply_lexicon(composed, voice.lexicon, ipa=ipa), voice.profile.language)
