"""What the dialects of Markdown write beside the words: it is taken out before the text is parsed.

Obsidian, Logseq, Roam, Bear, iA Writer and Ulysses; Jekyll, kramdown and Hugo; pandoc, MultiMarkdown and R Markdown;
and CriticMarkup. Lines keep their numbers, fenced code is left alone, and every pattern takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from audio_builder.article.paragraph import POWERS

Note = Callable[[str, str, int], None]
"""Takes what is left out: its kind, its words, and the line of the source."""

_GAP = "\x00"
"""Stands where something was taken out until the space around it is closed; no text has this character."""

_FENCE = re.compile(r"[ ]{0,3}(?:>[ ]?)*[ ]{0,3}(`{3,}|~{3,})(.*)")
_VERSE_FENCE = re.compile(r"\s*\{?\.?(?:verse|poem|poetry|lyrics)\b", re.IGNORECASE)

_Pair = tuple[str, re.Pattern[str], re.Pattern[str]]


def _pair(kind: str, start: str, end: str) -> _Pair:
    flags = re.IGNORECASE | re.MULTILINE
    return kind, re.compile(start, flags), re.compile(end, flags)


_PAIRS = (
    _pair("comment", r"%%", r"%%"),
    _pair("comment", r"\{%-?\s*comment\b[^{}\n]*%\}", r"\{%-?\s*endcomment\s*-?%\}"),
    _pair("comment", r"\{\{[<%]\s*comment\b[^{}\n]*[%>]\}\}", r"\{\{[<%]\s*/\s*comment\s*[%>]\}\}"),
    _pair("comment", r"\{>>", r"<<\}"),
    _pair("comment", r"\{::comment\}", r"\{:/(?:comment)?\}"),
    _pair("comment", r"\{%-?\s*capture\b[^{}\n]*%\}", r"\{%-?\s*endcapture\s*-?%\}"),
    _pair("comment", r"\{/\*", r"\*/\}"),
    _pair("comment", r"^#\+begin_comment\b[^\n]*", r"^#\+end_comment\b[^\n]*"),
    _pair("code", r"\{%-?\s*highlight\b[^{}\n]*%\}", r"\{%-?\s*endhighlight\s*-?%\}"),
    _pair("code", r"\{\{[<%]\s*(?:highlight|mermaid|math|katex|gist)\b[^{}\n]*[%>]\}\}",
          r"\{\{[<%]\s*/\s*(?:highlight|mermaid|math|katex|gist)\s*[%>]\}\}"),
    _pair("code", r"^#\+begin_src\b[^\n]*", r"^#\+end_src\b[^\n]*"),
    _pair("property", r"^[ \t]*(?:[-*+][ \t]+)?:(?:logbook|properties):[ \t]*$", r"^[ \t]*:end:[ \t]*$"),
    _pair("formula", r"(?<!\\)\$\$", r"(?<!\\)\$\$"),
    _pair("table of contents", r"<!--\s*toc\s*-->", r"<!--\s*(?:tocstop|/toc|end toc)\s*-->"),
    _pair("struck-out text", r"\{--", r"--\}"),
)  # fmt: skip


def _cut(kind: str, pattern: str, flags: int = 0) -> tuple[str, re.Pattern[str]]:
    return kind, re.compile(pattern, re.MULTILINE | flags)


_WHOLE_LINES = (
    _cut("table of contents", r"^[ \t]*(?:[*+-]|1\.)[ \t]+[^\n]{1,80}\n\{:[ \t]*toc[^{}\n]*\}[ \t]*$", re.IGNORECASE),
    _cut("table of contents", r"^[ \t]*(?:\[_?toc_?\]|\[\[_?toc_?\]\]|\$\{toc\}|@\[toc\])[ \t]*$", re.IGNORECASE),
    _cut("tag", r"^[ \t]*\{(?::[^{}\n]*|[ \t]*(?!pause|break|silence|wait)[\w-]+=[^{}\n]*)\}[ \t]*$"),
    _cut("abbreviation", r"^\*\[[^\[\]\n]+\]:[^\n]*$"),
    _cut("tag", r"^[ \t]*:{3,}[^\n]*$"),
    _cut("property", r"^[ \t]*(?:[-*+][ \t]+)?(?:scheduled|deadline|clock):[ \t]*[<\[][^\n]*$", re.IGNORECASE),
    _cut("link to another page", r"^[ \t]*(?:\[\[[^\[\]\n]+\]\][ \t]*[|·•←→<>-]+[ \t]*)+\[\[[^\[\]\n]+\]\][ \t]*$"),
    _cut("property", r"^[ \t]*(?:>[ \t]?)*(?:[-*+][ \t]+)?[^\W\d_][\w/-]{0,30}(?: [\w/-]{1,20})?::(?:[ \t][^\n]*)?$"),
    _cut("tag", r"^[ \t]*(?:[-*+][ \t]+)?#[^\W\d_][^\s#]*(?:[ \t]+#[^\W\d_][^\s#]*)+#?[ \t]*$"),
    _cut("tag", r"^[ \t]*#[a-zß-ÿ][^\s#]*#?[ \t]*$"),
    _cut("tag", r"^[ \t]*(?:#[^\W\d_](?:[^#\n]{0,60}[^#\s])?#[ \t]*)+$"),
    _cut("code", r"^import[ \t][^\n]{1,300}[ \t]from[ \t]+['\"][^'\"\n]+['\"];?[ \t]*$"),
    _cut(
        "tag", r"^\\(?:newpage|pagebreak|clearpage|tableofcontents|maketitle|bigskip|medskip|noindent|vspace)\b[^\n]*$"
    ),
    _cut("tag", r"^#\+\w+:?[^\n]*$"),
    _cut("picture", r"^/[^\s/][^\n]*\.(?:png|jpe?g|gif|webp|pdf|csv|txt|md)(?:[ \t]+[\"'(][^\n]*)?$", re.IGNORECASE),
)
_INLINE = (
    _cut("comment", r"(?<![\w+{])\+\+(?=[^\s+])[^+\n]{1,2000}(?<=[^\s+])\+\+(?![\w+])"),
    _cut("struck-out text", r"(?<![\w|])\|\|(?=[^\s|])[^|\n]{1,500}(?<=[^\s|])\|\|(?![\w|])"),
    _cut("picture", r"\((?:img|vid|fn)\)|\[(?:image|file|assets):[^\[\]\n]+\]"),
    _cut("property", r"[(\[][^\W\d_][\w -]{0,30}::[ \t][^()\[\]\n]*[)\]]"),
    _cut("reference", r"[ \t]?\((?:see |cf\. )?@[\w:-]+\)"),
    _cut("embed", r"!\[\[[^\[\]\n]*\]\]"),
    _cut("footnote mark", r"(?<![\w^)\]\[])\^\d{1,3}[a-z]?\^(?!\^)"),
    _cut("footnote", r"\^\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\]"),
    _cut("tag", r"\{\{[<%][^{}\n]*[%>]\}\}"),
    _cut("tag", r"\{%[^{}\n]*%\}"),
    _cut("citation", r"\[(?:[a-z][\w.]{0,9} )?-?@[\w][^\[\]\n]*\]"),
    _cut("code", r"`(?:r |\$?=[ \t]?)[^`\n]+`"),
    _cut("tag", r"\{:{1,2}/?[a-z][^{}\n]*\}|\{:/\}"),
    _cut("tag", r"(?<=[)\]])\{[^{}\n]*\}"),
    _cut("tag", r"(?<=[^\s{\\])[ \t]*\{[:#.][\w .:#=\"'%-]*\}"),
    _cut("reference", r"(?:!?\[\[?embed)?\(\([\w-]{6,40}\)\)"),
    _cut("reference", r"(?<=\S)[ \t]+\^[a-zA-Z0-9-]{1,40}[ \t]*$"),
    _cut("tag", r"(?<=[.!?…])[ \t]+#\[\[[^\[\]\n]*\]\]"),
    _cut("struck-out text", r"(?<![\w~])~(?=[^\s~])[^~\n]{1,300}(?<=[^\s~])~(?![\w~])"),
    _cut("emoji", r"(?<![\w:]):[a-z][a-z0-9_+-]{1,30}:(?![\w:])"),
)
_LINE_COMMENT = _cut("comment", r"^%%[ \t]*[^\s%][^\n%]*$")
"""As Ulysses has them; in Obsidian a second sign closes each."""

_TEMPLATE = _cut("tag", r"\{\{[^{}\n]*\}\}")

_REPLACED = (
    (re.compile(r"\]\((?=[^()\n]*\{[{%])[^()\n]*\)"), "](#)"),
    (re.compile(r"^(\S[^\n]*)\n(\n?):[ \t]{1,8}(?=\S)", re.MULTILINE), r"\1  \n\2"),
    (re.compile(r"(?<=[\w)])\^([^\s^\d+−–-][^\s^]{0,20})\^(?!\^)"), r"\1"),
    (re.compile(r"(?<![\w^)\]\[])\^([^\s^\d\[\]][^\s^\[\]]{0,20})\^(?!\^)"), r"\1"),
    (re.compile(r"(?<=[\w)])~([^\s~]{1,20})~(?!~)"), r"\1"),
    (re.compile(r"\[([^\[\]\n]*)\]\{[.#][^{}\n]*\}"), r"\1"),
    (re.compile(r"\{\+\+([^{}]*?)\+\+\}"), r"\1"),
    (re.compile(r"\{~~[^{}~]*~>([^{}~]*)~~\}"), r"\1"),
    (re.compile(r"\{==([^{}=]*)==\}"), r"\1"),
    (re.compile(r"==(?=\S)([^=\n]+)(?<=\S)=="), r"\1"),
    (re.compile(r"\^\^(?=\S)([^^\n]+)(?<=\S)\^\^"), r"\1"),
    (re.compile(r"(?<!\S)::(?=\S)([^:\n]+)(?<=\S)::(?=[\s.,;!?]|$)", re.MULTILINE), r"\1"),
    (re.compile(r"^([ \t]*[-*+][ \t]+)(?:TODO|DONE|LATER|NOW|DOING|WAITING|CANCELL?ED)[ \t]+", re.MULTILINE), r"\1"),
    (re.compile(r"^([ \t]*[-*+][ \t]+)\{\{\[\[(?:TODO|DONE)\]\]\}\}[ \t]*", re.MULTILINE), r"\1"),
)
_POWER = re.compile(r"(?<=[\w)])\^([-−–+]?\d{1,3})(?:\^|(?![\w^}]))")
_CALLOUT = re.compile(r"^((?:[ \t]*>)+[ \t]*)\[!([\w-]+)(?:\|[^\[\]\n]*)?\][+-]?[ \t]*([^\n]*)$", re.MULTILINE)
_WIKI_LINK = re.compile(r"\[\[([^\[\]|\n]*?)(?:\\?\|([^\[\]\n]*))?\]\]")
_FORMULA = re.compile(r"(?<![\\$\w])\$(?=[^\s$])([^$\n]{1,200})(?<=[^\s\\])\$(?![\d\w$])")
_LOOKS_LIKE_FORMULA = re.compile(r"[\\=^_{}<>+*/]|^\w$|^\w\(")
_LINE_BLOCK = re.compile(r"(?:^\|(?:[ \t][^|\n]*+)?(?:\n|\Z)){2,}", re.MULTILINE)
_NOT_A_LINK = re.compile(r"\](?=\([^()\s\[\]]*\[[^()\s\[\]]*\]\()")
"""A link in the address of a link: a parser looks for the end of each of many."""

_BRACKETED_GAP = re.compile(rf"[ \t]{{0,8}}[(\[][ \t]{{0,8}}{_GAP}[ \t]{{0,8}}[)\]]")
_GAP_BEFORE_STOP = re.compile(rf"[ \t]{{0,8}}{_GAP}(?=[.,;:!?)\n]|\Z)")
_GAPS = re.compile(rf"(?<=[ \t]){_GAP}[ \t]|^{_GAP}[ \t]?|{_GAP}", re.MULTILINE)


def plain_markdown(text: str, note: Note) -> str:
    """Return Markdown without what its dialects add: comments, embeds, properties, template tags and the like.

    Args:
        text: a whole text, its front matter taken out already.
        note: called with each thing that is left out.
    """
    found: list[str] = []
    line = 1
    for code, part in _parts(text):
        found.append(part if code else _Cleaner(note, line).clean(part))
        line += part.count("\n")
    return "".join(found)


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the parts of a text, and whether each is fenced code. A fence around verse is taken away."""
    waiting: list[str] = []
    fence, in_verse = "", False
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if fence:
            closes = found and found[1].startswith(fence) and not found[2].strip()
            if in_verse:
                waiting.append("\n" if closes else _hard(line))
            else:
                waiting.append(line)
            if closes:
                yield not in_verse, "".join(waiting)
                waiting, fence, in_verse = [], "", False
        elif found and not ("`" in found[1] and "`" in found[2]):
            yield False, "".join(waiting)
            fence, in_verse = found[1], _VERSE_FENCE.match(found[2]) is not None
            waiting = ["\n" if in_verse else line]
        else:
            waiting.append(line)
    yield bool(fence) and not in_verse, "".join(waiting)


