"""What an MP3 carries of its own making: written small, read back as a stranger's."""

from __future__ import annotations

import contextlib
import json
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import GEOB, ID3, TIT2

from audio_builder.article.details import Details
from audio_builder.article.source import LARGEST_BYTES
from audio_builder.episode.tag.embedded_source import LARGEST_TAG_BYTES, SOURCE_MIME, pack_source, read_source
from audio_builder.errors import AudioBuilderError, SourceError, SourceTooLarge
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Pacing, Recipe, Soundscape, Tags
from audio_builder.script.cues import Script
from audio_builder.script.from_document import make_script, read_document
from audio_builder.script.notation import parse_script
from tests.conftest import ROOT

SCRIPT_TEXT = (
    "---\naudio-builder-script: 1\ntitle: Evening\npacing: gentle\n---\n[chapter Evening]\nBe still. [pause 12s]\n"
)
VERSIONS = {"audio-builder": "0.1.0", "engine": "tone 0.1.0"}


def script() -> Script:
    return parse_script(SCRIPT_TEXT, "test")


def mp3_with(path: Path, content: bytes, *, encoding: int = 0, name: str = "", version: int = 3) -> Path:
    """A file with a tag and nothing else; the frame stands between others."""
    frames = ID3()
    frames.add(TIT2(encoding=encoding, text=["Evening"]))
    frames.add(GEOB(encoding=encoding, mime="text/plain", filename="", desc="another", data=b"no"))
    frames.add(GEOB(encoding=encoding, mime=SOURCE_MIME, filename=name, desc=name, data=content))
    frames.save(path, v2_version=version)
    return path


def packed(**changes: object) -> bytes:
    """A source whose JSON was changed by somebody."""
    content = json.loads(zlib.decompress(pack_source(script(), Recipe(), VERSIONS)))
    return zlib.compress(json.dumps(content | changes).encode())


def test_no_picture_of_this_machine_is_named(tmp_path: Path):
    """What the author said comes back, but for the path of a picture: neither is it written nor is one read."""
    details = Details(season=2, persons=("A. Reader (narrator)",), image=str(tmp_path / "x.jpg"))
    content = pack_source(replace(script(), details=details), Recipe(), VERSIONS)
    assert b"x.jpg" not in zlib.decompress(content)
    source = read_source(mp3_with(tmp_path / "a.mp3", content))
    assert source.read_script("a.mp3").details == Details(season=2, persons=("A. Reader (narrator)",))
    assert source.left_out == ["tags.cover"]
    forged = packed(script=SCRIPT_TEXT.replace("pacing:", "image: /etc/passwd\npacing:"))
    assert read_source(mp3_with(tmp_path / "b.mp3", forged)).read_script("b.mp3").details == Details()


def test_what_was_packed_comes_back(tmp_path: Path):
    """Script, recipe and versions come back equal, the pause that a person set too."""
    recipe = Recipe(voice="tone", pacing=Pacing(sentence_s=2.5), tags=Tags(author="A. Writer — née Ö"))
    source = read_source(mp3_with(tmp_path / "a.mp3", pack_source(script(), recipe, VERSIONS)))
    assert source.read_script("a.mp3") == script()
    assert source.read_recipe() == recipe
    assert source.versions == VERSIONS
    assert source.left_out == []


@pytest.mark.parametrize(("encoding", "name", "version"), [(0, "x", 3), (1, "söurce", 3), (1, "", 4), (3, "söurce", 4)])
def test_it_is_found_as_another_program_may_write_it(tmp_path: Path, encoding: int, name: str, version: int):
    """In ID3v2.3 and v2.4, with names in Latin-1, UTF-16 and UTF-8 before the content."""
    content = pack_source(script(), Recipe(), VERSIONS)
    found = read_source(mp3_with(tmp_path / "a.mp3", content, encoding=encoding, name=name, version=version))
    assert found.read_script("a") == script()


def test_the_same_source_is_the_same_bytes():
    """Packing twice gives the same bytes."""
    assert pack_source(script(), Recipe(), VERSIONS) == pack_source(script(), Recipe(), VERSIONS)


def test_a_normal_article_takes_under_64_kilobytes():
    """The example article stays under 4 KB, and ten like it, joined, far below 64 KB."""
    article = read_document(ROOT / "examples" / "the-hour-before-the-house-wakes.md")
    made = make_script(article, Recipe())
    assert len(pack_source(made, Recipe(), VERSIONS)) < 4_096
    longer = replace(made, cues=made.cues * 10)
    assert len(pack_source(longer, Recipe(), VERSIONS)) < 65_536


