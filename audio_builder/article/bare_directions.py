"""Directions without square brackets, such as *Pause here.* or a `<break>` for a speech engine, written as marks."""

from __future__ import annotations

import re
from collections.abc import Callable

from audio_builder.article.directions import Direction, Where, between_sentences, direction, is_gloss, tag
from audio_builder.article.mark_kinds import BellMark, PauseMark
from audio_builder.article.marks import only_marks

_NEAR = 24
_TAG = re.compile(r"<((?:break|pause|silence)\b[^<>]{0,200})>(?:\s*</(?:break|pause|silence)\s*>)?", re.IGNORECASE)
_EMPHASISED = re.compile(r"(?<![*_\w\\])(\*{1,3}|_{1,3})([^*_\n\[\](){}<>`\\]{2,60})\1(?![*_\w])")
_EMPHASISED_BRACKET = re.compile(
    r"(?<![*_\w\\])(\*{1,3}|_{1,3})((?:\[[^\]\n]{2,80}\]|\([^)\n]{2,80}\))[.]?)\1(?![*_\w(\[])"
)
_EMPHASIS_IN_BRACKET = re.compile(r"[\[(][ \t]*(\*{1,3}|_{1,3})([^*_\n\[\]()]{2,60})\1[ \t]*[\])]")
_CODED = re.compile(r"(?<!`)`(\[[^\]`\n]{2,60}\]|\([^)`\n]{2,60}\)|[^\W\d_][^\[\]()`\n]{3,40})`(?!`)")
_OTHERWISE_CLOSED = re.compile(
    r"(?<=[.!?…] )([\[({<]?)((?:long |short )?(?:pause|silence|wait)\b[^\[\](){}<>\n.!?…]{0,40}([\])}>]))"
)
_PAIRS = ("[]", "()", "{}", "<>")
_BARE_STAMP = re.compile(r"(?<=[.!?…] )(00?:(?:\d\d:)?[0-5]\d)(?= [^\W\d_a-z])")
_PAUSE_BEFORE_BRACKET = re.compile(
    r"^[ \t]*((?:long |short )?(?:pause|silence))[ \t:–-]*[(\[]([^()\[\]\n]{1,30})[)\]][ \t.]*$",
    re.IGNORECASE | re.MULTILINE,
)
_EMPHASISED_HTML = re.compile(
    r"<(em|i|b|strong)\b[^<>]{0,80}>\s*+([^\s<>\[\]()][^<>\[\]()]{1,59}?)\s*+</\1>", re.IGNORECASE
)
_BETWEEN_SIGNS = re.compile(
    r"(?<!\S)(-{1,3}|—|~{1,3}|={1,3}|[/|#]{1,2}|::|%%)[ \t]*([^\W\d_][^\n\-—~=/|#:%]{1,58}?)[ \t]*\1(?!\S)"
)
_ON_ITS_LINE = re.compile(
    r"^[ \t]*([^\W\d_\n][^\n\[\](){}<>*_#|]{2,58}?|\d[^\n\[\](){}<>*_#|]{4,58}?)[ \t]*$", re.MULTILINE
)
_IN_A_LINE = re.compile(
    r"(?:(?<=[.!?…:;”\"] )|(?<=…)|(?<=\.\.\.))((?:long |short )?(?:pause|silence)\b[^.!?…:;,\n\[\](){}<>*_|]{0,50}?)"
    r"(?=…|\.{3}|[ \t]+[A-Z“\"]|[ \t]*$)",
    re.MULTILINE,
)
_DOUBLED = re.compile(r"(?:\{\{|\[\[|\{%)[ \t]*+([^\[\]{}<>%\n|]{2,60}?)[ \t]*(?:\}\}|\]\]|%\})")
_IN_ANGLES = re.compile(r"(?:<|&lt;)[ \t]*([^\W_][^<>\n=/\"]{1,40}?)[ \t]*(?:>|&gt;)")
_LENGTH_BEHIND = re.compile(
    r"\[[ \t]*(pause|silence)[ \t]*\][ \t]*+:?[ \t]*+"
    r"(?:\([ \t]*(\d{1,4}[ \t]?(?:s|m|min|sec|secs|seconds|minutes)?)[ \t]*\)"
    r"|(\d{1,4}[ \t]?(?:s|min|sec|secs|seconds|minutes))\b)",
    re.IGNORECASE,
)
"""The length of a pause behind its brackets: [pause](4s), [pause]: 4s."""

