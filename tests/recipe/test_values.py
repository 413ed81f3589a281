"""One rule for a value, at every door."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audio_builder.article.frontmatter import read_front_matter
from audio_builder.cli.main import run
from audio_builder.errors import RecipeError, SourceError
from audio_builder.podcast.show_settings import make_show
from audio_builder.recipe.recipe_file import make_recipe, read_recipe_file
from audio_builder.script.from_document import read_document


def _front_matter(key: str, value: str, _folder: Path) -> str:
    """Front matter comes from other programs as well: what is wrong is noted and passed over."""
    front = read_front_matter(f"---\n{key}: {value!r}\n---\nWords.", "a.md")
    if front.notes:
        assert getattr(front, key) == ""
        raise SourceError(front.notes[0], hint=front.notes[0])
    return str(getattr(front, key))


def _recipe_file(key: str, value: str, folder: Path) -> str:
    file = folder / "recipe.toml"
    file.write_text(f"[tags]\n{key} = {value!r}\n", encoding="utf-8")
    return str(getattr(make_recipe(read_recipe_file(file)).tags, key))


def _show(key: str, value: str, _folder: Path) -> str:
    return str(getattr(make_show({key: value}), key))


DOORS: dict[Callable[[str, str, Path], str], tuple[str, ...]] = {
    _front_matter: ("language", "date"),
    _recipe_file: ("language", "date"),
    _show: ("language",),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("key", "value", "kept", "hint"),
    [
        ("language", "en", "en", ""),
        ("language", "pt_BR", "pt-BR", ""),
        ("language", "zh-Hans-CN", "zh-Hans-CN", ""),
        ("language", "german", "", "Did you mean de?"),
        ("language", "Deutsch", "", "Did you mean de?"),
        ("language", "portugese", "", "Did you mean pt?"),
        ("language", "en US", "", "en, de or pt-BR"),
        ("language", "e", "", "en, de or pt-BR"),
        ("language", "en-" + "x" * 9, "", "en, de or pt-BR"),
        ("language", "en" + "-abcdefgh" * 4, "", "en, de or pt-BR"),
        ("date", "2026-11-20", "2026-11-20", ""),
        ("date", "2026-02-30", "", "such as 2026-03-21"),
        ("date", "November 2026", "", "such as 2026-03-21"),
        ("date", "2026-11-20T06:30:00+01:00", "2026-11-20T06:30:00+01:00", ""),
    ],
)
def test_a_value_is_right_or_wrong_wherever_it_stands(
    key: str, value: str, kept: str, hint: str, door: Callable[[str, str, Path], str], tmp_path: Path
) -> None:
    """What is passed over in front matter, no recipe, option or show takes; what one takes, all keep alike."""
    if key not in DOORS[door]:
        return
    if kept:
        assert door(key, value, tmp_path) == kept
        return
    with pytest.raises((RecipeError, SourceError)) as caught:
        door(key, value, tmp_path)
    assert value in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("command", ["build text.md", "script text.md", "show init new"])
def test_so_is_an_option(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`--language german` is a wrong command line, and the tag that was meant is named."""
    monkeypatch.chdir(tmp_path)
    Path("text.md").write_text("Words.", encoding="utf-8")
    assert run([*command.split(), "--language", "german"]) == RecipeError.exit_code
    assert "Did you mean de?" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["text.md"]


def test_a_date_without_quotation_marks_is_one_in_a_recipe(tmp_path: Path) -> None:
    """TOML has dates of its own."""
    path = tmp_path / "recipe.toml"
    for written, kept in (("2026-11-20", "2026-11-20"), ("2026-11-20T06:30:00+01:00", "2026-11-20T06:30:00+01:00")):
        path.write_text(f"[tags]\ndate = {written}\n", encoding="utf-8")
        assert make_recipe(read_recipe_file(path)).tags.date == kept


def test_a_strangers_file_may_say_anything(tmp_path: Path) -> None:
    """What another program wrote as its language is passed over, as if it said nothing."""
    file = tmp_path / "talk.ssml"
    head = '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang='
    for tag, kept in (("pt-BR", "pt-BR"), ("portuguese", "")):
        file.write_text(f'{head}"{tag}">Words.</speak>', encoding="utf-8")
        assert read_document(file).language == kept
