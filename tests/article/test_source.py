"""Opening a source: what is a text, of which kind, and what is refused with which words."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from audio_builder.article import source as source_module
from audio_builder.article.source import LARGEST_BYTES, LONGEST_LINE, open_book, open_source, source_from_bytes
from audio_builder.errors import EmptySource, NotText, SourceError, SourceTooLarge
from tests.support import documents

WORDS = "It’s “quiet” — a café, naïve and slow."


@pytest.mark.parametrize(
    "data",
    [
        WORDS.encode("utf-8"),
        codecs.BOM_UTF8 + WORDS.encode("utf-8"),
        codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + WORDS.encode("utf-32-le"),
        WORDS.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_every_usual_encoding_gives_the_same_words(data: bytes) -> None:
    """Curly quotes, dashes and accents survive whichever editor saved the file."""
    assert source_from_bytes(data, "a.txt").text == WORDS


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1251", "Привет, как дела? Это хороший день, и никто не спешит."),
        ("cp1250", "Zażółć gęślą jaźń. Cisza jest piękna, a wieczór długi."),
        ("gb18030", "今天早上很安静。请打开窗户，听一听远处的声音。"),
    ],
)
def test_a_long_enough_text_in_an_old_encoding_is_understood(encoding: str, words: str) -> None:
    """Russian, Polish and Chinese files from before UTF-8 keep their letters."""
    assert source_from_bytes((words * 5).encode(encoding), "a.txt").text == words * 5


def test_windows_and_old_mac_line_ends_are_line_ends() -> None:
    r"""`\r\n` and `\r` become `\n`, and lines keep their numbers."""
    assert source_from_bytes(b"one\r\ntwo\rthree\nfour", "a.txt").text == "one\ntwo\nthree\nfour"


def test_control_characters_are_taken_away_and_scripts_of_the_world_are_not() -> None:
    """A bell character or a soft hyphen goes; Arabic, Hebrew marks of direction, joiners and emoji stay."""
    kept = "مرحبا \u200fשלום\u200f 中文 👩\u200d🌾"
    assert source_from_bytes(f"a\x1bb\u00adc\ufeff {kept}".encode(), "a.txt").text == f"abc {kept}"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "a PNG picture"),
        (b"%PDF-1.7 and so on", "a PDF document"),
        (b"PK\x03\x04 and so on", "a broken ZIP archive"),
        (b"words\x00words", "bytes that no text has"),
        (bytes(range(1, 32)) * 20, "bytes that no text has"),
        (codecs.BOM_UTF16_LE + b"a\x00b", "broken"),
    ],
)
def test_what_is_not_text_is_refused_with_what_it_is(data: bytes, says: str) -> None:
    """A picture, an archive or broken UTF-16 is `NotText`, and the message says which."""
    with pytest.raises(NotText, match=says) as caught:
        source_from_bytes(data, "a.txt")
    assert "a.txt" in caught.value.message
    assert "plain text or Markdown" in caught.value.hint


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n ", codecs.BOM_UTF8])
def test_nothing_but_space_is_an_empty_source(data: bytes) -> None:
    """An empty file, or one with spaces only, says so."""
    with pytest.raises(EmptySource, match=r"a\.txt is empty"):
        source_from_bytes(data, "a.txt")


def test_a_line_of_more_than_a_million_characters_is_too_large() -> None:
    """The message gives the line's number, its length and the most that is allowed."""
    with pytest.raises(SourceTooLarge, match=r"a\.txt:2: the line has 1,000,001 characters; at most 1,000,000"):
        source_from_bytes(b"ok\n" + b"a" * (LONGEST_LINE + 1), "a.txt")


def test_a_file_of_more_than_20_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """The size is asked of the file system: not a byte is read, however large the file."""
    path = tmp_path / "huge.txt"
    with path.open("wb") as stream:
        stream.truncate(50 * LARGEST_BYTES)
    with pytest.raises(SourceTooLarge, match="20 MB"):
        open_source(path)


