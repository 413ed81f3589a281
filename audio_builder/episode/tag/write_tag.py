"""The tag, written last of all: what the player shows, the words, the cover and the chapters."""

from __future__ import annotations

import functools
import struct
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from audio_builder.episode.tag.embedded_source import SOURCE_MIME
from audio_builder.episode.tag.read_tag import MutagenError, id3, tag_frames, tag_size
from audio_builder.episode.words import PlayerChapter, clean, player_chapters, words_of
from audio_builder.errors import OutputError
from audio_builder.files import output_error, output_errors
from audio_builder.mix.timeline import Timeline
from audio_builder.recipe.settings import Tags
from audio_builder.script.cues import Script
from audio_builder.voices.profile import VoiceProfile

_LATIN_1, _UTF_16 = 0, 1
_FRONT_COVER = 3
_NO_OFFSET = 0xFFFFFFFF
"""Players then go by the times (Chapter Frame Addendum, 3.1)."""

_TOP_LEVEL, _ORDERED = 2, 1

_HEADER_BYTES = 10

UNKNOWN_LANGUAGE = "XXX"
"""What ID3v2 says of an unknown language (ID3v2.3.0, section 4)."""

_TERMINOLOGICAL = (
    "af:afr am:amh ar:ara az:aze be:bel bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng "
    "eo:epo es:spa et:est eu:eus fa:fas fi:fin fr:fra fy:fry ga:gle gd:gla gl:glg gu:guj ha:hau he:heb hi:hin "
    "hr:hrv hu:hun hy:hye id:ind ig:ibo is:isl it:ita ja:jpn jv:jav ka:kat kk:kaz km:khm kn:kan ko:kor ku:kur "
    "ky:kir la:lat lb:ltz lo:lao lt:lit lv:lav mg:mlg mi:mri mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya "
    "nb:nob ne:nep nl:nld nn:nno no:nor oc:oci or:ori pa:pan pl:pol ps:pus pt:por qu:que ro:ron ru:rus rw:kin "
    "sa:san sd:snd si:sin sk:slk sl:slv so:som sq:sqi sr:srp st:sot su:sun sv:swe sw:swa ta:tam te:tel tg:tgk "
    "th:tha ti:tir tk:tuk tl:tgl tr:tur tt:tat ug:uig uk:ukr ur:urd uz:uzb vi:vie wo:wol xh:xho yi:yid yo:yor "
    "zh:zho zu:zul"
)
_THREE_LETTERS = dict(pair.split(":") for pair in _TERMINOLOGICAL.split())


_DAY = len("2026-11-23")

_ARTICLES = {
    "de": "der die das ein eine",
    "en": "the a an",
    "es": "el la los las un una",
    "fr": "le la les un une",
    "it": "il lo la i gli le un uno una",
    "nl": "de het een",
    "pt": "o a os as um uma",
    "sv": "den det de en ett",
}
"""By language: the first words that a list of titles isn't sorted by."""


PERSON = "recorded"
"""The engine whose sound is a person's own reading."""


@dataclass(frozen=True, slots=True)
class VoiceCredit:
    """Who speaks, for the disclosure that a listener is owed.

    Attributes:
        voice: the voice's name.
        engine: what synthesizes it, such as `piper`.
        licence: SPDX identifier of the voice.
        attribution: whom to credit, or empty.
    """

    voice: str
    engine: str
    licence: str
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class TagContent:
    """Everything that goes into a tag.

    Attributes:
        tags: title, author and so on, resolved (see `naming.resolved_tags`).
        script: for the words.
        timeline: for the chapters and the length.
        voices: who speaks, the narrator first, for the disclosure.
        cover: JPEG or PNG bytes, or empty for none.
        encoder: what made the file and how, such as `audio-builder 0.1.0, LAME, CBR 128 kbps`.
        source: from `embedded_source.pack_source`, or empty for none.
        cover_note: why a drawn cover has no words, for the report; empty where it has.
        made_on: the day, `YYYY-MM-DD`, for an episode that has no date of its own.
    """

    tags: Tags
    script: Script
    timeline: Timeline
    voices: tuple[VoiceCredit, ...]
    cover: bytes
    encoder: str
    source: bytes = b""
    cover_note: str = ""
    made_on: str = ""


