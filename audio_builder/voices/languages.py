"""Voices and the languages of texts: who can follow which, and what to say where one doesn't fit the other."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from audio_builder.voices.profile import VoiceProfile

_NAMES_A_VOICE = "_voice"
"""How the keys of settings end that name a voice of one operating system, and so its language."""


_ALSO_CALLED = {"zh": "cmn", "no": "nb"}
"""Languages that some systems name by their most common form."""

_OF_NO_LANGUAGE = "und"


def primary(tag: str) -> str:
    """Return the language of a tag without its region: `pt` of `pt-BR`."""
    return tag.replace("_", "-").partition("-")[0].lower()


def in_language(profile: VoiceProfile, language: str) -> VoiceProfile:
    """Return a voice's profile for words in a language: another one only for a voice that follows the words.

    Args:
        profile: from the catalogue.
        language: BCP 47 tag of the words, or empty where it isn't known.
    """
    if not profile.follows_language or not language or primary(language) == primary(profile.language):
        return profile
    settings = {key: value for key, value in profile.settings.items() if not key.endswith(_NAMES_A_VOICE)}
    return msgspec.structs.replace(profile, language=language, settings=settings)


def mismatch(profile: VoiceProfile, language: str) -> str:
    """Return a note that a voice speaks another language than the words are in, or nothing where it doesn't."""
    if not language or primary(profile.language) in (primary(language), _OF_NO_LANGUAGE):
        return ""
    return (
        f"the words are in {language}, but the voice “{profile.name}” speaks {profile.language}: take another "
        "(--voice system follows the words), or give --language if they aren't"
    )


def closest(language: str, spoken: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return the name of the voice that speaks a language best, or nothing where none speaks it.

    Args:
        language: BCP 47 tag.
        spoken: the name of each voice, with the tags of what it speaks, best known first.

    >>> closest("pt-BR", [("Ana", ["pt-pt"]), ("Bia", ["pt-br"])])
    'Bia'
    """
    wanted = language.replace("_", "-").lower()
    alike = {primary(wanted), _ALSO_CALLED.get(primary(wanted), primary(wanted))}
    exact = {wanted} if "-" in wanted else {*alike, f"{wanted}-{wanted}"}
    found = ""
    for name, tags in spoken:
        known = {tag.replace("_", "-").lower() for tag in tags}
        if known & exact:
            return name
        if not found and alike & set(map(primary, known)):
            found = name
    return found