def test_bytes_beyond_20_mb_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input has the same limit as a file."""
    monkeypatch.setattr(source_module, "LARGEST_BYTES", 10)
    with pytest.raises(SourceTooLarge, match="-"):
        source_from_bytes(b"a" * 11, "-")


def test_a_missing_file_a_folder_and_another_kind_of_file_say_so(tmp_path: Path) -> None:
    """Each of them is a `SourceError` that names the path and what to do."""
    with pytest.raises(SourceError, match=r"there is no file “.*none\.txt"):
        open_source(tmp_path / "none.txt")
    with pytest.raises(SourceError, match="is a folder"):
        open_source(tmp_path)
    with pytest.raises(SourceError, match="can't read"):
        open_source(Path("a\0b.txt"))


@pytest.mark.parametrize("suffix", [".pdf", ".ods", ".pages", ".wps"])
def test_another_suffix_is_refused_with_what_is_allowed(tmp_path: Path, suffix: str) -> None:
    """The message names the suffix and those that can be read."""
    path = tmp_path / f"a{suffix}"
    path.write_text("words")
    with pytest.raises(SourceError, match=rf"\{suffix} can't be read; plain text \(\.txt, \.text\), Markdown"):
        open_source(path)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.md", "words", "markdown"),
        ("a.MARKDOWN", "words", "markdown"),
        ("a.txt", "words", "plain"),
        ("-", "words", "plain"),
        ("a.txt", "# A heading\n\nwords", "markdown"),
        ("-", "words\n\n## A heading\nwords", "markdown"),
        ("a.txt", "words\n# of people\nwords", "plain"),
        ("a.txt", "---\ntitle: A\n---\nwords", "markdown"),
        ("a.txt", "---\nOnce upon a time\n---\nwords", "plain"),
        ("a.md", "---\naudio-builder-script: 1\n---\nwords", "script"),
        ("-", "---\ntitle: A\naudio-builder-script: 1\n---\nwords", "script"),
    ],
)
def test_the_kind_is_known_by_suffix_front_matter_and_headings(name: str, text: str, kind: str) -> None:
    """A script by its key, Markdown by its suffix, its front matter or a `#` heading; the rest is plain."""
    assert source_from_bytes(text.encode(), name).kind == kind


def test_a_file_is_read_as_it_stands(tmp_path: Path) -> None:
    """Its name in messages is the path as it was given."""
    path = tmp_path / "a.md"
    path.write_bytes(b"words\r\n")
    opened = open_source(path)
    assert (opened.text, opened.name, opened.kind) == ("words\n", str(path), "markdown")


@pytest.mark.parametrize(
    "text",
    ["Er gehört zu keinem der anderen und ist größer als sie.", "A ação não começou, mas também não há pressa.",
     "Perché no? La città è già sveglia, e il caffè è pronto.", "She had a café crème, or “a coffee” – it’s true…",
     "¿Qué tal? El niño soñó con una montaña.",
     "På kvällen sitter han vid fönstret.", "L'été, près de la mer, a passé."],
)  # fmt: skip
def test_a_western_text_of_any_length_is_read_as_windows_writes_it(text: str):
    """One sentence of Windows-1252 keeps its letters, whatever a guess by frequencies would make of them."""
    assert source_from_bytes(text.encode("cp1252"), "a.txt").text.strip() == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Večer seděl u okna a poslouchal déšť. Co slyší? Žluťoučký kůň pěl ódy.", "cp1250"),
     ("Wieczorem siedział przy oknie i słuchał deszczu. Co słyszy? Nic, tylko ciszę i wiatr.", "cp1250"),
     ("Вечером он сидит у окна и слушает дождь. Что он слышит?", "koi8_r"),
     ("Το βράδυ κάθεται στο παράθυρο και ακούει τη βροχή.", "cp1253")],
)  # fmt: skip
def test_other_code_pages_are_not_taken_for_western(text: str, encoding: str):
    """Their letters, read as Windows-1252, are those of no Western language."""
    assert source_from_bytes(text.encode(encoding), "a.txt").text.strip() == text


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.md", "# a\n" * 250_000, "250,000 words; an episode has at most 200,000"),
        ("a.txt", "a\n\n" * 30_001, "30,001 lines of words; an episode has at most 30,000"),
        ("a.md", "Word.\n" + "#\n" * 240_000, "240,001 lines; an episode has at most 240,000"),
        ("a.html", "<html><body>" + "<p>a" * 30_001, "30,001 lines of words; an episode has at most 30,000"),
        ("a.html", "<html><body>a" + "<i></i>" * 120_000, "240,002 tags; an episode has at most 240,000"),
        ("a.epub", documents.epub("<p>a</p>" * 20_000, "<p>b</p>" * 20_000), "40,002 lines of words"),
    ],
    ids=["words", "lines", "signs", "paragraphs", "tags", "chapters"],
)
def test_more_than_an_episode_holds_is_refused_at_once(name: str, text: str | bytes, said: str) -> None:
    """Each word and each line is looked at many times; the hint says how a book becomes several episodes."""
    with pytest.raises(SourceTooLarge, match=said) as caught:
        source_from_bytes(text if isinstance(text, bytes) else text.encode(), name)
    assert "--each-chapter" in caught.value.hint


def test_a_book_of_ten_hours_is_no_flood(tmp_path: Path) -> None:
    """A hundred thousand words, two thousand headings; and twice as much where chapters are read apart."""
    chapter = "## The Gate\n\n" + "It rained on the roof all day. " * 7 + "\n\n"
    assert source_from_bytes((chapter * 2000).encode(), "a.md").text
    long = tmp_path / "long.epub"
    long.write_bytes(documents.epub(*[f"<h1>{n}</h1>" + "<p>It rained on the roof.</p>" * 9000 for n in range(7)]))
    with pytest.raises(SourceTooLarge):
        open_source(long)
    assert len(open_book(long).chapters) == 7
    assert open_source(long, 3).text
