"""Front matter: what it says, and how what is wrong in it is told."""

from __future__ import annotations

import pytest

from audio_builder.article.frontmatter import FrontMatter, read_front_matter, without_front_matter
from audio_builder.errors import SourceError


def _read(*lines: str) -> FrontMatter:
    return read_front_matter("\n".join(["---", *lines, "---", "words"]), "a.md")


def test_known_keys_are_read_as_texts() -> None:
    """A number, a date or a `yes` stays what was written; several authors are joined."""
    front = _read("title: 1984", "subtitle: yes", "author: [A. One, B. Two]", "language: pt_BR", "date: 2026-03-21")
    assert (front.title, front.subtitle, front.author) == ("1984", "yes", "A. One, B. Two")
    assert (front.language, front.date, front.lines) == ("pt-BR", "2026-03-21", 7)


def test_other_keys_are_left_alone() -> None:
    """What another program keeps there, however long or nested, is no concern of the article."""
    assert _read("tags: {a: [b, c]}", f"description: {'long ' * 400}", "title: A").title == "A"


def test_text_between_two_rules_is_no_front_matter() -> None:
    """A text that opens with a rule, closed or not, keeps all its words."""
    assert read_front_matter("---\nOnce upon a time.\n---\nwords", "a.md") == FrontMatter()
    assert read_front_matter("---\nOnce: upon a time.\nwords", "a.md") == FrontMatter()


def test_the_body_keeps_its_line_numbers() -> None:
    """Where the front matter was are as many empty lines."""
    text = "---\ntitle: A\n---\nwords\nmore"
    assert without_front_matter(text, read_front_matter(text, "a.md")) == "\n\n\nwords\nmore"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["title: A", "mood: B: C"], r"a\.md:3: the front matter can't be read"),
        (["title: [A", "author: B"], r"a\.md:\d: the front matter can't be read"),
        (["a: &x B", "title: *x"], r"a\.md:2: the front matter uses & or \*"),
        (["title: *x"], r"a\.md:2: the front matter uses & or \*"),
        (["a: [[[[[[b]]]]]]"], "nested more than 4 deep"),
        ([f"title: {'a' * 1001}"], "`title` in the front matter has 1001 characters; at most 1000"),
        (["title: A"] + ["k: " + "a" * 1000] * 70, "longer than 64 KB"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(lines: list[str], message: str) -> None:
    """Each fault is a `SourceError` that names the file."""
    with pytest.raises(SourceError, match=message):
        _read(*lines)


def test_an_alias_bomb_is_refused_before_it_unfolds() -> None:
    """Nine levels of ten references each would be a billion texts."""
    bomb = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(SourceError, match="refer to a part of itself"):
        _read(*bomb)


def test_ten_thousand_open_brackets_are_refused_without_recursion() -> None:
    """Nesting is counted while the text is scanned."""
    with pytest.raises(SourceError, match="nested more than"):
        _read("a: " + "[" * 10_000)


def test_a_date_with_a_time_is_its_day() -> None:
    """Other programs write the hour too."""
    assert _read("date: 2026-03-21T10:00:00+01:00").date == "2026-03-21"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-3-1", "2026-03-01"),
        ("2026/03/21", "2026-03-21"),
        ("20260321", "2026-03-21"),
        ("21/03/2026", "2026-03-21"),
        ("03/21/2026", "2026-03-21"),
        ("5.4.2026", "2026-04-05"),
        ("March 21, 2026", "2026-03-21"),
        ("Sat, 21st of March 2026", "2026-03-21"),
        ("21. März 2026", "2026-03-21"),
        ("21 de marzo de 2026", "2026-03-21"),
        ("2026年3月21日", "2026-03-21"),
        ("21 Mar 2026 08:30", "2026-03-21"),
    ],
)
def test_a_date_is_read_in_the_forms_that_mean_one_day(written: str, day: str) -> None:
    """Whatever the order and the language."""
    front = _read(f"date: {written}")
    assert (front.date, front.notes) == (day, ())


@pytest.mark.parametrize(
    "line", ["date: 03/04/2026", "date: May 3rd", "date: 2026-13-01", "date: soon", "language: English (British)"]
)
def test_a_value_that_cannot_be_taken_is_noted_and_the_build_goes_on(line: str) -> None:
    """Two orders of day and month, no year, no such month."""
    front = _read(line, "title: A")
    assert (front.title, front.date, front.language) == ("A", "", "")
    assert line.partition(": ")[2] in front.notes[0]


def test_a_title_may_have_a_colon() -> None:
    """It isn't YAML, but everybody writes it."""
    front = _read("title: The Road: a start", "author: It's me: I")
    assert (front.title, front.author) == ("The Road: a start", "It's me: I")


def test_front_matter_may_be_toml() -> None:
    """As Hugo has it; a text between plus signs stays a text."""
    front = read_front_matter('+++\ntitle = "A"\ndate = 2026-03-21T08:30:00Z\ntags = ["x"]\n+++\nwords', "a.md")
    assert (front.title, front.date, front.lines) == ("A", "2026-03-21", 5)
    assert read_front_matter("+++\nOnce upon a time.\n+++\nwords", "a.md") == FrontMatter()
    with pytest.raises(SourceError, match="the front matter can't be read"):
        read_front_matter("+++\ntitle = A\n+++\n", "a.md")
