"""A narrated book: EPUB 3 with media overlays, which readers play while they mark the words."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from audio_builder.episode.phrase_times import Phrase
from audio_builder.exports import Export, FinishedEpisode
from audio_builder.podcast.notes import summary_of
from audio_builder.podcast.pages import Paragraph, paragraphs_of
from audio_builder.progress import Progress

_SUFFIX = ".epub"
_MADE = (1980, 1, 1, 0, 0, 0)
"""The date of every file inside: the same episode gives the same bytes."""

_ACTIVE = "-epub-media-overlay-active"
_NAMES = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")

_STYLE = f"""\
body {{ line-height: 1.5; }}
.quote, .subtitle {{ font-style: italic; }}
.{_ACTIVE} {{ background-color: #e4ebe6; color: #26282c; }}
"""

_CONTAINER = """\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


@dataclass(frozen=True, slots=True)
class _Part:
    """A chapter with the paragraphs that begin in it; times in seconds."""

    number: int
    title: str
    start_s: float
    end_s: float
    paragraphs: tuple[Paragraph, ...]

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        return tuple(phrase for paragraph in self.paragraphs for line in paragraph.lines for phrase in line)


def _parts(episode: FinishedEpisode) -> tuple[_Part, ...]:
    """Return the chapters in which something is said; what is between is part of the one before."""
    record = episode.record
    paragraphs = list(paragraphs_of(record))
    starts = [(chapter.start_s, chapter.title) for chapter in record.report.chapters] or [(0.0, record.tags.title)]
    groups: list[tuple[float, str, list[Paragraph]]] = []
    for number, (start_s, title) in enumerate(starts):
        following = starts[number + 1][0] if number + 1 < len(starts) else float("inf")
        own = [one for one in paragraphs if start_s <= one.lines[0][0].start_s < following]
        if own or not groups:
            groups.append((start_s, title, own))
    groups = [group for group in groups if group[2]]
    ends = [*(start_s for start_s, _, _ in groups[1:]), record.report.duration_s]
    return tuple(
        _Part(number, title, start_s if number > 1 else 0.0, end_s, tuple(own))
        for number, ((start_s, title, own), end_s) in enumerate(zip(groups, ends, strict=True), start=1)
    )


def _write(episode: FinishedEpisode, drafts: Mapping[str, Path], progress: Progress) -> None:
    del progress
    with zipfile.ZipFile(drafts[_SUFFIX], "w") as book:
        for name, content in _files(episode):
            info = zipfile.ZipInfo(name, _MADE)
            packed = name != "mimetype" and not name.endswith((".mp3", ".jpg"))
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            book.writestr(info, content)


def _files(episode: FinishedEpisode) -> Iterator[tuple[str, str | bytes]]:
    """Yield the files of the book; the first must be `mimetype` (EPUB 3.3, OCF)."""
    parts, language = _parts(episode), _language(episode)
    yield "mimetype", "application/epub+zip"
    yield "META-INF/container.xml", _CONTAINER
    yield "book/package.opf", _package(episode, parts)
    yield "book/nav.xhtml", _page(escape(episode.record.tags.title), _contents(parts), language)
    for part in parts:
        yield f"book/part-{part.number}.xhtml", _page(escape(part.title), _section(part), language)
        yield f"book/part-{part.number}.smil", _overlay(part)
    yield "book/style.css", _STYLE
    if episode.cover:
        yield "book/cover.jpg", episode.cover
    yield "book/episode.mp3", episode.path.read_bytes()


def _language(episode: FinishedEpisode) -> str:
    return episode.record.tags.language or "en"


def _package(episode: FinishedEpisode, parts: tuple[_Part, ...]) -> str:
    record, tags = episode.record, episode.record.tags
    identity = uuid.uuid5(_NAMES, record.origin.identity or record.sound.sha256)
    cover = '<item id="cover" href="cover.jpg" media-type="image/jpeg" properties="cover-image"/>'
    items = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="style" href="style.css" media-type="text/css"/>',
        '<item id="sound" href="episode.mp3" media-type="audio/mpeg"/>',
        *([cover] if episode.cover else []),
    ]
    durations = [f'<meta property="media:duration">{sum(part.end_s - part.start_s for part in parts):.3f}s</meta>']
    for part in parts:
        name = f"part-{part.number}"
        kind = f'media-type="application/xhtml+xml" media-overlay="{name}-sound"'
        items.append(f'<item id="{name}" href="{name}.xhtml" {kind}/>')
        items.append(f'<item id="{name}-sound" href="{name}.smil" media-type="application/smil+xml"/>')
        length = f"{part.end_s - part.start_s:.3f}s"
        durations.append(f'<meta property="media:duration" refines="#{name}-sound">{length}</meta>')
    author = [f"<dc:creator>{escape(tags.author)}</dc:creator>"] if tags.author else []
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">',
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">',
        f'<dc:identifier id="id">urn:uuid:{identity}</dc:identifier>',
        f"<dc:title>{escape(tags.title)}</dc:title>",
        f"<dc:language>{escape(_language(episode))}</dc:language>",
        *author,
        f"<dc:description>{escape(summary_of(record))}</dc:description>",
        f"<dc:rights>{escape(record.disclosure)}</dc:rights>",
        f'<meta property="dcterms:modified">{record.built}</meta>',
        '<meta property="schema:accessMode">textual</meta>',
        '<meta property="schema:accessMode">auditory</meta>',
        '<meta property="schema:accessibilityFeature">synchronizedAudioText</meta>',
        '<meta property="schema:accessibilityHazard">none</meta>',
        '<meta property="schema:accessModeSufficient">textual</meta>',
        f'<meta property="media:active-class">{_ACTIVE}</meta>',
        *durations,
        "</metadata>",
        "<manifest>",
        *items,
        "</manifest>",
        "<spine>",
        *(f'<itemref idref="part-{part.number}"/>' for part in parts),
        "</spine>",
        "</package>",
        "",
    ]
    return "\n".join(lines)


