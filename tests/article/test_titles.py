"""Titles, bylines and chapters: where nothing marks them, by their wording and place; the file's name comes last."""

from __future__ import annotations

import pytest

from audio_builder.article.file_titles import title_from_name
from audio_builder.article.headings import byline_author, is_chapter
from audio_builder.article.model import Article
from audio_builder.article.read import read
from audio_builder.article.source import source_from_bytes
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Say
from audio_builder.script.pace import pace

PROSE = "The lamp is on. Nobody is in."


def _read(text: str, name: str) -> Article:
    return read(source_from_bytes(text.encode(), name))


def headings(article: Article) -> list[str]:
    return [section.heading.text for section in article.sections if section.heading]


@pytest.mark.parametrize(
    ("text", "name", "title", "author"),
    [
        (f"The Low Weir\nby A. Lee\n\n{PROSE}", "a.txt", "The Low Weir", "A. Lee"),
        (f"The Low Weir\n\nBy Anna Lee\n\n{PROSE}", "a.txt", "The Low Weir", "Anna Lee"),
        (f"The Low Weir\n\nby Anna Lee\nMay 2026\n\n{PROSE}", "a.txt", "The Low Weir", "Anna Lee"),
        (f"# The Low Weir\n\nBy Anna Lee | 3 May | 5 min read\n\n{PROSE}", "a.md", "The Low Weir", "Anna Lee"),
        (f"<title></title><svg><title>Menu</title></svg><p class=title>Weir</p><p>{PROSE}</p>", "a.html", "Weir", ""),
        (f"Das Wehr\nvon Anna Lee\n\n{PROSE}", "a.txt", "Das Wehr", "Anna Lee"),
        (f"The Low Weir\nby A. Lee\n\n{PROSE}", "a.md", "The Low Weir", "A. Lee"),
        (f"**The Low Weir**\n\n*by A. Lee*\n\n{PROSE}", "a.md", "The Low Weir", "A. Lee"),
        (f"The Low Weir\n\n{PROSE}", "a.md", "The Low Weir", ""),
        (f"## The Low Weir\n\n{PROSE}\n\n### Up\n\n{PROSE}", "a.md", "The Low Weir", ""),
        (f"3 May\n\n# The Low Weir\n\n{PROSE}", "a.md", "The Low Weir", ""),
        (f"<article><p>Lowick, 3 May</p><h1>The Low Weir</h1><p>{PROSE}</p></article>", "a.html", "The Low Weir", ""),
        (f"<p class='title'>The Low Weir</p><p>{PROSE}</p>", "a.html", "The Low Weir", ""),
        (f"<p class=MsoTitle>The Low Weir</p><h1>Up</h1><p>{PROSE}</p>", "a.html", "The Low Weir", ""),
        (f"<title>Notes: The Low Weir</title><h3>The Low Weir</h3><p>{PROSE}</p>", "a.html", "The Low Weir", ""),
        (f"<title>Untitled 2</title><p><b>The Low Weir</b></p><p>{PROSE}</p>", "a.html", "The Low Weir", ""),
    ],
)
def test_a_title_is_found_and_read_once(text: str, name: str, title: str, author: str) -> None:
    """With a byline under it, bold, deeper than usual, below a date, by its class, or in the title of the page."""
    text = f"<html><head></head><body>{text}</body></html>" if name == "a.html" else text
    article = _read(text, name)
    assert (article.title, article.author, article.title_is_spoken) == (title, author, True)
    said = [cue.text for cue in pace(article, Pacing()).cues if isinstance(cue, Say)]
    assert said.count(title) == 1
    assert not any("Lee" in words for words in said)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("2026-03-21-the-slow-bench.md", "The slow bench"),
        ("notes/2026-03-21 Slow Bench.md", "Slow Bench"),
        ("20260321_0710_slow_bench.txt", "Slow bench"),
        ("184512.the-slow-bench.html", "The slow bench"),
        ("Slow Bench 0123456789abcdef0123456789abcdef.md", "Slow Bench"),
        ("slow-bench (1).docx", "Slow bench"),
        ("well-being for all.txt", "Well-being for all"),
        ("SlowBench.md", "Slow Bench"),
        ("2026-03-21.md", "2026-03-21"),
        ("7-days.md", "7 days"),
        ("Dr. Lee.txt", "Dr. Lee"),
        ("清晨.txt", "清晨"),
    ],
)
def test_the_name_of_a_file_becomes_words(name: str, title: str) -> None:
    """Without dates, numbers and what exporters add; capitals as they are."""
    assert title_from_name(name) == title


