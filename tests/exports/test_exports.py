"""Exports: an episode in other forms, each read back with what others use."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import mutagen.mp4
import mutagen.oggopus
import numpy as np
import pytest
import soundfile
from PIL import Image

import audio_builder
from audio_builder.audio.samples import ffmpeg_program
from audio_builder.cli.export import FORMS
from audio_builder.cli.main import run
from audio_builder.episode.record import read_record, record_path
from audio_builder.errors import OutputError, SourceError
from audio_builder.exports import exports, read_finished, write_export
from audio_builder.recipe.recipe_file import make_recipe

TEXT = """---
title: The Gate & the "Lane"
author: Ann Example
language: en
---

# The Gate & the "Lane"

The gate is open. [bell] Nobody minds < or >.

## The lane

What lies at its end?

Walk on.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An episode with two chapters, a bell and a background."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "gate.md").write_text(TEXT, encoding="utf-8")
    recipe = make_recipe({"voice": "tone", "pacing": {"preset": "reading"}, "soundscape": {"background": "pink"}})
    return Path(audio_builder.build(folder / "gate.md", recipe, folder).path)


def exported(built: Path, form: str, target: Path) -> tuple[Path, ...]:
    """The files of an export."""
    return write_export(read_finished(built), exports()[form], target / f"gate{exports()[form].suffixes[0]}")


def test_the_command_names_every_export() -> None:
    """The help's list of forms is that of the package."""
    assert tuple(exports()) == FORMS
    suffixes = [suffix for export in exports().values() for suffix in export.suffixes]
    assert len(set(suffixes)) == len(suffixes)


def test_the_book_has_every_word_and_its_time(built: Path, tmp_path: Path) -> None:
    """Each phrase is an element that the overlay plays; the clips follow one another and fill the whole episode."""
    (path,) = exported(built, "epub", tmp_path)
    record = read_record(record_path(built))
    with zipfile.ZipFile(path) as book:
        assert book.namelist()[0] == "mimetype"
        assert book.infolist()[0].compress_type == zipfile.ZIP_STORED
        pages = [book.read(name).decode() for name in sorted(book.namelist()) if "part-" in name and name[-1] == "l"]
        words = [
            "".join(span.itertext())
            for page in pages
            if page.lstrip().startswith("<?xml") and "xhtml" in page
            for span in ET.fromstring(page).iter("{http://www.w3.org/1999/xhtml}span")  # noqa: S314 - our own
        ]
        clips = [
            (float(begin), float(end))
            for page in pages
            for begin, end in re.findall(r'clipBegin="([\d.]+)s" clipEnd="([\d.]+)s"', page)
        ]
        package = book.read("book/package.opf").decode()
        sound = book.read("book/episode.mp3")
    assert words == [phrase.text for phrase in record.phrases]
    assert sound == built.read_bytes()
    assert clips[0][0] == 0
    assert clips[-1][1] == pytest.approx(record.report.duration_s, abs=0.001)
    assert [begin for begin, _ in clips[1:]] == [end for _, end in clips[:-1]]
    whole, *parts = map(float, re.findall(r'media:duration"[^>]*>([\d.]+)s', package))
    assert whole == pytest.approx(sum(parts), abs=0.002)


@pytest.mark.skipif(shutil.which("epubcheck") is None, reason="needs epubcheck (Debian: apt install epubcheck)")
def test_epubcheck_finds_nothing(built: Path, tmp_path: Path) -> None:
    """The book is valid EPUB 3 with media overlays."""
    (path,) = exported(built, "epub", tmp_path)
    jar = Path("/usr/share/java/epubcheck.jar")
    command = ["java", "-jar", str(jar)] if jar.is_file() else ["epubcheck"]
    done = subprocess.run([*command, "--json", "-", str(path)], check=False, capture_output=True, text=True)
    found = json.loads(done.stdout[done.stdout.index("{") :])
    assert [(message["ID"], message["message"]) for message in found["messages"]] == []


