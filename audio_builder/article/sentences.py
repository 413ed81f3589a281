"""Sentences of a line, with every mark of punctuation kept. Decision 6 has the rules and their reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from audio_builder.article.text import is_unspaced
from audio_builder.article.word_tables import rows, words_of

_QUESTION_MARKS = "?？؟⁇⁈⁉፧\u037e"
_EXCLAMATIONS = "!！‼"
_IDEOGRAPHIC_STOPS = "。｡．"
_STOPS = f".…{_IDEOGRAPHIC_STOPS}।॥۔։።။។᠃{_EXCLAMATIONS}{_QUESTION_MARKS}"
_CLOSERS = "”’\"')]»›」』*_ "
_CLOSING = "”’\"')\\]}»›」』】〉》）*_"
_CLOSING_IN_GERMAN = "“‘«‹"
"""Closing where no letter follows; opening elsewhere."""
_QUOTATION_MARKS = "“”„‟«»‹›‘’‚\"'「」『』《》〈〉"

_MAY_ASK = re.compile(f"[{_QUESTION_MARKS};\u055e]|か。")
_SPEECH_MARKS = frozenset('“”„«»"「」『』《》')

_STOP = re.compile(
    rf"(?P<mark>(?:[{_STOPS}]|(?<=[\u0370-\u03ff\u1f00-\u1fff]);)+(?:[ ][.](?![.\w]))*)"
    rf"(?P<closers>(?:[{_CLOSING}]|[{_CLOSING_IN_GERMAN}](?!\w)|[ ][»›](?=[\s,.;:]|$))*)"
)
"""The punctuation that may end a sentence. In Greek a semicolon asks; French has a space before its closing marks."""

_SPOKEN = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+){0,9}")
_LAST_TOKEN = re.compile(r"[^\s(\[{“”„‟\"«»‹›‘‚¿¡—–―*_/,;:!?…]+$")
_VERSE = re.compile(r"\d{1,3}(?::\d{1,3}|,\d{1,2}(?!\d))")
_LONGEST_BOOK = 6
_LONGEST_TOKEN = 24
_LONGEST_OPENING = 100
_ROMAN = re.compile(r"(?=[ivxlcdm])m{0,3}(?:c[md]|d?c{0,3})(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})")
_INITIALS = re.compile(r"[^\W\d_](?:[^\W\d_]{0,2}\.-?[^\W\d_]{1,2})*")
_HINDI_INITIAL = re.compile("[अ-ह]")
_VOWEL = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýąęıįųůőűăāēīōū]", re.IGNORECASE)
_LATIN = re.compile(r"[a-zà-ž]+", re.IGNORECASE)
_BOOK_NUMBERS = frozenset({"1", "2", "3", "4", "5", "i", "ii", "iii", "iv"})
_BEFORE_INITIALS = frozenset({"ed", "eds", "trans", "tr", "ill", "illus", "arr", "comp", "rev", "hg", "hrsg", "übers"})
_DASHES = "—–―-"

_ALWAYS_INSIDE = words_of("sentences", "always_inside")
_BEFORE_NUMBERS = words_of("sentences", "before_numbers")
_BEFORE_ROMAN_ONE = words_of("sentences", "before_roman_one")
_BOOKS = words_of("sentences", "books")
_INTERJECTIONS = words_of("sentences", "interjections")
LETTERED = words_of("sentences", "lettered")
_MONTHS_AND_DAYS = words_of("sentences", "months_and_days")
_DAYS = words_of("sentences", "days")
_SPEECH = words_of("sentences", "speech")
_SPEECH_STEMS = tuple(words_of("sentences", "speech_stems"))
_TITLES = words_of("sentences", "titles")
_UNITS = words_of("sentences", "units")
_VOWELLESS_LANGUAGES = words_of("sentences", "vowelless_languages")
_LANGUAGES_WITHOUT_CAPITALS = words_of("sentences", "languages_without_capitals")
_BEFORE_ORDINALS = rows("sentences", "before_ordinals")
_ORDINAL_NOUNS = rows("sentences", "ordinal_nouns")
_STARTERS = rows("sentences", "starters")
_TITLES_IN = rows("sentences", "titles_in")
_SUBJECTS = words_of("sentences", "subjects")
_SAY_NOTHING = words_of("sentences", "say_nothing")
_LONGEST_ENUMERATOR = 3
_TIMES_OF_DAY = frozenset({"a.m", "p.m"})
_LONGEST_TAG = 64
_LONGEST_TAG_WORDS = 8
_LONGEST_THOUGHT_TAG_WORDS = 5
_LONGEST_TAG_WORDS_UNQUOTED = 3
_LONGEST_SUBJECT = 5
_GOES_ON_IN_JAPANESE = ("と", "って", "という")
_GREEK_QUESTION = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff];$")
_JAPANESE_QUESTION = re.compile(r"(?:です|ます|ません|でした|ました|でしょう|ましょう|だろう)か。$")
"""A polite question needs no mark of its own."""

_ARMENIAN_QUESTION_MARK = "\u055e"
"""It stands inside the word that is asked about."""


class _Next(NamedTuple):
    """What follows a stop.

    Attributes:
        at: where its first letter or digit is.
        opening: the signs before that, the first of very many.
        word: its first word.
        initial: that is a capital with a stop.
        verse: a chapter with a verse begins here: 4:30.
    """

    at: int
    opening: str
    word: str
    initial: bool
    verse: bool

    @property
    def small(self) -> bool:
        """Whether it begins with a small letter, and isn't a name such as eBay."""
        return _is_small(self.word[0]) and not self.word[1:2].isupper()

    @property
    def has_case(self) -> bool:
        """Whether it begins with a letter of a script that has capitals."""
        return self.word[0].isupper() or _is_small(self.word[0])


