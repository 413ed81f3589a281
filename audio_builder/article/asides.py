"""What a writer puts beside the words: notes to oneself, footnotes, tags, the head of a message, time stamps.

All of it is taken out of a source before the source is read, or written as a mark. Lines keep their numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from audio_builder.article.bare_directions import with_tag_directions, with_text_directions
from audio_builder.article.directions import direction
from audio_builder.article.left_out import LeftOut
from audio_builder.article.text import up_to_last
from audio_builder.article.word_tables import words_of

_COMMENT = re.compile(r"(?<!`)<!--(?!\s*(?:toc|tocstop|/toc|end toc)\s*-->)(.*?)-->", re.DOTALL)
_NOTE = re.compile(r"[ \t]{0,3}//(?!/)[ \t]*(.*)")
_OF_PROOFREADERS = tuple(
    (called, re.compile(rf"\[({name}(?::[^\[\]]{{0,4000}})?)\]", re.IGNORECASE))
    for called, name in (
        ("picture", "(?:illustration|frontispiece)"),
        ("footnote", r"footnote (?:\d{1,4}|[a-z])"),
        ("note", r"(?:sidenote|transcriber['’]s notes?)"),
    )
)
"""What stands in brackets in the texts of Distributed Proofreaders."""

_CAPTION = re.compile(r"(\[caption\b[^\[\]\n]*\][^\[\]]{0,2000}\[/caption\])", re.IGNORECASE)
_SHORTCODE = re.compile(
    r"(\[/?(?!pause|break|silence|voice|wait)[a-z][\w-]{1,30}(?:\s+[\w-]{1,30}=(?:\"[^\"\n]*\"|[^\s\]\"]+))+\s*/?\])",
    re.IGNORECASE,
)
"""What WordPress puts in the place of: [gallery ids="1,2"]."""

_JOURNAL_HEAD = re.compile(r"^\t([A-Z][\w ]{2,20}):\t(.*)$", re.MULTILINE)
_JOURNAL_DATE = re.compile(r"(\S.{0,40}?\d{4}|\d{4}.{0,12}?)(?:,? at .*|,? \d{1,2}:\d\d.*)?$")
_EMAIL_HEAD = re.compile(r"\A\s*(?:[^\W\d_][\w-]{0,40} ?:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*+){3,40}(?=\s)")
_EMAIL_FIELD = re.compile(
    r"^(?:from|to|date|sent|subject|von|an|datum|gesendet|betreff|de|para|à|fecha|asunto|objet|envoyé|da|a|data|"
    r"oggetto) ?:",
    re.IGNORECASE | re.MULTILINE,
)
_SUBJECT = re.compile(
    r"^(?:subject|betreff|asunto|objet|oggetto)[ ]?:[ \t]*(?:(?:re|fwd?|aw|wg):[ \t]*)*(\S[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE = re.compile(r"^(--[ ]?\n(?:[^\n]*+\n){0,8}+[^\n]*+)\Z", re.MULTILINE)
_OF_MAILERS = re.compile(
    r"^(sent from my [^\n]{1,30}|_{10,}\n(?=[^\n]*(?:\n[^\n]*){0,4}(?:unsubscribe|mailing list))"
    r"(?:[^\n]*+\n){0,8}+[^\n]*+\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_AROUND_LETTERS = re.compile(
    r"^[ \t*_(\[]*((?:(?:view|read|open)\b[^\n.]{0,40}\b(?:in (?:your|a|the) (?:browser|app)|online|on the web)"
    r"[^\n.]{0,30}"
    r"|you(?:['’]re| are) (?:receiving|getting) this\b[^\n]{0,200}"
    r"|(?:unsubscribe|(?:update|manage|change) (?:your |my )?(?:email )?(?:preferences|subscription|settings)"
    r"|was this (?:e-?mail )?forwarded to you\?|forwarded this (?:e-?mail|newsletter)\?|forward to a friend"
    r"|subscribe here)"
    r"(?:[ \t]*(?:[|·•/<(\[]|https?:|from this|instantly|here|at any|any ?time|subscribe)[^\n]{0,200})?))[ \t*_)\].]*$"
    r"(?:\n[ \t]*<?https?://\S+>?[ \t]*$)?",
    re.IGNORECASE | re.MULTILINE,
)
"""What stands above and below a letter that goes to many."""

_EARLIER_MESSAGE = re.compile(
    r"^((?:on|am|le|el|il|op|em)\b[^\n]{5,150}(?:\n[^\n]{0,80})?"
    r"(?:wrote|schrieb|a écrit|escribió|scritto|schreef|escreveu)"
    r"[^\n:]{0,60}:[ \t]*+\n(?:[ \t]*+(?:>[^\n]*+)?\n)*+[ \t]*+(?:>[^\n]*+)?)\Z",
    re.IGNORECASE | re.MULTILINE,
)
"""What was answered, quoted below the answer."""

_COPYRIGHT = re.compile(
    r"^[ \t*_]*((?:(?:copyright|©|\(c\))[ \t]*){1,3}(?:\d{4}|[^\n\d]{1,60}\d{4})[^\n]{0,120})$",
    re.IGNORECASE | re.MULTILINE,
)
_TAG_NAME = r"#[^\W\d_][\w/-]*#?"
_TRAILING_TAGS = re.compile(
    rf"(?<=[.!?…)”’\"»])[ \t]+({_TAG_NAME}(?:[ \t]+{_TAG_NAME})*)[ \t]*$|^[ \t]*(#[a-zß-ÿ][\w/-]*)[ \t]*$", re.MULTILINE
)
_WHERE_ELSE = (
    r"(?:next|previous|prev|back|home|top|up|older|newer|(?:read |learn )?more|continue(?: reading)?|go back|"
    r"(?:next|previous) (?:page|post|chapter)|weiter(?:lesen)?|zurück|suivante?|précédente?|siguiente|anterior|avanti|"
    r"indietro|próxim[oa]|volgende|vorige|下一[页頁篇章]|上一[页頁篇章])"
)
_NAVIGATION = re.compile(
    rf"(?:^|(?<=\s))((?:(?:→|⟶|»|&rarr;|&raquo;|-{{1,2}}>|←|⟵|«|&larr;|&laquo;|<-{{1,2}})[ \t]*{_WHERE_ELSE}"
    rf"|{_WHERE_ELSE}[ \t]*(?:→|⟶|»|&rarr;|&raquo;|-{{1,2}}>|▶|←))(?:[ \t]*[|·•][ \t]*)?)"
    rf"(?=[ \t]*(?:<?https?://\S{{1,300}}[ \t]*)?$|[ \t]+{_WHERE_ELSE})",
    re.IGNORECASE | re.MULTILINE,
)
_ABOUT_THE_SCRIPT = re.compile(
    r"^[ \t>*_#(\[]*((?:(?:(?:total|estimated|approximate|reading|running) )?(?:duration|length|time|word count|words)"
    r"\W{1,6}(?:about |approximately |approx\.? |around |ca\.? |~ ?)?\d[\d ,:–-]{0,9}"
    r"(?:minutes?|mins?|min\.|words?|seconds?|secs?|hours?)?"
    r"|(?:(?:narrator['’]?s?|voice|suggested|background) )*"
    r"(?:tone|music|voice|pace|pacing|background|ambience|audience|style):[^\n.!?]{1,80}(?=[*_)\]]))[*_)\]]*)[ \t.]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""What a writing assistant says about the script it wrote: its length; and in italics or brackets its tone."""

