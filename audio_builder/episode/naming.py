"""What an episode is called, where it goes, and what its files are called: any title gives a harmless name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import msgspec
from anyascii import anyascii
from msgspec import Struct

from audio_builder.episode.words import clean
from audio_builder.errors import OutputError
from audio_builder.recipe.settings import Tags
from audio_builder.script.cues import Script

LONGEST_STEM = 64
"""Leaves room for suffixes such as `.chapters.json` within 80 characters."""

_HASH_DIGITS = 8
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "clock", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)
"""Names that Windows keeps for devices, whatever suffix follows."""

UNTITLED = "Untitled"

AUDIO_SUFFIXES = frozenset(
    {".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".aac", ".aif", ".aiff", ".wma", ".mp4"}
)
"""Names that end so are files, never folders."""

_OTHER_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".gif", ".svg", ".md", ".txt", ".html", ".htm", ".ssml", ".json", ".xml", ".toml"}
    | {".pdf", ".doc", ".docx", ".odt", ".rtf", ".epub", ".srt", ".vtt", ".zip", ".mov", ".webm"}
)
"""Names that end so mean a file of another kind: a folder of that name is taken only where it is there already."""

TWIN_SUFFIX = ".voice.mp3"
"""How the name of an episode's twin ends that has the voice alone."""

BED_SUFFIX = ".bed.mp3"
"""How the file beside an elastic episode ends that has its background and its bells. No other file of a build has a dot
in its stem."""


def resolved_tags(tags: Tags, script: Script, *, spoken_language: str = "") -> Tags:
    """Return tags in which everything left empty comes from the article; the title is never empty.

    Args:
        tags: what the recipe says.
        script: what the article says.
        spoken_language: what the voice speaks, for an article that doesn't say its language.
    """
    return msgspec.structs.replace(
        tags,
        title=clean(tags.title) or clean(script.title) or UNTITLED,
        subtitle=clean(tags.subtitle) or clean(script.subtitle),
        author=clean(tags.author) or clean(script.author),
        language=tags.language or script.language or spoken_language,
        date=tags.date or script.date,
        track=tags.track or script.details.episode,
        cover=tags.cover or script.details.image,
    )


def file_stem(title: str) -> str:
    """Return a file name for a title, without a suffix: `[a-z0-9-]`, 1 to 64 characters.

    Letters are transliterated. Where something of the title is lost (another script, a name too long,
    nothing left, a name Windows keeps for a device), eight digits of the title's SHA-256 tell it from others.

    >>> file_stem("The Weight of a Quiet Evening")
    'the-weight-of-a-quiet-evening'
    >>> file_stem("Über den Abend")
    'uber-den-abend'
    """
    composed = unicodedata.normalize("NFC", title)
    plain = anyascii(composed.encode("utf-8", "ignore").decode("utf-8")).lower()
    # An apostrophe joins: don't → dont. Everything else that is no letter or digit parts.
    stem = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’`]", "", plain)).strip("-")
    if stem and len(stem) <= LONGEST_STEM and stem not in _RESERVED and not _is_lossy(composed):
        return stem
    digest = hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    room = LONGEST_STEM - _HASH_DIGITS - 1
    kept = stem if len(stem) <= room else _whole_words(stem[: room + 1])[:room].strip("-")
    return f"{kept}-{digest}" if kept else f"episode-{digest}"


def episode_path(folder: Path, title: str, suffix: str = ".mp3") -> Path:
    """Return where the episode of a title belongs: directly inside `folder`.

    Raises:
        OutputError: the path would leave the folder.
    """
    target = folder / f"{file_stem(title)}{suffix}"
    if target.parent.resolve() != folder.resolve() or target.name != Path(target.name).name:
        raise OutputError(f"the file of {title!r} would be written outside of {folder}")
    return target


def named_file(target: Path) -> Path | None:
    """Return the file that a target names, or None where it names a folder.

    A name that ends as that of a sound does is a file, unless a slash follows it.

    Raises:
        OutputError: episodes can't have that name: they are MP3s, and `.voice.mp3` is how their twins end.
    """
    suffix = target.suffix.lower()
    if target.name.lower() in AUDIO_SUFFIXES:
        raise OutputError(f"{target} has no name before its suffix", hint="Call it, say, episode.mp3.")
    if suffix not in AUDIO_SUFFIXES and (suffix not in _OTHER_SUFFIXES or target.is_dir()):
        return None
    if suffix != ".mp3":
        raise OutputError(f"an episode is an MP3 file, and {target.name} is not", hint=f"Call it {target.stem}.mp3.")
    if target.name.lower().endswith(TWIN_SUFFIX):
        raise OutputError(f"{target.name} is the name of a twin with the voice alone", hint="Choose another name.")
    if target.name.lower().endswith(BED_SUFFIX):
        raise OutputError(f"{target.name} is the name of an episode's background", hint="Choose another name.")
    return target.with_suffix(".mp3")


def numbered_stem(stem: str, number: int) -> str:
    """Return a file name with a number after it, as long as a name may be.

    >>> numbered_stem("on-patience", 2)
    'on-patience-2'
    """
    end = f"-{number}"
    return stem[: LONGEST_STEM - len(end)].rstrip("-") + end


def twin_path(episode: Path) -> Path:
    """Return where the twin of an episode belongs that has the voice alone."""
    return episode.with_name(f"{episode.stem}{TWIN_SUFFIX}")


def length_path(episode: Path, seconds: float) -> Path:
    """Return where an episode of another length belongs, beside the one that players play by themselves.

    >>> str(length_path(Path("evening.mp3"), 930))
    'evening.15m30s.mp3'
    """
    minutes, rest = divmod(round(seconds), 60)
    label = (f"{minutes}m" if minutes else "") + (f"{rest}s" if rest or not minutes else "")
    return episode.with_name(f"{episode.stem}.{label}.mp3")


def bed_path(episode: Path) -> Path:
    """Return where the background of an elastic episode belongs."""
    return episode.with_name(f"{episode.stem}{BED_SUFFIX}")


def _is_lossy(title: str) -> bool:
    """Whether letters of another script than Latin, or pictures, had to be transliterated."""
    for character in title:
        category = unicodedata.category(character)
        if category.startswith(("L", "N")):
            if not unicodedata.name(character, "").startswith(("LATIN", "DIGIT")):
                return True
        elif category in {"So", "Cs", "Co", "Cn"}:
            return True
    return False


def _whole_words(stem: str) -> str:
    """Return a cut name without the word that the cut went through, if that leaves most of it."""
    shorter = stem.rpartition("-")[0]
    return shorter if len(shorter) > len(stem) // 2 else stem


class Origin(Struct, frozen=True, kw_only=True):
    """Where an episode came from, by which it is known again. Empty in records of earlier versions.

    Attributes:
        id: what the text calls itself; empty for nothing.
        place: hash of where the text lies, seen from the episode's folder; without a file, of its words.
        identity: set with the first version and kept by all that follow: guids come from it.
        first_built: when the first version was, as `YYYY-MM-DDTHH:MM:SSZ`.
    """

    id: str = ""
    place: str = ""
    identity: str = ""
    first_built: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an episode goes.

    Attributes:
        path: of its MP3.
        origin: what its record says of where it came from.
        note: one line for the person, where the name isn't the expected one; else empty.
    """

    path: Path
    origin: Origin
    note: str = ""
