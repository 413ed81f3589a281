"""What a block is: verse or wrapped prose, a question, a quotation, a list. See decision 5."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from audio_builder.article.marks import only_marks, without_marks
from audio_builder.article.model import Block, BlockKind, Line
from audio_builder.article.sentences import asks, ends_sentence, may_ask, sentences
from audio_builder.article.text import broken_word, columns, first_word, join_wrapped, roman_number, speakable, tidy

_LONG_LINE = 120
"""Columns. No editor that wraps lines by itself lets one grow this long."""

_USUAL_WIDTH = 60
"""Columns. Texts are hardly ever wrapped narrower than this, and verse is seldom wider."""

_FILLED_ALL_THROUGH = 4
"""Lines. So many, each as full as it can be, are no accident of verse, however narrow they are."""

_MANY = 20
"""Blocks. So many that surely were wrapped show how a whole document was."""

_RAGGED = 12
"""Columns by which lines that were broken by hand differ."""

_LONGEST_RULE = 100
_ORNAMENT = re.compile(r"[-–—~*=·•]{1,9}[oOxX0]{1,3}[-–—~*=·•]{1,9}|[oO]{1,2}[0O][oO]{1,2}")
"""A rule that has letters in it, as typewriters have: -o-, o0o."""

_NARROWEST = 30
"""Columns. No screen is narrower, so that lines shorter than this are meant, be they never so alike."""

_SIGNS = " \t*_`"

_BULLETS = "*+•‣◦·⁃∙●○▪▫■□◆◇►▶▸➤➢➔→⇒✓✔✗✘☐☑☒★☆❖✦✧\uf0a7\uf0b7\uf0d8\uf0fc"
_LIST_ITEM = re.compile(
    rf"\s*(?:(?:[-‐−–—―{_BULLETS}]\s+)?\[[ xX]\]|[-‐−{_BULLETS}]|o(?=\t)|(?P<dash>[–—―])|(?P<digits>\d{{1,2}})[.)]"
    r"|\((?P<round>\d{1,2})\)|(?P<circled>[①-⑳])|(?P<roman>\(?[ivx]{1,5})\)|(?P<letter>\(?[a-z])\)|(?P<capital>[A-Z])[.)])(?:\s+|(?<=[①-⑳]))(?=\S)"
)
_NUMBER_BEGINS = re.compile(r"\d{1,4}[.)](?:\s|$)")
_COUNTED = ("digits", "round", "circled", "roman", "letter", "capital")
QUOTATION = {"“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’", "‹": "›", "「": "」", "『": "』"}
"""Opening quotation marks, each with those that may close it."""

_CODE_SIGNS = re.compile(r"[{}\[\]<>=\\/_$#`|~^]|--|::|\(\)|;$", re.MULTILINE)
_APOSTROPHE = re.compile(r"\w'(?=\w)")


def is_quotation(text: str) -> bool:
    """Return whether one pair of quotation marks holds the whole text."""
    bare = text.strip()
    if len(bare) < 3:
        return False
    if bare[0] in "\"'":
        return bare[-1] == bare[0] and bare.count(bare[0]) - len(_APOSTROPHE.findall(bare)) * (bare[0] == "'") == 2
    closing = QUOTATION.get(bare[0], "")
    if not closing or bare[-1] not in closing:
        return False
    inner = bare[1:-1]
    apostrophes = len(re.findall(r"\w’\w", inner)) if "’" in closing else 0
    return bare[0] not in inner and sum(map(inner.count, closing)) == apostrophes


def is_scene_break(line: str) -> bool:
    """Return whether a line of signs parts two scenes, as `* * *` does; the frames of tables don't.

    >>> is_scene_break("* * *"), is_scene_break("-o-"), is_scene_break("+---+")
    (True, True, False)
    """
    bare = "".join(line.split())
    if _ORNAMENT.fullmatch(bare):
        return True
    return 0 < len(bare) <= _LONGEST_RULE and not any(sign.isalnum() or sign in "|+[](){}<>`\"'\\" for sign in bare)


def item_marker(line: str) -> int:
    """Return how many characters of a plain line are a list item's marker: 0 where it is no item.

    A capital letter, and a dash that may open a speech, are words.
    """
    found = _LIST_ITEM.match(line)
    return found.end() if found and not found["capital"] else 0


def item_number(line: str) -> int:
    """Return the number of a list's item, 0 where a line has none."""
    found = _LIST_ITEM.match(line)
    return int(found["digits"] or 0) if found else 0


