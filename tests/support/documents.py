"""One article as every kind of file, built on the spot, and archives that no writer would make."""

from __future__ import annotations

import io
import zipfile
from html import escape

FIRST = (
    "The lamp was on — and nobody was in a hurry… Dr. Lee came by & stayed, cf. p. 12. "
    "What did you hear, when it was quiet?"
)
TITLE = "The Open Window"
SUBTITLE = "What an evening leaves behind"
AUTHOR = "A. Writer"

MARKDOWN = f"""---
author: {AUTHOR}
language: en
---
# {TITLE}

*{SUBTITLE}*

The lamp was on — and nobody was in a hurry… Dr. Lee came by & stayed, cf. p. 12. What did you hear, when it was quiet?

## Lines for the Sill

A cup, warm on one side,\\
a sill with one leaf on it,\\
nothing else is late.

> Leave the window open. The evening knows its way.

- one breath at the door
- two at the sill

[pause 12s]

## After the Rain

“Is it over?” she asked. It wasn't; it had only begun to listen.
"""

PLAIN = f"""{TITLE}

{SUBTITLE}

The lamp was on — and nobody was in a hurry… Dr. Lee came by & stayed, cf. p. 12. What did you hear, when it was quiet?


Lines for the Sill

A cup, warm on one side,
a sill with one leaf on it,
nothing else is late.

> Leave the window open. The evening knows its way.

- one breath at the door
- two at the sill

[pause 12s]


After the Rain

“Is it over?” she asked. It wasn't; it had only begun to listen.
"""

BODY = f"""<h1>{TITLE}</h1>
<p><em>{SUBTITLE}</em></p>
<p>The lamp was on — and nobody was
   in a hurry… Dr.&nbsp;Lee came by &amp; stayed, cf. p. 12. What did you hear, when it was quiet?</p>
<h2>Lines for the <i>Sill</i></h2>
<p>A cup, warm on one side,<br/>a sill with one leaf on it,<br/>nothing else is late.</p>
<blockquote><p>Leave the window open. The evening knows its way.</p></blockquote>
<ul><li>one breath at the door</li><li>two at the sill</li></ul>
<p>[pause 12s]</p>
<h2>After the Rain</h2>
<p>“Is it over?” she asked. It wasn't; it had only begun to listen.</p>"""

PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><title>{TITLE} — The Sill Journal</title><meta charset="utf-8">
<meta name="author" content="{AUTHOR}"><script>var zgone = "<p>zscript</p>";</script><style>p {{ color: red }}</style>
</head><body><header class="site"><a href="/">zlogo</a><nav><ul><li>zhome</li><li>zabout</li></ul></nav></header>
<main><article><!-- zcomment -->{BODY.replace("two at the sill", 'two at the sill<sup><a href="#n1">1</a></sup>')}
<figure><img src="z.jpg" alt="zalt"><figcaption>zcaption</figcaption></figure>
<div class="share-buttons">zshare</div><p hidden>zhidden</p></article>
<aside>zrelated <p>zpromoted</p></aside></main>
<div id="comments"><p>zcomment of a stranger</p></div>
<footer><p>zimprint, all rights reserved</p></footer></body></html>
"""


def docx() -> bytes:
    """The article as Word saves it."""
    rows = [
        ("Title", TITLE), ("Subtitle", SUBTITLE),
        ("", FIRST),
        ("Heading2", "Lines for the Sill"),
        ("", "A cup, warm on one side,\na sill with one leaf on it,\nnothing else is late."),
        ("Quote", "Leave the window open. The evening knows its way."),
        ("List", "one breath at the door"), ("List", "two at the sill"),
        ("", "[pause 12s]"),
        ("Heading2", "After the Rain"), ("", "“Is it over?” she asked. It wasn't; it had only begun to listen."),
    ]  # fmt: skip
    return docx_of("".join(_docx_paragraph(style, text) for style, text in rows))


def _docx_paragraph(style: str, text: str) -> str:
    runs = "<w:r><w:br/></w:r>".join(f"<w:r><w:t>{escape(line)}</w:t></w:r>" for line in text.split("\n"))
    if style == "List":
        mark = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    else:
        mark = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{mark}</w:pPr>{runs}</w:p>"


def docx_of(body: str, before: str = "") -> bytes:
    """A Word document with this body; `before` stands between the XML declaration and the document."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    names = {"Title": "Title", "Subtitle": "Subtitle", "Quote": "Quote", "Heading2": "heading 2"}
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in names.items()
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return zipped({
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{word}.styles+xml"/>'
        f'<Override PartName="/word/numbering.xml" ContentType="{word}.numbering+xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'{head}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="b" Type="{office}/styles" Target="styles.xml"/>'
        f'<Relationship Id="c" Type="{office}/numbering" Target="numbering.xml"/></Relationships>',
        "word/styles.xml": f"{head}<w:styles {space}>{styles}</w:styles>",
        "word/numbering.xml": f'{head}<w:numbering {space}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
        '<w:numFmt w:val="bullet"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        "</w:numbering>",
        "word/document.xml": f"{head}{before}<w:document {space}><w:body>{body}</w:body></w:document>",
        "docProps/core.xml": f'{head}<c:coreProperties xmlns:c="{package}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{AUTHOR}</dc:creator><dc:language>en</dc:language>'
        "</c:coreProperties>",
        "word/media/image1.png": "not a picture",
    })  # fmt: skip


def epub(*bodies: str, replaced: dict[str, str | bytes] | None = None) -> bytes:
    """A book with these chapters; `replaced` are files in place of its own, or beside them."""
    pages = bodies or (BODY,)
    items = "".join(
        f'<item id="c{n}" href="text/c%20{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(pages))
    )
    refs = "".join(f'<itemref idref="c{n}"/>' for n in range(len(pages)))
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": f'{head}<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles>'
        "</container>",
        "OEBPS/book.opf": f'{head}<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>{TITLE}'
        f"</dc:title><dc:creator>{AUTHOR}</dc:creator><dc:language>en</dc:language></metadata><manifest>"
        f'<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>{items}</manifest>'
        f'<spine><itemref idref="nav"/>{refs}</spine></package>',
        "OEBPS/nav.xhtml": "<html><body><p>znav</p></body></html>",
    }
    for number, body in enumerate(pages):
        files[f"OEBPS/text/c {number}.xhtml"] = (
            f'{head}<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="z.js"/></head>'
            f'<body><a id="top"/>{body}</body></html>'
        )
    return zipped(files | (replaced or {}))


def zipped(files: dict[str, str | bytes]) -> bytes:
    """A ZIP archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return packed.getvalue()


def odt(body: str, styles: str = "", extra: dict[str, str] | None = None) -> bytes:
    """Return an OpenDocument text with that in its body."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:{prefix}"' for prefix in ("office", "text", "style", "fo", "table", "draw", "dc", "meta")
    )
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    meta = f"<office:document-meta {spaces}><dc:creator>{AUTHOR}</dc:creator></office:document-meta>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for path, text in ({"content.xml": content, "meta.xml": meta} | (extra or {})).items():
            archive.writestr(path, text)
    return stream.getvalue()