_TITLE_LABEL = re.compile(
    r"\A(\s*+[*_#]*+[ \t]*+)"
    r"(?:(?:guided )?(?:meditation )?script|title|titel|titre|título|titolo|subject|betreff)\s*[:：]\s*"
    r"(?=\S[^\n]*\n\s*\n)",
    re.IGNORECASE,
)
_CLOCK = r"(?:\d{1,2}:)?\d{1,2}:[0-5]\d"
_STAMP = re.compile(
    rf"(?:^([ \t]*+[*_#]{{0,3}}[ \t]*)|(?<=\S)([ \t]+)(?=[(\[][^()\[\]\n]*[)\]][*_]{{0,3}}[ \t]*$))"
    rf"[(\[]?({_CLOCK}(?:[ \t]*(?:[-–—→]|-->|to)[ \t]*{_CLOCK})?)[)\]]?"
    r"(?:[ \t]*[-–—:|][ \t]*|[ \t]+|(?=[*_]*[ \t]*$))",
    re.MULTILINE,
)
_STAMP_RANGE = rf"{_CLOCK}[ \t]*[-–—][ \t]*{_CLOCK}"
_STAMP_OF_HEADING = re.compile(
    rf"^((?:#{{1,6}}[ \t]|\*\*|\[)[^\n]*?[^\s:|,–—-])[ \t]{{0,3}}[-–—:|,]?[ \t]{{0,3}}"
    rf"(?:[(\[]({_STAMP_RANGE})[)\]]|({_STAMP_RANGE}))"
    r"(?=[\]*_)]{0,6}[ \t]{0,3}$)",
    re.MULTILINE,
)
_FEWEST_STAMPS = 2
_CHAT_STAMP = re.compile(
    r"^\u200e?\[?((?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}),?[ \u202f]\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:[ \u202f]?[ap]\.?m\.?)?)"
    r"(?:\]|[ ]-)[ ](?=[^\n:]{1,40}:[ ])"
    r"(?:[^\n:]{1,40}:[ ]\u200e?<?(?:media|image|video|audio|sticker|gif|document|file)\b"
    r"[^\n]{0,20}?(?:omitted|attached)\b[^\n]{0,20}>?$)?",
    re.IGNORECASE | re.MULTILINE,
)
"""What a messenger puts before each message; and a whole message of which it keeps no words."""