class _Open(NamedTuple):
    """The sentence that is open.

    Attributes:
        start: where it begins.
        first: where its first letter or digit is; the end of the line for none.
    """

    start: int
    first: int


class _Last(NamedTuple):
    """What stands before a stop.

    Attributes:
        text: the word or number.
        word: the same in small letters.
        neighbour: what stands before it, in small letters; empty for nothing.
        begins: its sentence begins with it.
        begins_line: and so does the line, where it does.
    """

    text: str
    word: str
    neighbour: str
    begins: bool
    begins_line: bool


def _is_small(letter: str) -> bool:
    """Return whether a letter has a capital that begins sentences, as Georgian ones don't."""
    return letter.islower() and letter.title() != letter


def sentences(text: str, language: str = "") -> tuple[str, ...]:
    """Return the sentences of a line in their order, each without space at its ends.

    Sentences inside quotation marks and brackets are sentences of their own; words that belong to a speech
    (“she asked”) stay with its last one. Joined by single spaces they are the line again, for languages written
    with spaces.

    Args:
        text: one line.
        language: BCP 47 tag; empty or unknown ones are split by the rules most languages share.

    >>> sentences("St. John wrote it, cf. p. 12. “Sit. Did he?” she asked.", "en")
    ('St. John wrote it, cf. p. 12.', '“Sit.', 'Did he?” she asked.')
    """
    line = " ".join(text.split())
    tag = language.partition("-")[0].lower() or "en"
    capitals = next((letter for letter in line if letter.isalpha()), "").isupper()
    found: list[str] = []
    sentence = _Open(0, _letter_from(line, 0))
    at = 0
    for stop in _STOP.finditer(line):
        start, end = sentence.start, stop.end()
        if stop.start() <= sentence.first:
            continue
        at = at if at >= end else _letter_from(line, end)
        following = _next(line, end, at)
        if following is None or _ends(line, sentence, stop, following, tag, capitals=capitals):
            found.append(line[start:end])
            sentence = _Open(end + (line[end : end + 1] == " "), at)
    return (*found, rest) if (rest := line[sentence.start :].strip()) else tuple(found)


def _letter_from(line: str, start: int) -> int:
    """Return where the next letter or digit is, the end of the line for none."""
    found = _SPOKEN.search(line, start)
    return found.start() if found else len(line)


def _next(line: str, end: int, at: int) -> _Next | None:
    """Return what follows a stop that ends at `end`, from the next letter on; None for nothing."""
    word = _WORD.match(line, at)
    if word is None:
        return None
    initial = len(word.group()) == 1 and word.group().isupper() and line[word.end() : word.end() + 1] == "."
    opening = line[end : min(at, end + _LONGEST_OPENING)]
    return _Next(at, opening, word.group(), initial, _VERSE.match(line, at) is not None)


def _ends(line: str, sentence: _Open, stop: re.Match[str], following: _Next, tag: str, *, capitals: bool) -> bool:
    """Return whether a sentence ends at a stop."""
    mark, closers = stop["mark"], stop["closers"]
    quoted = any(closer in _QUOTATION_MARKS for closer in closers)
    if line[stop.end()] != " " and not _needs_no_space(mark, quoted, following):
        return False
    if following.small and capitals:
        asks_on = not closers and mark[-1] in _QUESTION_MARKS and not following.opening.strip()
        return asks_on and _next_mark(line, following.at) in _QUESTION_MARKS
    if mark == "." and not closers and _inside(line, sentence, stop.start(), following, tag):
        return False
    return not _tag_follows(line, stop, following, quoted=quoted)


def _needs_no_space(mark: str, quoted: bool, following: _Next) -> bool:
    """Return whether a stop ends a sentence though the next one follows without a space."""
    if mark[-1] in _IDEOGRAPHIC_STOPS or mark[-1] in "।॥":
        return True
    if mark != "." and is_unspaced(following.word[0]):
        return True
    return quoted and following.opening.strip(_DASHES) == "" != following.opening and following.word[0].isupper()


