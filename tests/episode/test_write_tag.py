"""The tag: what players need, written so that old and new ones read it, whatever the words are."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import msgspec
import mutagen
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from audio_builder.article.details import Details
from audio_builder.episode.encode.mpeg_frames import walk
from audio_builder.episode.tag.read_tag import id3, read_tag
from audio_builder.episode.tag.write_tag import TagContent, VoiceCredit, disclosure, tag, three_letters
from audio_builder.episode.words import player_chapters
from audio_builder.errors import DiskFull, NotAudio, OutputError
from audio_builder.mix.timeline import Chapter, Timeline
from audio_builder.recipe.settings import Tags
from audio_builder.script.cues import ChapterStart, Reason, Rest, Role, Say, Script
from tests.episode.test_encoder import RATE, make

FRAMES = 3 * RATE
FFPROBE, MP3VAL = shutil.which("ffprobe"), shutil.which("mp3val")
NARRATOR = VoiceCredit("joe", "piper", "CC0-1.0", "Recorded by Joe.")
HARD_TITLES = [
    "Plain",
    "Überfülle — “quoted”… and so on",
    "أن تكون قريبا مرة أخرى",
    "静かな夜 🌙",
    "x" * 300,
    "line\nbreak\ttab\0nul\x1b[31mred",
    "lone \ud83d surrogate",
    "\u202egnp.exe",
]


def timeline(titles: list[str], frames: int = FRAMES) -> Timeline:
    starts = [round(frames * number / len(titles)) for number in range(len(titles))]
    ends = [*starts[1:], frames]
    chapters = tuple(Chapter(*parts) for parts in zip(titles, starts, ends, strict=True))
    return Timeline(RATE, frames, (), (), chapters)


def cover(side: int = 1400) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (side, side), (30, 60, 90)).save(stream, "JPEG")
    return stream.getvalue()


def content(title: str = "Evening", chapters: list[str] | None = None, **changes: object) -> TagContent:
    cues = (
        ChapterStart("One"),
        Say("First line,", Role.VERSE),
        Rest(1.6, Reason.LINE),
        Say("second line.", Role.VERSE),
        Rest(3.2, Reason.STANZA),
        Say("Then prose — “yes”.", Role.PROSE),
    )
    script = Script(title, "", "", "en", "", "gentle", cues)
    tags = Tags(title=title, subtitle="Sub", author="Ana", show="Show", date="2026-11-23", track=7, language="pt-BR")
    tags = msgspec.structs.replace(tags, **changes)
    lines = timeline(chapters or ["One", "Two", "Three"])
    return TagContent(tags, script, lines, (NARRATOR,), cover(), "audio-builder 0.1.0, LAME, CBR 128 kbps")


def tagged(tmp_path: Path, made: TagContent) -> Path:
    path = make(tmp_path / "a.mp3", made.timeline.frames)
    tag(path, made)
    return path


def raw_frames(content: bytes) -> list[tuple[str, bytes]]:
    """Split an ID3v2.3 tag, or a chapter's sub-frames, by sizes as v2.3 writes them: plain, not synchsafe."""
    frames: list[tuple[str, bytes]] = []
    while len(content) >= 10 and content[:4].strip(b"\0"):
        (size,) = struct.unpack(">I", content[4:8])
        frames.append((content[:4].decode("ascii"), content[10 : 10 + size]))
        content = content[10 + size :]
    return frames


def test_version_3_is_written_as_version_3_to_the_last_sub_frame(tmp_path: Path) -> None:
    """Year and day in v2.3's own frames, text without UTF-8, chapters' titles with plain sizes."""
    long_title = "A long title of a chapter — " * 8
    path = tagged(tmp_path, content(chapters=["One", long_title]))
    written = path.read_bytes()
    assert written[:5] == b"ID3\x03\x00"
    size = sum((byte & 0x7F) << shift for byte, shift in zip(written[6:10], (21, 14, 7, 0), strict=True))
    frames = raw_frames(written[10 : 10 + size])
    kinds = [kind for kind, _ in frames]
    assert {"TYER", "TDAT", "TIT2", "TPE1", "TALB", "TPE2", "TRCK", "TCON", "TLAN", "TSSE", "TLEN"} <= set(kinds)
    assert {"COMM", "USLT", "APIC", "CTOC"} <= set(kinds)
    assert not {"TDRC", "TDRL"} & set(kinds)
    assert kinds.count("CHAP") == 2
    texts = [body for kind, body in frames if kind.startswith("T")]
    chapters = [body[body.index(b"\0") + 17 :] for kind, body in frames if kind == "CHAP"]
    inner = [frame for chapter in chapters for frame in raw_frames(chapter)]
    assert [kind for kind, _ in inner] == ["TIT2", "TIT2"]
    assert max(len(body) for _, body in inner) > 256
    assert all(body[0] in {0, 1} for body in [*texts, *(body for _, body in inner)])