_SPEAKER_STAMP = re.compile(
    rf"^[ \t]*([^\W\d_][^\n:\[\]()|]{{0,40}}?)[ \t]{{1,9}}[(\[]?({_CLOCK})[)\]]?[ \t]*\n(?=[ \t]*\S)", re.MULTILINE
)
"""Who speaks from when on, above what is said, as transcripts of a talk have it."""
_LABEL = re.compile(
    r"^([ \t]*+(?:>[ \t]*+)?[*_]{0,3}\[?)([^\W\d_][\w’'. -]{0,30}?)([ \t]*+(?:\([^()\n]{1,60}\))?)(\]?[*_]{0,3})"
    r"[ \t]*[:：]([*_]{1,3})?[ \t]*(?=\S|$)",
    re.MULTILINE,
)
_ONLY_NARRATORS = words_of("speakers", "narrators")
_SPEAKERS = words_of("speakers", "guides")
_FENCE = re.compile(r"^[ \t]{0,3}(?:```|~~~)", re.MULTILINE)
_TAGS_LINE = re.compile(rf"^[ \t]*({_TAG_NAME}(?:[ \t]+{_TAG_NAME})+)[ \t]*$", re.MULTILINE)
_IN_A_YEAR = re.compile(
    r"\s?[(（](?:in|since|from|until|by|around|about|after|before|born|died|early|late|spring|summer|autumn|fall|winter|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|im|seit|en|depuis|desde|dal)\b",
    re.IGNORECASE,
)
_CITATION = re.compile(
    r"\s?[(（](?:(?:see|cf\.|e\.g\.,?|siehe|vgl\.|voir|véase)\s)?"
    r"(?:[^()\d;]{2,60}?,?\s(?:1[5-9]|20)\d\d[a-z]?(?:,\s?(?:pp?\.|S\.)?\s?\d+(?:[-–]\d+)?)?(?:;\s)?){1,8}[)）]"
)
_ARROWS = re.compile(r"[→⟶»▶←⟵«]|&[rl](?:arr|aquo);|->|<-")
_PLAIN_MARK = re.compile(r"(?<=[a-z][.,;:!?”])(\d{1,2})(?=\s|\Z)|(?<=[.,;:!?]”)(\d{1,2})(?=\s|\Z)")
_PLAIN_NOTE = re.compile(
    r"(?<=\n\n)[ \t]*(\d{1,2})[ \t]+([^\W\d_][^\n]*+(?:\n[ \t]*+[^\W\d_][^\n]*+)*+)(?=\n\s*\n|\s*\Z)"
)
_RAISED = "[⁰¹²³⁴-⁹]"
_MAY_NOTE = re.compile(rf"{_RAISED}|[†‡]|^[ \t]*\[\d", re.MULTILINE)
_NOTE_MARK = re.compile(
    rf"(?:(?<=[.,;:!?…”’\"')»])|(?<=[^\W\d_]{{3}})|(?<=[^\W\d_]{{3}}\s))({_RAISED}{{1,3}}|[†‡])(?!\w)"
    r"|\[(\d{1,3})\](?!\()"
)
_NOTE_BELOW = re.compile(
    rf"^[ \t]{{0,3}}({_RAISED}{{1,3}}|[†‡]|\[\d{{1,3}}\](?!:?[ \t]*(?:<?https?:|\S+$)))[:.]?[ \t]*"
    rf"(\S[^\n]*(?:\n[ \t]*[^\s†‡⁰¹²³⁴-⁹\[][^\n]*)*)",
    re.MULTILINE,
)
_LINE_NUMBER = re.compile(r"(?<=\S)[ \t]+(\d{1,3})$", re.MULTILINE)
_VERSE_NUMBER = re.compile(
    r"(?:^([ \t>]*+)|(?<=[.,;:!?”’\"] ))(\d{1,3})[ \t]+(?=[“‘\"(]?[^\W\d_a-zß-ÿ])"
    r"(?![^\n]{0,200}\n[ \t>]{0,9}\d{1,3}[ \t])",
    re.MULTILINE,
)
"""What chapters of scripture have before each verse. Lines of which each begins with a number are a list."""