_PAUSE_SIGN = re.compile("\u23f8\ufe0f?[ \\t]*(\\d{1,3}[ \\t]?(?:s|sec|secs|seconds|min|minutes)\\b)?")
_SPACED_DOTS = re.compile(r"[ \t]?\.(?:[ \t]\.){2,3}(?![\w.])")
_RULE_IN_A_LINE = re.compile(r"(?<=[.!?…])[ \t]+(?:-{2,3}|\*{3}|\.{3,}|…)[ \t]+(?=\S)")
_IS_BREATH = re.compile(r"breath|inhal|exhal|atme|atmen|respir|adem|insp|呼|吸", re.IGNORECASE)
_SAYS_PAUSE = re.compile(r"paus|pauz|пауз|停|暂|暫", re.IGNORECASE)
_SAYS_SILENCE = re.compile(r"silen|stil|schweig|тиш|静|靜|沉", re.IGNORECASE)


def with_text_directions(text: str) -> str:
    """Return plain text or Markdown with directions that are emphasised, between signs or on their line as marks."""
    first = len(text) - len(text.lstrip())
    written = text
    if "{{" in text or "[[" in text or "{%" in text:
        written = _as_marks(_DOUBLED, written, _is_sure)
    if "<" in text or "&lt;" in text:
        written = _as_marks(_IN_ANGLES, written, _not_unsure_between_sentences)
    written = _PAUSE_SIGN.sub(lambda found: f"[pause {found[1]}]" if found[1] else "[pause]", written)
    written = _LENGTH_BEHIND.sub(lambda found: f"[{found[1]} {found[2] or found[3]}]", written)
    if ". ." in text:
        written = _SPACED_DOTS.sub("…", written)
    if "*" in text or "_" in text:
        written = _as_marks(_EMPHASIS_IN_BRACKET, written, _always)
        written = _as_marks(_EMPHASISED, _EMPHASISED_BRACKET.sub(_bare_bracket, written), _emphasised)
    if "`" in text:
        written = _CODED.sub(_bare_of_code, written)
    written = _as_marks(_BETWEEN_SIGNS, written, lambda asked, found: _is_sure(asked, found) or _alone(asked, found))
    if "(" in text or "[" in text:
        written = _PAUSE_BEFORE_BRACKET.sub(_joined_pause, written)
    if _OTHERWISE_CLOSED.search(written):
        written = _OTHERWISE_CLOSED.sub(_rightly_closed, written)
    if ":" in text:
        written = _BARE_STAMP.sub(r"[\1]", written)
    if any(sign in text for sign in (" --", " ***", " ...", " …")):
        written = _RULE_IN_A_LINE.sub(" [short pause] ", written)
    written = _as_marks(
        _ON_ITS_LINE, written, lambda asked, found: found.start(1) > first and _on_its_line(asked, found)
    )
    return _as_marks(_IN_A_LINE, written, _in_a_line)


def with_tag_directions(text: str) -> str:
    """Return Markdown or HTML with the tags of speech engines and emphasised directions as marks."""
    return _as_marks(_EMPHASISED_HTML, _TAG.sub(_tag_as_mark, text), _emphasised) if "<" in text else text


def _as_marks(pattern: re.Pattern[str], text: str, accept: Callable[[Direction, re.Match[str]], bool]) -> str:
    """Return a text with brackets around the last group of what matches and is a direction that `accept` takes."""

    def written(found: re.Match[str]) -> str:
        words = found.group(found.re.groups)
        asked = direction(words)
        return f"[{words.strip(' .:')}]" if asked is not None and accept(asked, found) else found.group()

    return pattern.sub(written, text)


def _around(found: re.Match[str]) -> tuple[str, str]:
    """Return what stands before and after a match, on its line."""
    before, after = _near(found)
    return before.rpartition("\n")[2], after.partition("\n")[0]