def test_files_of_the_maker_are_neither_carried_nor_named(tmp_path: Path):
    """The paths of a cover and of music are not in the frame; what was left out is said."""
    recipe = Recipe(soundscape=Soundscape(background="private/rain.mp3"), tags=Tags(cover="private/me.png"))
    content = pack_source(script(), recipe, VERSIONS)
    assert b"private" not in zlib.decompress(content)
    source = read_source(mp3_with(tmp_path / "a.mp3", content))
    assert source.left_out == ["soundscape.background", "tags.cover"]
    assert source.read_recipe() == Recipe()


@pytest.mark.parametrize(
    "recipe",
    [
        {"soundscape": {"background": "/etc/passwd"}},
        {"soundscape": {"background": "secret"}},
        {"soundscape": {"bell": "../bell.wav"}},
        {"soundscape": {"closing_bell": "../bell.wav"}},
        {"tags": {"cover": "cover.png"}},
    ],
)
def test_a_strangers_recipe_names_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: dict[str, object]):
    """A background, bell or cover that isn't a known name is refused, even where a file has that very name."""
    monkeypatch.chdir(tmp_path)
    Path("secret").write_bytes(b"ID3")
    with pytest.raises(SourceError, match="may not choose which files are opened"):
        read_source(mp3_with(tmp_path / "a.mp3", packed(recipe=recipe)))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "are damaged"),
        (b"not zlib at all", "are damaged"),
        (pack_source(script(), Recipe(), VERSIONS)[:-9], "are damaged"),
        (pack_source(script(), Recipe(), VERSIONS) + b"more", "are damaged"),
        (zlib.compress(b"[" * 1_000_000), "are damaged"),
        (zlib.compress(b'{"script": "\xff"}'), "are damaged"),
        (packed(script=7), "are damaged"),
        (packed(schema_version=2), "in layout 2; this version reads 1"),
        (zlib.compress(bytes(LARGEST_BYTES + 1), 9), "opens to more than 20 MB"),
    ],
)
def test_a_damaged_or_hostile_source_is_an_error_with_a_reason(tmp_path: Path, content: bytes, sentence: str):
    """Cut short, not JSON, of another layout, or a bomb: one of our errors says which."""
    with pytest.raises(SourceError, match=sentence):
        read_source(mp3_with(tmp_path / "a.mp3", content))


def test_an_endless_tag_is_not_read(tmp_path: Path):
    """A tag that announces more than 32 MB is refused by its header alone."""
    size = LARGEST_TAG_BYTES + 1
    header = b"ID3\x03\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    (tmp_path / "a.mp3").write_bytes(header)
    with pytest.raises(SourceTooLarge, match="at most 33,554,432 are read"):
        read_source(tmp_path / "a.mp3")


@pytest.mark.parametrize("content", [b"", b"ID3", b"ID3\x03\0\0\0\0\0\x05GEOB\xff", b"\xff\xfb\x90\x44" * 99])
def test_a_file_without_a_source_says_why_that_may_be(tmp_path: Path, content: bytes):
    """An MP3 that carries nothing is a SourceError whose hint gives the three usual reasons."""
    (tmp_path / "a.mp3").write_bytes(content)
    with pytest.raises(SourceError, match="carries no script and recipe") as caught:
        read_source(tmp_path / "a.mp3")
    assert "--no-source" in caught.value.hint


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["pacing", "preset", "voice", "tags", "soundscape", "wpm", "cover", "title", "date", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from(["recipe", "script", "versions", "left_out", "schema_version"]), _JSON, max_size=3)
)
def test_no_json_leads_out_of_our_errors(tmp_path_factory: pytest.TempPathFactory, changes: dict[str, object]):
    """Whatever JSON is in the frame, reading it gives a checked recipe and script, or one of our errors."""
    path = mp3_with(tmp_path_factory.mktemp("fuzz") / "a.mp3", packed(**changes))
    with contextlib.suppress(AudioBuilderError):
        source = read_source(path)
        source.read_script("a")
        assert make_recipe(source.recipe) == source.read_recipe()


@settings(max_examples=50)
@given(st.data())
def test_no_bytes_lead_out_of_our_errors(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    """A whole file with any bytes replaced, or cut anywhere, gives its source or one of our errors."""
    path = mp3_with(tmp_path_factory.mktemp("fuzz") / "a.mp3", pack_source(script(), Recipe(), VERSIONS))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with contextlib.suppress(AudioBuilderError):
        assert read_source(path).read_script("a") == script()