_SCRIPTURE = re.compile(r"\b(?:psalms?|ps\.?|psaume|salmo) \d|[^\W\d_]\.? \d{1,3}:\d{1,3}\b", re.IGNORECASE)
_FEWEST_VERSES = 3
_MINUTE_S = 60
_OPENING_OF_CHAT = re.compile(
    r"\A\s*((?:sure|certainly|of course|absolutely|gladly|great|here['’]s|here is|here you go|below is)\b"
    r"[^\n]{0,300}[:!.])"
    r"[ \t]*\n\s*(?:(?:-{3,}|\*{3,}|_{3,})[ \t]*\n|(?<=meditation:\n\n)(?=[#*])"
    r"|(?<= script:\n\n)|(?<= for you:\n\n))",
    re.IGNORECASE,
)
_SETTING_OF_SCRIPT = re.compile(
    r"^[ \t*_]*((?:(?:narrator['’]?s?|voice|suggested|background) )*"
    r"(?:tone|music|voice|pace|pacing|background|ambience|"
    r"audience|style|format|duration|length|level|theme)[*_]*:[^\n.!?]{1,80})$",
    re.IGNORECASE | re.MULTILINE,
)
"""What a writing assistant says about its script at its head."""

_END_OF_CHAT = re.compile(
    r"\n((?:would you like|let me know|feel free|i hope|do you want|shall i|should i|if you['’]d like|want me to)\b"
    r"[^\n]{0,400})\s*\Z",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Aside:
    """A source while its asides are taken out, and up to where of which text its lines are counted."""

    text: str
    left_out: list[LeftOut] = field(default_factory=list)
    counted: tuple[str, int, int] = ("", 0, 1)

    def take_out(self, pattern: re.Pattern[str], kind: str) -> None:
        """Remove what matches, with line ends kept, and note its last group."""

        def removed(found: re.Match[str]) -> str:
            if found[found.lastindex or 1].strip():
                self.note(kind, found, found.lastindex or 1)
            return "\n" * found.group().count("\n")

        self.text = pattern.sub(removed, self.text)

    def note(self, kind: str, found: re.Match[str], group: int = 1) -> None:
        """Note a group of a match as left out."""
        text, at, line = self.counted
        if text is not found.string or at > found.start(group):
            text, at, line = found.string, 0, 1
        line += text.count("\n", at, found.start(group))
        self.counted = (text, found.start(group), line)
        self.left_out.append(LeftOut(kind, " ".join(found[group].split()), line))


def without_asides(text: str, kind: str) -> tuple[str, list[LeftOut]]:
    """Return a source with its asides taken out or written as marks, and what was taken out.

    Args:
        text: as it was found.
        kind: the name of its reader.
    """
    aside = _Aside(text)
    if "[" in text:
        for called, pattern in _OF_PROOFREADERS:
            aside.take_out(pattern, called)
        aside.take_out(_CAPTION, "caption")
        aside.take_out(_SHORTCODE, "tag")
    if kind in ("plain", "markdown"):
        _take_out_notes(aside)
        aside.text = with_text_directions(aside.text)
    if kind in ("markdown", "html"):
        aside.text = with_tag_directions(aside.text)
    return aside.text, aside.left_out


def _take_out_notes(aside: _Aside) -> None:
    if "<!--" in aside.text:  # first, as what ends like a comment may look like an arrow or stand behind small print
        aside.text, below = up_to_last(aside.text, "-->")
        aside.take_out(_COMMENT, "comment")
        aside.text += below
    head = _EMAIL_HEAD.match(aside.text)
    if head and len(_EMAIL_FIELD.findall(head[0])) > 1:
        _take_out_email(aside, head)
    if "\t" in aside.text:
        _take_out_journal_heads(aside)
    aside.take_out(_COPYRIGHT, "small print")
    aside.take_out(_OF_MAILERS, "small print")
    aside.take_out(_AROUND_LETTERS, "small print")
    if ">" in aside.text:
        aside.take_out(_EARLIER_MESSAGE, "earlier message")
    if _OPENING_OF_CHAT.match(aside.text[:1000]):
        aside.take_out(_OPENING_OF_CHAT, "chat")
        aside.take_out(_END_OF_CHAT, "chat")
        aside.take_out(_SETTING_OF_SCRIPT, "property")
    if "//" in aside.text:
        _take_out_own_notes(aside)
    if "#" in aside.text:
        aside.take_out(_TAGS_LINE, "tag")
        aside.take_out(_TRAILING_TAGS, "tag")
    if _ARROWS.search(aside.text):
        aside.take_out(_NAVIGATION, "link to another page")
    aside.take_out(_ABOUT_THE_SCRIPT, "property")
    aside.text = _TITLE_LABEL.sub(r"\1", aside.text, count=1)
    _take_out_footnotes(aside)
    _take_out_line_numbers(aside)
    _take_out_verse_numbers(aside)
    _take_out_stamps(aside)
    if ":" in aside.text or "：" in aside.text:
        _take_out_label(aside)


def _take_out_email(aside: _Aside, head: re.Match[str]) -> None:
    """Remove the head of a message, but for its subject, and the signature below it."""
    aside.note("property", head, 0)
    subject = _SUBJECT.search(head[0])
    aside.text = (subject[1] if subject else "") + "\n" * head[0].count("\n") + aside.text[head.end() :]
    aside.take_out(_SIGNATURE, "small print")


def _take_out_journal_heads(aside: _Aside) -> None:
    """Write the date of each entry of a journal as its heading, and remove its weather, place and the like."""

    def dated(found: re.Match[str]) -> str:
        date = _JOURNAL_DATE.match(found[2]) if found[1] == "Date" else None
        if not date:
            aside.note("property", found, 0)
        return f"## {date[1]}" if date else ""

    aside.text = _JOURNAL_HEAD.sub(dated, aside.text)


def _take_out_own_notes(aside: _Aside) -> None:
    """Remove the lines that begin with //; where they stand in a paragraph, what follows them in it moves up."""
    kept: list[str] = []
    owed = 0
    in_code = False
    lines = aside.text.split("\n")
    for number, line in enumerate(lines, start=1):
        in_code = in_code != bool(_FENCE.match(line))
        if (found := _NOTE.fullmatch(line)) and not in_code:
            if found[1]:
                aside.left_out.append(LeftOut("note", " ".join(found[1].split()), number))
            owed += 1
            continue
        if owed and not line.strip():
            kept += [""] * owed
            owed = 0
        kept.append(line)
    aside.text = "\n".join([*kept, *[""] * owed])


def _take_out_footnotes(aside: _Aside) -> None:
    """Remove the notes below a text and their marks.

    A mark is a raised number, a dagger or a number in brackets; or a bare number, where the text lost its form: “it
    ended.3” and “3 So they say.”.
    """
    marked = {found[1] or found[2] for found in _PLAIN_MARK.finditer(aside.text)}
    noted = {found[1] for found in _PLAIN_NOTE.finditer(aside.text)} & marked if marked else set()
    if noted:
        _take_out_notes_below(aside, _PLAIN_NOTE, noted)
        aside.text = _PLAIN_MARK.sub(lambda found: "" if (found[1] or found[2]) in noted else found[0], aside.text)
    if _MAY_NOTE.search(aside.text):
        marked = {found[1] or found[2] for found in _NOTE_MARK.finditer(aside.text)}
        _take_out_notes_below(aside, _NOTE_BELOW, marked)
        aside.text = _NOTE_MARK.sub(lambda found: found[0] if found[2] else "", aside.text)


def _take_out_notes_below(aside: _Aside, pattern: re.Pattern[str], marked: set[str]) -> None:
    """Remove the notes, behind their marks in the first group, that are among those marked in the text."""

    def removed(found: re.Match[str]) -> str:
        if found[1].strip("[]") not in marked:
            return found[0]
        aside.note("footnote", found, 2)
        return "\n" * found[0].count("\n")

    aside.text = pattern.sub(removed, aside.text)


def _take_out_line_numbers(aside: _Aside) -> None:
    """Remove the numbers that stand behind every fifth line of a poem."""
    found = list(_LINE_NUMBER.finditer(aside.text))
    if len(found) > 1 and all(int(number[1]) == 5 * count for count, number in enumerate(found, start=1)):
        aside.take_out(_LINE_NUMBER, "page number")


def _take_out_verse_numbers(aside: _Aside) -> None:
    """Remove the numbers of verses that follow one another, at the beginning of lines or where scripture is named."""
    found = list(_VERSE_NUMBER.finditer(aside.text))
    numbers = [int(number[2]) for number in found]
    counted = all(two - one == 1 for one, two in pairwise(numbers))
    if len(found) < _FEWEST_VERSES or not counted:
        return
    lined = numbers[0] == 1 and all(number[1] is not None for number in found)
    if not lined and not _SCRIPTURE.search(aside.text):
        return
    for number in found:
        aside.note("verse number", number, 2)
    aside.text = _VERSE_NUMBER.sub(lambda number: number[1] or "", aside.text)


def _take_out_stamps(aside: _Aside) -> None:
    """Remove the times at the beginning of lines that count from the first minute on, as scripts of audio have them."""

    def untimed(heading: re.Match[str]) -> str:
        aside.note("time stamp", heading, 2 if heading[2] else 3)
        return heading[1]

    aside.text = _STAMP_OF_HEADING.sub(untimed, aside.text)
    if len(_CHAT_STAMP.findall(aside.text)) >= _FEWEST_STAMPS:
        aside.take_out(_CHAT_STAMP, "time stamp")
    _take_out_speaker_stamps(aside)
    found = list(_STAMP.finditer(aside.text))
    times = [_time_s(stamp[3]) for stamp in found]
    ascending = all(one < two for one, two in pairwise(times))
    if len(found) < _FEWEST_STAMPS or times[0] >= _MINUTE_S or not ascending:
        return
    for stamp in found:
        aside.note("time stamp", stamp, 3)
    aside.text = _STAMP.sub(r"\1", aside.text)


def _take_out_speaker_stamps(aside: _Aside) -> None:
    """Write who speaks before the words, and the name of the only one who speaks nowhere."""
    found = list(_SPEAKER_STAMP.finditer(aside.text))
    ascending = all(_time_s(one[2]) <= _time_s(two[2]) for one, two in pairwise(found))
    if len(found) < _FEWEST_STAMPS or not ascending:
        return
    for stamp in found:
        aside.note("time stamp", stamp, 2)
    several = len({stamp[1] for stamp in found}) > 1
    aside.text = _SPEAKER_STAMP.sub(lambda stamp: f"\n{stamp[1]}: " if several else "\n", aside.text)


def _time_s(stamp: str) -> int:
    parts = re.split(r"[^\d:]", stamp, maxsplit=1)[0].split(":")
    return sum(int(part) * _MINUTE_S**place for place, part in enumerate(reversed(parts)))


def _take_out_label(aside: _Aside) -> None:
    """Remove the name of the only one who speaks, where it is that of a part, as a narrator's is."""
    labels = (found[2] for found in _LABEL.finditer(aside.text))
    names = Counter(label.casefold() for label in labels if label.istitle() or label.isupper())
    parts = names.keys() & (_ONLY_NARRATORS | _SPEAKERS)
    others = names.total() - sum(names[part] for part in parts)
    part = next(iter(parts), "")
    if len(parts) != 1 or others >= (names[part] if part in _ONLY_NARRATORS else 1):
        return

    def bare(found: re.Match[str]) -> str:
        if found[2].casefold() != part:
            return found[0]
        aside.note("speaker's name", found, 2)
        manner = found[3].strip(" ()")
        begin = found[1].rstrip("[")
        begin = begin.rstrip("*_") if found[4].strip("]") or found[5] else begin
        return f"{begin}[{manner}] " if manner and direction(manner) else begin

    aside.text = _LABEL.sub(bare, aside.text)


def without_citations(text: str) -> str:
    """Return a line without its citations of author and year: “(Smith & Lee, 2020, p. 4; Wu 1999)”.

    >>> without_citations("It rained (Smith, 2020).")
    'It rained.'
    """
    return _CITATION.sub(lambda found: found[0] if _IN_A_YEAR.match(found[0]) else "", text)
