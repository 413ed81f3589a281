"""What the blocks around a block make of it: long quotations, dialogue, interviews, breaks between scenes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from audio_builder.article.blocks import QUOTATION, is_quotation
from audio_builder.article.marks import without_marks
from audio_builder.article.model import Block, BlockKind
from audio_builder.article.word_tables import words_of

_SPOKEN_KINDS = (BlockKind.PARAGRAPH, BlockKind.VERSE, BlockKind.QUESTION, BlockKind.QUOTE)
_SPEAKER = re.compile(r"([^\W\d_][\w’'.-]*(?: [^\W\d_][\w’'.-]*){0,2})\s?[:：]\s*(?=\S)|([QAFPRDVОВ])\. (?=[^\W\d_])")
_DASH = "—"
_QUESTION_LABELS = words_of("speakers", "askers")
_CONTINUING = {"«": "»", "„": "“", "“": "”"}
"""With what paragraphs of a quotation may begin that another one has opened, besides what it opened with."""


def in_context(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks of a section as those around them show them to be.

    A quotation over several paragraphs or stanzas, of which each opens and only the last closes, is one throughout; a
    paragraph in quotation marks beside one that says who speaks is dialogue and no quotation. A question that somebody
    answers in the next block, as in an interview, is known to be answered. Breaks at either end part nothing.
    """
    within = list(blocks)
    while within and within[-1].kind is BlockKind.SCENE:
        within.pop()
    first = next((place for place, block in enumerate(within) if block.kind is not BlockKind.SCENE), 0)
    return tuple(_answered(_quoted(within[first:])))


def _quoted(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with each run of paragraphs that open with a quotation mark as quotation or dialogue."""
    found: list[Block] = []
    run: list[Block] = []
    opening = ""
    for block in blocks:
        first = _words(block)[:1] if block.kind in _SPOKEN_KINDS else ""
        if run and first and (first == opening or first in _CONTINUING.get(opening, "")):
            run.append(block)
            continue
        found += _speeches(run)
        opening = first if first in QUOTATION or first == '"' else ""
        run = [block] if opening else []
        found += [] if opening else [block]
    return found + _speeches(run)


def _words(block: Block) -> str:
    return without_marks(" ".join(line.text for line in block.lines)).strip()


def _speeches(run: Sequence[Block]) -> list[Block]:
    words = [_words(block) for block in run]
    speeches: list[list[int]] = [[]]
    for place, text in enumerate(words):
        speeches[-1].append(place)
        if not _stays_open(text, words[0][0]):
            speeches.append([])
    dialogue = any(speech and not _is_whole([words[place] for place in speech], words[0][0]) for speech in speeches)
    kinds = {
        place: _as_words(run[place]) if dialogue else BlockKind.QUOTE
        for speech in speeches
        for place in speech
        if run[place].kind is not BlockKind.QUOTE or (dialogue and is_quotation(words[place]))
    }
    return [replace(block, kind=kinds.get(place, block.kind)) for place, block in enumerate(run)]


def _as_words(block: Block) -> BlockKind:
    """Return what a block is if it is no quotation."""
    if block.kind is not BlockKind.QUOTE:
        return block.kind
    return BlockKind.VERSE if len(block.lines) > 1 else BlockKind.PARAGRAPH


def _is_whole(speech: Sequence[str], opening: str) -> bool:
    """Return whether quotation marks hold all paragraphs of a speech."""
    *before, last = speech
    return is_quotation(opening + last[1:]) and all(_stays_open(text, opening) for text in before)


def _stays_open(text: str, opening: str) -> bool:
    """Return whether a paragraph opens a quotation and doesn't close it."""
    if opening == '"':
        return text.count('"') % 2 == 1
    inner = text[1:]
    closing = QUOTATION[opening]
    apostrophes = len(re.findall(r"\w’(?:\w|\s)", inner)) if "’" in closing else 0
    return sum(map(inner.count, closing)) - apostrophes <= inner.count(opening)


def _answered(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks, knowing of each question whether the next speaker answers it."""
    speakers = [speaker(_words(block)) if block.kind in _SPOKEN_KINDS else "" for block in blocks]
    turns = list(pairwise(speakers))
    interview = any(one and two and one != two for one, two in turns)
    for place, (one, two) in enumerate(turns):
        asks_another = one.casefold() in _QUESTION_LABELS or (one and two and (one != two or one == _DASH))
        kinds = blocks[place].kind, blocks[place + 1].kind
        in_interview = interview and kinds[0] is BlockKind.QUESTION and kinds[1] is not BlockKind.QUESTION
        answered = blocks[place].answered or bool(asks_another) or in_interview
        yield replace(blocks[place], answered=answered)
    yield from blocks[-1:]


def speaker(words: str) -> str:
    """Return who speaks in a paragraph, as a word or two before a colon say it, or a dash at its beginning.

    >>> speaker("Anna Lind: I wait."), speaker("— I wait."), speaker("Now I have waited: here.")
    ('Anna Lind', '—', '')
    """
    if words[:1] in ("—", "–", "―") and words[1:2] != words[:1]:
        return _DASH
    found = _SPEAKER.match(words)
    return (found[1] or found[2]).strip() if found else ""
