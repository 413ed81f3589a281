"""What readers of marked-up text give their paragraphs to, in order: headings and blocks in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from audio_builder.article.boilerplate import begins_licence, ends_header
from audio_builder.article.elements import (
    BYLINE_WITHIN,
    TITLE_WITHIN,
    SetElement,
    subtitle_of,
    title_place,
    with_answers,
    with_headings,
    with_verse,
)
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.headings import author_below, byline_author, is_chapter, is_number, titled_together
from audio_builder.article.left_out import LeftOut
from audio_builder.article.marks import named_direction, without_marks
from audio_builder.article.model import Block, BlockKind, Line
from audio_builder.article.outline import LONGEST_HEADING, Heading, Outline, same_words
from audio_builder.article.text import join_wrapped, speakable, tidy

_TASK_BOX = re.compile(r"\A\s*\\?\[[ xX>\-/?!*<]\]\s+")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a paragraph.

    Attributes:
        lines: one for each line of the source, or more where a tag breaks the line; with marks and escapes.
        source: the lines as written, for judging how they were wrapped.
        hard: the source breaks a line on purpose (two spaces, a backslash, or `<br>`).
        emphasised: everything in it is emphasised.
        stands_out: all of it is bold or centred, as a heading is that nothing marks as one.
        centred: it stands out by that alone.
    """

    lines: tuple[Line, ...]
    source: tuple[str, ...]
    hard: bool
    emphasised: bool
    stands_out: bool = False
    centred: bool = False


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
    _elements: list[SetElement] = field(default_factory=list)
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
            self._elements.append(SetElement(Block(BlockKind.SCENE, ())))

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
            first = f"{first}:" if more and first[-1:].isalnum() and (is_chapter(first) or is_number(first)) else first
            joined = tidy(join_wrapped([first, *more]))
            heading = Line(named_direction(joined), words.lines[0].number)
            if len(heading.text) <= LONGEST_HEADING and speakable(without_marks(heading.text)):
                self._elements.append(SetElement(Heading(heading, heading_level)))
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
            self._elements.append(
                SetElement(block, words.emphasised, words.stands_out, self._blank, of_several, words.centred)
            )
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
        found = with_headings(self._elements, front, by_wording=by_wording)
        if lines_apart:
            found = with_verse(found)
        found = with_answers(found)
        place = title_place(found, front)
        if place is None:
            return Outline(None, None, tuple(item.element for item in found), tuple(self._left_out))
        above = tuple(line for item in found[:place] if (line := item.line))
        title = found[place].line
        rest = self._once(found[place + 1 :], title.text if title else front.title)
        rest, author = self._without_byline(rest, front.author)
        subtitle = subtitle_of(rest)
        if subtitle is None or (front.subtitle and not same_words(subtitle, front.subtitle)):
            subtitle = None
        else:
            subtitle, rest = _in_full(subtitle, rest[1:])
            rest = self._once(rest, subtitle.text)
            rest, named = self._without_byline(rest, front.author)
            author = author or named
        elements = tuple(item.element for item in rest)
        return Outline(title, subtitle, elements, tuple(self._left_out), above, author)

    def _close_block(self) -> None:
        if self._in_container:
            kind = self._kind
            self._elements.extend(map(SetElement, blocks_around_marks(kind, self._in_container, self.language)))
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

    def _once(self, rest: list[SetElement], said: str) -> list[SetElement]:
        """Return what stands below a title without a line, near the top, that says it again."""
        kept: list[SetElement] = []
        for place, item in enumerate(rest):
            if place < TITLE_WITHIN and item.line and same_words(item.line, without_marks(said)):
                self.left_out("title that stands twice", item.line.text, item.line.number)
            else:
                kept.append(item)
        return kept

    def _without_byline(self, rest: list[SetElement], author: str) -> tuple[list[SetElement], str]:
        """Return what stands below the title without the author's name alone among the first two, and the author."""
        if len(rest) > 2 and (named := author_below([item.line.text for item in rest[:2] if item.line])):
            self.left_out("byline", f"by {named}", rest[0].line.number if rest[0].line else 0)
            return rest[2:], author or named
        for place, item in enumerate(rest[:BYLINE_WITHIN]):
            line = item.line or item.byline_over_lines
            if line is None or len(rest) < 2:
                continue
            known = author and any(same_words(line, byline) for byline in (author, f"by {author}"))
            named = byline_author(without_marks(line.text))
            if known or named:
                self.left_out("byline", line.text, line.number)
                return [*rest[:place], *rest[place + 1 :]], author or named
        return rest, ""


def _in_full(subtitle: Line, rest: list[SetElement]) -> tuple[Line, list[SetElement]]:
    """Return the subtitle and what stands below it; one that an exporter cut short as the next line has it in full."""
    following = rest[0].line if rest else None
    cut = subtitle.text.endswith("…") and following and following.text.startswith(subtitle.text.rstrip("… "))
    return (following, rest[1:]) if cut and following else (subtitle, rest)
