"""Plain text to its outline. Decision 5 has the rules and their reasons."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from audio_builder.article.blocks import (
    Wrapping,
    blocks_around_marks,
    broken_on_purpose,
    is_scene_break,
    item_marker,
    item_number,
    list_blocks,
    list_items,
    text_blocks,
    wrapping_of,
)
from audio_builder.article.boilerplate import is_contents, take_licence
from audio_builder.article.context import speaker
from audio_builder.article.dialects import title_block
from audio_builder.article.frontmatter import NAME_KEY, FrontMatter, shortened, without_front_matter
from audio_builder.article.headings import (
    LONGEST_TITLE_COLUMNS,
    Setting,
    author_below,
    begins_chapters,
    byline_author,
    heading_levels,
    in_title_case,
    is_chapter,
    is_title,
    may_be_heading,
    titled_together,
)
from audio_builder.article.left_out import LeftOut
from audio_builder.article.marks import holds_marks, without_marks
from audio_builder.article.model import Block, BlockKind, Line
from audio_builder.article.outline import LONGEST_HEADING, Element, Heading, Outline, same_words
from audio_builder.article.printed_pages import without_page_marks
from audio_builder.article.readers import Parsed, TextReader
from audio_builder.article.sentences import ends_sentence, sentences
from audio_builder.article.source import SourceText
from audio_builder.article.text import broken_word, columns, speakable, tidy, words_known

_LONG_PARAGRAPH_COLUMNS = 120
_WIDEST_VERSE = 90
"""Columns."""

_LONGEST_SUBTITLE_SENTENCE = 12
"""Words; a longer sentence with its full stop is the first paragraph."""

_MOST_OF_TITLE_PAGE = 20
"""Lines."""

_WIDEST_BY_NAME = 30
_WIDEST_OF_TITLE_PAGE = 60
"""Columns."""

_INVITES = re.compile(
    r"(?:settle|sit|find|close|take|breathe|let|allow|notice|bring|welcome|lie|rest|relax|feel|imagine|listen|soften|inhale|"
    r"exhale|begin|setz|schließ|atme|spür|assieds|asseyez|ferme|respir|inspir|siéntate|cierra|siediti|chiudi)\w*\b",
    re.IGNORECASE,
)
"""With what a meditation begins, and no subtitle."""

_UNDERLINE = re.compile(r"\s*(={3,}|-{3,})\s*")
_UNDERLINE_LEVELS = {"=": 1, "-": 2}
_HASHES = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*\s*\Z")
_QUOTED = re.compile(r"\s*>\s?")
_LONGEST_ENTRY = 200
_PAGE_OF_ENTRY = re.compile(r"(?:\s*\.{2,}\s*|\s{2,})(?:\d{1,4}|[ivxlc]{1,7}|page)\s*\Z|\s\d{1,4}\s*\Z", re.IGNORECASE)
_TRAILS_OFF = re.compile(r"[\s.…()\[\]]*")
_SET_OFF_LINE = re.compile(r"\s*([~=*•·❧❖✦-]{1,5})\s+(\w.{0,60}?)\s+\1\s*")
_BOLD_LINE = re.compile(r"\s*(\*\*|__)(?=\S)[^*_]+(?<=\S)\1:?\s*")
_ROW = re.compile(r"\s*\|(.*)\|\s*")
_COLUMN_GAP = re.compile(r"(?<=\S)(?:\t|[ ]{3,})[ \t]*(?=\S)")
_STRUCK_OUT = re.compile(r"~~(?=\S)([^~\n]{1,300})(?<=\S)~~")
_CODED = re.compile(
    r"(?<![\w`])`([^`\n]{1,80})`(?![\w`])|(?<![\w/=+])([/=+])(?=\w)([^/=+\n]{1,80})(?<=\w)\2(?![\w/=+])|[ \t]\\$"
)
"""Signs around words in code, and of emphasis in other notations; a line break of Markdown."""

_EMPHASIS = re.compile(r"(?<![\w*_])[*_]{1,3}(?=[\w“‘\"'(])|(?<=[\w.,;:!?…”’\"')])[*_]{1,3}(?![\w*_])")


_PICTURE = re.compile(r"!\[([^\[\]]*)\]\([^()\s]*[./:][^()\s]*\)")
_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\([^()\s]*[./:#][^()\s]*\)")


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Lines between two empty lines.

    Attributes:
        lines: as in the source, without emphasis signs.
        blank_before: how many empty lines stand before; a rule of signs (`* * *`) counts as two.
        level: 1 or 2 where the source underlines it as a heading; else 0.
        scene: a rule stands before it.
        listed: its number is the next after that of the chunk before it, or the one after it goes on from it.
        bold: it is one line between signs of emphasis.
    """

    lines: tuple[Line, ...]
    blank_before: int
    level: int = 0
    scene: bool = False
    listed: bool = False
    bold: bool = False

    @property
    def text(self) -> str:
        """The only line of a chunk of one line, else nothing."""
        return self.lines[0].text.strip() if len(self.lines) == 1 else ""


