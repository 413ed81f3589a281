"""Headings and blocks in a row: what readers collect, which of it is the title, and the article that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from audio_builder.article.blocks import (
    Wrapping,
    blocks_around_marks,
    broken_on_purpose,
    is_scene_break,
    item_marker,
    list_blocks,
    list_items,
    text_blocks,
)
from audio_builder.article.context import in_context, speaker
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.gutenberg import begins_licence, ends_header
from audio_builder.article.headings import Setting, byline_author, heading_levels, is_chapter, is_title, titled_together
from audio_builder.article.left_out import LeftOut
from audio_builder.article.marks import named_direction, without_marks
from audio_builder.article.model import Article, Block, BlockKind, Line, Section
from audio_builder.article.sentences import asks, ends_sentence
from audio_builder.article.text import columns, join_wrapped, speakable, tidy

LONGEST_HEADING = 300
"""Characters. Players cut titles long before; what is longer is a paragraph that looks like a heading."""

_BYLINE_WITHIN = 2
_TITLE_WITHIN = 4
"""Elements: a date, a place and a label may stand above a title, and it may stand twice."""

_MOST_WORDS_ABOVE = 8
_FEWEST_ASKED = 2
_LONGEST_VERSE_LINE_COLUMNS = 60
_SENTENCE_INSIDE = re.compile(r"\w[.!?…][”’\"')]*\s+\S")
_TASK_BOX = re.compile(r"\A\s*\\?\[[ xX>\-/?!*<]\]\s+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the source.

    Attributes:
        line: its words, in the notation of marks.
        level: 1 for the highest.
    """

    line: Line
    level: int


Element = Heading | Block