def _hard(line: str) -> str:
    """Return a line of verse with a line break that Markdown keeps."""
    return f"{line.strip()}  \n" if line.strip() else "\n"


class _Cleaner:
    """Takes a part of a text without fenced code, and notes what it takes out."""

    def __init__(self, note: Note, first_line: int) -> None:
        self._note = note
        self._first = first_line
        self._line = first_line
        self._counted = 0

    def clean(self, text: str) -> str:
        """Return the part as plain Markdown with as many lines."""
        if "|" in text:
            text = _LINE_BLOCK.sub(self._line_block, text)
        if "%%" in text and len(_LINE_COMMENT[1].findall(text)) == text.count("%%"):
            text = self._without(text, *_LINE_COMMENT)
        for kind, start, end in _PAIRS:
            text = self._without_pairs(text, kind, start, end)
        if "[!" in text:
            text = _CALLOUT.sub(_callout, text)
        for pattern, replacement in _REPLACED:
            text = pattern.sub(replacement, text)
        text = _POWER.sub(lambda found: found[1].translate(POWERS), text)
        for kind, pattern in (*_WHOLE_LINES, *_INLINE):
            text = self._without(text, kind, pattern)
        if "[[" in text:
            text = _WIKI_LINK.sub(_link_words, text)
        text = self._without(text, *_TEMPLATE)
        if "$" in text:
            text = _FORMULA.sub(lambda found: self._formula(text, found), text)
        if _GAP in text:
            text = _GAPS.sub("", _GAP_BEFORE_STOP.sub("", _BRACKETED_GAP.sub("", text)))
        return _NOT_A_LINK.sub(r"]\\", text)

    def _take(self, text: str, start: int, words: str, kind: str) -> str:
        if start < self._counted:
            self._line, self._counted = self._first, 0
        self._line += text.count("\n", self._counted, start)
        self._counted = start
        self._note(kind, words, self._line)
        return _GAP + "\n" * words.count("\n")

    def _without(self, text: str, kind: str, pattern: re.Pattern[str]) -> str:
        self._line, self._counted = self._first, 0
        return pattern.sub(lambda found: self._take(text, found.start(), found[0], kind), text)

    def _without_pairs(self, text: str, kind: str, start: re.Pattern[str], end: re.Pattern[str]) -> str:
        """Return a text without what stands between two tags; a tag that is never closed stays."""
        kept: list[str] = []
        position = 0
        while opened := start.search(text, position):
            closed = end.search(text, opened.end())
            if closed is None:
                break
            kept.append(text[position : opened.start()])
            kept.append(self._take(text, opened.start(), text[opened.start() : closed.end()], kind))
            position = closed.end()
        return "".join([*kept, text[position:]])

    def _formula(self, text: str, found: re.Match[str]) -> str:
        if not _LOOKS_LIKE_FORMULA.search(found[1]):
            return found[0]
        return self._take(text, found.start(), found[0], "formula")

    def _line_block(self, found: re.Match[str]) -> str:
        """Return the lines of verse behind bars that pandoc writes; rows of a table end with a bar too."""
        lines = found[0].splitlines()
        return (
            "".join(_hard(line[1:]) for line in lines)
            if found[0].endswith("\n")
            else "\n".join(line[1:].strip() + "  " for line in lines)
        )