def _read(source: SourceText) -> Parsed:
    """Return the outline of a plain text; a reader that unpacks a file may have given it front matter."""
    etext = take_licence(source.text)
    front = source.front or etext.front
    values, lines = title_block(etext.text)
    if lines and not front.title:
        front = FrontMatter(
            title=shortened(values.get("title", "")), author=shortened(values.get("author", "")), lines=lines
        )
        etext = replace(etext, text=without_front_matter(etext.text, front))
    left_out = [*etext.left_out]
    pages = without_page_marks(_without_signs(etext.text.split("\n"), left_out))
    left_out.extend(pages.left_out)
    chunks = _without_contents(list(_paragraphs(_chunks(pages.lines))), left_out)
    chunks = list(_listed(_poems(_with_chapter_names(iter(chunks)))))
    top = _top(chunks, front, left_out)
    if etext.front.title:
        top = _without_title_page(top, left_out)
    source_lines = [line for line in pages.lines if line is not None]
    wrapping = wrapping_of(source_lines)
    known = words_known("\n".join(source_lines)) if any(map(broken_word, source_lines)) else frozenset()
    elements: list[Element] = []
    for chunk, level in zip(top.rest, top.levels, strict=True):
        heading = _heading_line(chunk).text if level else ""
        if chunk.scene and not level:
            elements.append(Block(BlockKind.SCENE, ()))
        if level and speakable(without_marks(heading)) and len(heading) <= LONGEST_HEADING:
            elements.append(Heading(Line(heading, chunk.lines[0].number), level))
            chunk = replace(chunk, lines=chunk.lines[1:])  # noqa: PLW2901
        elements.extend(_blocks(chunk, front.language, wrapping, known))
    front = replace(front, author=front.author or top.author)
    name = "" if top.title else front.values.get(NAME_KEY, "")
    return Parsed(front, Outline(top.title, top.subtitle, tuple(elements), tuple(left_out), shown_title=name))


def _without_signs(lines: Sequence[str], left_out: list[LeftOut]) -> list[str]:
    """Return lines without the signs of Markdown: without pictures and struck-out words, with the words of links."""
    kept = list(lines)
    for place, line in enumerate(lines):
        if "](" in line:
            kept[place] = _LINK.sub(r"\1", _PICTURE.sub("", line))
            left_out.extend(LeftOut("picture", found[1], place + 1) for found in _PICTURE.finditer(line))
        if "~~" in line:
            kept[place] = _STRUCK_OUT.sub("", kept[place])
            left_out.extend(LeftOut("struck-out text", found[1], place + 1) for found in _STRUCK_OUT.finditer(line))
        if any(sign in line for sign in "`/=+\\"):
            kept[place] = _CODED.sub(lambda found: found[1] or found[3] or "", kept[place])
    return kept


def _chunks(source_lines: Sequence[str | None]) -> Iterator[_Chunk]:
    """Yield the chunks of a text. Lines without a letter or digit separate, or underline."""
    waiting: list[Line] = []
    blank = blank_before = 0
    scene = scene_before = False
    for number, raw in enumerate([*source_lines, ""], start=1):
        if raw is None:
            continue
        if speakable(raw) and not is_scene_break(raw):
            if not waiting:
                blank_before, blank = blank, 0
                scene_before, scene = scene, False
            set_off = _SET_OFF_LINE.fullmatch(raw)
            bold = set_off or _BOLD_LINE.fullmatch(raw)
            if bold and waiting:
                yield _Chunk(tuple(waiting), blank_before, scene=scene_before)
                waiting, blank_before, scene_before = [], 0, False
            waiting.append(Line(set_off[2] if set_off else _EMPHASIS.sub("", raw), number))
            if bold:
                yield _Chunk(tuple(waiting), blank_before, scene=scene_before, bold=True)
                waiting = []
            continue
        underline = _UNDERLINE.fullmatch(raw) if len(waiting) == 1 else None
        if waiting:
            level = _UNDERLINE_LEVELS[underline[1][0]] if underline else 0
            yield _Chunk(tuple(waiting), blank_before, level, scene_before)
            waiting = []
        if raw.strip() and _TRAILS_OFF.fullmatch(raw):
            blank = max(0, blank - 1)
        else:
            blank += 1 if not raw.strip() or underline or raw.lstrip().startswith(">") else 2
        scene = scene or (not underline and is_scene_break(raw))