@dataclass(frozen=True, slots=True)
class Outline:
    """A source taken apart.

    Attributes:
        title: None where the source has none of its own.
        subtitle: None where the source has none.
        elements: all that follows, in order.
        left_out: what isn't read out, in the order of the source.
        above: short lines that stand above the title, such as a date.
        author: named by a line under the title; empty where none is.
        shown_title: what the source is called where nothing in it says so; it isn't read.
    """

    title: Line | None
    subtitle: Line | None
    elements: tuple[Element, ...]
    left_out: tuple[LeftOut, ...] = ()
    above: tuple[Line, ...] = ()
    author: str = ""
    shown_title: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a paragraph.

    Attributes:
        lines: one for each line of the source, or more where a tag breaks the line; with marks and escapes.
        source: the lines as written, for judging how they were wrapped.
        hard: the source breaks a line on purpose (two spaces, a backslash, or `<br>`).
        emphasised: everything in it is emphasised.
        stands_out: all of it is bold or centred, as a heading is that nothing marks as one.
    """

    lines: tuple[Line, ...]
    source: tuple[str, ...]
    hard: bool
    emphasised: bool
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """An element, and how it was set: emphasised, bold or centred, below an empty paragraph, in several lines."""

    element: Element
    emphasised: bool = False
    stands_out: bool = False
    after_blank: bool = False
    of_several: bool = False

    @property
    def kind(self) -> BlockKind | None:
        """That of a block; None for a heading."""
        return self.element.kind if isinstance(self.element, Block) else None

    @property
    def ends_in_question(self) -> bool:
        """Whether it is a block whose last sentence asks."""
        return isinstance(self.element, Block) and any(asks(line.text) for line in self.element.lines[-1:])

    @property
    def is_set_off(self) -> bool:
        """Whether all of it is bold, centred or in italics."""
        return self.stands_out or self.emphasised

    @property
    def byline_over_lines(self) -> Line | None:
        """The words of two or three lines, which may be a byline; None where they are more."""
        lines = self.element.lines if isinstance(self.element, Block) else ()
        return Line(" ".join(line.text for line in lines), lines[0].number) if 2 <= len(lines) <= 3 else None

    @property
    def line(self) -> Line | None:
        """The line of a heading, or of a paragraph that has one alone."""
        if isinstance(self.element, Heading):
            return self.element.line
        one = len(self.element.lines) == 1 and self.element.kind in (BlockKind.PARAGRAPH, BlockKind.QUESTION)
        return self.element.lines[0] if one else None


_NOTHING = _Found(Heading(Line("", 0), 1))


@dataclass(slots=True)
class OutlineBuilder:
    """Takes what a reader finds, in order. The outermost quotation, list or table decides a block's kind.

    Attributes:
        language: BCP 47 tag, or empty.
        wrapping: of the whole source.
        ended: whether the licence of the text begins, so that nothing more is taken.
    """

    language: str
    wrapping: Wrapping
    ended: bool = False
    _elements: list[_Found] = field(default_factory=list)
    _left_out: list[LeftOut] = field(default_factory=list)
    _blank: bool = False
    _kind: BlockKind = BlockKind.QUOTE
    _containers: list[BlockKind] = field(default_factory=list)
    _in_container: list[Line] = field(default_factory=list)

    def open_container(self, kind: BlockKind) -> None:
        """Begin a quotation, a list or a table."""
        if not self._containers:
            self._kind = kind
        self._containers.append(kind)

    @property
    def in_container(self) -> bool:
        """Whether a quotation, a list or a table is open."""
        return bool(self._containers)

    def close_container(self) -> None:
        """End the innermost container; with the outermost its block is finished."""
        self._containers.pop()
        if not self._containers:
            self._close_block()

    def stanza_break(self) -> None:
        """End a stanza: what follows in a quotation is a block of its own."""
        if self._containers and self._containers[0] is BlockKind.QUOTE:
            self._close_block()

    def blank(self) -> None:
        """Note an empty paragraph: it parts stanzas whose lines are paragraphs."""
        self._blank = True

    def scene_break(self) -> None:
        """Note a break between two scenes: a rule, or a line of signs."""
        if self._elements and not self._containers:
            self._elements.append(_Found(Block(BlockKind.SCENE, ())))

    def left_out(self, kind: str, words: str = "", line: int = 0) -> None:
        """Note something that isn't read out, for the list that a person is shown: see `LeftOut`."""
        self._left_out.append(LeftOut(kind, " ".join(words.split()), line))

    def licence_marker(self, words: str) -> bool:
        """Return whether a paragraph is a marker of Project Gutenberg's; what is before and after the text goes."""
        if ends_header(words):
            for item in self._elements:
                lines = (item.element.line,) if isinstance(item.element, Heading) else item.element.lines
                self.left_out("licence", " ".join(line.text for line in lines))
            self._elements.clear()
        elif begins_licence(words):
            self.ended = True
        else:
            return False
        self.left_out("licence", words)
        return True

    def words(self, words: Wording, heading_level: int = 0) -> None:
        """Take a paragraph, or a heading where the level is above 0."""
        if not words.lines or self.ended or self.licence_marker("\n".join(line.text for line in words.lines)):
            return
        if len(words.lines) == 1 and not heading_level and is_scene_break(words.lines[0].text):
            self.scene_break()
            return
        if self._containers:
            self._words_in_container(words)
            return
        if heading_level:
            first, *more = (line.text.strip() for line in words.lines)
            first = f"{first}:" if more and is_chapter(first) and first[-1].isalnum() else first
            joined = tidy(join_wrapped([first, *more]))
            heading = Line(named_direction(joined), words.lines[0].number)
            if len(heading.text) <= LONGEST_HEADING and speakable(without_marks(heading.text)):
                self._elements.append(_Found(Heading(heading, heading_level)))
                self._blank = False
                return
        if not self._elements and (
            named := titled_together([without_marks(line.text.strip()) for line in words.lines])
        ):
            for place, line in enumerate(words.lines):
                is_subtitle = place == 1 and bool(named[0])
                self.words(Wording((line,), (line.text,), False, emphasised=is_subtitle, stands_out=not is_subtitle))
            return
        for block in self._blocks(words):
            of_several = len(words.lines) > 1
            self._elements.append(_Found(block, words.emphasised, words.stands_out, self._blank, of_several))
            self._blank = False

    def _blocks(self, words: Wording) -> Iterator[Block]:
        """Yield the blocks of a paragraph: its text, and the list that signs at the beginning of its lines make."""
        items = list_items([line.text for line in words.lines])
        first = min(items, default=len(words.lines))
        text = replace(words, lines=words.lines[:first], source=words.source[:first] if items else words.source)
        if text.lines:
            yield from text_blocks(text.lines, self.language, verse=self._on_purpose(text))
        if items:
            yield from list_blocks(words.lines[first:], {place - first for place in items}, self.language)

    def _words_in_container(self, words: Wording) -> None:
        lines = self._lines_in_container(words)
        if len(lines) > 1:
            self.stanza_break()
        self._in_container.extend(lines)
        if len(lines) > 1:
            self.stanza_break()

    def outline(self, front: FrontMatter, *, by_wording: bool = False, lines_apart: bool = False) -> Outline:
        """Return the outline, with the title and the subtitle taken from the top.

        The title is a heading of the first level near the top, the only heading above all others, or a line that says
        what the front matter calls the title. What stands in short lines above it is kept apart. The subtitle stands
        right under it: a paragraph of one line that is emphasised as a whole, or a heading that is deeper than the next
        one. A line that says the author's name alone is left to the player, and a title that stands twice is read once.

        Args:
            front: what the source says about itself.
            by_wording: a source without headings has them in the wording of its lines, as plain text has.
            lines_apart: lines of verse may be paragraphs of their own.
        """
        found = self._elements
        if _has_no_headings(found, front):
            found = _with_headings(found, front, by_wording=by_wording)
        if lines_apart:
            found = _with_verse(found)
        found = _with_answers(found)
        place = _title_place(found, front)
        if place is None:
            return Outline(None, None, tuple(item.element for item in found), tuple(self._left_out))
        above = tuple(line for item in found[:place] if (line := item.line))
        title = found[place].line
        rest = self._once(found[place + 1 :], title.text if title else front.title)
        rest, author = self._without_byline(rest, front.author)
        subtitle = _subtitle(rest)
        if subtitle is None or (front.subtitle and not same_words(subtitle, front.subtitle)):
            subtitle = None
        else:
            rest = self._once(rest[1:], subtitle.text)
            rest, named = self._without_byline(rest, front.author)
            author = author or named
        elements = tuple(item.element for item in rest)
        return Outline(title, subtitle, elements, tuple(self._left_out), above, author)

    def _close_block(self) -> None:
        if self._in_container:
            kind = self._kind
            self._elements.extend(map(_Found, blocks_around_marks(kind, self._in_container, self.language)))
        self._in_container, self._blank = [], False

    def _lines_in_container(self, words: Wording) -> list[Line]:
        first = words.lines[0]
        if self._containers[0] is BlockKind.LIST:
            joined = join_wrapped([line.text for line in words.lines])
            bare = _TASK_BOX.sub("", joined)
            return [Line(bare[item_marker(bare) if bare[:1] in "·•§o" else 0 :], first.number)]
        if self._on_purpose(words):
            return list(words.lines)
        return [Line(join_wrapped([line.text for line in words.lines]), first.number)]

    def _on_purpose(self, words: Wording) -> bool:
        return words.hard or broken_on_purpose(words.source, self.wrapping)

    def _once(self, rest: list[_Found], said: str) -> list[_Found]:
        """Return what stands below a title without a line, near the top, that says it again."""
        kept: list[_Found] = []
        for place, item in enumerate(rest):
            if place < _TITLE_WITHIN and item.line and same_words(item.line, without_marks(said)):
                self.left_out("title that stands twice", item.line.text, item.line.number)
            else:
                kept.append(item)
        return kept

    def _without_byline(self, rest: list[_Found], author: str) -> tuple[list[_Found], str]:
        """Return what stands below the title without the author's name alone among the first two, and the author."""
        for place, item in enumerate(rest[:_BYLINE_WITHIN]):
            line = item.line or item.byline_over_lines
            if line is None or len(rest) < 2:
                continue
            known = author and any(same_words(line, byline) for byline in (author, f"by {author}"))
            named = byline_author(without_marks(line.text))
            if known or named:
                self.left_out("byline", line.text, line.number)
                return [*rest[:place], *rest[place + 1 :]], author or named
        return rest, ""


