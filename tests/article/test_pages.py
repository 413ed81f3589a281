"""Pages as editors, journals and word processors export them: what is read, what is left out, where verse is."""

from __future__ import annotations

import pytest

from audio_builder.article.model import Article
from audio_builder.article.read import read
from audio_builder.article.source import source_from_bytes
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Bell, Say
from audio_builder.script.pace import pace


def _read(body: str, head: str = "") -> Article:
    page = f"<html lang=en><head>{head}</head><body>{body}</body></html>"
    return read(source_from_bytes(page.encode(), "a.html"))


def spoken(body: str) -> str:
    article = _read(f"<article><h1>Dusk</h1>{body}</article>")
    return " ".join(cue.text for cue in pace(article, Pacing()).cues if isinstance(cue, Say)).removeprefix("Dusk ")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p style='color:red; display: none'>z</p><p>Lamps.</p>", "Lamps."),
        ("<p>Lamps<span style='visibility:hidden'>z</span> on<i class=sr-only>z</i>.</p>", "Lamps on."),
        ("<p>Lamps<i style='position:absolute;left:-9999px'>z</i> on.</p><i class=hide-text>z</i>", "Lamps on."),
        ("<p>Lamps.<sup class='noprint Inline-Template'>[z]</sup></p><table><td class=tr-caption>z</table>", "Lamps."),
        ("<p><a href=a>Read more »</a></p><p>Lamps.</p><p class=tags>z</p><div class=author-box>z</div>", "Lamps."),
        ("<p class=MsoListParagraph><i style='mso-list:Ignore'>1. </i>On.</p><p>Oil<sup>TM</sup>.</p>", "On. Oil."),
        ("<div class=graf--mixtapeEmbed><a href=a>z</a></div><div class=kg-audio-card>z</div><p>On.</p>", "On."),
        ("<p>[gallery ids='1,2'] Lamps. [caption id=a]<img src=a> z[/caption] Oil.</p>", "Lamps. Oil."),
        ("<p>Lamps<span style='mso-hide:all'>z</span> on.</p><p class=visually-hidden>z</p>", "Lamps on."),
        ("<p><span aria-hidden=true>L</span><span class=sr-only>L</span>amps on.</p>", "Lamps on."),
        ("<p><span aria-hidden=true>L</span>amps on.</p><p aria-hidden=true>z</p>", "Lamps on."),
        ("<p><span class=dropcap>L</span><span>amps</span> on.</p>", "Lamps on."),
        ("<p><b class=initial>W</b> e sat.</p><p><b>A</b> lamp.</p>", "We sat. A lamp."),
        ("<p><img class=dropcap alt=O>nce on.</p><p><img alt='a lamp'>Yes.</p>", "Once on. Yes."),
        ("<p>Lamps<span class=pagenum>[Pg 3]</span> are <a id=page_4>4</a>on.<i class=linenum>15</i></p>",
         "Lamps are on."),
        ("<p>x<sup>2</sup>, 20 m<sup>2</sup>, the 1<sup>st</sup>, M<sup>lle</sup> Lee<sup>3</sup>.</p>",
         "x², 20 m², the 1st, Mlle Lee."),
        ("<p>Lamps.<a href='#n1' id=r1>1</a> Chapter <a href='#c'>4</a>.</p><p id=n1><a href='#r1'>1</a>. znote</p>",
         "Lamps. Chapter 4."),
        ("<p>Lamps.<sup><a href='#ftnt1'>[1]</a></sup></p><div><p><a href='#r' id=ftnt1>[1]</a> znote</p></div>",
         "Lamps."),
        ("<p>Lamps<sup><a href='#cmnt1'>[a]</a></sup>.</p><div><p><a href='#r' id=cmnt1>[a]</a>zremark</p></div>",
         "Lamps."),
        ("<p>Lamps.<a href='#f2'>†</a></p><ol><li id=f2>† znote <a href='#r2'>↩</a></li></ol>", "Lamps."),
        ("<p>Lamps<a class=msocomanchor href='#_msocom_1'>[A1]</a>.</p><div class=msocomtxt><p>zremark</p></div>",
         "Lamps."),
        ("<div style='mso-element:footnote-list'><p>znote</p></div><p>Lamps.</p>", "Lamps."),
        ("<p class=MsoToc1>zHinge 2</p><p>Lamps.</p><p class=FootnoteText>znote</p>", "Lamps."),
        ("<h2>Contents</h2><ul><li><a href='#a'>zOne</a><li><a href='#b'>zTwo</a></ul><p>Lamps.</p>", "Lamps."),
        ("<p>Lamps on. So it is.</p><div class=pullquote><p>Lamps on.</p></div>", "Lamps on. So it is."),
        ("<table class=properties><tr><th>zTags<td>z</table><p>Lamps.</p>", "Lamps."),
        ("<p class=button-wrapper><a>zSubscribe</a></p><p>Lamps.</p><p class=cta-caption>zShare</p>", "Lamps."),
        ("<p>Lamps.</p><footer><p>Yours, M.</p><p>P.S. Rain.</p></footer>", "Lamps. Yours, M. P.S. Rain."),
        ("<p>Lamps.</p><footer><p>By <a href=x>z</a></p></footer>", "Lamps."),
        ("<pre><code>z()</code></pre><p>Lamps.</p><pre>z = 1\nz += 2</pre>", "Lamps."),
        ("<div><p>1 Lamps.<a href='#n'>1</a></p><p>So.</p><aside id=n><p>1 znote</p></aside></div>", "1 Lamps. So."),
        ("<p>1 Lamps.<a href='#n'>1</a> So <i id=n>it</i> <a href='#m'>is</a>.</p>", "1 Lamps. So it is."),
        ("<blockquote>Lamps.<footer>— M.</footer></blockquote><p><a href=#t>Back to the top</a></p>", "Lamps. — M."),
        ("<blockquote>Lamps.<cite>M. Lee</cite></blockquote>", "Lamps. M. Lee"),
        ("<p class=kicker>z</p><p>A ghost&shy;ly lamp.</p>", "A ghostly lamp."),
        ("<p class=MsoListParagraph><![if !supportLists]>·<span>&nbsp;</span><![endif]>one</p><p>Two.</p>", "one Two."),
    ],
)  # fmt: skip
def test_only_what_the_author_wrote_to_be_read_is_read(body: str, words: str) -> None:
    """Hidden text, notes and remarks without names, contents, pull quotes, buttons; letters and powers stay."""
    assert spoken(body) == words