def _paragraphs(chunks: Iterator[_Chunk]) -> Iterator[_Chunk]:
    """Yield the chunks again, one for each line where the lines of a chunk are whole paragraphs.

    That is so where more than half of several lines have more than 120 columns, as in a text exported without empty
    lines, and where each line begins with an indent and ends a sentence, and one is longer than verse.
    """
    for chunk in chunks:
        widths = [columns(line.text) for line in chunk.lines]
        wide = sum(width > _LONG_PARAGRAPH_COLUMNS for width in widths)
        indented = all(line.text[:1].isspace() for line in chunk.lines[1:]) and max(widths) > _WIDEST_VERSE
        if len(widths) > 1 and (
            wide * 2 > len(widths) or (indented and all(ends_sentence(line.text.rstrip()) for line in chunk.lines))
        ):
            yield from (
                replace(
                    chunk,
                    lines=(line,),
                    blank_before=0 if place else chunk.blank_before,
                    scene=chunk.scene and not place,
                )
                for place, line in enumerate(chunk.lines)
            )
        else:
            yield chunk


def _without_contents(chunks: list[_Chunk], left_out: list[LeftOut]) -> list[_Chunk]:
    """Return the chunks without a table of contents: lines that end in a page, or stand below again."""
    start = next((place for place, chunk in enumerate(chunks) if is_contents(chunk.text)), None)
    if start is None:
        return chunks
    short = ((place, chunk.text) for place, chunk in enumerate(chunks) if 0 < len(chunk.text) <= _LONGEST_ENTRY)
    last = {_entry(text): place for place, text in short}
    end = start + 1
    while end < len(chunks) and all(_is_entry(line.text, last, end) for line in chunks[end].lines):
        end += 1
    if end == start + 1:
        return chunks
    out = [line for chunk in chunks[start:end] for line in chunk.lines]
    left_out.extend(LeftOut("table of contents", line.text.strip(), line.number) for line in out)
    return [*chunks[:start], *chunks[end:]]


def _entry(text: str) -> str:
    """Return a line of a table of contents without its number, its leader and the number of its page."""
    return re.sub(r"\W+", " ", _PAGE_OF_ENTRY.sub("", text)).strip().casefold()


def _is_entry(text: str, last: Mapping[str, int], place: int) -> bool:
    """Return whether a line ends in the number of a page, or stands below `place` again."""
    if len(text) > _LONGEST_ENTRY:
        return False
    with_page = _PAGE_OF_ENTRY.search(text) is not None and not is_chapter(text.strip())
    return with_page or last.get(_entry(text), -1) > place


def _poems(chunks: Iterator[_Chunk]) -> Iterator[_Chunk]:
    """Yield the chunks again, the title of a poem apart from the lines right under it.

    It begins the text or stands below two empty lines, in title case, and no line under it is in title case.
    """
    known = list(chunks)
    if len(known) > 2 and _has_subtitle_in_it(known[0], known[1]):
        title, subtitle = known[0].lines
        known[:1] = [replace(known[0], lines=(title,)), _Chunk((subtitle,), 1)]
    for place, chunk in enumerate(known):
        first, *below = chunk.lines
        titled = (place == 0 or chunk.blank_before >= 2) and in_title_case(first.text.strip())
        if len(below) < 2 or not titled or not is_title(first.text.strip()) or _any_title(below):
            yield chunk
        else:
            yield _Chunk((first,), chunk.blank_before, scene=chunk.scene)
            yield _Chunk(tuple(below), 1)


def _with_chapter_names(chunks: Iterator[_Chunk]) -> Iterator[_Chunk]:
    """Yield the chunks again, the number of a chapter and its name right below in one line."""
    for chunk in chunks:
        first, *below = (line.text.strip() for line in chunk.lines)
        named = len(below) == 1 and is_chapter(first) and may_be_heading(below[0]) and not is_chapter(below[0])
        if named and columns(below[0]) <= LONGEST_TITLE_COLUMNS and not ends_sentence(below[0]) and ":" not in first:
            yield replace(chunk, lines=(Line(f"{first.rstrip('.')}: {below[0]}", chunk.lines[0].number),))
        else:
            yield chunk


def _any_title(lines: Sequence[Line]) -> bool:
    return any(in_title_case(line.text.strip()) or item_marker(line.text) for line in lines)