def _has_no_headings(found: Sequence[_Found], front: FrontMatter) -> bool:
    """Return whether a source marks no heading, or only its title."""
    headings = [item.element for item in found if isinstance(item.element, Heading)]
    if len(headings) != 1:
        return not headings
    if front.title:
        return same_words(headings[0].line, front.title)
    return headings[0].level == 1 or isinstance(found[0].element, Heading)


def _setting(item: _Found, *, by_wording: bool) -> Setting:
    """Return how a paragraph is set, for `heading_levels`; a line that may be no heading has no text."""
    element = item.element
    if isinstance(element, Heading):
        return Setting(element.line.text, element.line.text, level=element.level)
    line = item.line if (by_wording or item.stands_out) and not item.of_several else None
    words = " ".join(each.text for each in element.lines)
    return Setting(line.text if line else "", words, stands_out=item.stands_out)


def _with_headings(found: list[_Found], front: FrontMatter, *, by_wording: bool) -> list[_Found]:
    """Return the elements of a source that marks no heading but its title, with what looks like one."""
    settings = [_setting(item, by_wording=by_wording) for item in found]
    levels = heading_levels(settings)
    if found and not front.title and settings[0].level:
        levels[0] = 1
    if found and not front.title and not any(setting.level for setting in settings) and len(found) > 1:
        first = settings[0].text
        chapters = is_chapter(first) and any(
            level and is_chapter(each.text) for level, each in zip(levels[1:], settings[1:], strict=True)
        )
        levels[0] = (
            1 if is_title(first) and not chapters and (found[0].stands_out or _begins_as_title(found)) else levels[0]
        )
        is_subtitle = len(found) > 2 and found[1].emphasised and not found[1].stands_out
        if levels[0] == 1 and (is_subtitle or (len(found) > 2 and byline_author(settings[1].text))):
            levels[1] = 0
    return [
        _Found(Heading(item.line, level)) if level and item.line else item
        for item, level in zip(found, levels, strict=True)
    ]