@pytest.mark.parametrize(
    ("name", "spoken"), [("slow-bench.md", False), ("Slow Bench.md", True), ("Slow Bench.txt", False)]
)
def test_without_a_title_the_files_name_is_shown_and_that_of_a_note_is_read(name: str, spoken: bool) -> None:
    """A note's file name that is written as words is its title."""
    article = _read(f"It was wet there, and nobody minded. {PROSE}", name)
    assert (article.title.lower(), article.title_is_spoken) == ("slow bench", spoken)


def test_without_a_name_the_first_words_are_shown() -> None:
    """Standard input has none; nothing is called untitled."""
    article = _read("It was wet there, and nobody minded the rain at all.", "-")
    assert (article.title, article.title_is_spoken) == ("It was wet there, and nobody minded…", False)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Part One", "Part Two"), ("Chapter 4", "Chapter 5: Rain"), ("Day 3", "Epilogue"), ("Prologue", "Week II"),
        ("Erster Teil", "Nachwort"), ("Chapitre 2", "Épilogue"), ("Capítulo 1", "Día 2"),
        ("Parte prima", "Conclusione"),
        ("Глава 1", "Эпилог"), ("第一章 雾", "尾声"), ("제1장", "에필로그"),
        ("الفصل الأول", "خاتمة"), ("The Morning", "The Evening"),
        ("What the weir knew", "Going home"), ("1. The First Door", "2. The Second Door"),
        ("I. THE LAKE", "II. THE SHORE"),
        ("I", "II"), ("1", "2"), ("DAY 1: ARRIVAL", "DAY 2: STAYING"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["a.txt", "a.md"])
def test_chapters_without_a_sign_are_known(one: str, two: str, kind: str) -> None:
    """Named and numbered, in many languages; in title case, and in sentence case where there are two or more."""
    article = _read(f"On herons\n\n{PROSE}\n\n{one}\n\n{PROSE}\n\n{two}\n\n{PROSE}", kind)
    assert headings(article) == [one, two]


@pytest.mark.parametrize(
    "lines",
    [
        ("Om Mani Padme Hum", "Om Mani Padme Hum"),
        ("May All Be Well", "May You Be Well"),
        ("Breathe in", "Breathe out"),
        ("Gate Gate Paragate", "and nothing more"),
        ("12", "13"),
        ("Part of the way", "The end was near."),
    ],
)
def test_mantras_instructions_and_page_numbers_are_no_chapters(lines: tuple[str, str]) -> None:
    """What is to be said rings no bell."""
    article = _read(f"On herons\n\n{PROSE} Say:\n\n{lines[0]}\n\n{PROSE}\n\n{lines[1]}\n\n{PROSE}", "a.txt")
    assert headings(article) == []


def test_the_first_heading_is_a_chapter_and_a_lone_line_under_the_title_the_subtitle() -> None:
    """A line like the headings that follow is one of them."""
    assert headings(_read(f"On Rain\n\nThe Morning\n\n{PROSE}\n\nThe Evening\n\n{PROSE}", "a.txt")) == [
        "The Morning",
        "The Evening",
    ]
    assert _read(f"On Rain\n\nwhat it does not say\n\n{PROSE}", "a.txt").subtitle == "what it does not say"


