"""The second stage of the line: an `Article` becomes a `Script`, every pause explicit and with its reason.

Decision 7 has the rules, and what decides where two of them meet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from audio_builder.article.bad_marks import Locate, Place
from audio_builder.article.mark_kinds import (
    BackgroundMark,
    BeatMark,
    BellMark,
    BreathMark,
    ChapterMark,
    LangMark,
    Mark,
    PauseMark,
    SilenceMark,
    StyleMark,
)
from audio_builder.article.marks import Words, split, without_marks
from audio_builder.article.model import Article, Block, BlockKind, Line, Section
from audio_builder.recipe.settings import Pacing
from audio_builder.script.builder import ScriptBuilder, breath_cue
from audio_builder.script.cues import MOST_CHAPTERS, UNTITLED, Bell, Cue, Reason, Role, Script, check_chapters, untitled
from audio_builder.script.pauses import retimed, slowed, thinned
from audio_builder.script.phrases import Phrase, phrases

_ENDED = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_LONGEST_CHAPTER_TITLE = 120
"""Characters of the headings of one chapter, joined."""

_LEADS_ON = re.compile(r"[:：]$")

_ROLES = {
    BlockKind.PARAGRAPH: Role.PROSE,
    BlockKind.QUESTION: Role.PROSE,
    BlockKind.VERSE: Role.VERSE,
    BlockKind.QUOTE: Role.QUOTE,
    BlockKind.LIST: Role.ITEM,
    BlockKind.MARK: Role.PROSE,
    BlockKind.SCENE: Role.PROSE,
}


_AFTER = {BlockKind.VERSE: Reason.STANZA, BlockKind.SCENE: Reason.SCENE}


def pace(article: Article, pacing: Pacing) -> Script:
    """Return the script of an article: what is said, and every silence with its length and reason.

    Between two phrases there is one rest, unless a mark puts a bell, a breath or a chapter there. Where
    two rules meet, the longer pause wins and they never add up; a person's `[pause]` replaces both.

    Raises:
        ScriptError: a mark in the article is malformed.
        SourceTooLarge: it has more than 255 chapters, the most an MP3 file can list.
    """
    cues = slowed(thinned(_Writer(article, pacing).write(), pacing), pacing)
    check_chapters(cues)
    return Script(
        title=article.title,
        subtitle=article.subtitle,
        author=article.author,
        language=article.language,
        date=article.date,
        details=article.details,
        pacing=pacing.preset,
        cues=cues,
        id=article.id,
        place=article.place,
    )


def repace(script: Script, pacing: Pacing) -> Script:
    """Return the script with every rest that a rule set as long as `pacing` says; what a person set stays.

    A rest that the new pacing makes 0 s long is left out. The words, their order, breaths and
    chapters are untouched.
    """
    return replace(script, pacing=pacing.preset, cues=retimed(script.cues, pacing))


class _Writer:
    """Goes through one article from top to bottom and gives the builder what happens."""

    def __init__(self, article: Article, pacing: Pacing) -> None:
        self.article = article
        self.pacing = pacing
        self.builder = ScriptBuilder(pacing)
        self.language = article.language

    def write(self) -> tuple[Cue, ...]:
        """Return the cues of the whole article."""
        article, builder = self.article, self.builder
        chains = heading_chains(article.sections)
        title = article.title if article.title_is_spoken else ""
        shown = title or chains.get(0, "") or article.title
        builder.open_episode(" ".join(shown.split()) or untitled(article.language))
        for line in article.above_title:
            builder.say(without_marks(line.text), Role.PROSE)
            builder.rest(Reason.TITLE)
        if title:
            builder.say(title, Role.TITLE)
            builder.rest(Reason.TITLE)
        if article.subtitle:
            builder.say(article.subtitle, Role.SUBTITLE)
            builder.rest(Reason.SUBTITLE)
        listed = largest_chapters(article.sections, list(chains))
        for number, section in enumerate(article.sections):
            if section.heading:
                opens = number in chains and not (number == 0 and not title)
                self._heading(section.heading, chains[number] if opens else "", listed=number in listed)
            for block in section.blocks:
                self._block(block)
        return builder.finish()

    def _heading(self, heading: Line, chapter: str, *, listed: bool) -> None:
        """Say a heading; one that begins a chapter comes after a bell."""
        builder = self.builder
        if chapter:
            builder.rest(Reason.BEFORE_HEADING)
            if listed:
                builder.chapter(chapter, by_person=False)
            builder.add(Bell())
            builder.rest(Reason.BELL)
        for piece in split(heading.text, _place_of(heading)):
            if isinstance(piece, Words):
                builder.say(piece.text, Role.HEADING)
                builder.rest(Reason.AFTER_HEADING)
            else:
                self._mark(piece, Reason.AFTER_HEADING)

    def _block(self, block: Block) -> None:
        happenings = self._happenings(block)
        asking = range(0) if block.kind is BlockKind.QUOTE or block.answered else _last_questions(happenings)
        for place, happening in enumerate(happenings):
            if isinstance(happening, Phrase):
                earlier = Reason.LINE if place in asking else Reason.SENTENCE
                self._phrase(happening, _ROLES[block.kind], Reason.QUESTION if place + 1 == asking.stop else earlier)
            elif isinstance(happening, Reason):
                self.builder.rest(happening)
            else:
                self._mark(happening, Reason.PARAGRAPH if block.kind is BlockKind.MARK else Reason.SENTENCE)
        if block.kind is not BlockKind.MARK:
            self.builder.rest(_after_block(block))

    def _happenings(self, block: Block) -> list[Phrase | Mark | Reason]:
        """Return the phrases and marks of a block, with the reason to rest at the end of each line but the last."""
        happenings: list[Phrase | Mark | Reason] = []
        for line in block.lines:
            if happenings and block.kind is not BlockKind.MARK:
                happenings.append(Reason.ITEM if block.kind is BlockKind.LIST else Reason.LINE)
            for piece in split(line.text, _place_of(line)):
                if isinstance(piece, Words):
                    happenings.extend(phrases(piece.text, self.language))
                    continue
                if isinstance(piece, LangMark):
                    self.language = piece.tag or self.article.language
                if isinstance(piece, StyleMark | BackgroundMark | BeatMark) and happenings:
                    happenings[-1] = _going_on(happenings[-1])
                happenings.append(piece)
        return happenings

    def _phrase(self, phrase: Phrase, role: Role, after: Reason) -> None:
        self.builder.say(phrase.text, role)
        if phrase.trails_off:
            self.builder.rest(Reason.ELLIPSIS)
        if phrase.at_dash:
            self.builder.rest(Reason.DASH)
        if phrase.ends_sentence:
            self.builder.rest(after)

    def _mark(self, mark: Mark, after_breath: Reason) -> None:
        builder = self.builder
        match mark:
            case PauseMark(seconds=seconds):
                builder.pause(seconds)
            case BellMark():
                builder.add(Bell())
                builder.rest(Reason.BELL)
            case BreathMark():
                builder.add(breath_cue(mark, self.pacing))
                builder.rest(after_breath)
            case ChapterMark(title):
                builder.chapter(title, by_person=True)
            case SilenceMark(seconds):
                builder.pause(seconds, Reason.SILENCE)
            case BeatMark(seconds):
                builder.beat(seconds)
            case BackgroundMark(name):
                builder.background(name)
            case _:
                builder.style = builder.style.after(mark)


def _after_block(block: Block) -> Reason:
    """Return why to rest after a block. A paragraph that ends in a colon leads to what follows."""
    if block.kind in _AFTER:
        return _AFTER[block.kind]
    leads_on = block.kind is BlockKind.PARAGRAPH and _LEADS_ON.search(without_marks(block.lines[-1].text))
    return Reason.LINE if leads_on else Reason.PARAGRAPH


def _going_on(before: Phrase | Mark | Reason) -> Phrase | Mark | Reason:
    """Return what stands before a change of style; words in the middle of a sentence get no pause for it."""
    if isinstance(before, Phrase) and not _ENDED.search(before.text):
        return replace(before, ends_sentence=False)
    return before


def _last_questions(happenings: Sequence[Phrase | Mark | Reason]) -> range:
    """Return the places of the questions a block ends with, from the first to the last phrase of them.

    A question that an answer follows in the same block is part of an argument and not among them.
    """
    places = [place for place, happening in enumerate(happenings) if isinstance(happening, Phrase)]
    asking: list[int] = []
    for place in reversed(places):
        phrase = happenings[place]
        if not (isinstance(phrase, Phrase) and phrase.question):
            break
        asking.append(place)
    return range(asking[-1], asking[0] + 1) if asking else range(0)


def heading_chains(sections: Sequence[Section]) -> dict[int, str]:
    """Return where a heading begins a chapter, and what the chapter is called.

    Headings with no words between them, such as a part and its first chapter, begin one chapter.
    """
    chains: dict[int, str] = {}
    start = -1
    for number, section in enumerate(sections):
        if section.heading is None:
            continue
        title = without_marks(section.heading.text) or UNTITLED
        follows = number > 0 and sections[number - 1].heading is not None and not sections[number - 1].blocks
        if follows and start >= 0:
            if len(chains[start]) + len(title) + 2 <= _LONGEST_CHAPTER_TITLE:
                chains[start] += f": {title}"
        else:
            start = number
            chains[start] = title
    return chains


def largest_chapters(sections: Sequence[Section], starts: Sequence[int]) -> set[int]:
    """Return which of the headings that begin a chapter are listed: all, or the largest of more than can be.

    An MP3 file lists 255 chapters. What is smaller belongs to the chapter before it.
    """
    marks = sum(line.text.lower().count("[chapter") for section in sections for line in section.lines)
    most = MOST_CHAPTERS - 1 - marks
    if len(starts) <= most:
        return set(starts)
    words = [sum(len(line.text.split()) for line in section.lines) for section in sections]
    sizes = {start: sum(words[start:end]) for start, end in pairwise([*starts, len(sections)])}
    return set(sorted(starts, key=lambda start: -sizes[start])[: max(0, most)])


def _place_of(line: Line) -> Locate:
    """Return what places a bad mark of an article that was not read from a source."""
    return lambda _bracket, offset: Place("the article", line.number, offset + 1)