def _begins_as_title(found: Sequence[_Found]) -> bool:
    """Return whether the first line is no sentence, has none in it, nor a mark, and no line of verse is right below."""
    first, second = found[0].line, found[1].line
    if first is None or first.text[:1].islower() or not _is_open(first.text):
        return False
    below = second is not None and not found[1].after_blank and _may_be_verse(found[1]) and _is_open(second.text)
    return not below or found[1].stands_out


def _is_open(text: str) -> bool:
    return not ends_sentence(text) and not _SENTENCE_INSIDE.search(f"{text} x") and "[" not in text


def _title_place(found: Sequence[_Found], front: FrontMatter) -> int | None:
    """Return where the title stands, None where there is none."""
    headings = [item.element.level for item in found if isinstance(item.element, Heading)]
    for place, item in enumerate(found[:_TITLE_WITHIN]):
        line = item.line
        if front.title:
            if line and same_words(line, front.title):
                return place
        elif isinstance(item.element, Heading):
            level = item.element.level
            if level == 1:
                return None if headings.count(1) > 1 and is_chapter(item.element.line.text) else place
            if level < min(headings[1:], default=7) and not is_chapter(item.element.line.text):
                return place
            if min(headings) >= level or is_chapter(item.element.line.text):
                return None
        small = line and len(line.text.split()) <= _MOST_WORDS_ABOVE and "[" not in line.text
        if not small or ends_sentence(line.text if line else ""):
            return None
    return None


def _with_verse(found: list[_Found]) -> list[_Found]:
    """Return the elements with lines of verse that are paragraphs of their own joined to stanzas.

    Stanzas are three such lines or more, or two beside an empty paragraph: short, and most of them open at their end.
    """
    joined: list[_Found] = []
    run: list[_Found] = []
    for item in [*found, None]:
        if run and (item is None or item.after_blank or not _may_be_verse(item)):
            beside_blank = run[0].after_blank or (item is not None and item.after_blank)
            joined.extend(_stanza(run, 2 if beside_blank else 3))
            run = []
        if item is not None:
            (run if _may_be_verse(item) else joined).append(item)
    return joined


