"""From a script to SSML: words, pauses and chapters for programs that know no script file."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from itertools import zip_longest

from audio_builder.article.text import xml_safe
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Background, Beat, Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say, Script
from audio_builder.script.estimate import Timed, laid_out
from audio_builder.script.notation import plain_number, written
from audio_builder.script.parse_ssml import NAMESPACE

_INSIDE_PARAGRAPH = frozenset({Reason.SENTENCE, Reason.LINE, Reason.ITEM, Reason.ELLIPSIS})
_NO_BREAK = '<break strength="none"/>'
"""Where a script has no pause, the rules of a reader shall set none."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A script in another format.

    Attributes:
        text: the file.
        notes: what couldn't be carried over, each with its line in that file.
    """

    text: str
    notes: tuple[str, ...]


def as_ssml(script: Script, pacing: Pacing) -> Exported:
    """Return a script as SSML 1.1 (W3C Recommendation of 7 September 2010).

    Each phrase is a sentence with its pause after it. What SSML has no word for (bells, breaths, chapters,
    backgrounds) is a mark with the words of ours, which other programs pass over; read back, it is what it was.

    Args:
        script: any.
        pacing: for how much slower and quieter is, and how long a beat is.
    """
    writer = _Writer(pacing)
    writer.head(script)
    first = next((cue for cue in script.cues if not isinstance(cue, ChapterStart | Background)), None)
    if not isinstance(first, Rest | Beat):
        writer.lines.append(f"  {_NO_BREAK}")
    cues = list(laid_out(script, pacing.wpm, pacing.slower_share))
    for timed, following in zip_longest(cues, cues[1:]):
        writer.cue(timed, following.cue if following else None)
    writer.close_paragraph()
    writer.lines.append("</speak>")
    return Exported("\n".join(writer.lines) + "\n", tuple(writer.notes.values()))


@dataclass(slots=True)
class _Writer:
    """The lines so far, and what couldn't be said in them."""

    pacing: Pacing
    lines: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    in_paragraph: bool = False

    def head(self, script: Script) -> None:
        """Write what comes before the first cue."""
        language = _attribute(script.language or "und")
        self.lines += [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<speak version="1.1" xmlns="{NAMESPACE}" xml:lang="{language}">',
        ]
        for name in ("title", "subtitle", "author", "date"):
            if value := getattr(script, name):
                self.lines.append(f'  <meta name="{name}" content="{_attribute(value)}"/>')

    def cue(self, timed: Timed, following: Cue | None) -> None:
        """Write one cue, and that there is no pause where none follows."""
        cue = timed.cue
        match cue:
            case Say():
                self._say(cue)
            case Rest():
                self._rest(cue)
            case Beat():
                self._mark(cue)
                self._append(f'<break time="{plain_number(round(timed.seconds, 3))}s"/>')
            case _:
                self.close_paragraph()
                self._mark(cue)
                if timed.seconds:
                    self._append(f'<break time="{plain_number(timed.seconds)}s"/>')
        if isinstance(cue, Say | Bell | Breath) and not isinstance(following, Rest | Beat):
            self._append(_NO_BREAK)

    def close_paragraph(self) -> None:
        """End the paragraph, if one is open."""
        if self.in_paragraph:
            self.lines.append("  </p>")
        self.in_paragraph = False

    def _say(self, say: Say) -> None:
        text = escape(xml_safe(say.text), quote=False)
        changes = f' rate="{plain_number(round(100 * (1 - self.pacing.slower_share), 3))}%"' if say.slower else ""
        changes += f' volume="-{plain_number(self.pacing.quieter_db)}dB"' if say.quieter else ""
        text = f"<prosody{changes}>{text}</prosody>" if changes else text
        text = f'<lang xml:lang="{_attribute(say.language)}">{text}</lang>' if say.language else text
        text = f'<voice name="{_attribute(say.voice)}">{text}</voice>' if say.voice else text
        if not self.in_paragraph:
            self.lines.append("  <p>")
        self.in_paragraph = True
        self.lines.append(f"    <s>{text}</s>")
        if say.role is not Role.PROSE:
            self._note("role", "titles, headings, verse, quotations and items become sentences like all others")

    def _rest(self, rest: Rest) -> None:
        if rest.reason is Reason.SILENCE:
            self.close_paragraph()
            self._mark(rest)
        self._append(f'<break time="{plain_number(rest.seconds)}s"/>')
        if not rest.reason.by_person:
            self._note("reason", "pauses keep their length and lose their reasons: read back, all are your own")
        if rest.reason not in _INSIDE_PARAGRAPH:
            self.close_paragraph()

    def _mark(self, cue: Rest | Beat | Bell | Breath | ChapterStart | Background) -> None:
        name = written(cue)[1:-1]
        self._append(f'<mark name="{_attribute(name)}"/>')
        kind = name.partition(" ")[0]
        self._note(kind, f"[{kind}] is written as a <mark>, which other programs pass over")

    def _append(self, tags: str) -> None:
        if self.in_paragraph:
            self.lines[-1] += tags
        else:
            self.lines.append(f"  {tags}")

    def _note(self, what: str, shown: str) -> None:
        self.notes.setdefault(what, f"line {len(self.lines)}: {shown}")


def _attribute(text: str) -> str:
    return escape(xml_safe(text))