def _counts(found: re.Match[str]) -> dict[str, int]:
    """Return what an item's marker may count, by the way of counting: (i) is a letter, or one in Roman numerals."""
    written = {kind: found[kind].strip("(").lower() for kind in _COUNTED if found[kind]}
    if letter := written.get("roman", "") if len(written.get("roman", "")) == 1 else "":
        written["letter"] = letter
    return {kind: _VALUES[kind](sign) for kind, sign in written.items()}


_VALUES: dict[str, Callable[[str], int]] = {
    **dict.fromkeys(("digits", "round"), int),
    **dict.fromkeys(("letter", "capital"), lambda sign: ord(sign) - ord("a") + 1),
    "circled": lambda sign: ord(sign) - ord("①") + 1,
    "roman": lambda sign: roman_number(sign.upper()),
}


def list_items(lines: Sequence[str], *, listed: bool = False) -> frozenset[int]:
    """Return the places of the lines of a plain block that begin an item of a list.

    A number or a dash that a line only begins with because the line before it was full is a word of its sentence: in a
    list numbers count one after the other, and it begins at 1, with the block or after the end of a sentence.

    Args:
        lines: of one block.
        listed: the block continues a list or another one continues it.

    >>> sorted(list_items(["Bring:", "1. a cup", "2. a coat"])), sorted(list_items(["at number", "12. It had"]))
    ([1, 2], [])
    """
    marked = {place: found for place, line in enumerate(lines) if (found := _LIST_ITEM.match(line))}
    if listed and list(marked) == [0] and marked[0]["digits"]:
        return frozenset(marked)
    counts = {place: _counts(found) for place, found in marked.items()}
    numbered = _counted_items(lines, counts)
    bullets = {place for place in marked if not counts[place]}
    dashes = {place for place in bullets if marked[place]["dash"]}
    if (len(dashes) == 1 and len(marked) == 1) or any(ends_sentence(lines[place]) for place in dashes):
        bullets -= dashes
    first = min(bullets, default=0)
    by_chance = len(bullets) == 1 or dashes == bullets
    if by_chance and first and not numbered and not _leads_to_list(lines[first - 1]):
        return frozenset()
    return frozenset(bullets | numbered)


def _counted_items(lines: Sequence[str], counts: Mapping[int, Mapping[str, int]]) -> set[int]:
    """Return the places whose markers count one after the other, two or more, in some way of counting."""
    items: set[int] = set()
    for kind in _COUNTED:
        chain: list[int] = []
        for place, value in [*((place, count[kind]) for place, count in counts.items() if kind in count), (-1, 0)]:
            if chain and value == counts[chain[-1]][kind] + 1:
                chain.append(place)
                continue
            if len(chain) > 1:
                items.update(chain)
            first = place == 0 and kind != "capital"
            begins = value == 1 or first or (place > 0 and _leads_to_list(lines[place - 1]))
            chain = [place] if place >= 0 and begins else []
    return items


def list_blocks(
    lines: Sequence[Line], starts: Collection[int], language: str, known: Collection[str] = ()
) -> Iterator[Block]:
    """Yield the list that some lines are, and the marks that stand between its items.

    Args:
        lines: the first begins an item.
        starts: the places of those that begin one.
        language: BCP 47 tag, or empty.
        known: words of the whole text, for `join_wrapped`.
    """
    items: list[Line] = []
    for place, line in enumerate(lines):
        if place in starts or not items or only_marks(line.text) or only_marks(items[-1].text):
            items.append(Line(line.text[item_marker(line.text) if place in starts else 0 :], line.number))
        else:
            items[-1] = Line(join_wrapped([items[-1].text, line.text], known), items[-1].number)
    yield from blocks_around_marks(BlockKind.LIST, items, language)


def _leads_to_list(line: str) -> bool:
    return ends_sentence(line) or line.rstrip().endswith((":", "："))


def text_blocks(lines: Sequence[Line], language: str, *, verse: bool, known: Collection[str] = ()) -> Iterator[Block]:
    """Yield the blocks in a run of text lines: prose joined, verse line by line, marks that stand alone apart.

    Args:
        lines: as they stand in the source, in the notation of marks; not yet tidied.
        language: BCP 47 tag, or empty.
        verse: whether the line breaks mean something.
        known: words of the whole text, for `join_wrapped`.
    """
    for alone, run in groupby(lines, key=lambda line: only_marks(line.text)):
        stretch = list(run)
        if alone:
            yield from _mark_blocks(stretch)
        elif verse and len(stretch) > 1:
            yield from block_of(BlockKind.VERSE, stretch, language)
        else:
            joined = Line(join_wrapped([line.text for line in stretch], known), stretch[0].number)
            yield from block_of(BlockKind.PARAGRAPH, [joined], language)