def _page(title: str, body: str, language: str) -> str:
    spaces = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
    tag = escape(language)
    head = f'<title>{title}</title>\n<link rel="stylesheet" type="text/css" href="style.css"/>'
    top = f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html {spaces} lang="{tag}" xml:lang="{tag}">'
    return f"{top}\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"


def _contents(parts: tuple[_Part, ...]) -> str:
    links = "\n".join(f'<li><a href="part-{part.number}.xhtml">{escape(part.title)}</a></li>' for part in parts)
    return f'<nav epub:type="toc" id="toc">\n<ol>\n{links}\n</ol>\n</nav>'


def _section(part: _Part) -> str:
    return "\n".join(('<section id="part" epub:type="chapter">', *_body(part), "</section>"))


def _body(part: _Part) -> Iterator[str]:
    number = 0
    for paragraph in part.paragraphs:
        tag = {"title": "h1", "heading": "h2"}.get(paragraph.role, "p")
        lines = []
        for line in paragraph.lines:
            spans = []
            for phrase in line:
                number += 1
                spans.append(f'<span id="s{number}">{escape(phrase.text)}</span>')
            lines.append(" ".join(spans))
        yield f'<{tag} class="{paragraph.role}" dir="auto">{"<br/>".join(lines)}</{tag}>'


def _overlay(part: _Part) -> str:
    """Return the times of a chapter's phrases; each lasts until the next, so that no silence is lost."""
    page, phrases = f"part-{part.number}.xhtml", part.phrases
    starts = [part.start_s, *(phrase.start_s for phrase in phrases[1:]), part.end_s]
    pairs = []
    for number in range(1, len(phrases) + 1):
        clip = f'clipBegin="{starts[number - 1]:.3f}s" clipEnd="{starts[number]:.3f}s"'
        words, sound = f'<text src="{page}#s{number}"/>', f'<audio src="episode.mp3" {clip}/>'
        pairs.append(f'<par id="p{number}">{words}{sound}</par>')
    top = '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">'
    sequence = "\n".join((f'<seq id="all" epub:textref="{page}#part" epub:type="chapter">', *pairs, "</seq>"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{top}\n<body>\n{sequence}\n</body>\n</smil>\n'


EXPORT = Export("epub", "a narrated book: EPUB 3 with media overlays", (_SUFFIX,), _write)