def _may_be_verse(item: _Found) -> bool:
    if isinstance(item.element, Heading) or item.line is None or item.of_several:
        return False
    text = item.line.text
    if _SENTENCE_INSIDE.search(text) or "[" in text:
        return False
    return columns(text) <= _LONGEST_VERSE_LINE_COLUMNS and not byline_author(without_marks(text))


def _stanza(run: list[_Found], fewest: int) -> list[_Found]:
    lines = [item.line for item in run if item.line]
    still_open = sum(not ends_sentence(line.text) and not line.text.endswith(":") for line in lines[:-1])
    if len(lines) < fewest or still_open * 2 <= len(lines) - 1 or all(item.stands_out for item in run):
        return run
    return [_Found(Block(BlockKind.VERSE, tuple(lines)), after_blank=run[0].after_blank)]


def _with_answers(found: list[_Found]) -> list[_Found]:
    """Return the elements, knowing of set-off questions that they are answered where each has plain words below it.

    So interviews are set that name nobody: the questions bold or in italics, two or more, the answers not.
    """
    asked = [place for place, item in enumerate(found) if item.is_set_off and item.ends_in_question]
    answers = [
        item.kind is not None and not item.ends_in_question and not item.is_set_off for item in [*found[1:], _NOTHING]
    ]
    if len(asked) < _FEWEST_ASKED or not all(answers[place] for place in asked):
        return found
    answered = list(found)
    for place in asked:
        element = found[place].element
        if isinstance(element, Block):
            answered[place] = replace(found[place], element=replace(element, answered=True))
    return answered


def _subtitle(rest: Sequence[_Found]) -> Line | None:
    if len(rest) < 2:
        return None
    element = rest[0].element
    if isinstance(element, Heading):
        following = next((item.element for item in rest[1:] if isinstance(item.element, Heading)), None)
        return element.line if following is not None and element.level > following.level else None
    if speaker(" ".join(line.text for line in element.lines)):
        return None
    short = len(element.lines) == 1 and len(element.lines[0].text) <= LONGEST_HEADING
    one_of_several = any(item.stands_out for item in rest[1:]) or element.kind is BlockKind.QUESTION
    asked = (rest[0].stands_out and one_of_several) or (
        rest[0].ends_in_question and any(item.is_set_off and item.ends_in_question for item in rest[1:])
    )
    return (
        element.lines[0] if rest[0].emphasised and short and element.kind is not BlockKind.MARK and not asked else None
    )


def make_article(outline: Outline, front: FrontMatter) -> Article:
    """Return the article. What the front matter says comes before what the text shows."""
    return Article(
        title=front.title or _plain(outline.title) or outline.shown_title,
        subtitle=front.subtitle or _plain(outline.subtitle),
        author=front.author or outline.author,
        language=front.language,
        date=front.date,
        sections=_sections(outline.elements),
        left_out=outline.left_out,
        above_title=outline.above,
        title_is_spoken=bool(front.title or outline.title),
        details=front.details,
        id=front.id,
    )


def same_words(line: Line, text: str) -> bool:
    """Return whether a line says what `text` says, whatever the case and the spaces."""
    return without_marks(line.text).casefold() == " ".join(text.split()).casefold()


def _plain(line: Line | None) -> str:
    return without_marks(line.text) if line else ""


def _sections(elements: Sequence[Element]) -> tuple[Section, ...]:
    sections: list[Section] = []
    heading: Line | None = None
    blocks: list[Block] = []
    for element in elements:
        if isinstance(element, Block):
            blocks.append(element)
            continue
        if heading or blocks:
            sections.append(Section(heading, in_context(blocks)))
        heading, blocks = element.line, []
    sections.append(Section(heading, in_context(blocks)))
    return tuple(sections)
