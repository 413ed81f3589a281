"""Sentences of a line, with every mark of punctuation kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from sentencex import segment

from audio_builder.article.text import is_unspaced

_AT_ONCE = 8000
"""Characters given to the splitter in one go: its time grows with the square of unclosed quotation marks."""

_TITLES = frozenset({"dr.", "mr.", "mrs.", "ms.", "prof.", "rev.", "mme.", "hr.", "fr."})
_TITLES_IN = {"fr": frozenset({"m.", "mm.", "mlle."})}
_BEFORE_ORDINALS = {
    "de": frozenset({"am", "im", "vom", "zum", "zur", "beim", "der", "des", "dem", "den", "die", "das", "dieser"}),
}
"""Words before a number that has a stop because it is an ordinal, where nouns begin with capitals: am 3. März."""

_BEFORE_NUMBERS = frozenset(
    {"vol.", "vols.", "no.", "nos.", "nr.", "p.", "pp.", "fig.", "figs.", "ch.", "sec.", "art.", "approx.", "ca.", "c."}
)
_BOOKS_OF_SCRIPTURE = frozenset(
    {"gen.", "ex.", "exod.", "lev.", "num.", "deut.", "josh.", "judg.", "chron.", "neh.", "ps.", "pss.", "prov.",
     "eccl.", "isa.", "jer.", "lam.", "ezek.", "hos.", "mic.", "hab.", "zech.", "mal.", "matt.", "lk.", "jn.", "rom.",
     "cor.", "gal.", "eph.", "phil.", "thess.", "heb.", "jas.", "pet.", "v.", "vv."}
)  # fmt: skip
"""Abbreviated before a chapter or a verse."""

_QUESTION_MARKS = "?？؟⁇⁈፧\u037e"
_EXCLAMATIONS = "!！"
_STOPS = f".…。｡।॥۔։።။{_EXCLAMATIONS}{_QUESTION_MARKS}"
_SENTENCE_END = re.compile(rf"""[{_STOPS}][”’"')\]»」』]*\s""")
_CLOSERS = "”’\"')]»›」』*_ "
_GREEK_QUESTION = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff];$")
_ARMENIAN_QUESTION_MARK = "\u055e"
"""It stands inside the word that is asked about."""

_ASIDE = re.compile(rf"""\([^()]*[{_STOPS}][”’"']*\)\s+(?=[^\W\d_])""")
_LONGEST_ABBREVIATION = 12
_ABBREVIATED = re.compile(r"(?:^|\s|[(“\"'])\w+\.$")
_ORDINAL = re.compile(r"\d{1,2}\.")
_QUOTED_QUESTION = re.compile(rf"[{_QUESTION_MARKS}{_EXCLAMATIONS}][”’」』]$")
_QUOTED_IN_JAPANESE = re.compile(r"[」』]$")
_GOES_ON_IN_JAPANESE = ("と", "って", "という")


def sentences(text: str, language: str = "") -> tuple[str, ...]:
    """Return the sentences of a line in their order, each without space at its ends.

    Joined by single spaces they are the line again (for languages written with spaces).

    Args:
        text: one line.
        language: BCP 47 tag; empty or unknown ones are split by the rules most languages share.

    >>> sentences("St. John wrote it, cf. p. 12. “Did he?” she asked.", "en")
    ('St. John wrote it, cf. p. 12.', '“Did he?” she asked.')
    """
    # A multi-byte space beside a full stop makes the splitter panic: it is only given plain spaces.
    line = " ".join(text.split())
    tag = language.partition("-")[0].lower() or "en"
    capitals = next((letter for letter in line if letter.isalpha()), "").isupper()
    found: list[str] = []
    for stretch in _stretches(line):
        for piece in filter(None, (raw.strip() for raw in segment(tag, stretch))):
            if found and _goes_on(piece, found[-1]):
                found[-1] += piece
            elif found and (_belongs_to(piece, found[-1], tag) or (capitals and _begins_small(piece, found[-1]))):
                found[-1] += " " + piece
            else:
                found += _after_aside(piece)
    return tuple(found)


def ends_sentence(text: str) -> bool:
    """Return whether the text ends with the punctuation of a sentence, inside or outside quotation marks."""
    return text.rstrip(_CLOSERS)[-1:] in tuple(_STOPS)