def test_the_same_episode_gives_the_same_book(built: Path, tmp_path: Path) -> None:
    """Byte by byte, whenever it is made."""
    (first,), (second,) = (exported(built, "epub", tmp_path / name) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_the_audiobook_has_chapters_tags_and_cover(built: Path, tmp_path: Path) -> None:
    """Chapters with their titles at their times, as mutagen and ffmpeg read them; the cover is that of the MP3."""
    (path,) = exported(built, "m4b", tmp_path)
    report = read_record(record_path(built)).report
    sound = mutagen.mp4.MP4(path)
    assert sound["\xa9nam"] == ['The Gate & the "Lane"']
    assert sound["stik"] == [2]
    assert sound.info.length == pytest.approx(report.duration_s, abs=0.1)
    with Image.open(io.BytesIO(bytes(sound["covr"][0]))) as cover:
        assert cover.size == (1400, 1400)
    said = subprocess.run([ffmpeg_program(), "-i", path], check=False, capture_output=True, text=True).stderr
    chapters = re.findall(r"Chapter #0:\d+: start ([\d.]+), end [\d.]+\s+Metadata:\s+title\s+: (.+)", said)
    assert [title for _, title in chapters] == [chapter.title for chapter in report.chapters]
    assert [float(start) for start, _ in chapters] == pytest.approx(
        [chapter.start_s for chapter in report.chapters], abs=0.01
    )


def test_opus_has_chapters_and_cover(built: Path, tmp_path: Path) -> None:
    """Vorbis comments that players read: title, chapters with their times, the picture."""
    (path,) = exported(built, "opus", tmp_path)
    sound, report = mutagen.oggopus.OggOpus(path), read_record(record_path(built)).report
    assert sound["TITLE"] == ['The Gate & the "Lane"']
    assert sound["CHAPTER001NAME"] == ["The lane"]
    hours, minutes, seconds = map(float, sound["CHAPTER001"][0].split(":"))
    assert hours * 3600 + minutes * 60 + seconds == pytest.approx(report.chapters[1].start_s, abs=0.001)
    assert sound["METADATA_BLOCK_PICTURE"]
    assert path.stat().st_size < built.stat().st_size


def test_labels_are_those_of_the_record(built: Path, tmp_path: Path) -> None:
    """A line for each phrase and each chapter: start, end and words, parted by tabs, by time."""
    (path,) = exported(built, "labels", tmp_path)
    record = read_record(record_path(built))
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    phrases = [(float(start), float(end), text) for start, end, text in lines if not text.startswith("# ")]
    assert phrases == [(phrase.start_s, phrase.end_s, phrase.text) for phrase in record.phrases]
    assert [text for _, _, text in lines if text.startswith("# ")] == ['# The Gate & the "Lane"', "# The lane"]
    assert [float(start) for start, _, _ in lines] == sorted(float(start) for start, _, _ in lines)


def test_stems_add_up_to_the_episode(built: Path, tmp_path: Path) -> None:
    """Voice, background and bells together are the MP3, but for what encoding changes."""
    voice, bed, bells = (soundfile.read(path)[0] for path in exported(built, "stems", tmp_path))
    mix, _ = soundfile.read(built)
    frames = min(len(mix), len(voice))
    rest = mix[:frames] - (voice + bed + bells)[:frames]
    assert np.sqrt((rest**2).mean()) < 0.06 * np.sqrt((mix**2).mean())
    record = read_record(record_path(built))
    first = round(record.phrases[0].start_s * 44100) - 4410
    assert np.abs(voice[:first]).max() < 1e-4
    assert np.abs(bells).max() > 0.01
    assert np.abs(bed).max() > 0.001


def test_nothing_is_replaced_unasked(built: Path, tmp_path: Path) -> None:
    """A file that somebody else made stays unless it is to be replaced; our own is written anew."""
    target = tmp_path / "gate.labels.txt"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"gate\.labels\.txt is there already"):
        exported(built, "labels", tmp_path)
    assert target.read_text(encoding="utf-8") == "mine"
    write_export(read_finished(built), exports()["labels"], target, force=True)
    exported(built, "labels", tmp_path)
    assert target.read_text(encoding="utf-8").startswith("0.000000\t")


def test_an_mp3_without_its_record_says_what_is_missing(built: Path, tmp_path: Path) -> None:
    """The message names the file that should be there; a record of other bytes is refused too."""
    alone = tmp_path / "alone.mp3"
    shutil.copyfile(built, alone)
    with pytest.raises(SourceError, match=r"alone\.episode\.json is missing"):
        read_finished(alone)
    shutil.copyfile(record_path(built), record_path(alone))
    alone.write_bytes(alone.read_bytes() + b"\0")
    with pytest.raises(SourceError, match="another sound"):
        read_finished(alone)


def test_the_command_prints_each_path(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder takes the episode's name; a name that can't be of that form is a wrong command line."""
    assert run(["export", str(built), "--as", "labels", "-o", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "out" / f"{built.stem}.labels.txt")
    assert run(["export", str(built), "--as", "epub", "-o", str(tmp_path / "book.pdf")]) == 2
    assert "ends with .epub" in capsys.readouterr().err