def _next_mark(line: str, at: int) -> str:
    """Return the last sign of the next stop, a space for none."""
    stop = _STOP.search(line, at)
    return stop["mark"][-1] if stop else " "


def _inside(line: str, sentence: _Open, end: int, following: _Next, tag: str) -> bool:
    """Return whether the full stop at `end` belongs to an abbreviation, an initial, an ordinal or a reference."""
    last = _last(line, sentence, end)
    if last is None:
        return False
    if _is_enumerator(last) or last.text.isdigit():
        return _is_enumerator(last) or _is_ordinal(last, following, tag)
    return (
        last.word in _ALWAYS_INSIDE
        or last.neighbour + last.word in _ALWAYS_INSIDE
        or _stands_before_number(last, following)
        or _stands_before_name(last, following, tag)
        or _is_initial(last, following, tag)
        or _has_no_vowel(last, following, tag)
    )


def _last(line: str, sentence: _Open, end: int) -> _Last | None:
    """Return what stands before a stop."""
    start = sentence.start
    found = _LAST_TOKEN.search(line, max(start, end - _LONGEST_TOKEN), end)
    if found is None:
        return None
    before = line[max(start, found.start() - _LONGEST_TOKEN) : found.start()].split()
    begins = sentence.first >= found.start()
    return _Last(found.group(), found.group().casefold(), before[-1].casefold() if before else "", begins, start == 0)


def _is_roman(word: str) -> bool:
    return (word.islower() or word.isupper()) and _ROMAN.fullmatch(word.casefold()) is not None


def _is_enumerator(last: _Last) -> bool:
    """Return whether what begins a sentence only counts it: 3. or IV. at the start of a line, or a letter."""
    if not last.begins:
        return False
    if last.begins_line and (last.text.isdecimal() or (_is_roman(last.text) and last.text.isupper())):
        return len(last.text) <= _LONGEST_ENUMERATOR
    return len(last.text) == 1 and last.text.isupper() and last.text != "I"


def _is_ordinal(last: _Last, following: _Next, tag: str) -> bool:
    """Return whether a number with a stop counts a noun, where nouns begin with capitals; or a book of scripture."""
    if len(last.text) > 2:
        return False
    word = following.word.casefold()
    book = last.text in _BOOK_NUMBERS and following.word[0].isupper() and word in _BOOKS
    nouns, before = _ORDINAL_NOUNS.get(tag, ()), _BEFORE_ORDINALS.get(tag, ())
    return book or word in nouns or last.neighbour.strip("(“„«") in before


def _stands_before_number(last: _Last, following: _Next) -> bool:
    """Return whether a reference goes on with a number, in digits or Roman ones."""
    digit = following.word[0].isdigit()
    if following.word == "I":
        return last.word in _BEFORE_ROMAN_ONE
    if last.word in _DAYS and following.word.casefold() in _MONTHS_AND_DAYS - _DAYS:
        return last.text[0].isupper()
    if not digit and not _is_roman(following.word):
        return False
    if last.word in _BEFORE_NUMBERS or (digit and (last.word == "al" or (_is_roman(last.text) and last.text != "I"))):
        return True
    if not last.text[0].isupper():
        return False
    dated = digit and last.word in _MONTHS_AND_DAYS
    cited = following.verse and not last.begins and len(last.text) <= _LONGEST_BOOK
    return dated or cited or last.word in _BOOKS or last.neighbour.strip(".(") in _BOOK_NUMBERS


def _begins_sentence(following: _Next, tag: str) -> bool:
    return not following.initial and following.word.casefold() in _STARTERS.get(tag, ())


def _stands_before_name(last: _Last, following: _Next, tag: str) -> bool:
    if following.initial and last.word in _BEFORE_INITIALS:
        return True
    own = last.word in _TITLES_IN.get(tag, ())
    title = own or (last.word in _TITLES and last.text[0].isupper())
    named = following.has_case or (own and tag in _LANGUAGES_WITHOUT_CAPITALS)
    return title and named and not _begins_sentence(following, tag)


def _is_initial(last: _Last, following: _Next, tag: str) -> bool:
    """Return whether a letter, or several with stops between them, stands for a name: J. Lind, the U.S. Navy."""
    if _HINDI_INITIAL.fullmatch(last.text):
        return True
    if not _INITIALS.fullmatch(last.text) or last.word in _TIMES_OF_DAY:
        return False
    if last.text == "I" and not following.initial:
        return _INITIALS.fullmatch(last.neighbour.rstrip(".")) is not None
    if last.neighbour in LETTERED and not following.initial:
        return False
    named = following.initial or (last.text[0].isupper() and following.has_case)
    return named and not _begins_sentence(following, tag)