def tag(draft: Path, content: TagContent) -> None:
    """Write the tag of an episode: ID3v2.3, which is read everywhere, no ID3v1. It must be the last change.

    Any tag that the MP3 already has is replaced.

    Raises:
        OutputError: the file can't be written.
        DiskFull: no space is left.
    """
    frames = id3.ID3()
    for frame in (*_texts(content), *_long_texts(content), *_objects(content)):
        frames.add(frame)
    for frame in _chapters(player_chapters(content.timeline), content.tags.language):
        frames.add(frame)
    sorting = tuple(_sort_texts(content))
    # Saving as v2.3 alone would leave frames that only v2.4 knows, such as TDRC.
    frames.update_to_v23()
    for frame in sorting:
        # v2.4's own, which players read in v2.3 as well.
        frames.add(frame)
    try:
        frames.save(draft, v1=0, v2_version=3, v23_sep=None)
    except MutagenError as error:
        cause = error.__cause__ or error.__context__ or (error.args[0] if error.args else None)
        if isinstance(cause, OSError):
            raise output_error(cause, draft) from error
        raise OutputError(f"can't write the tag of {draft}: {error}") from error
    with output_errors(draft):
        _put_chapters_in_order(draft)


def credit_voices(profiles: Iterable[VoiceProfile]) -> tuple[VoiceCredit, ...]:
    """Return whom to credit for the voices of an episode, each once, in order."""
    voices = (VoiceCredit(one.name, one.engine, one.licence, one.attribution) for one in profiles)
    return tuple(dict.fromkeys(voices))


def disclosure(*voices: VoiceCredit, language: str = "") -> str:
    """Return which voices are synthetic, and whose they are; and where a person read, that they did.

    Args:
        voices: at least one.
        language: BCP 47 tag of the sentences; English where there are none in it.
    """
    one, more, joined, person, _ = _words_in(language)
    synthetic = [voice for voice in voices if voice.engine != PERSON]
    names = joined.join(f"“{voice.voice}” ({voice.engine}, {voice.licence})" for voice in synthetic)
    said = [person] if len(synthetic) < len(voices) else []
    said += [(one if len(synthetic) == 1 else more).format(names)] if synthetic else []
    credited = dict.fromkeys(clean(voice.attribution) for voice in voices)
    return " ".join((*said, *filter(None, credited)))


def _words_in(language: str) -> tuple[str, str, str, str, str]:
    return _disclosures().get(language.partition("-")[0].lower(), _disclosures()["en"])


@functools.cache
def _disclosures() -> dict[str, tuple[str, str, str, str, str]]:
    """Return by language: for one voice, for several, what stands between two; for a person's own reading; contents."""
    content = resources.files("audio_builder.episode.tag").joinpath("disclosures.toml").read_text(encoding="utf-8")
    return {language: tuple(said) for language, said in tomllib.loads(content).items()}


def _text(kind: str, text: str) -> Any:
    """Return a text frame; Latin text is written as Latin-1, which the oldest players read."""
    frame = getattr(id3, kind)
    return frame(encoding=_LATIN_1 if _is_latin(text) else _UTF_16, text=[text])