def test_everything_a_player_shows_is_there(tmp_path: Path) -> None:
    """Every frame of the list, read back by a second hand."""
    frames = id3.ID3(tagged(tmp_path, content()), translate=False)
    found = {name: str(frames[name]) for name in frames if name.startswith("T")}
    assert found == {
        "TIT2": "Evening",
        "TIT3": "Sub",
        "TPE1": "Ana",
        "TALB": "Show",
        "TPE2": "Show",
        "TYER": "2026",
        "TDAT": "2311",
        "TRCK": "7",
        "TCON": "Podcast",
        "TLAN": "por",
        "TSSE": "audio-builder 0.1.0, LAME, CBR 128 kbps",
        "TLEN": "3000",
        "TDES": "Sub",
    }
    (comment,) = frames.getall("COMM")
    assert str(comment) == f"Sub\n\n{disclosure(NARRATOR, language='pt-BR')}"
    assert comment.desc == ""
    assert frames["PCST"].value == 1
    assert "gerada por computador" in str(comment)
    assert "“joe” (piper, CC0-1.0). Recorded by Joe." in str(comment)
    (words,) = frames.getall("USLT")
    assert words.lang == "por"
    assert words.text == "First line,\nsecond line.\n\nThen prose — “yes”."
    (picture,) = frames.getall("APIC")
    assert (picture.type, picture.mime, picture.data) == (3, "image/jpeg", cover())


def test_a_chapter_of_a_book_is_sorted_by_its_number(tmp_path: Path) -> None:
    """TRCK with the total, TPOS with the season, and what title and show are sorted by."""
    made = content("The Window", show="The Book", track=3, track_total=12, track_digits=2, language="en")
    made = replace(made, script=replace(made.script, details=Details(season=2, description="What it is.")))
    frames = id3.ID3(tagged(tmp_path, made), translate=False)
    found = {name: str(frames[name]) for name in ("TRCK", "TPOS", "TSOT", "TSOA", "TDES")}
    assert found == {
        "TRCK": "3/12", "TPOS": "2", "TSOT": "03 The Window", "TSOA": "Book", "TDES": "What it is.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("title", "language", "sorted_by"),
    [("The Window", "en", "Window"), ("Das Fenster", "de-AT", "Fenster"), ("Die", "de", None), ("The End", "de", None)],
)
def test_an_article_is_not_what_a_title_is_sorted_by(
    tmp_path: Path, title: str, language: str, sorted_by: str | None
) -> None:
    """In the title's own language; a title that is nothing else stays."""
    frames = id3.ID3(tagged(tmp_path, content(title, language=language)), translate=False)
    assert (str(frames["TSOT"]) if "TSOT" in frames else None) == sorted_by


def test_an_episode_without_a_date_has_the_day_on_which_it_was_made(tmp_path: Path) -> None:
    """Players sort by year; a date with a time gives its day."""
    undated = id3.ID3(tagged(tmp_path, replace(content(date=""), made_on="2026-11-30")), translate=False)
    assert (str(undated["TYER"]), str(undated["TDAT"])) == ("2026", "3011")
    timed = id3.ID3(tagged(tmp_path, content(date="2026-11-20T23:30:00-05:00")), translate=False)
    assert (str(timed["TYER"]), str(timed["TDAT"])) == ("2026", "2011")


