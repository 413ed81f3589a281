"""What a writer puts beside the words: notes to oneself, tags for a speech engine, directions without brackets.

All of it is taken out of a source, or written as a mark, before the source is read. Lines keep their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from audio_builder.article.directions import Direction, Where, between_sentences, direction, tag
from audio_builder.article.left_out import LeftOut
from audio_builder.article.mark_kinds import PauseMark

_NEAR = 24
_LONGEST = 60

_TAG = re.compile(r"<((?:break|pause|silence)\b[^<>]{0,200})>(?:\s*</(?:break|pause|silence)\s*>)?", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_NOTE = re.compile(r"^[ \t]{0,3}//(?:[ \t]+(.*))?$", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]{0,3}(?:```|~~~)", re.MULTILINE)
_TAGS_LINE = re.compile(r"^[ \t]*(#[^\W\d_][\w/-]*(?:[ \t]+#[^\W\d_][\w/-]*)+)[ \t]*$", re.MULTILINE)
_EMPHASISED = re.compile(r"(?<![*_\w\\])(\*{1,3}|_{1,3})([^*_\n\[\](){}<>`\\]{2,60})\1(?![*_\w])")
_EMPHASISED_BRACKET = re.compile(
    r"(?<![*_\w\\])(\*{1,3}|_{1,3})((?:\[[^\]\n]{2,80}\]|\([^)\n]{2,80}\))[.]?)\1(?![*_\w(\[])"
)
_EMPHASISED_HTML = re.compile(r"<(em|i|b|strong)\b[^<>]{0,80}>\s*([^<>\[\]()]{2,60}?)\s*</\1>", re.IGNORECASE)
_BETWEEN_SIGNS = re.compile(r"(?<!\S)(-{2,3}|—|~{1,3}|={1,3}|/|\|)[ \t]*([^\W\d_][^\n\-—~=/|]{1,58}?)[ \t]*\1(?!\S)")
_ON_ITS_LINE = re.compile(
    r"^[ \t]*([^\W\d_\n][^\n\[\](){}<>*_#|]{2,58}?|\d[^\n\[\](){}<>*_#|]{4,58}?)[ \t]*$", re.MULTILINE
)
_IN_A_LINE = re.compile(
    r"(?:(?<=[.!?…:;”\"] )|(?<=…)|(?<=\.\.\.))((?:long |short )?(?:pause|silence)\b[^.!?…:;,\n\[\](){}<>*_|]{0,50}?)"
    r"(?=…|\.{3}|[ \t]+[A-Z“\"]|[ \t]*$)",
    re.MULTILINE,
)
_DOUBLED = re.compile(r"(?:\{\{|\[\[)[ \t]*([^\[\]{}<>%\n|]{2,60}?)[ \t]*(?:\}\}|\]\])")
_SPACED_DOTS = re.compile(r"[ \t]?\.(?:[ \t]\.){2,3}(?![\w.])")
_RULE_IN_A_LINE = re.compile(r"(?<=[.!?…])[ \t]+-{2,3}[ \t]+(?=\S)")
_IS_BREATH = re.compile(r"breath|inhal|exhal|atme|atmen|respir|adem|insp|呼|吸", re.IGNORECASE)
_SAYS_PAUSE = re.compile(r"paus|pauz|пауз|停|暂|暫", re.IGNORECASE)
_IN_A_YEAR = re.compile(
    r"\s?[(（](?:in|since|from|until|by|around|about|after|before|born|died|early|late|spring|summer|autumn|fall|winter|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|im|seit|en|depuis|desde|dal)\b",
    re.IGNORECASE,
)
_CITATION = re.compile(
    r"\s?[(（](?:(?:see|cf\.|e\.g\.,?|siehe|vgl\.|voir|véase)\s)?"
    r"(?:[^()\d;]{2,60}?,?\s(?:1[5-9]|20)\d\d[a-z]?(?:,\s?(?:pp?\.|S\.)?\s?\d+(?:[-–]\d+)?)?(?:;\s)?){1,8}[)）]"
)
_SAYS_SILENCE = re.compile(r"silen|stil|schweig|тиш|静|靜|沉", re.IGNORECASE)
_OPENING_OF_CHAT = re.compile(
    r"\A\s*((?:sure|certainly|of course|absolutely|gladly|great|here['’]s|here is|here you go)\b[^\n]{0,300}[:!.])"
    r"[ \t]*\n\s*(?:-{3,}|\*{3,}|_{3,})[ \t]*\n",
    re.IGNORECASE,
)
_END_OF_CHAT = re.compile(
    r"\n((?:would you like|let me know|feel free|i hope|do you want|shall i|should i|if you['’]d like|want me to)\b"
    r"[^\n]{0,400})\s*\Z",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Aside:
    """A source while its asides are taken out."""

    text: str
    left_out: list[LeftOut] = field(default_factory=list)

    def take_out(self, pattern: re.Pattern[str], kind: str, *, beside: Callable[[int], bool] = lambda _: False) -> None:
        """Remove what matches, with line ends kept, and note its first group; `beside` says where it is to stay."""

        def removed(found: re.Match[str]) -> str:
            if beside(found.start()):
                return found.group()
            if words := " ".join((found[1] or "").split()):
                self.left_out.append(LeftOut(kind, words, self.text.count("\n", 0, found.start(1)) + 1))
            return "\n" * found.group().count("\n")

        self.text = pattern.sub(removed, self.text)

    def write_as_marks(self, pattern: re.Pattern[str], accept: Callable[[Direction, re.Match[str]], bool]) -> None:
        """Put brackets around the last group of what matches and is a direction that `accept` takes."""

        def written(found: re.Match[str]) -> str:
            words = found.group(found.re.groups)
            asked = direction(words)
            if asked is None or not accept(asked, found):
                return found.group()
            return f"[{words.strip(' .:')}]"

        self.text = pattern.sub(written, self.text)


def without_asides(text: str, kind: str) -> tuple[str, list[LeftOut]]:
    """Return a source with its asides taken out or written as marks, and what was taken out.

    Args:
        text: as it was found.
        kind: the name of its reader.
    """
    aside = _Aside(text)
    if kind in ("plain", "markdown"):
        _take_out_notes(aside, kind)
        _write_text_directions(aside)
    if "<" in aside.text and kind in ("markdown", "html"):
        aside.text = _TAG.sub(_tag_as_mark, aside.text)
        aside.write_as_marks(_EMPHASISED_HTML, _emphasised)
    return aside.text, aside.left_out


def _take_out_notes(aside: _Aside, kind: str) -> None:
    if _OPENING_OF_CHAT.match(aside.text[:1000]):
        aside.take_out(_OPENING_OF_CHAT, "chat")
        aside.take_out(_END_OF_CHAT, "chat")
    if kind == "plain" and "<!--" in aside.text:
        aside.take_out(_COMMENT, "comment")
    if "//" in aside.text:
        fences = [found.start() for found in _FENCE.finditer(aside.text)]
        aside.take_out(_NOTE, "note", beside=lambda place: sum(fence < place for fence in fences) % 2 == 1)
    if "#" in aside.text:
        aside.take_out(_TAGS_LINE, "tag")


def _write_text_directions(aside: _Aside) -> None:
    text = aside.text
    if "{{" in text or "[[" in text:
        aside.write_as_marks(_DOUBLED, lambda asked, _: asked.where is Where.ANYWHERE)
    if ". ." in text:
        aside.text = _SPACED_DOTS.sub("…", aside.text)
    if "*" in text or "_" in text:
        aside.text = _EMPHASISED_BRACKET.sub(_bare_bracket, aside.text)
        aside.write_as_marks(_EMPHASISED, _emphasised)
    aside.write_as_marks(_BETWEEN_SIGNS, lambda asked, _: asked.where is Where.ANYWHERE)
    if " --" in text:
        aside.text = _RULE_IN_A_LINE.sub(" [short pause] ", aside.text)
    first = len(text) - len(text.lstrip())
    aside.write_as_marks(_ON_ITS_LINE, lambda asked, found: found.start(1) > first and _on_its_line(asked, found))
    aside.write_as_marks(_IN_A_LINE, _in_a_line)


def _bare_bracket(found: re.Match[str]) -> str:
    return found[2] if direction(found[2].strip(".")[1:-1]) else found.group()


def _emphasised(asked: Direction, found: re.Match[str]) -> bool:
    """Return whether emphasised words are a direction: “*Pause here.*” is one, “*Breathe.*” is words."""
    words = found[2]
    before = found.string[max(0, found.start() - _NEAR) : found.start()]
    after = found.string[found.end() : found.end() + _NEAR]
    if _IS_BREATH.search(words) or not between_sentences(before.rpartition("\n")[2], after.partition("\n")[0]):
        return False
    alone = not before.rpartition("\n")[2].strip() and not after.partition("\n")[0].strip()
    return (
        asked.where is Where.ANYWHERE
        or bool(_SAYS_PAUSE.search(words))
        or (alone and asked.where is Where.BETWEEN_SENTENCES)
    )


def _on_its_line(asked: Direction, found: re.Match[str]) -> bool:
    """Return whether a line without brackets is a direction: “Pause 30 seconds”, “PAUSE”; no sentence, no title."""
    words = found[1]
    if asked.where is not Where.ANYWHERE or words[-1] in ".!?,;:":
        return False
    if any(map(str.isdigit, words)):
        return bool(_SAYS_PAUSE.search(words) or _SAYS_SILENCE.search(words))
    alone = found.string[: found.start()].endswith("\n\n") and found.string[found.end() :][:2] in ("", "\n", "\n\n")
    return bool(_SAYS_PAUSE.search(words)) and alone and (words.isupper() or (words.islower() and _says_length(words)))


def _in_a_line(asked: Direction, found: re.Match[str]) -> bool:
    """Return whether “pause for a minute” stands between sentences without being one."""
    return asked.where is Where.ANYWHERE and found[1][0].islower() and _says_length(found[1])


def _says_length(words: str) -> bool:
    return len(words.split()) > 2 or any(map(str.isdigit, words))


def without_citations(text: str) -> str:
    """Return a line without its citations of author and year: “(Smith & Lee, 2020, p. 4; Wu 1999)”.

    >>> without_citations("It rained (Smith, 2020).")
    'It rained.'
    """
    return _CITATION.sub(lambda found: found[0] if _IN_A_YEAR.match(found[0]) else "", text)


def _tag_as_mark(found: re.Match[str]) -> str:
    asked = tag(found[1])
    pauses = [mark.seconds for mark in asked.marks if isinstance(mark, PauseMark)] if asked else []
    return f" [pause {pauses[0]:g}s] " if pauses else found.group()