def _listed(chunks: Iterator[_Chunk]) -> Iterator[_Chunk]:
    """Yield the chunks again, knowing whether the number that one begins with is one of a list's."""
    known = list(chunks)
    numbers = [0, *(item_number(chunk.lines[0].text) for chunk in known), 0]
    last = [0, *(_last_number(chunk) for chunk in known), 0]
    for place, chunk in enumerate(known, start=1):
        number = numbers[place]
        after, before = numbers[place + 1] == last[place] + 1, last[place - 1] == number - 1 and number > 1
        yield replace(chunk, listed=bool(number) and (before or after))


def _last_number(chunk: _Chunk) -> int:
    return next((number for line in reversed(chunk.lines) if (number := item_number(line.text))), 0)


@dataclass(frozen=True, slots=True)
class _Top:
    """What stands at the head of a text.

    Attributes:
        title: None where there is none, or the front matter gives it; so is the subtitle.
        subtitle: what stands under the title.
        author: named by a line under the title.
        rest: the chunks that are left.
        levels: that of the heading of each; 0 for none.
    """

    title: Line | None
    subtitle: Line | None
    author: str
    rest: list[_Chunk]
    levels: list[int]


def _top(chunks: list[_Chunk], front: FrontMatter, left_out: list[LeftOut]) -> _Top:
    """Return the title, the subtitle, the author, and the chunks that are left; the byline is noted."""
    top = _top_of(chunks, front)
    head = [line for chunk in chunks[: len(chunks) - len(top.rest)] for line in chunk.lines]
    titles = {line.number for line in (top.title, top.subtitle) if line}
    by = (line for line in head if line.number not in titles and not same_words(line, front.title))
    left_out.extend(LeftOut("byline", line.text.strip(), line.number) for line in by)
    return top


def _top_of(chunks: list[_Chunk], front: FrontMatter) -> _Top:
    levels = heading_levels([_setting(chunk) for chunk in chunks])
    title, subtitle, author = None, None, ""
    if chunks and front.title:
        said = chunks[0].text and same_words(chunks[0].lines[0], front.title)
        if not said:
            return _Top(None, None, "", chunks, levels)
    elif chunks and (together := titled_together([line.text.strip() for line in chunks[0].lines])) and chunks[1:]:
        subtitle = Line(tidy(together[0]), chunks[0].lines[1].number) if together[0] and not front.subtitle else None
        title, author = _heading_line(chunks[0]), together[1]
        if subtitle:
            return _Top(title, subtitle, author, chunks[1:], levels[1:])
    elif chunks and is_title(chunks[0].text) and not _is_first_of_chapters(chunks, levels):
        title = _heading_line(chunks[0])
    else:
        return _Top(None, None, "", chunks, levels)
    chunks, levels = chunks[1:], levels[1:]
    if len(chunks) > 1 and (named := _named_in(chunks[0])):
        author, chunks, levels = named, chunks[1:], levels[1:]
    elif len(chunks) > 2 and (named := author_below([chunk.text for chunk in chunks[:2]])):
        author, chunks = named, chunks[2:]
        levels = heading_levels([_setting(chunk) for chunk in chunks])
    if title and len(chunks) > 1 and not front.subtitle and _is_subtitle(chunks[0], chunks[1], levels, front.language):
        subtitle = Line(tidy(chunks[0].lines[0].text), chunks[0].lines[0].number)
        chunks, levels = chunks[1:], levels[1:]
        if len(chunks) > 1 and not author and (named := byline_author(chunks[0].text)):
            author, chunks, levels = named, chunks[1:], levels[1:]
    return _Top(title, subtitle, author, chunks, levels)


def _has_subtitle_in_it(first: _Chunk, second: _Chunk) -> bool:
    """Return whether two lines are a title with its subtitle, as the next line names the author."""
    lines = [line.text.strip() for line in first.lines]
    return len(lines) == 2 and all(map(is_title, lines)) and bool(_named_in(second))


def _named_in(chunk: _Chunk) -> str:
    """Return the author whom the first of at most three short lines names; empty where it doesn't."""
    first, *more = (line.text.strip() for line in chunk.lines)
    short = len(more) < 3 and all(columns(line) <= _WIDEST_BY_NAME and not ends_sentence(line) for line in more)
    return byline_author(first) if short else ""


