"""Hypothesis strategies: articles whose spoken words are known, and scripts with nasty texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import strategies as st

from audio_builder.article.details import Details
from audio_builder.article.text import clean, speakable
from audio_builder.recipe.settings import BACKGROUNDS
from audio_builder.script.cues import Background, Beat, Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say, Script

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Piece:
    """A part of an article: its source, and the words that must be spoken of it, in order."""

    source: str
    words: tuple[str, ...]


@st.composite
def words(draw: st.DrawFn, least: int = 1, most: int = 9) -> list[str]:
    """Return words that no rule of the language knows."""
    count = draw(st.integers(least, most))
    return ["q" + draw(st.text(_LETTERS, min_size=3, max_size=7)) + "x" for _ in range(count)]


@st.composite
def sentence(draw: st.DrawFn) -> Piece:
    """Return a sentence, perhaps with an ellipsis, a quotation or a dash in it."""
    spoken = draw(words())
    text = list(spoken)
    text[0] = text[0].capitalize()
    inside = draw(st.sampled_from(["", "", "ellipsis", "quoted", "comma", "parentheses"]))
    place = draw(st.integers(0, len(text) - 1))
    wrap = {"ellipsis": "{}…", "quoted": "“{}”", "comma": "{},", "parentheses": "({})", "": "{}"}[inside]
    text[place] = wrap.format(text[place])
    end = draw(st.sampled_from([".", ".", "?", "!", "…", "?!"]))
    first_as_written = (spoken[0].capitalize(), *spoken[1:])
    return Piece(" ".join(text) + end, first_as_written)


def _joined(pieces: list[Piece], between: str) -> Piece:
    return Piece(
        between.join(piece.source for piece in pieces), tuple(word for piece in pieces for word in piece.words)
    )


def _wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


@st.composite
def paragraph(draw: st.DrawFn) -> Piece:
    """Return prose, on one line or wrapped."""
    prose = _joined(draw(st.lists(sentence(), min_size=1, max_size=5)), " ")
    return Piece(_wrapped(prose.source, draw(st.sampled_from([10_000, 72]))), prose.words)


@st.composite
def verse(draw: st.DrawFn) -> Piece:
    """Return lines that are lines on purpose."""
    return _joined(draw(st.lists(sentence(), min_size=2, max_size=5)), "\n")


@st.composite
def listing(draw: st.DrawFn) -> Piece:
    """Return a list with one kind of marker."""
    marker = draw(st.sampled_from(["- ", "* ", "1. "]))
    items = draw(st.lists(sentence(), min_size=1, max_size=4))
    return _joined([Piece(marker + item.source, item.words) for item in items], "\n")


@st.composite
def quotation(draw: st.DrawFn) -> Piece:
    """Return a quotation behind `>`."""
    lines = draw(st.lists(sentence(), min_size=1, max_size=3))
    return _joined([Piece("> " + line.source, line.words) for line in lines], "\n")


@st.composite
def heading(draw: st.DrawFn) -> Piece:
    """Return a heading after two empty lines, written with `#`."""
    spoken = [word.capitalize() for word in draw(words(1, 4))]
    return Piece("\n## " + " ".join(spoken), tuple(spoken))


@st.composite
def plain_heading(draw: st.DrawFn) -> Piece:
    """Return a heading as plain texts have them."""
    spoken = [word.capitalize() for word in draw(words(2, 4))]
    return Piece("\n" + " ".join(spoken), tuple(spoken))


_SILENT = (
    *("[pause 4s]", "[bell]", "[breath 4-6 x2]", "[chapter Quiet]", "* * *", "🌙"),
    *("[silence 2m]", "[beat 2s]", "[slower]", "[slower off]", "[quieter] [quieter off]"),
    *("[background rain]", "[background]"),
)


@st.composite
def markdown_extra(draw: st.DrawFn) -> Piece:
    """Return something of which little or nothing is spoken."""
    spoken = draw(words(1, 3))
    text = " ".join(spoken)
    silent = draw(
        st.sampled_from(
            [*_SILENT, "![zalt](z.png)", "<!-- zcomment -->", "```\nzcode\n```", "    zcode", "[^9]: znote"]
        )
    )
    loud = draw(
        st.sampled_from(
            [
                f"*{text}*",
                f"**{text}** ~~zgone~~",
                f"[{text}](https://zhost.example/zpath 'ztitle')",
                f"`{text}` <https://zhost.example>",
                f"<b>{text}</b> ![zalt](z.png)",
                f"{text} https://zhost.example/zpath?z=1",
                f"| {' | '.join(spoken)} |\n|{'---|' * len(spoken)}",
                f"<div class='z'>{text}</div>",
                f"{text}[^1] <!-- zcomment -->",
                f"{text} [pause 3s]",
                f"{text}[^{spoken[0]}]\n\n[^{spoken[0]}]: znote",
            ]
        )
    )
    return draw(st.sampled_from([Piece(silent, ()), Piece(loud, tuple(spoken))]))


@st.composite
def markdown_articles(draw: st.DrawFn) -> Piece:
    """Return a Markdown article with known words."""
    part = st.one_of(paragraph(), verse(), listing(), quotation(), heading())
    parts = [draw(paragraph()), *draw(st.lists(part, max_size=4))]
    parts += draw(st.lists(markdown_extra(), min_size=1, max_size=4)) + draw(st.lists(part, max_size=3))
    # A comment keeps two lists or quotations in a row from being one, and indented code from being a list's text.
    return _joined(parts, "\n\n<!-- zbetween -->\n\n")


@st.composite
def plain_articles(draw: st.DrawFn) -> Piece:
    """Return a plain article with known words."""
    silent = st.sampled_from(_SILENT).map(lambda source: Piece(source, ()))
    part = st.one_of(paragraph(), verse(), listing(), quotation(), plain_heading(), silent)
    return _joined([draw(paragraph()), *draw(st.lists(part, max_size=8))], "\n\n")


_NASTY = st.text(
    st.one_of(
        st.sampled_from(list("#>|-[]\\:\"'*_`&{}!%@?,. \u00a0\u3000—…“”")),
        st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")),
    ),
    max_size=24,
)


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


_SIGNED = st.sampled_from(["", "", "# ", "## ", "### ", "> ", "- ", "| ", "\\", "\\# ", "[bell] ", "--- ", "[", "]"])
spoken_texts = st.builds(str.__add__, _SIGNED, _NASTY).map(_one_line).filter(speakable)
"""Texts a phrase may have: one line, a letter or digit in it, and every sign that means something somewhere."""

_values = _NASTY.map(_one_line)
_seconds = st.one_of(st.floats(0.001, 3600), st.integers(1, 60).map(float))
_breath_s = st.floats(0.1, 60)
_cues: st.SearchStrategy[Cue] = st.one_of(
    st.builds(
        Say,
        text=spoken_texts,
        role=st.sampled_from(Role),
        voice=st.sampled_from(["", "", "emma", "heart:0.7+michael:0.3"]),
        slower=st.booleans(),
        quieter=st.booleans(),
    ),
    st.builds(Rest, seconds=_seconds, reason=st.sampled_from(Reason)),
    st.just(Bell()),
    st.builds(Beat, seconds=st.floats(0.001, 60)),
    st.builds(Breath, in_s=_breath_s, out_s=_breath_s, count=st.integers(1, 100)),
    st.builds(ChapterStart, title=spoken_texts),
    st.builds(Background, name=st.sampled_from(["", *BACKGROUNDS])),
)


_lines = st.lists(
    spoken_texts.map(lambda text: " ".join(re.sub(r"[<>()]", "", text)[:80].split())).filter(bool), max_size=3
)
_details = st.builds(
    Details,
    description=_values,
    notes=_values,
    links=_lines.map(lambda lines: tuple(f"{line} <https://example.org/{n}>" for n, line in enumerate(lines))),
    episode=st.integers(0, 9999),
    season=st.integers(0, 9999),
    episode_type=st.sampled_from(["full", "trailer", "bonus"]),
    explicit=st.sampled_from([None, True, False]),
    image=st.sampled_from(["", "a picture: of me.jpg"]),
    block=st.booleans(),
    persons=_lines.map(tuple),
    license=st.sampled_from(["", "cc-by-4.0", "Our Terms <https://example.org/terms>"]),
    soundbite=st.sampled_from([(), ("1:13 60 The lamp",), ("6 15", "1:02:03.5 20 “A”, b")]),
)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Return a script with any cues in any order."""
    cues = draw(st.lists(_cues, max_size=14))
    say = draw(st.builds(Say, text=spoken_texts, role=st.sampled_from(Role)))
    return Script(
        title=draw(_values),
        subtitle=draw(_values),
        author=draw(_values),
        language=draw(st.sampled_from(["", "en", "pt-BR", "zh-Hant"])),
        date=draw(st.sampled_from(["", "2026-03-21"])),
        pacing=draw(_values),
        cues=(ChapterStart(draw(spoken_texts)), *cues, say),
        details=draw(_details),
    )
