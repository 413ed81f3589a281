"""What the elements of a source turn out to be by how they are set: headings, the title, verse, answered questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from audio_builder.article.context import speaker
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.headings import Setting, begins_chapters, byline_author, heading_levels, is_chapter, is_title
from audio_builder.article.marks import without_marks
from audio_builder.article.model import Block, BlockKind, Line
from audio_builder.article.outline import LONGEST_HEADING, Element, Heading, same_words
from audio_builder.article.sentences import asks, ends_sentence
from audio_builder.article.text import columns

BYLINE_WITHIN = 2
TITLE_WITHIN = 4
"""Elements: a date, a place and a label may stand above a title, and it may stand twice."""
_MOST_WORDS_ABOVE = 8
_FEWEST_ASKED = 2
_LONGEST_VERSE_LINE_COLUMNS = 60
_SENTENCE_INSIDE = re.compile(r"\w[.!?…][”’\"')]*\s+\S")


@dataclass(frozen=True, slots=True)
class SetElement:
    """An element, and how it was set: emphasised, bold or centred, below an empty paragraph, in several lines.

    Attributes:
        centred: it stands out by that alone.
    """

    element: Element
    emphasised: bool = False
    stands_out: bool = False
    after_blank: bool = False
    of_several: bool = False
    centred: bool = False

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


_NOTHING = SetElement(Heading(Line("", 0), 1))


def _has_no_headings(found: Sequence[SetElement], front: FrontMatter) -> bool:
    """Return whether a source marks no heading, or only its title."""
    headings = [item.element for item in found if isinstance(item.element, Heading)]
    if len(headings) != 1:
        return not headings
    if front.title:
        return same_words(headings[0].line, front.title)
    return headings[0].level == 1 or isinstance(found[0].element, Heading)


def _setting(item: SetElement, *, by_wording: bool) -> Setting:
    """Return how a paragraph is set, for `heading_levels`; a line that may be no heading has no text."""
    element = item.element
    if isinstance(element, Heading):
        return Setting(element.line.text, element.line.text, level=element.level)
    line = item.line if (by_wording or item.stands_out) and not item.of_several else None
    words = " ".join(each.text for each in element.lines)
    return Setting(line.text if line else "", words, stands_out=item.stands_out)


def with_headings(found: list[SetElement], front: FrontMatter, *, by_wording: bool) -> list[SetElement]:
    """Return the elements; of a source that marks no heading but its title, with what looks like one."""
    if not _has_no_headings(found, front):
        return found
    settings = [_setting(item, by_wording=by_wording) for item in found]
    levels = heading_levels(settings)
    if found and not front.title and settings[0].level:
        levels[0] = 1
    if found and not front.title and not any(setting.level for setting in settings) and len(found) > 1:
        first = settings[0].text
        below = (each.text for level, each in zip(levels[1:], settings[1:], strict=True) if level)
        chapters = begins_chapters(first, below)
        levels[0] = (
            1 if is_title(first) and not chapters and (found[0].stands_out or _begins_as_title(found)) else levels[0]
        )
        is_subtitle = len(found) > 2 and (
            (found[1].emphasised and not found[1].stands_out) or _is_centred_alone(found, levels)
        )
        if levels[0] == 1 and (is_subtitle or (len(found) > 2 and byline_author(settings[1].text))):
            levels[1] = 0
    return [
        SetElement(Heading(item.line, level)) if level and item.line else item
        for item, level in zip(found, levels, strict=True)
    ]


def _is_centred_alone(found: Sequence[SetElement], levels: Sequence[int]) -> bool:
    """Return whether the second line is centred and the headings below it are set otherwise."""
    headings = [item for item, level in zip(found[2:], levels[2:], strict=True) if level]
    return found[1].centred and bool(headings) and not any(item.centred for item in headings)


def _begins_as_title(found: Sequence[SetElement]) -> bool:
    """Return whether the first line is no sentence, has none in it, nor a mark, and no line of verse is right below."""
    first, second = found[0].line, found[1].line
    if first is None or first.text[:1].islower() or not _is_open(first.text):
        return False
    below = second is not None and not found[1].after_blank and _may_be_verse(found[1]) and _is_open(second.text)
    return not below or found[1].stands_out


def _is_open(text: str) -> bool:
    return not ends_sentence(text) and not _SENTENCE_INSIDE.search(f"{text} x") and "[" not in text


def title_place(found: Sequence[SetElement], front: FrontMatter) -> int | None:
    """Return where the title stands, None where there is none."""
    headings = [item.element.level for item in found if isinstance(item.element, Heading)]
    for place, item in enumerate(found[:TITLE_WITHIN]):
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


def with_verse(found: list[SetElement]) -> list[SetElement]:
    """Return the elements with lines of verse that are paragraphs of their own joined to stanzas.

    Stanzas are three such lines or more, or two beside an empty paragraph: short, and most of them open at their end.
    """
    joined: list[SetElement] = []
    run: list[SetElement] = []
    for item in [*found, None]:
        if run and (item is None or item.after_blank or not _may_be_verse(item)):
            beside_blank = run[0].after_blank or (item is not None and item.after_blank)
            joined.extend(_stanza(run, 2 if beside_blank else 3))
            run = []
        if item is not None:
            (run if _may_be_verse(item) else joined).append(item)
    return joined


def _may_be_verse(item: SetElement) -> bool:
    if isinstance(item.element, Heading) or item.line is None or item.of_several:
        return False
    text = item.line.text
    if _SENTENCE_INSIDE.search(text) or "[" in text:
        return False
    return columns(text) <= _LONGEST_VERSE_LINE_COLUMNS and not byline_author(without_marks(text))


def _stanza(run: list[SetElement], fewest: int) -> list[SetElement]:
    lines = [item.line for item in run if item.line]
    still_open = sum(not ends_sentence(line.text) and not line.text.endswith(":") for line in lines[:-1])
    if len(lines) < fewest or still_open * 2 <= len(lines) - 1 or all(item.stands_out for item in run):
        return run
    return [SetElement(Block(BlockKind.VERSE, tuple(lines)), after_blank=run[0].after_blank)]


def with_answers(found: list[SetElement]) -> list[SetElement]:
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


def subtitle_of(rest: Sequence[SetElement]) -> Line | None:
    """Return the subtitle among the elements below a title: the first, if it is set as one."""
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
