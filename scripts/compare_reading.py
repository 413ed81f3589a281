"""Compare what is read out of files with all their words (run with .venv/bin/python -m scripts.compare_reading FILE …).

The words of a file are taken a second time, by other means than the readers': lxml for pages and books, regular
expressions on the XML of documents, Markdown and rich text stripped of its markup, plain text as it is. Both are
compared word by word. What isn't read out is counted by its reason; what has none is shown with the words before it.
The exit code is 1 where a word is missing without a reason.

Files of many kinds are in packages; none of them is part of the project. On Debian `apt-get download NAME` and
`dpkg -x` give books as EPUB and text (debian-history), a manual of 27,000 words as text (doc-debian), a dictionary
longer than a novel (jargon-text) and pages in 30 languages (debian-handbook); `npm pack mammoth` gives documents and
Markdown, and `npm pack epubjs` a page with much code. Novels are in `r-cran-janeaustenr`: with R,
`Rscript -e 'writeLines(janeaustenr::prideprejudice)'`. Decision 4 has the figures of ten files.
"""

from __future__ import annotations

import difflib
import html
import re
import sys
import zipfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from audio_builder.article.model import Article
from audio_builder.errors import AudioBuilderError
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Say
from audio_builder.script.from_document import make_script, read_document

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff])")
_NEIGHBOURS = 3
_SHOWN = 12
_MARK = re.compile(r"\[[^\]\n]{1,80}\]")
_ADDRESS = re.compile(r"(?:https?://|www\.|mailto:)\S+")


def _of_page(data: bytes) -> str:
    page = lxml_html.document_fromstring(data)
    etree.strip_elements(page, "script", "style", etree.Comment, with_tail=False)
    for node in page.iter():
        if isinstance(node.tag, str) and node.tag not in ("a", "b", "i", "em", "strong", "span", "sup", "sub", "code"):
            node.tail = f" {node.tail or ''}"
            node.text = f" {node.text or ''}"
    body = page.find("body")
    return str((page if body is None else body).text_content())


def _of_xml(xml: str, ends: str, text: str = "") -> str:
    """Return the text of XML: all of it, or that of one element, with a space at the end of some elements."""
    xml = re.sub(rf"</(?:{ends})>|<(?:{ends})(?:\s[^>]*)?/>", " \n", xml.replace("\n", " "))
    return html.unescape("".join(_texts(xml, text)) if text else re.sub(r"<[^>]*>", "", xml))


def _texts(xml: str, element: str) -> Iterator[str]:
    for found in re.finditer(rf"<{element}(?:\s[^>]*)?>([^<]*)</{element}>|\n", xml):
        yield found[1] if found[1] is not None else " "