@pytest.mark.parametrize(
    "words", ["by the river", "By Night", "by and by", "von nun an", "by A. Lee who sang.", "Byron Lee"]
)
def test_other_lines_with_by_are_no_bylines(words: str) -> None:
    """A byline has nothing but a name after it."""
    assert byline_author(words) == ""


@pytest.mark.parametrize(
    "words", ["part of it", "Day by day", "Chapter and verse", "Book club", "prologue", "Week after week"]
)
def test_other_lines_with_such_words_are_no_chapters(words: str) -> None:
    """A chapter has a number."""
    assert not is_chapter(words)


def test_days_of_a_journal_are_its_chapters() -> None:
    """The head of an entry is its date; weather and place are left out."""
    text = "".join(
        f"\tDate:\tMay {day}, 2026 at 7:10:00 AM GMT\n\tWeather:\t4°C\n\n{PROSE}\n\n![](day-moment://A1)\n\n"
        for day in (3, 4)
    )
    article = _read(text, "journal.txt")
    assert (article.title, headings(article)) == ("Journal", ["May 3, 2026", "May 4, 2026"])
    assert [item.kind for item in article.left_out].count("property") == 2


@pytest.mark.parametrize(
    "line",
    [
        "Zweiter Abend",
        "Troisième jour : le soleil",
        "The Third Day",
        "Κεφάλαιο 2",
        "Επίλογος",
        "บทที่ 3",
        "סוף דבר",
        "맺음말",
    ],
)
def test_chapters_are_named_in_many_languages(line: str) -> None:
    """By what they are, counted before or behind."""
    assert is_chapter(line)


def test_days_head_the_entries_of_a_diary() -> None:
    """The first is no title of them all; one alone is no heading."""
    text = f"Saturday, March 21\n\n{PROSE}\n\nSunday, March 22\n\n{PROSE}"
    article = _read(text, "a.txt")
    assert (headings(article), article.title_is_spoken) == (["Saturday, March 21", "Sunday, March 22"], False)
    assert headings(_read(f"The Low Weir\n\n{PROSE}\n\nMarch 22\n\n{PROSE}", "a.txt")) == []


def test_chapters_are_counted_anew_in_each_part() -> None:
    """The same words head each first one."""
    part = f"CHAPTER I\n\n{PROSE}\n\nCHAPTER II\n\n{PROSE}\n\n"
    text = f"The Low Weir\n\nby\n\nAnn Lee (1803)\n\nVOLUME I\n\n{part}VOLUME II\n\n{part}"
    article = _read(text, "a.txt")
    assert headings(article) == ["VOLUME I", "CHAPTER I", "CHAPTER II", "VOLUME II", "CHAPTER I", "CHAPTER II"]
    assert article.author == "Ann Lee"


def test_short_words_and_signs_around_a_line_make_a_heading() -> None:
    """Das Tor has no long word; a row of dots is no rule."""
    text = f"= The Weir =\n\n{PROSE}\n\nDas Tor\n\n{PROSE}\n\n--- One ---\n\n{PROSE}\n\n...\n\nbe still\n\n{PROSE}"
    article = _read(text, "a.txt")
    assert (article.title, headings(article)) == ("The Weir", ["Das Tor", "One"])


def test_parts_of_chapters_are_numbered_in_two_figures() -> None:
    """1.1 under 1; but not the items of a list, nor a sentence that begins with a number."""
    prose = "It rained all day on the roof of the barn. Nobody was in a hurry."
    text = f"The House\n\n1. The Gate\n\n1.1 The Hinge\n\n{prose}\n\n1.2 The Latch\n\n{prose}\n\n2.5 miles on\n"
    assert headings(_read(text, "a.txt")) == ["1. The Gate", "1.1 The Hinge", "1.2 The Latch"]
    listed = f"The House\n\n{prose}\n\n1.1 Bread\n\n1.2 Butter\n\n1.3 Jam\n"
    assert headings(_read(listed, "a.txt")) == []