def _near(found: re.Match[str]) -> tuple[str, str]:
    return found.string[max(0, found.start() - _NEAR) : found.start()], found.string[found.end() : found.end() + _NEAR]


def _always(_asked: Direction, _found: re.Match[str]) -> bool:
    return True


def _rightly_closed(found: re.Match[str]) -> str:
    """Return “pause 4s]”, a direction whose brackets don't fit together, as a mark."""
    words = found[2][:-1]
    return found[0] if found[1] + found[3] in _PAIRS or not direction(words) else f"[{words}]"


def _is_sure(asked: Direction, _found: re.Match[str]) -> bool:
    return asked.where is Where.ANYWHERE


def _not_unsure_between_sentences(asked: Direction, found: re.Match[str]) -> bool:
    return asked.where is not Where.IN_SQUARE_BRACKETS and not asked.unheard and between_sentences(*_around(found))


def _alone(asked: Direction, found: re.Match[str]) -> bool:
    """Return whether words that ask for a pause stand on a line of their own: “— pause for a moment —”."""
    return (
        bool(_SAYS_PAUSE.search(found.group()))
        and asked.where is not Where.IN_SQUARE_BRACKETS
        and not any(map(str.strip, _around(found)))
    )


def _joined_pause(found: re.Match[str]) -> str:
    written = f"{found[1]} {found[2]}"
    return f"[{written}]" if direction(written) else found[0]


def _bare_of_code(found: re.Match[str]) -> str:
    """Return a mark between sentences without the signs of code around it; one in a sentence is quoted, and stays."""
    inside = found[1] if found[1][0] in "[(" else f"[{found[1]}]"
    return inside if only_marks(inside) and between_sentences(*_around(found)) else found[0]


def _bare_bracket(found: re.Match[str]) -> str:
    return found[2] if direction(found[2].strip(".")[1:-1]) else found.group()


def _emphasised(asked: Direction, found: re.Match[str]) -> bool:
    """Return whether emphasised words are a direction: “*Pause here.*” is one, “*Breathe.*” is words."""
    words = found[2]
    before, after = _around(found)
    if _IS_BREATH.search(words) or not between_sentences(before, after):
        return False
    alone = not before.strip() and not after.strip()
    return (
        asked.where is Where.ANYWHERE
        or bool(_SAYS_PAUSE.search(words))
        or (words.islower() and any(isinstance(mark, BellMark) for mark in asked.marks))
        or (alone and (asked.where is Where.BETWEEN_SENTENCES or (asked.unheard and len(words.split()) > 2)))
    )


def _on_its_line(asked: Direction, found: re.Match[str]) -> bool:
    """Return whether a line without brackets is a direction: “Pause 30 seconds”, “PAUSE”; no sentence, no title."""
    words = found[1]
    says_number = any(map(str.isdigit, words))
    if asked.where is not Where.ANYWHERE or words[-1] in "!?,;:" or (words[-1] == "." and not says_number):
        return False
    if says_number:
        return bool(_SAYS_PAUSE.search(words) or _SAYS_SILENCE.search(words))
    alone = found.string[: found.start()].endswith("\n\n") and found.string[found.end() :][:2] in ("", "\n", "\n\n")
    return bool(_SAYS_PAUSE.search(words)) and alone and (words.isupper() or (words.islower() and _says_length(words)))


def _in_a_line(asked: Direction, found: re.Match[str]) -> bool:
    """Return whether “pause for a minute” stands between sentences without being one."""
    trails_off = found.string.startswith(("…", "..."), found.end())
    return asked.where is Where.ANYWHERE and found[1][0].islower() and (_says_length(found[1]) or trails_off)


def _says_length(words: str) -> bool:
    return len(words.split()) > 2 or any(map(str.isdigit, words))


def _tag_as_mark(found: re.Match[str]) -> str:
    if found[1].isalpha() and is_gloss(*_near(found)):
        return f"&lt;{found[1]}&gt;"
    asked = tag(found[1])
    pauses = [mark.seconds for mark in asked.marks if isinstance(mark, PauseMark)] if asked else []
    return f" [pause {pauses[0]:g}s] " if pauses else found.group()