def blocks_around_marks(kind: BlockKind, lines: Sequence[Line], language: str) -> Iterator[Block]:
    """Yield blocks of one kind, divided where a mark stands alone on a line."""
    for alone, run in groupby(lines, key=lambda line: only_marks(line.text)):
        stretch = list(run)
        yield from _mark_blocks(stretch) if alone else block_of(kind, stretch, language)


def _mark_blocks(lines: Iterable[Line]) -> Iterator[Block]:
    for line in lines:
        yield Block(BlockKind.MARK, (Line(tidy(line.text), line.number),))


def block_of(kind: BlockKind, lines: Sequence[Line], language: str) -> Iterator[Block]:
    """Yield a block of the lines that have anything to say, if there are any.

    A paragraph or verse becomes a quotation where quotation marks hold all of it, and a question
    where all its sentences ask.
    """
    kept = tuple(Line(text, line.number) for line in lines if speakable(text := tidy(line.text)))
    if not kept:
        return
    if kind in (BlockKind.PARAGRAPH, BlockKind.VERSE):
        words = without_marks(" ".join(line.text for line in kept))
        if is_quotation(words):
            kind = BlockKind.QUOTE
        elif may_ask(words):
            spoken = [sentence for sentence in sentences(words, language) if speakable(sentence)]
            kind = BlockKind.QUESTION if spoken and all(map(asks, spoken)) else kind
    yield Block(kind, kept)


def verse_in(text: str, *, named: bool = False) -> list[list[str]]:
    """Return the stanzas of a preformatted text; none where it reads like code.

    Args:
        text: line breaks are those of the verse.
        named: its element says that it is verse.
    """
    stanzas: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            stanzas[-1].append(" ".join(line.split()))
        elif stanzas[-1]:
            stanzas.append([])
    lines = [line for stanza in stanzas for line in stanza]
    wordy = [line for line in lines if re.match(r"[\W\d_]*[^\W\d_]", line)]
    if not named and (len(lines) < 2 or _CODE_SIGNS.search(text) or len(wordy) < len(lines) or not _as_verse(lines)):
        return []
    return [stanza for stanza in stanzas if stanza]


def _as_verse(lines: list[str]) -> bool:
    """Return whether lines are of several words each, and begin as sentences or verses do."""
    several = sum(len(line.split()) >= 2 for line in lines)
    capitals = sum(next((letter for letter in line if letter.isalpha()), "").isupper() for line in lines)
    open_lower = any(line[-1] in ",;.!?…—" for line in lines) or all(line.replace(" ", "").isalpha() for line in lines)
    return several * 2 > len(lines) and (capitals * 2 >= len(lines) or open_lower)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How the lines of a document came to be as long as they are.

    Attributes:
        unwrapped: they are as long as their paragraphs, so that every line break in it was typed.
        width: columns into which its lines were wrapped as a rule; 0 where no block of it surely was wrapped.
        likely: nearly all of its long blocks were wrapped, and they are many.
    """

    unwrapped: bool = False
    width: int = 0
    likely: bool = False


UNWRAPPED = Wrapping(unwrapped=True)


def wrapping_of(lines: Sequence[str]) -> Wrapping:
    """Return how a document was wrapped.

    It wasn't where one in ten of its lines of 60 columns and more has more than 120. A few long ones
    are tables and links. The width is what nearly all breaks of surely wrapped blocks needed: in old books
    lines were broken by hand, and the widest is wider than most.

    Args:
        lines: all of its source.
    """
    full = [width for width in map(columns, lines) if width >= _USUAL_WIDTH]
    if sum(width > _LONG_LINE for width in full) * 10 > len(full):
        return UNWRAPPED
    blocks = [_bare(block) for wordy, block in groupby(lines, key=speakable) if wordy]
    long = [block for block in blocks if len(block) >= _FILLED_ALL_THROUGH]
    wrapped = [block for block in long if _filled_all_through(block)]
    ragged = [block for block in long if _filled_mostly(block)]
    if len(ragged) < _MANY:
        by_hand = max(map(_own_width, ragged), default=0)
        return Wrapping(width=max(map(_own_width, wrapped), default=by_hand if by_hand >= _USUAL_WIDTH else 0))
    reaches = sorted(_reach(*pair) for block in ragged for pair in pairwise(block))
    return Wrapping(width=reaches[len(reaches) // 20] - 1, likely=len(ragged) * 4 >= len(long) * 3)


def broken_on_purpose(lines: Sequence[str], wrapping: Wrapping) -> bool:
    """Return whether the line breaks of one block mean something, or only kept its lines short.

    Broken on purpose is a block in which every line but the last ends a sentence, and one where
    most line breaks were not needed. A break was needed where the next word would not have fitted
    into the width of the block (its longest line, at least that of the document), or where a line of
    60 columns or more stops in mid-phrase (no punctuation, and a small letter follows). In a document that
    nothing wrapped only the second counts. One that divides a word, or stands before a number in mid-sentence, shows
    that the block was wrapped. Four lines or more that are all full are wrapped, if only at 30
    columns. In a document of many wrapped blocks nearly full lines are wrapped, too, unless they are set as verse is.

    Args:
        lines: as they stand in the source, since it is the source that was wrapped.
        wrapping: of the whole document.
    """
    set_in = any(line[:1].isspace() for line in lines[1:])
    lines = _bare(lines)
    breaks = list(pairwise(lines))
    if not breaks or any(_divides(*pair) for pair in breaks) or _all_full(breaks, wrapping):
        return False
    if all(ends_sentence(line) for line in lines[:-1]):
        return True
    if _filled_all_through(lines) or (not set_in and _all_nearly_full(breaks, wrapping)):
        return False
    width = wrapping.width if wrapping.likely else max(_own_width(lines), wrapping.width or _USUAL_WIDTH)
    needed = sum(
        (not wrapping.unwrapped and _was_full(*pair, width, known=wrapping.width > 0))
        or (columns(pair[0]) >= _USUAL_WIDTH and _runs_on(*pair))
        for pair in breaks
    )
    return needed * 2 <= len(breaks)


def _all_full(breaks: Sequence[tuple[str, str]], wrapping: Wrapping) -> bool:
    """Return whether all lines are as full as the document's, where that shows that they were wrapped."""
    full = wrapping.width > 0 and all(_did_not_fit(*pair, wrapping.width) for pair in breaks)
    return full and (wrapping.likely or any(_runs_on(*pair) for pair in breaks))