def _callout(found: re.Match[str]) -> str:
    """Return the title of a callout as a sentence, without the kind of the callout."""
    title = found[3].strip()
    ended = title[-1:] in ".!?…:" if title else True
    return f"{found[1]}{title}{'' if ended else '.'}"


def _link_words(found: re.Match[str]) -> str:
    """Return what a link between notes shows: its alias, else the name of the note."""
    if found[2] is not None:
        return found[2].strip()
    page, _, heading = found[1].partition("#")
    page = page.strip().rpartition("/")[2]
    return page or ("" if heading.startswith("^") else heading.strip())


_META_LINE = re.compile(r"([A-Za-z][\w -]{0,30})::?[ \t]*(\S.*)?")
_FIRST_META = re.compile(r"title::?[ \t]*\S|[\w-]{2,30}::[ \t]", re.IGNORECASE)
_MOST_META_LINES = 40


def title_block(text: str) -> tuple[dict[str, str], int]:
    r"""Return what pandoc or MultiMarkdown write about a text at its head, without fences, and how many lines it takes.

    >>> title_block("% The Gate\n% A. Writer\n\nIt was open.")
    ({'title': 'The Gate', 'author': 'A. Writer'}, 2)
    """
    lines = text.split("\n", _MOST_META_LINES)[:_MOST_META_LINES]
    values: dict[str, str] = {}
    if lines[0].startswith("% ") and lines[0][2:].strip():
        keys = iter(("title", "author", "date"))
        count = 0
        for line in lines:
            if line.startswith("%") and (key := next(keys, "")):
                values[key] = line[1:].strip().replace(";", ",")
            elif line.startswith((" ", "\t")) and line.strip():
                last = list(values)[-1]
                values[last] = f"{values[last]} {line.strip()}"
            else:
                break
            count += 1
        return values, count
    if not _FIRST_META.match(lines[0]):
        return {}, 0
    last = ""
    for count, line in enumerate(lines):
        if not line.strip():
            return (values, count) if len(values) > 1 or "::" in lines[0] else ({}, 0)
        if found := _META_LINE.fullmatch(line):
            last = found[1].casefold()
            values[last] = (found[2] or "").strip()
        elif line.startswith((" ", "\t")):
            values[last] = f"{values[last]} {line.strip()}".strip()
        else:
            break
    return {}, 0