def _is_latin(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _texts(content: TagContent) -> Iterator[Any]:
    tags = content.tags
    language = three_letters(tags.language)
    length_ms = round(content.timeline.frames * 1000 / content.timeline.rate_hz)
    texts = {
        "TIT2": tags.title,
        "TIT3": tags.subtitle,
        # Players call an episode without an artist unknown; the show is the better name.
        "TPE1": tags.author or tags.show,
        "TALB": tags.show,
        "TPE2": tags.show,
        "TDRC": (tags.date or content.made_on)[:_DAY],
        "TRCK": _number_in_all(tags),
        "TPOS": str(content.script.details.season or ""),
        "TCON": tags.genre,
        "TLAN": language if language != UNKNOWN_LANGUAGE else "",
        "TSSE": content.encoder,
        "TLEN": str(length_ms),
    }
    for kind, text in texts.items():
        if clean(text):
            yield _text(kind, clean(text))
    if tags.genre == Tags().genre:
        yield id3.PCST(value=1)
    if about := _description(content):
        yield _text("TDES", about)


def _number_in_all(tags: Tags) -> str:
    """Return `3/12`, or `3` where it isn't known of how many."""
    if not tags.track:
        return ""
    return f"{tags.track}/{tags.track_total}" if tags.track_total >= tags.track else str(tags.track)


def _sort_texts(content: TagContent) -> Iterator[Any]:
    """Yield what title and show are sorted by: chapters by number, others without article; nothing where as shown."""
    tags = content.tags
    title = clean(tags.title)
    number = f"{tags.track:0{tags.track_digits}} " if tags.track and tags.track_digits else ""
    sorted_by = number + title if number else _without_article(title, tags.language)
    for kind, shown, key in (
        ("TSOT", title, sorted_by),
        ("TSOA", clean(tags.show), _without_article(clean(tags.show), tags.language)),
    ):
        if key != shown:
            yield _text(kind, key)


def _without_article(title: str, language: str) -> str:
    first, _, rest = title.partition(" ")
    articles = _ARTICLES.get(language.partition("-")[0].lower(), "").split()
    return rest.strip() if rest.strip() and first.lower() in articles else title


def _description(content: TagContent) -> str:
    return clean(content.script.details.description) or clean(content.tags.subtitle)


def _long_texts(content: TagContent) -> Iterator[Any]:
    about, language = _description(content), three_letters(content.tags.language)
    comment = "\n\n".join(filter(None, (about, disclosure(*content.voices, language=content.tags.language))))
    # Most players show one comment, so that the disclosure stands in the same as the description.
    english = not about and _words_in(content.tags.language) is _disclosures()["en"]
    yield id3.COMM(encoding=_UTF_16, lang="eng" if english else language, desc="", text=[comment])
    words = words_of(content.script)
    if words:
        yield id3.USLT(encoding=_UTF_16, lang=language, desc="", text=words)
    if lines := _timed_lines(content.timeline):
        # Milliseconds (2), lyrics (1): ID3v2.3.0, 4.10.
        yield id3.SYLT(encoding=_UTF_16, lang=language, format=2, type=1, desc="", text=lines)


def _timed_lines(timeline: Timeline) -> list[tuple[str, int]]:
    """Return every phrase with the time at which it is heard, in milliseconds."""
    return [
        (clean(placed.clip.say.text), round(placed.speech_start * 1000 / timeline.rate_hz)) for placed in timeline.clips
    ]


def _objects(content: TagContent) -> Iterator[Any]:
    cover = content.cover
    if cover:
        mime = "image/png" if cover.startswith(b"\x89PNG") else "image/jpeg"
        # Latin-1 and no description: some players stop reading a picture at a UTF-16 description.
        yield id3.APIC(encoding=_LATIN_1, mime=mime, type=_FRONT_COVER, desc="", data=cover)
    if content.source:
        yield id3.GEOB(encoding=_LATIN_1, mime=SOURCE_MIME, filename="", desc="", data=content.source)


def _chapters(chapters: tuple[PlayerChapter, ...], language: str) -> Iterator[Any]:
    # Without a title of the table, Apple's players hide the chapters.
    *_, contents = _words_in(language)
    names = [f"chp{number}" for number in range(len(chapters))]
    if not names:
        return
    yield id3.CTOC(
        element_id="toc",
        flags=_TOP_LEVEL | _ORDERED,
        child_element_ids=names,
        sub_frames=[_text("TIT2", contents)],
    )
    for name, chapter in zip(names, chapters, strict=True):
        yield id3.CHAP(
            element_id=name,
            start_time=chapter.start_ms,
            end_time=chapter.end_ms,
            start_offset=_NO_OFFSET,
            end_offset=_NO_OFFSET,
            sub_frames=[_text("TIT2", chapter.title)],
        )


def three_letters(tag: str) -> str:
    """Return the ISO 639-2 code of a BCP 47 tag, or `XXX` where it isn't known.

    >>> three_letters("pt-BR")
    'por'
    >>> three_letters("")
    'XXX'
    """
    primary = tag.replace("_", "-").partition("-")[0].lower()
    if len(primary) == 3 and primary.isascii() and primary.isalpha():
        return primary
    return _THREE_LETTERS.get(primary, UNKNOWN_LANGUAGE)


def _put_chapters_in_order(path: Path) -> None:
    """Rewrite the tag at the beginning of a file with its CHAP frames by their start.

    mutagen puts the shortest title first. The table of contents says the order, but players that don't read it, and
    ffprobe, take the frames as they come. No byte of them, and not the length of the tag, changes.
    A file without a tag is left alone.

    Raises:
        OSError: it can't be read or written.
    """
    with path.open("rb+") as stream:
        header = stream.read(_HEADER_BYTES)
        if header[:3] != b"ID3":
            return
        body = stream.read(tag_size(header))
        frames = list(tag_frames(body, version=header[3]))
        chapters = iter(sorted((frame for frame in frames if frame[:4] == b"CHAP"), key=_start_ms))
        ordered = b"".join(next(chapters) if frame[:4] == b"CHAP" else frame for frame in frames)
        stream.seek(_HEADER_BYTES)
        stream.write(ordered)


def _start_ms(chapter: bytes) -> int:
    """Return the start that follows the element id and its end mark."""
    at = chapter.index(b"\0", _HEADER_BYTES) + 1
    return int(struct.unpack_from(">I", chapter, at)[0])