def _all_nearly_full(breaks: Iterable[tuple[str, str]], wrapping: Wrapping) -> bool:
    known = wrapping.likely or wrapping.width >= _USUAL_WIDTH
    return known and all(_nearly_full(*pair, wrapping.width) for pair in breaks)


def _bare(lines: Iterable[str]) -> list[str]:
    return [line.strip(_SIGNS) for line in lines if not only_marks(line)]


def _own_width(lines: Sequence[str]) -> int:
    return max(map(columns, lines), default=0)


def _filled_all_through(lines: Sequence[str]) -> bool:
    """Return whether four lines or more are as full as they can be, with a phrase running on over a break."""
    breaks = list(pairwise(lines))
    width = _own_width(lines)
    return (
        len(lines) >= _FILLED_ALL_THROUGH
        and width >= _NARROWEST
        and all(_did_not_fit(*pair, width) for pair in breaks)
        and any(_runs_on(*pair) for pair in breaks)
    )


def _divides(line: str, following: str) -> bool:
    """Return whether a break divides a word, or stands before a number in mid-sentence: nobody means such a one."""
    if _NUMBER_BEGINS.match(following):
        return not ends_sentence(line) and line[-1:].isalnum()
    return broken_word(line) != "" and following[:1].islower()


def _filled_mostly(lines: Sequence[str]) -> bool:
    """Return whether nearly all lines of a block are nearly full, and a phrase runs on over some break."""
    breaks = list(pairwise(lines))
    width = _own_width(lines)
    full = sum(_reach(*pair) > width - _RAGGED for pair in breaks)
    return width >= _NARROWEST and full * 10 >= len(breaks) * 9 and any(_runs_on(*pair) for pair in breaks)


def _nearly_full(line: str, following: str, width: int) -> bool:
    """Return whether a line that goes on in small letters is nearly as wide as a document's lines."""
    return _reach(line, following) > width - _RAGGED and not (following[:1].isupper() and not ends_sentence(line))


def _reach(line: str, following: str) -> int:
    """Return how wide a line would be with the first word of the next."""
    return columns(line) + 1 + columns(first_word(following))


def _was_full(line: str, following: str, width: int, *, known: bool) -> bool:
    """Return whether a line was full, in a width that is that of the document or only guessed from the block.

    The longest line is always as full as the guess made from it. It doesn't count where the next one begins
    with a capital in mid-sentence, as lines of verse do.
    """
    if not known and columns(line) == width and not ends_sentence(line) and following[:1].isupper():
        return False
    return _did_not_fit(line, following, width)


def _did_not_fit(line: str, following: str, width: int) -> bool:
    return _reach(line, following) > width


def _runs_on(line: str, following: str) -> bool:
    """Return whether a phrase runs on over a break, be it at a dash or before a number."""
    open_end = line[-1:].isalnum() or broken_word(line) != ""
    return open_end and (following[:1].islower() or following.startswith(("- ", "– ", "— ")))