def _has_no_vowel(last: _Last, following: _Next, tag: str) -> bool:
    """Return whether a word can't be said as it is written, and so is short for another: Mt, bzw, vgl."""
    word = last.word
    if len(word) < 2 or last.text.isupper() or not _LATIN.fullmatch(word) or _VOWEL.search(word):
        return False
    unit = word in _UNITS and last.neighbour[-1:].isdigit()
    ordinary = unit or word in _INTERJECTIONS or tag in _VOWELLESS_LANGUAGES
    return not ordinary and not _begins_sentence(following, tag)


def _tag_follows(line: str, stop: re.Match[str], following: _Next, *, quoted: bool) -> bool:
    """Return whether the words that say who spoke, or thought, follow a stop inside their sentence."""
    if any(sign in _QUOTATION_MARKS for sign in following.opening) or not following.word[0].isalpha():
        return False
    clause = line[following.at : following.at + _LONGEST_TAG]
    end = _STOP.search(clause)
    clause = clause[: end.start()] if end else clause
    calls = stop["mark"][-1] in f"{_EXCLAMATIONS}{_QUESTION_MARKS}…" or stop["mark"] == "..."
    if following.has_case:
        return calls and _is_tag(clause, quoted=quoted)
    if is_unspaced(following.word[0]):
        if not quoted:
            return calls and clause.startswith(_GOES_ON_IN_JAPANESE) and _says(clause)
        return calls or _says(clause) or _goes_on_in_japanese(stop, clause)
    words = len(clause.split())
    if not quoted:
        return calls and words <= _LONGEST_TAG_WORDS_UNQUOTED and _says(clause)
    return (calls and words <= _LONGEST_THOUGHT_TAG_WORDS) or (words <= _LONGEST_TAG_WORDS and _says(clause))


def _goes_on_in_japanese(stop: re.Match[str], clause: str) -> bool:
    return stop["closers"][-1] in "」』" and clause.startswith(_GOES_ON_IN_JAPANESE)


def _says(clause: str) -> bool:
    return any(stem in clause for stem in _SPEECH_STEMS)


def _is_tag(clause: str, *, quoted: bool) -> bool:
    """Return whether a clause that begins with a capital is a subject and a verb of speech, as “Anna Lind said” is."""
    words = clause.split()
    if (not quoted and len(words) > _LONGEST_THOUGHT_TAG_WORDS) or words[0].casefold() in _SAY_NOTHING:
        return False
    for place, word in enumerate(words[: _LONGEST_SUBJECT + 1]):
        bare = word.strip(",;:").casefold()
        if place and bare in _SPEECH:
            return True
        subject = word[:1].isupper() or bare in _SUBJECTS or bare.endswith("ly")
        if not subject or word.endswith((",", ";", ":")):
            return False
    return False


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


def own_questions(found: Sequence[str]) -> list[bool]:
    """Return for each sentence of a line whether it is a question of the writer's own.

    One inside a quotation that runs over several sentences is not, even where the quotation is closed in another
    paragraph.

    >>> own_questions(["“Who is it?", "Where?”", "Why?"])
    [False, False, True]
    """
    if not any(map(may_ask, found)):
        return [False] * len(found)
    own: list[bool] = []
    balance = Counter[str]()
    for sentence in found:
        quoted = _is_open(balance)
        balance.update(sign for sign in sentence if sign in _SPEECH_MARKS)
        own.append(not quoted and not _is_open(balance) and asks(sentence))
    return own


def _is_open(signs: Mapping[str, int]) -> bool:
    """Return whether a quotation goes on after so many of each sign. Single quotation marks may be apostrophes."""
    if not signs:
        return False
    german = signs.get("„", 0)
    opened = german or signs.get("“", 0)
    closed = signs.get("”", 0) + (signs.get("“", 0) if german else 0)
    return (
        signs.get('"', 0) % 2 == 1
        or opened > closed
        or signs.get("«", 0) != signs.get("»", 0)
        or any(signs.get(left, 0) > signs.get(right, 0) for left, right in ("「」", "『』", "《》"))
    )


def _asks_by_letters(bare: str) -> bool:
    """Return whether a sentence asks with a mark that means something else, or stands elsewhere, in other languages."""
    if _GREEK_QUESTION.search(bare) or _JAPANESE_QUESTION.search(bare):
        return True
    return _ARMENIAN_QUESTION_MARK in bare and bare[-1:] not in "”»"


def may_ask(text: str) -> bool:
    """Return whether there may be a question in a text: in nearly all there is none, and that is quickly seen."""
    return _MAY_ASK.search(text) is not None


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
        asking = own_questions(said)
        first = len(said)
        while first and asking[first - 1]:
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