def _without_title_page(top: _Top, left_out: list[LeftOut]) -> _Top:
    """Return the head of a printed book without what else its title page says: other books, the publisher, the year."""
    count = next((place for place, chunk in enumerate(top.rest) if is_chapter(chunk.text)), 0)
    lines = [line for chunk in top.rest[:count] for line in chunk.lines]
    short = all(
        columns(line.text.strip()) <= _WIDEST_OF_TITLE_PAGE and not ends_sentence(line.text[:-1]) for line in lines
    )
    if not short or len(lines) > _MOST_OF_TITLE_PAGE:
        return top
    left_out.extend(LeftOut("title page", line.text.strip(), line.number) for line in lines)
    return replace(top, rest=top.rest[count:], levels=top.levels[count:])


def _heading_line(chunk: _Chunk) -> Line:
    words = tidy(_HASHES.sub(r"\2", chunk.lines[0].text.strip()))
    return Line(words.rstrip(":：") if is_chapter(words) else words, chunk.lines[0].number)


def _is_first_of_chapters(chunks: Sequence[_Chunk], levels: Sequence[int]) -> bool:
    """Return whether a text begins with its first chapter or entry, without a title."""
    if levels[0] > 1 and _HASHES.fullmatch(chunks[0].text):
        return min((level for level in levels[1:] if level), default=7) <= levels[0]
    later = (chunk.text for chunk, level in zip(chunks[1:], levels[1:], strict=True) if level)
    return begins_chapters(chunks[0].text, later)


def _setting(chunk: _Chunk) -> Setting:
    hashes = _HASHES.fullmatch(chunk.lines[0].text.strip())
    words = tidy(" ".join(line.text.strip() for line in chunk.lines))
    level = len(hashes[1]) if hashes else chunk.level
    return Setting(chunk.text, words, chunk.blank_before, level, chunk.bold)


def _is_subtitle(chunk: _Chunk, following: _Chunk, levels: Sequence[int], language: str) -> bool:
    """Return whether the first chunk under the title is the subtitle: a heading where others like it follow is not."""
    text = chunk.text
    one_of_several = (
        following.text.endswith((".", "。", "।"))
        and columns(following.text) <= LONGEST_TITLE_COLUMNS
        and len(sentences(following.text, language)) == 1
    )
    stops = text.rstrip("”’\"')»").endswith((".", "。", "।"))
    return (
        bool(text)
        and not chunk.level
        and chunk.blank_before <= 1
        and columns(text) <= LONGEST_TITLE_COLUMNS
        and not text.endswith(tuple(":,;،؛，、；："))
        and not text.startswith("#")
        and may_be_heading(text)
        and not is_chapter(text)
        and not speaker(text)
        and not holds_marks(text)
        and not (stops and (len(text.split()) > _LONGEST_SUBTITLE_SENTENCE or one_of_several or _INVITES.match(text)))
        and not (levels[0] and any(levels[1:]))
        and len(sentences(text, language)) == 1
    )


def _blocks(chunk: _Chunk, language: str, wrapping: Wrapping, known: Collection[str]) -> Iterator[Block]:
    """Yield the blocks of a chunk: quotation, list items, and the text before them."""
    lines = chunk.lines
    if not lines:
        return
    if all(_QUOTED.match(line.text) for line in lines):
        bare = [Line(_QUOTED.sub("", line.text, count=1), line.number) for line in lines]
        for block in text_blocks(bare, language, verse=_verse(bare, wrapping), known=known):
            yield block if block.kind is BlockKind.MARK else replace(block, kind=BlockKind.QUOTE)
        return
    if cells := _cells(lines):
        yield from blocks_around_marks(BlockKind.LIST, cells, language)
        return
    items = list_items([line.text for line in lines], listed=chunk.listed)
    first_item = min(items, default=len(lines))
    words = lines[:first_item]
    yield from text_blocks(words, language, verse=_verse(words, wrapping), known=known)
    yield from list_blocks(lines[first_item:], frozenset(place - first_item for place in items), language, known)


def _cells(lines: Sequence[Line]) -> list[Line]:
    """Return the cells of a table between bars, or the rows of one in columns; none for other lines."""
    rows = [_ROW.fullmatch(line.text) for line in lines]
    if all(rows):
        return [
            Line(cell, line.number) for line, row in zip(lines, rows, strict=True) if row for cell in row[1].split("|")
        ]
    columned = len(lines) > 1 and all(len(_COLUMN_GAP.findall(line.text)) > 1 for line in lines)
    return [Line(_COLUMN_GAP.sub(", ", line.text.strip()), line.number) for line in lines] if columned else []


def _verse(lines: Sequence[Line], wrapping: Wrapping) -> bool:
    return broken_on_purpose([line.text for line in lines], wrapping)


READER = TextReader("plain", "plain text", (".txt", ".text", ""), lambda _text, _name: True, _read, rank=100)
