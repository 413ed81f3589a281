"""Front matter: what it says, and how what is wrong in it is told."""

from __future__ import annotations

import pytest

from audio_builder.article.details import Details, details_as_values, read_details
from audio_builder.article.frontmatter import FrontMatter, check_keys, read_front_matter, without_front_matter
from audio_builder.errors import SourceError


def test_a_json_object_at_the_head_of_a_text_is_front_matter() -> None:
    """Hugo's third form; a brace alone is text, and what is broken is refused."""
    text = '{\n  "title": "The Low Weir",\n  "draft": false, "tags": ["a", null],\n  "season": 2\n}\n\nIt was loud.'
    front = read_front_matter(text, "a.md")
    assert (front.title, front.values["draft"], front.details.season, front.lines) == ("The Low Weir", "false", 2, 5)
    assert without_front_matter(text, front) == "\n" * 6 + "It was loud."
    assert read_front_matter("{It was loud.}", "a.md") == FrontMatter()
    with pytest.raises(SourceError, match="can't be read"):
        read_front_matter('{"title": "The Low Weir"', "a.md")


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
        ("21 Mar 2026 08:30", "2026-03-21T08:30:00"),
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
    assert (front.title, front.date, front.lines) == ("A", "2026-03-21T08:30:00+00:00", 5)
    assert read_front_matter("+++\nOnce upon a time.\n+++\nwords", "a.md") == FrontMatter()
    with pytest.raises(SourceError, match="the front matter can't be read"):
        read_front_matter("+++\ntitle = A\n+++\n", "a.md")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-21T10:00:00+01:00", "2026-03-21T10:00:00+01:00"),
        ("2026-03-21 10:00:00 +0100", "2026-03-21T10:00:00+01:00"),
        ("2026-03-21 06:30", "2026-03-21T06:30:00"),
        ("2026-03-21T06:30Z", "2026-03-21T06:30:00+00:00"),
        ("2026-03-21 in the morning", "2026-03-21"),
    ],
)
def test_the_time_of_day_is_kept(written: str, read: str) -> None:
    """Other programs write the hour too; what is no time is passed over."""
    assert _read(f"date: {written}").date == read


def test_details_are_read_and_written() -> None:
    """Every key that players read, with numbers, truths and lists as YAML has them."""
    front = _read(
        "description: What it\n  is about.", "episode: 4", "season: 2", "episode_type: Trailer", "explicit: yes",
        "image: x.jpg", "block: true", "persons: [A. Reader (narrator) <https://example.org>, B]",
        "license: cc-by-4.0", "soundbite: 1:13 60 The lamp", "notes: |", "  Read [it](https://example.org).", "",
        "  More.",
    )  # fmt: skip
    details = front.details
    assert (details.episode, details.season, details.episode_type) == (4, 2, "trailer")
    assert (details.explicit, details.block, details.image, details.license) == (True, True, "x.jpg", "cc-by-4.0")
    assert details.persons == ("A. Reader (narrator) <https://example.org>", "B")
    assert details.soundbite == ("1:13 60 The lamp",)
    assert details.notes == "Read [it](https://example.org).\n\nMore."
    assert read_details(details_as_values(details)) == details
    assert details_as_values(Details()) == {}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("season: two", r"`season: two` in the front matter can't be used"),
        ("episode: -1", "`episode: -1`"),
        ("episode: 4.5", r"`episode: 4\.5`"),
        ("episode_type: teaser", "`episode_type: teaser`"),
        ("explicit: perhaps", "`explicit: perhaps`"),
        ("persons: [<https://example.org>]", "`persons: <https"),
        ("persons: ['A <javascript:alert(1)>']", "`persons: A <javascript"),
        ("soundbite: 1:13", "`soundbite: 1:13`"),
        ("license: {a: b}", "`license: "),
        (f"description: {'long ' * 900}", "`description: long"),
    ],
)
def test_a_detail_that_can_not_be_used_is_an_error_with_what_it_is(line: str, message: str) -> None:
    """The key, the value, and in the hint what is allowed."""
    with pytest.raises(SourceError, match=message) as caught:
        _read(line)
    assert caught.value.hint.startswith(f"`{line.partition(':')[0]}`: ")


@pytest.mark.parametrize(
    ("key", "closest"),
    [("episodeType", "`episode_type`"), ("sesaon", "`season`"), ("titel", "`title`")],
)
def test_an_unknown_key_is_an_error_with_the_closest(key: str, closest: str) -> None:
    """A misspelt key never goes by unnoticed."""
    with pytest.raises(SourceError, match=f"`{key}`, which is no key of an article; .*{closest}"):
        check_keys(_read(f"{key}: x"), "a.md")


def test_keys_of_other_programs_are_left_alone() -> None:
    """Texts come from blogs and note books, with what those need."""
    check_keys(_read("title: A", "tags: [a, b]", "layout: post", "draft: false", "aliases: [c]", "slug: a"), "a.md")


def test_a_key_that_is_like_none_is_noted() -> None:
    """Note books have keys of their own; the build goes on."""
    assert check_keys(_read("mood: calm", "title: A"), "a.md") == (
        "a.md: `mood` in the front matter is no key of an article and is passed over",
    )


@pytest.mark.parametrize(
    ("written", "author"),
    [("Ann Lee <ann@example.org>, Bo <b@c>", "Ann Lee, Bo"), ("A. <b>Lee</b>", "A. Lee"), ("Ann<a@b>", "Ann")],
)
def test_what_stands_in_angles_is_no_part_of_a_name(written: str, author: str):
    """Addresses and tags go, and names stay apart."""
    assert read_front_matter(f'---\nauthor: "{written}"\n---\n', "a.md").author == author


@pytest.mark.parametrize("date", ["2026-11-23T25:00", "2026-11-23 06:30 AM", "23 November 2026, 6:30 CET"])
def test_a_time_of_day_that_is_none_is_noted(date: str):
    """The day holds, and nothing is dropped without a word."""
    front = read_front_matter(f"---\ndate: {date}\n---\n", "a.md")
    assert (front.date, len(front.notes)) == ("2026-11-23", 1)
    assert "time of day" in front.notes[0]


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31T23:59-05:00"])
def test_a_day_that_is_in_no_year_elsewhere_is_no_date(date: str):
    """It could never be published."""
    front = read_front_matter(f"---\ndate: {date}\n---\n", "a.md")
    assert (front.date, len(front.notes)) == ("", 1)
