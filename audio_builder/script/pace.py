"""The second stage of the line: an `Article` becomes a `Script`, every pause explicit and with its reason.

The rules, and what decides between two that meet, are told in decision 0014.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from audio_builder.article.mark_kinds import (
    BackgroundMark,
    BeatMark,
    BellMark,
    BreathMark,
    ChapterMark,
    MannerMark,
    Mark,
    PauseMark,
    SilenceMark,
)
from audio_builder.article.marks import Locate, Place, Words, split, without_marks
from audio_builder.article.model import Article, Block, BlockKind, Line
from audio_builder.recipe.settings import Pacing
from audio_builder.script.chapters import UNTITLED, check_chapters
from audio_builder.script.composer import Composer
from audio_builder.script.cues import Bell, Cue, Reason, Role, Script
from audio_builder.script.marks import breath_cue
from audio_builder.script.sentences import Phrase, phrases
from audio_builder.script.timing import retimed, slowed, thinned

_ENDED = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_LEADS_ON = re.compile(r"[:：]$")

_ROLES = {
    BlockKind.PARAGRAPH: Role.PROSE,
    BlockKind.QUESTION: Role.PROSE,
    BlockKind.VERSE: Role.VERSE,
    BlockKind.QUOTE: Role.QUOTE,
    BlockKind.LIST: Role.ITEM,
    BlockKind.MARK: Role.PROSE,
}


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
        pacing=pacing.preset,
        cues=cues,
    )


def repace(script: Script, pacing: Pacing) -> Script:
    """Return the script with every rest that a rule set as long as `pacing` says; what a person set stays.

    A rest that the new pacing makes 0 s long is left out. The words, their order, breaths and
    chapters are untouched.
    """
    return replace(script, pacing=pacing.preset, cues=retimed(script.cues, pacing))


class _Writer:
    """Goes through one article from top to bottom and tells the composer what happens."""

    def __init__(self, article: Article, pacing: Pacing) -> None:
        self.article = article
        self.pacing = pacing
        self.composer = Composer(pacing)

    def write(self) -> tuple[Cue, ...]:
        """Return the cues of the whole article."""
        article, composer = self.article, self.composer
        first_heading = article.sections[0].heading if article.sections else None
        composer.open_episode(" ".join(article.title.split()) or _chapter_title(first_heading))
        if article.title:
            composer.say(article.title, Role.TITLE)
            composer.rest(Reason.TITLE)
        if article.subtitle:
            composer.say(article.subtitle, Role.SUBTITLE)
            composer.rest(Reason.SUBTITLE)
        for number, section in enumerate(article.sections):
            if section.heading:
                self._heading(section.heading, opens_episode=number == 0 and not article.title)
            for block in section.blocks:
                self._block(block)
        return composer.finish()

    def _heading(self, heading: Line, *, opens_episode: bool) -> None:
        composer = self.composer
        if not opens_episode:
            composer.rest(Reason.BEFORE_HEADING)
            composer.chapter(_chapter_title(heading), by_person=False)
            composer.add(Bell())
            composer.rest(Reason.BELL)
        for piece in split(heading.text, _place_of(heading)):
            if isinstance(piece, Words):
                composer.say(piece.text, Role.HEADING)
                composer.rest(Reason.AFTER_HEADING)
            else:
                self._mark(piece, Reason.AFTER_HEADING)

    def _block(self, block: Block) -> None:
        happenings = self._happenings(block)
        asking = range(0) if block.kind is BlockKind.QUOTE else _last_questions(happenings)
        for place, happening in enumerate(happenings):
            if isinstance(happening, Phrase):
                earlier = Reason.LINE if place in asking else Reason.SENTENCE
                self._phrase(happening, _ROLES[block.kind], Reason.QUESTION if place + 1 == asking.stop else earlier)
            elif isinstance(happening, Reason):
                self.composer.rest(happening)
            else:
                self._mark(happening, Reason.PARAGRAPH if block.kind is BlockKind.MARK else Reason.SENTENCE)
        if block.kind is not BlockKind.MARK:
            self.composer.rest(_after_block(block))

    def _happenings(self, block: Block) -> list[Phrase | Mark | Reason]:
        """Return the phrases and marks of a block, with the reason to rest at the end of each line but the last."""
        happenings: list[Phrase | Mark | Reason] = []
        for line in block.lines:
            if happenings and block.kind is not BlockKind.MARK:
                happenings.append(Reason.ITEM if block.kind is BlockKind.LIST else Reason.LINE)
            for piece in split(line.text, _place_of(line)):
                if isinstance(piece, Words):
                    happenings.extend(phrases(piece.text, self.article.language))
                    continue
                if isinstance(piece, MannerMark | BackgroundMark | BeatMark) and happenings:
                    happenings[-1] = _going_on(happenings[-1])
                happenings.append(piece)
        return happenings

    def _phrase(self, phrase: Phrase, role: Role, after: Reason) -> None:
        self.composer.say(phrase.text, role)
        if phrase.trails_off:
            self.composer.rest(Reason.ELLIPSIS)
        if phrase.at_dash:
            self.composer.rest(Reason.DASH)
        if phrase.ends_sentence:
            self.composer.rest(after)

    def _mark(self, mark: Mark, after_breath: Reason) -> None:
        composer = self.composer
        match mark:
            case PauseMark(seconds=seconds):
                composer.pause(seconds)
            case BellMark():
                composer.add(Bell())
                composer.rest(Reason.BELL)
            case BreathMark():
                composer.add(breath_cue(mark, self.pacing))
                composer.rest(after_breath)
            case ChapterMark(title):
                composer.chapter(title, by_person=True)
            case SilenceMark(seconds):
                composer.pause(seconds, Reason.SILENCE)
            case BeatMark(seconds):
                composer.beat(seconds)
            case BackgroundMark(name):
                composer.background(name)
            case _:
                composer.manner = composer.manner.after(mark)


def _after_block(block: Block) -> Reason:
    """Return why to rest after a block. A paragraph that ends in a colon leads to what follows."""
    if block.kind is BlockKind.VERSE:
        return Reason.STANZA
    leads_on = block.kind is BlockKind.PARAGRAPH and _LEADS_ON.search(without_marks(block.lines[-1].text))
    return Reason.LINE if leads_on else Reason.PARAGRAPH


def _going_on(before: Phrase | Mark | Reason) -> Phrase | Mark | Reason:
    """Return what stands before a change of manner; words in the middle of a sentence get no pause for it."""
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


def _chapter_title(heading: Line | None) -> str:
    return (without_marks(heading.text) if heading else "") or UNTITLED


def _place_of(line: Line) -> Locate:
    """Return what places a bad mark of an article that was not read from a source."""
    return lambda _bracket, offset: Place("the article", line.number, offset + 1)
