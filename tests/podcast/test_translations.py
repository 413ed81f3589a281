"""The pages speak the show's language, wholly or not at all."""

from __future__ import annotations

import datetime
import html
import re
import string
from pathlib import Path

import msgspec
import pytest

from audio_builder.podcast.notes import notes_html, notes_text
from audio_builder.podcast.publisher import publish
from audio_builder.podcast.translations import Translation, languages, translation_for
from audio_builder.recipe.settings import Tags
from tests.conftest import ROOT
from tests.support.show_helpers import SHOW, put_episode, put_show, record_of

pytestmark = pytest.mark.usefixtures("no_decoding")

ENGLISH = translation_for("en")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_a_language_has_every_word_with_its_placeholders(language: str) -> None:
    """No word is missing or empty, each has the placeholders of the English one, and a year has twelve months."""
    words = translation_for(language)
    assert words.language == language
    for field in msgspec.structs.fields(Translation):
        ours, english = getattr(words, field.name), getattr(ENGLISH, field.name)
        texts = (ours,) if isinstance(ours, str) else ours
        assert all(text.strip() == text != "" for text in texts), field.name
        if isinstance(ours, str):
            assert placeholders(ours) == placeholders(english), field.name
    assert (len(words.months), len(set(words.months))) == (12, 12)
    assert [re.sub(r"\D", "", text) for text in words.in_minutes] == ["5", "15", "30"]
    # Who speaks to the page says what stands on the button (WCAG 2.2, 2.5.3).
    assert words.back.startswith(words.seconds)
    assert words.forward.startswith(words.seconds)
    assert (words.direction == "rtl") == (language in {"ar", "he"})


def test_no_language_is_a_copy_of_another() -> None:
    """Of the words of two languages, most differ."""
    for language in languages():
        if language != "en":
            words = msgspec.structs.asdict(translation_for(language))
            same = [name for name, text in msgspec.structs.asdict(ENGLISH).items() if words[name] == text]
            assert len(same) <= 7, (language, same)


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de", "de"), ("DE-at", "de"), ("pt-BR", "pt"), ("zh-Hans", "zh"), ("zh-TW", "en"), ("fi", "en"), ("", "en")],
)
def test_what_has_no_words_is_english(tag: str, language: str) -> None:
    """A region has those of its language; Traditional Chinese isn't shown simplified words."""
    assert translation_for(tag).language == language


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "5 March 2026"), ("de", "5. März 2026"), ("es", "5 de marzo de 2026"), ("ja", "2026年3月5日")],
)
def test_a_date_is_written_as_its_readers_do(language: str, written: str) -> None:
    """Whatever the language of the machine is."""
    assert translation_for(language).day(datetime.date(2026, 3, 5)) == written


def pages(folder: Path, language: str, base_url: str = "") -> str:
    """The two pages of a show in a language, with two episodes."""
    put_show(folder, msgspec.structs.replace(SHOW, language=language, base_url=base_url))
    put_episode(folder, "morning", record=record_of(tags=Tags(title="Morning", date="2026-03-04")))
    tags = Tags(title="Evening", author="A. Writer {time}", language=language, date="2026-03-05")
    put_episode(folder, "evening", record=record_of(tags=tags, words="Evening\n\nWhat is here?"))
    publish(folder)
    index = (folder / "index.html").read_text(encoding="utf-8")
    return index + (folder / "episodes" / "evening.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", languages())
def test_all_that_the_pages_say_is_in_their_language(language: str, tmp_path: Path) -> None:
    """Every word of the language stands on the pages, and the pages say which language that is."""
    content = html.unescape(pages(tmp_path / "home", language))
    public = html.unescape(pages(tmp_path / "web", language, base_url=SHOW.base_url))
    style = (tmp_path / "web" / "feed.css").read_text(encoding="utf-8")
    words = translation_for(language)
    assert content.count(f'<html lang="{language}" dir="{words.direction}">') == 2
    unused = {"voice_alone", "no_episodes", "date", "months", "direction", "language"}
    for name, text in msgspec.structs.asdict(words).items():
        for one in () if name in unused else (text,) if isinstance(text, str) else text:
            filled = one.replace("{command}", "<code>audio-builder serve</code>").replace(
                "{author}", "A. Writer {time}"
            )
            filled = filled.replace("{minutes}", "5") if name == "minutes" else filled
            filled = filled.replace("{list}", f'<a href="show.opml">{words.opml_list}</a>')
            if name == "feed_notice":
                assert all(word in style for word in re.findall(r"\w+", one)), name
            else:
                assert filled in content + public, name
    assert words.day(datetime.date(2026, 3, 5)) in content
    if language != "en":
        assert ">Episodes<" not in content
        assert ">Chapters<" not in content
    assert '<bdi dir="ltr" lang="en">The narration was generated by computer.</bdi>' in content


def test_the_notes_speak_the_language_of_the_episode() -> None:
    """What players show below an episode has its headings in the language of its words; a name stays as it is."""
    record = record_of(tags=Tags(title="Abend", author="{author} & <b>", language="de-AT"))
    assert "Kapitel\n0:00 Evening" in notes_text(record)
    assert "Geschrieben von {author} & <b>." in notes_text(record)
    assert "<p>Geschrieben von {author} &amp; &lt;b&gt;.</p>" in notes_html(record)


def test_the_docs_name_the_languages() -> None:
    """Those that have words, and no other."""
    (told,) = re.findall(r"\(((?:`\w+`,? ?(?:and )?)+)\)", (ROOT / "docs/show.md").read_text(encoding="utf-8"))
    assert tuple(sorted(re.findall(r"`(\w+)`", told))) == languages()


def test_a_title_begins_where_its_language_does(tmp_path: Path) -> None:
    """In Arabic a title may begin with a Latin name; one that is Latin altogether begins at the left all the same."""
    for title, direction in (("Yoga في المساء", "rtl"), ("Evening", "auto")):
        put_show(tmp_path, msgspec.structs.replace(SHOW, language="ar"))
        put_episode(tmp_path, "evening", record=record_of(tags=Tags(title=title, language="ar")))
        publish(tmp_path)
        page = (tmp_path / "episodes" / "evening.html").read_text(encoding="utf-8")
        assert f'<header class="episode" dir="{direction}">' in page