@pytest.mark.parametrize(
    "body",
    [
        "<pre class=verse>up the hill\nand down\n\nnobody came\nnobody went</pre>",
        "<pre>Up the hill,\nand down,\n\nnobody came,\nnobody went.</pre>",
        "<div class=poem><p class=stanza><i>up the hill</i><br>and down</p><div class=lg>nobody came<br>nobody went",
        "<div class=lg><div>up the hill</div><div>and down</div></div><div class=lg><p>nobody came</p>nobody went",
        "<div class=poetry><p>up the hill</p><p>and down</p><p>&nbsp;</p><p>nobody came</p><p>nobody went</p></div>",
        "<div class=lyrics><div>up the hill</div><div>and down</div><div><br></div>nobody came<br>nobody went</div>",
        "<div class=poem><p>up the hill<br>and down</p><p>nobody came<br>nobody went</p></div>",
        "<div class=poem><span>up the hill<br></span><span>and down<br><br></span>nobody came<br>nobody went</div>",
        "<p>up the hill<br>and down<br><br>nobody came<br>nobody went</p>",
        "<p>up the hill</p><p>and down</p><p></p><p>nobody came</p><p>nobody went</p>",
        "<blockquote><p>up the hill<br>and down</p><p>nobody came<br>nobody went</p></blockquote>",
    ],
)
def test_verse_is_known_in_each_of_its_forms(body: str) -> None:
    """Two stanzas of two lines, with the pauses of verse."""
    blocks = _read(f"<article><h1>Dusk</h1>{body}</article>").sections[0].blocks
    assert [[line.text.lower().rstrip(",.") for line in block.lines] for block in blocks] == [
        ["up the hill", "and down"],
        ["nobody came", "nobody went"],
    ]
    assert {block.kind.value for block in blocks} <= {"verse", "quote"}


@pytest.mark.parametrize(
    "body",
    [
        "<p>The lamp is on. Nobody is in.</p><p>Yes.</p><p>No, it was not so.</p>",
        f"<p>{'A long line of prose that only ends in a break. ' * 4}<br>{'And one more of them. ' * 8}</p>",
    ],
)
def test_prose_is_no_verse(body: str) -> None:
    """Short sentences, and paragraphs that end in line breaks."""
    blocks = _read(f"<article><h1>Dusk</h1>{body}</article>").sections[0].blocks
    assert {block.kind.value for block in blocks} == {"paragraph"}


@pytest.mark.parametrize(
    ("head", "body", "title", "subtitle"),
    [
        ("", "<header><h1>Dusk</h1></header><section data-field=subtitle>On lamps</section><h3>Dusk</h3><p>Yes. No.",
         "Dusk", "On lamps"),
        ("", "<h1>Dusk</h1><p class=dek>On lamps</p><h3>Dusk</h3><h4>On lamps</h4><p>Yes. No.</p>", "Dusk", "On lamps"),
        ("", "<h1>Dusk</h1><p class=dek>On lamps</p><p>Yes. No.</p><h2>Up</h2><p>Yes.</p>", "Dusk", "On lamps"),
        ("", "<h1>Dusk</h1><h2 class=pw-subtitle>On lamps</h2><p>Yes. No.</p>", "Dusk", "On lamps"),
        ("<meta property='og:title' content='Dusk'><title>Dusk | My Site</title>", "<p>Yes. No.</p>", "Dusk", ""),
        ("<title>My Site: Dusk</title>", "<h3 class=post-title>Dusk</h3><div>Yes. No.</div>", "Dusk", ""),
    ],
)  # fmt: skip
def test_title_and_subtitle_are_read_once(head: str, body: str, title: str, subtitle: str) -> None:
    """Where an exporter has them twice, or the page alone says them."""
    article = _read(f"<article>{body}</article>", head)
    assert (article.title, article.subtitle) == (title, subtitle)
    said = [cue.text for cue in pace(article, Pacing()).cues if isinstance(cue, Say)]
    assert (said.count(title), said.count(subtitle)) == (1, bool(subtitle))