def test_the_lines_have_their_times(tmp_path: Path) -> None:
    """SYLT: every phrase when it is heard, in milliseconds."""
    made = content()
    clips = tuple(
        SimpleNamespace(clip=SimpleNamespace(say=Say(text, Role.PROSE)), speech_start=start)
        for text, start in (("One line,", RATE // 2), ("静かな line.", 2 * RATE))
    )
    lines = replace(made.timeline, clips=clips)
    (timed,) = id3.ID3(tagged(tmp_path, replace(made, timeline=lines)), translate=False).getall("SYLT")
    assert timed.text == [("One line,", 500), ("静かな line.", 2000)]
    assert (timed.format, timed.type, timed.lang) == (2, 1, "por")


def test_chapters_are_contiguous_and_listed_once(tmp_path: Path) -> None:
    """From 0 to the end, one ordered top-level table of contents with a title of its own."""
    found = read_tag(tagged(tmp_path, content()))
    assert [(item.title, item.start_ms, item.end_ms) for item in found.chapters] == [
        ("One", 0, 1000),
        ("Two", 1000, 2000),
        ("Three", 2000, 3000),
    ]
    assert (found.contents, found.contents_ordered, found.contents_title) == (1, True, "Capítulos")
    assert found.contents_complete
    assert found.has_words
    assert found.cover is not None
    assert (found.cover.kind, found.cover.width, found.cover.height, found.cover.mode) == ("JPEG", 1400, 1400, "RGB")


@pytest.mark.parametrize("title", HARD_TITLES)
def test_no_title_breaks_the_tag(tmp_path: Path, title: str) -> None:
    """What can't stand in a tag is left out; everything else comes back as it was."""
    found = read_tag(tagged(tmp_path, content(title, chapters=[title, "Two"])))
    expected = {
        HARD_TITLES[5]: "line break tab nul [31mred",
        HARD_TITLES[6]: "lone surrogate",
        HARD_TITLES[7]: "gnp.exe",
    }.get(title, title)
    assert found.title == expected
    assert found.chapters[0].title == expected


@given(st.text(max_size=80))
def test_any_chapter_title_gives_a_title(title: str) -> None:
    """Whatever the heading was: one line, printable, never empty, and it can be stored."""
    (first, _) = player_chapters(timeline([title, "Two"]))
    assert first.title
    assert "\n" not in first.title
    assert "\0" not in first.title
    assert first.title.encode("utf-16")


def test_tagging_again_replaces_the_tag_and_spares_the_sound(tmp_path: Path) -> None:
    """No second tag, no ID3v1, and the frames of sound untouched."""
    path = make(tmp_path / "a.mp3", FRAMES)
    before = walk(path)
    sound = path.read_bytes()
    tag(path, content("First"))
    tag(path, content("Second"))
    assert read_tag(path).title == "Second"
    assert replace(walk(path), begins_at=before.begins_at) == before
    assert path.read_bytes().endswith(sound)


def test_what_is_empty_is_left_out(tmp_path: Path) -> None:
    """No empty frames: players show them as blank lines."""
    made = content(subtitle="", author="", date="", track=0, language="")
    frames = id3.ID3(tagged(tmp_path, made), translate=False)
    assert not {"TIT3", "TYER", "TDAT", "TDRC", "TRCK", "TLAN"} & set(frames)
    assert frames.getall("USLT")[0].lang == "XXX"
    assert str(frames["TPE1"]) == made.tags.show, "players call an episode without an artist unknown"


def test_a_tag_that_can_not_be_written_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mutagen's errors are told as ours, with the reason."""
    with pytest.raises(OutputError, match=r"can't write .*gone\.mp3"):
        tag(tmp_path / "no" / "gone.mp3", content())

    def full(*_: object, **__: object) -> None:
        raise mutagen.MutagenError(OSError(28, "No space left on device"))

    monkeypatch.setattr(id3.ID3, "save", full)
    with pytest.raises(DiskFull, match="no space is left"):
        tag(make(tmp_path / "a.mp3"), content())


def test_files_without_a_tag_have_empty_facts(tmp_path: Path) -> None:
    """No tag is a fact, a missing file an error."""
    found = read_tag(make(tmp_path / "a.mp3"))
    assert (found.version, found.title, found.cover, found.chapters, found.contents) == ("", "", None, (), 0)
    with pytest.raises(NotAudio, match="can't read the tag"):
        read_tag(tmp_path / "gone.mp3")


@pytest.mark.parametrize(
    ("tag_", "code"),
    [
        ("en", "eng"),
        ("pt-BR", "por"),
        ("zh-Hant-TW", "zho"),
        ("de_AT", "deu"),
        ("gsw", "gsw"),
        ("", "XXX"),
        ("q!", "XXX"),
    ],
)
def test_languages_have_three_letters(tag_: str, code: str) -> None:
    """BCP 47 in, ISO 639-2 out."""
    assert three_letters(tag_) == code


@pytest.mark.skipif(FFPROBE is None, reason="needs ffprobe: apt-get install ffmpeg")
def test_ffprobe_sees_the_chapters(tmp_path: Path) -> None:
    """An independent reader finds titles and times."""
    path = tagged(tmp_path, content(chapters=["One", "静かな夜 🌙", "Three"]))
    run = subprocess.run(
        [shutil.which("ffprobe") or "", "-v", "error", "-show_chapters", "-of", "json", str(path)],
        capture_output=True,
        check=True,
    )
    found = json.loads(run.stdout)["chapters"]
    assert [item["tags"]["title"] for item in found] == ["One", "静かな夜 🌙", "Three"]
    assert [(float(item["start_time"]), float(item["end_time"])) for item in found] == [(0, 1), (1, 2), (2, 3)]
    assert run.stderr == b""


@pytest.mark.skipif(MP3VAL is None, reason="needs mp3val: apt-get install mp3val")
def test_mp3val_has_nothing_to_warn_of(tmp_path: Path) -> None:
    """It always exits 0, so its lines are read."""
    run = subprocess.run([MP3VAL or "", str(tagged(tmp_path, content()))], capture_output=True, check=True, text=True)
    assert "WARNING" not in run.stdout
    assert "ERROR" not in run.stdout
    assert "MPEG frames" in run.stdout


def test_every_voice_is_credited() -> None:
    """The disclosure names each, and credits each once."""
    second = VoiceCredit("system", "system", "GPL-3.0-or-later", "Made by many.")
    assert disclosure(NARRATOR, second) == (
        "The narration was generated by computer: the synthetic voices “joe” (piper, CC0-1.0) and “system” "
        "(system, GPL-3.0-or-later). Recorded by Joe. Made by many."
    )


def test_a_persons_own_reading_is_not_called_synthetic() -> None:
    """Beside a synthetic voice both are said, in the language of the words."""
    own = VoiceCredit("my-own", "recorded", "own", "")
    assert disclosure(own) == "Read by a person."
    assert disclosure(NARRATOR, own).startswith("Read by a person. The narration was generated by computer: ")
    assert disclosure(own, language="de-AT") == "Von einem Menschen gelesen."