def asks(sentence: str) -> bool:
    """Return whether a sentence is a question of the writer's own, not one inside quotation marks.

    >>> asks("What do you hear?"), asks("She said, “What?”")
    (True, False)
    """
    bare = sentence.rstrip(f")]*_ .…{_EXCLAMATIONS}")
    return bare.endswith(tuple(_QUESTION_MARKS)) or _asks_by_letters(bare)


def _asks_by_letters(bare: str) -> bool:
    """Return whether a sentence asks with a mark that means something else, or stands elsewhere, in other languages."""
    if _GREEK_QUESTION.search(bare):
        return True
    return _ARMENIAN_QUESTION_MARK in bare and bare[-1:] not in "”»"


def may_ask(text: str) -> bool:
    """Return whether there may be a question in a text: in nearly all there is none, and that is quickly seen."""
    return any(mark in text for mark in f"{_QUESTION_MARKS};{_ARMENIAN_QUESTION_MARK}")


def _after_aside(piece: str) -> list[str]:
    """Return an aside that is a whole sentence and the sentence after it: the splitter leaves them together."""
    aside = _ASIDE.match(piece)
    if aside and piece[aside.end()].isupper():
        return [aside.group().rstrip(), piece[aside.end() :]]
    return [piece]


def _goes_on(piece: str, before: str) -> bool:
    """Return whether a sentence written without spaces goes on after a quotation in it, as “你好吗？”她问。 does."""
    if not is_unspaced(piece[0]):
        return False
    if _QUOTED_IN_JAPANESE.search(before) and piece.startswith(_GOES_ON_IN_JAPANESE):
        return True
    return _QUOTED_QUESTION.search(before) is not None


def _belongs_to(piece: str, before: str, tag: str) -> bool:
    """Return whether the splitter cut after an abbreviation, or left a bracket or quotation mark behind."""
    *earlier, last = (word.lower().lstrip("(“\"'«„") for word in before.rsplit(None, 2)[-2:])
    if piece[0] in ")]”’»" or last in _TITLES or last in _TITLES_IN.get(tag, ()):
        return True
    if last in _BEFORE_NUMBERS | _BOOKS_OF_SCRIPTURE and piece[0].isdigit():
        return True
    return _ORDINAL.fullmatch(last) is not None and not _BEFORE_ORDINALS.get(tag, frozenset()).isdisjoint(earlier)


def _begins_small(piece: str, before: str) -> bool:
    """Return whether a small letter follows a word or number with a single stop, as in “ten lbs. of rice”.

    Who begins a line with a capital begins each sentence with one.
    """
    return piece[0].islower() and _ABBREVIATED.search(before[-_LONGEST_ABBREVIATION:]) is not None


def _stretches(line: str) -> Iterator[str]:
    """Yield a long line in parts, cut after a sentence where one ends, else at a space."""
    start = 0
    while len(line) - start > _AT_ONCE:
        window = line[start : start + _AT_ONCE]
        ends = [found.end() for found in _SENTENCE_END.finditer(window)]
        cut = ends[-1] if ends else window.rfind(" ") + 1 or _AT_ONCE
        yield line[start : start + cut]
        start += cut
    yield line[start:]


def questions_left_open(words: str, language: str = "", without: Collection[str] = ()) -> tuple[str, ...]:
    r"""Return the questions of a text that nothing in it answers, in their order, each once.

    Those are the questions that a paragraph or stanza ends with, as decision 7 has them; one that more
    words follow in its paragraph is part of an argument.

    Args:
        words: paragraphs apart by a blank line, lines of verse on lines.
        language: BCP 47 tag, or empty.
        without: questions to leave out, such as headings.

    >>> questions_left_open("Why now? Because.\n\nSit down.\nWhat is here?\nWhat\nis not?")
    ('What is here?', 'What is not?')
    """
    found: dict[str, None] = {}
    for paragraph in filter(may_ask, words.split("\n\n")):
        said = [sentence for line in _whole_lines(paragraph) for sentence in sentences(line, language)]
        first = len(said)
        while first and asks(said[first - 1]):
            first -= 1
        found.update(dict.fromkeys(said[first:]))
    return tuple(question for question in found if question not in without)


def _whole_lines(paragraph: str) -> list[str]:
    """Return the lines of a stanza, a sentence that runs over several of them on one."""
    lines: list[str] = []
    for line in paragraph.splitlines():
        if lines and line[:1].islower() and not ends_sentence(lines[-1]):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return lines