def _of_docx(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return _of_xml(archive.read("word/document.xml").decode(), "w:p|w:br|w:tab|w:cr", "w:t")


def _of_odt(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("content.xml").decode()
    return _of_xml(xml.partition("<office:text")[2], "text:p|text:h|text:s|text:tab|text:line-break|text:note-citation")


def _of_epub(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        container = archive.read("META-INF/container.xml").decode()
        package = unquote((re.search(r'full-path="([^"]+)"', container) or [""])[1])
        opf = archive.read(package).decode()
        items = {
            _attribute(item, "id"): unquote(_attribute(item, "href"))
            for item in re.findall(r"<(?:\w+:)?item\s[^>]*>", opf)
        }
        order = [_attribute(item, "idref") for item in re.findall(r"<(?:\w+:)?itemref\s[^>]*>", opf)]
        paths = [normpath(join(dirname(package), items[idref])) for idref in order if idref in items]
        return "\n".join(_of_page(archive.read(path)) for path in paths if path in archive.namelist())


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}=["\']([^"\']*)', tag)
    return found[1] if found else ""


def _of_markdown(path: Path) -> str:
    text = path.read_text(encoding="utf-8-sig")
    text = re.sub(r"\A(---|\+\+\+)\n.*?\n\1\n", "", text, flags=re.DOTALL)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^(\s*(?:```|~~~))[^`\n]*$", r"\1", text, flags=re.MULTILINE)
    return html.unescape(re.sub(r"(?<!`)<[^>]*>|^\[[^\]]+\]:.*$", " ", text, flags=re.MULTILINE))


def _of_rtf(path: Path) -> str:
    text = path.read_bytes().decode("latin-1")
    text = re.sub(r"\{\\(?:fonttbl|colortbl|stylesheet|info|\*)(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}", "", text)
    text = re.sub(r"\\'([0-9a-f]{2})", lambda code: bytes.fromhex(code[1]).decode("cp1252", "replace"), text)
    text = re.sub(r"\\u(-?\d+) ?\??", lambda code: chr(int(code[1]) % 65536), text)
    text = re.sub(r"\\(?:par|line|tab|cell|row)\b ?", " \n", text)
    return re.sub(r"\\[a-z]+-?\d* ?|[{}]", "", text)


_MEANS: dict[str, Callable[[Path], str]] = {
    ".html": lambda path: _of_page(path.read_bytes()),
    ".htm": lambda path: _of_page(path.read_bytes()),
    ".xhtml": lambda path: _of_page(path.read_bytes()),
    ".docx": _of_docx,
    ".odt": _of_odt,
    ".epub": _of_epub,
    ".md": _of_markdown,
    ".markdown": _of_markdown,
    ".rtf": _of_rtf,
}


def words(text: str) -> list[str]:
    """Return the words of a text in lower case; a Chinese or Japanese character is one."""
    return _WORD.findall(_UNSPACED.sub(r" \1 ", text).casefold().replace("’", "'"))


def differences(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[list[str], list[str], int]]:
    """Yield the stretches in which two lists of words differ: what only each of them has, and where in the second.

    Runs of words that occur once in both keep the comparison linear.
    """
    anchors = [(0, 0), *_anchors(ours, theirs), (len(ours), len(theirs))]
    for (ours_from, theirs_from), (ours_to, theirs_to) in pairwise(anchors):
        mine, other = list(ours[ours_from:ours_to]), list(theirs[theirs_from:theirs_to])
        if mine == other:
            continue
        for tag, i, i_to, j, j_to in difflib.SequenceMatcher(
            None, mine, other, autojunk=len(mine) > 5000
        ).get_opcodes():
            if tag != "equal":
                yield mine[i:i_to], other[j:j_to], theirs_from + j


def _anchors(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Return places of runs of words that occur once in both lists, increasing in both."""
    mine, other = _unique_runs(ours), _unique_runs(theirs)
    pairs = [(place, other[run]) for run, place in mine.items() if run in other]
    ends: list[int] = []
    before: list[int] = []
    last: list[int] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(ends, place)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1], last[at : at + 1] = [place], [number]
    chain: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _unique_runs(found: Sequence[str]) -> dict[tuple[str, ...], int]:
    runs = [tuple(found[place : place + _NEIGHBOURS]) for place in range(len(found) - _NEIGHBOURS + 1)]
    counts = Counter(runs)
    return {run: place for place, run in enumerate(runs) if counts[run] == 1}


def compare(path: Path) -> int:
    """Print what differs for one file, and return how many words have no reason to."""
    means = _MEANS.get(path.suffix.lower(), lambda file: file.read_bytes().decode("utf-8-sig", "replace"))
    document = read_document(path)
    spoken = words(" ".join(cue.text for cue in make_script(document, Recipe()).cues if isinstance(cue, Say)))
    source = means(path)
    whole = words(source)
    addresses = Counter(word for address in _ADDRESS.findall(source) for word in words(address))
    left_out = {"mark": Counter(word for mark in _MARK.findall(source) for word in words(mark))}
    for item in document.left_out if isinstance(document, Article) else ():
        left_out.setdefault(item.kind, Counter()).update(words(item.words))
    reasons: Counter[str] = Counter()
    shown: list[str] = []
    extra: list[str] = []
    for mine, other, place in differences(spoken, whole):
        if "".join(mine) == "".join(other):
            reasons["written otherwise (hyphens, joined or parted words)"] += len(other)
            continue
        extra.extend(mine)
        unknown = []
        for word in other:
            reason = _reason(word, left_out, addresses)
            reasons[reason] += 1
            unknown += [word] if reason == _UNEXPLAINED else []
        if unknown:
            shown.append(f"    … {' '.join(whole[max(0, place - 4) : place])} ⟦{' '.join(unknown[:25])}⟧")
    moved = Counter(extra) & Counter(word for mine, other, _ in differences(spoken, whole) for word in other)
    added = Counter(extra) - moved
    print(f"{path.name}: {len(whole):,} words, {len(spoken):,} read out")
    for reason, count in reasons.most_common():
        print(f"  {count:7,}  {reason}")
    print("\n".join(shown[:_SHOWN]) if shown else "", end="\n" if shown else "")
    if moved:
        print(f"  {moved.total():7,}  of these are read out at another place: {' '.join(list(moved)[:_SHOWN])}")
    if added:
        print(f"  {added.total():7,}  read out that are not there: {' '.join(list(added)[:_SHOWN])}")
    return max(0, reasons[_UNEXPLAINED] - moved.total())


_UNEXPLAINED = "without a reason"


def _reason(word: str, left_out: dict[str, Counter[str]], addresses: Counter[str]) -> str:
    for kind, counted in left_out.items():
        if counted[word] > 0:
            counted[word] -= 1
            return kind
    if addresses[word] > 0:
        addresses[word] -= 1
        return "web address"
    return "number (of a list, a page or a note)" if word.isdecimal() else _UNEXPLAINED


def main() -> int:
    """Compare the files on the command line."""
    missing = 0
    for name in sys.argv[1:]:
        try:
            missing += compare(Path(name))
        except AudioBuilderError as error:
            print(f"{name}: {error.message}")
            missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