def test_a_group_of_headings_begins_one_chapter() -> None:
    """A number and a name ring one bell."""
    body = "<h1>Dusk</h1><hgroup><h2>I</h2><p>Up</p></hgroup><p>Yes.</p><h2>II</h2><h3>Down</h3><p>No.</p>"
    article = _read(f"<article>{body}</article>")
    assert [section.heading and section.heading.text for section in article.sections] == [
        None,
        "I",
        "Up",
        "II",
        "Down",
    ][1:]
    assert sum(isinstance(cue, Bell) for cue in pace(article, Pacing()).cues) == 2


def test_a_line_above_the_title_is_read_before_it() -> None:
    """A letter's place and date."""
    article = _read("<article><p>Lowick, 3 May</p><h1>Dusk</h1><p>Yes. No.</p></article>")
    said = [cue.text for cue in pace(article, Pacing()).cues if isinstance(cue, Say)]
    assert (article.title, said[:2]) == ("Dusk", ["Lowick, 3 May", "Dusk"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "<h1>Notes</h1><div class=hentry><h2 class=date-header>3 May</h2><h3 class=post-title>Dusk</h3><p>Lamps.",
            "Dusk Lamps.",
        ),
        (
            "<title>Dusk » Notes</title><h1>Notes</h1><div class=post><h2>Dusk</h2><p>Lamps.</p><h2>Oil</h2><p>Low.",
            "Dusk Lamps. Oil Low.",
        ),
        (
            "<table><tr><td><a href=a>View it online</a><tr><td><h1>Dusk</h1><p>Lamps are on.</p></table>",
            "Dusk Lamps are on.",
        ),
        (
            "<h1>Dusk</h1><p>BY</p><h2>ANN LEE</h2><h2>I<br>Lamp</h2><p>It is on.</p><h2>II<br>Oil</h2><p>It is low.",
            "Dusk I: Lamp It is on. II: Oil It is low.",
        ),
        (
            "<h1>Dusk</h1><p class=subtitle>What burns and…</p><p>What burns and what is burnt</p><p>Lamps are on.</p>",
            "Dusk What burns and what is burnt Lamps are on.",
        ),
    ],
    ids=["blog", "blog without names", "mail", "old book", "subtitle cut short"],
)
def test_the_top_of_pages(body: str, words: str) -> None:
    """A blog's name isn't its post's title, a table may only arrange, "by" may stand alone, an exporter may cut."""
    article = _read(body)
    assert article.title == "Dusk"
    assert " ".join(cue.text for cue in pace(article, Pacing()).cues if isinstance(cue, Say)) == words


def test_the_name_of_a_site_in_a_box_is_no_title() -> None:
    """As themes write it that give the page's title another element; what a notebook knows of a note isn't read."""
    body = (
        '<div id="all"><div id="header"><h1>A Site</h1><p>just dusk</p></div><h2 class="entry-title">Dusk</h2>'
        "<table border=0><tr><td><b>Created:</b></td><td>1 May</td></tr><tr><td>Tags:</td><td>sky</td></tr></table>"
        "<table><tr><td>Lamp:</td><td>lit</td></tr></table><p>It was late, and nobody minded that.</p></div>"
    )
    article = _read(body, "<title>Dusk – A Site</title>")
    said = [line.text for section in article.sections for block in section.blocks for line in block.lines]
    assert (article.title, said) == ("Dusk", ["Lamp:", "lit", "It was late, and nobody minded that."])


def test_a_page_without_a_title_or_a_heading_is_read_by_its_wording() -> None:
    """As a word processor saves a text."""
    article = _read("<p>Down the Weir</p><p>by Ida Moor</p><p>The lamp is on. Nobody is in.</p>")
    assert (article.title, article.author) == ("Down the Weir", "Ida Moor")


def test_what_is_left_out_of_preformatted_verse_is_listed() -> None:
    """As it is elsewhere."""
    article = _read("<h1>Dusk</h1><pre class=poem>Lamps are\n<del>z</del>on\nand on</pre>")
    assert [(item.kind, item.words) for item in article.left_out] == [("struck-out text", "z")]
