"""Names: any title gives a harmless file name inside its folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.episode.naming import LONGEST_STEM, episode_path, file_stem, named_file, resolved_tags
from audio_builder.errors import OutputError
from audio_builder.recipe.settings import Tags
from audio_builder.script.cues import Script


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("The Weight of a Quiet Evening", "the-weight-of-a-quiet-evening"),
        ("I don’t know… do you?", "i-dont-know-do-you"),
        ("Über Größe — 3 Wege", "uber-grosse-3-wege"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\system32", "c-windows-system32"),
        ("-rf", "rf"),
        ("a%2e%2eb", "a-2e-2eb"),
        ("CON.", "con"),
    ],
)
def test_plain_titles_give_plain_names(title: str, stem: str) -> None:
    """Lower case, hyphens, nothing else."""
    found = file_stem(title)
    assert found == stem or found.startswith(f"{stem}-")


@pytest.mark.parametrize("title", ["con", "NUL", "Aux", "com1", "LPT9", "", "…", "🌿", "静かな夜", "\0", "x" * 65])
def test_what_is_lost_is_told_by_a_hash(title: str) -> None:
    """Devices of Windows, empty names, other scripts and long titles carry eight digits of their hash."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*-[0-9a-f]{8}", file_stem(title))


def test_titles_that_sound_alike_keep_apart() -> None:
    """Two titles of another script with the same transliteration are two files."""
    assert file_stem("静夜") != file_stem("净夜")
    assert file_stem("word " * 30) != file_stem("word " * 31)


def test_a_long_name_is_cut_between_words() -> None:
    """Readable to the last word."""
    stem = file_stem("evening light " * 10)
    assert re.fullmatch(r"(evening-light-)*(evening-)?[0-9a-f]{8}", stem)
    assert len(stem) <= LONGEST_STEM


@given(st.text(max_size=400))
def test_any_title_gives_a_name_inside_the_folder(title: str) -> None:
    """`[a-z0-9-]`, at most 80 characters with its suffix, directly in the folder, the same each time."""
    folder = Path("/somewhere/output")
    for suffix in (".mp3", ".chapters.json"):
        path = episode_path(folder, title, suffix)
        assert path.parent == folder
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", path.name.removesuffix(suffix))
        assert len(path.name) <= 80
    assert file_stem(title) == file_stem(title)


@given(st.text(st.characters(codec=None, categories=["Cs", "Co", "Cn", "Lu", "Lo", "So"]), max_size=40))
def test_not_even_broken_text_breaks_a_name(title: str) -> None:
    """Lone surrogates, private and unassigned characters."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", file_stem(title))


def test_what_the_recipe_leaves_empty_comes_from_the_article() -> None:
    """The recipe wins; the article fills in; the title is never empty."""
    script = Script("Its\ntitle", "Its subtitle", "Ana", "de", "2026-01-02", "gentle", ())
    found = resolved_tags(Tags(author="Ben"), script)
    assert (found.title, found.subtitle, found.author) == ("Its title", "Its subtitle", "Ben")
    assert (found.language, found.date, found.show) == ("de", "2026-01-02", "Reflections")
    assert resolved_tags(Tags(), Script("", "", "", "", "", "gentle", ())).title == "Untitled"


@pytest.mark.parametrize("name", ["cover.jpg", "talk.MD", "evening.html"])
def test_a_name_of_another_kind_of_file_makes_no_folder(name: str, tmp_path: Path) -> None:
    """It is a slip, unless a folder of that name is there."""
    with pytest.raises(OutputError, match="an episode is an MP3 file") as caught:
        named_file(tmp_path / name)
    assert caught.value.hint == f"Call it {Path(name).stem}.mp3."
    (tmp_path / name).mkdir()
    assert named_file(tmp_path / name) is None
    assert named_file(tmp_path / "season.2") is None
