"""The dialects of Markdown: what they write beside the words is left out, counted, and never spoken."""

from __future__ import annotations

import time

import pytest

from audio_builder.article.dialects import plain_markdown, title_block
from audio_builder.article.model import Article
from audio_builder.article.read import read
from audio_builder.article.source import SourceText, source_from_bytes
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Say
from audio_builder.script.pace import pace


def _read(text: str, name: str = "a.md") -> Article:
    return read(SourceText(text, name, "markdown"))


def spoken(text: str) -> list[str]:
    return [cue.text for cue in pace(_read(f"# Dusk\n\n{text}"), Pacing()).cues if isinstance(cue, Say)][1:]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Lamps %%private%% are on.", "Lamps are on."),
        ("Lamps.\n\n<!-- read more -->\n\nAre on.\n\n<!--\n© 2026 A. Lamp -->\n\nYes.", "Lamps. Are on. Yes."),
        ("> ^3^ Lamps are on; ^4b^ the ^old^ ones.", "Lamps are on; the old ones."),
        ("Lamps are on.\n{ width=50% }", "Lamps are on."),
        ("<details><summary>Lamps</summary>Are on.</details>", "Lamps Are on."),
        ("Lamps are <half a minute pause> on. <short pause> Yes. <5 sec pause> Yes.", "Lamps are on. Yes. Yes."),
        ("Lamps are on.\n\n%%\nprivate\n\nmore\n%%\n\nYes.", "Lamps are on. Yes."),
        ("Lamps ++is that so?++ are (img) ||all|| on.", "Lamps are on."),
        ("%% A note on the lamps.\n\nLamps are on.\n\n%% And one more.", "Lamps are on."),
        ("#calm/deep# #two words#\n\nLamps are on.\n\n[image:12/lamp.png]", "Lamps are on."),
        ("tide:: low\n\n> state:: draft\n> Sit down.\n\nIt is [tide:: low] so.", "Sit down. It is so."),
        ("- :LOGBOOK:\n  CLOCK: [then]\n  :END:\n- SCHEDULED: <2026-01-02 Fri>\n- Sit down.", "Sit down."),
        ("[[Up]] | [[Weir|Down]]\n\nLamps `= this.age` are on.", "Lamps are on."),
        ("* This line goes.\n{:toc}\n\n{::comment}\nz\n{:/comment}\n{% capture a %}z{% endcapture %}\n\nYes.", "Yes."),
        ("<figure><img src='a'><figcaption>z</figcaption></figure>\n\nIt is 5 m^2 and x^n^.", "It is 5 m² and xn."),
        ("See [the weir]({% link weir.md %}) and [the mill]({{ site.url }}/mill).", "See the weir and the mill."),
        (
            "Lamp\n:   It burns.\n\nIt is the 4^th^ drop of H~2~O (see @fig-lamp).",
            "Lamp It burns. It is the 4th drop of H2O.",
        ),
        ("3. May 2026\n\nLamps are on.", "3. May 2026 Lamps are on."),
        (
            "1. Sit.\n\nAs before.\n\n2. Stand.\n\n   Lower.\n\nIt was long ago.\n\n1987. That was it.",
            "Sit. As before. Stand. Lower. It was long ago. 1987. That was it.",
        ),
        ("Lamps are on.\n\n## Notes\n\n[^1]: z", "Lamps are on."),
        ("Walk to [[Old Mill]] and [[Places/Low Weir|the weir]].", "Walk to Old Mill and the weir."),
        ("See [[Weir#Upper side]] or [[#Lower side]].", "See Weir or Lower side."),
        ("Here ![[weir.png|200]] it is. ^weir-1", "Here it is."),
        ("It was ==very== dark ^^indeed^^, ::truly:: so.", "It was very dark indeed, truly so."),
        ("> [!tip]+ Advice\n> Sit down.", "Advice. Sit down."),
        ("> [!NOTE]\n> Sit down.", "Sit down."),
        ("mood:: mild\nenergy:: 2\n\nLamps are on.", "Lamps are on."),
        ("#evening #calm/deep\n\nLamps are on.", "Lamps are on."),
        ("- [>] Moved\n- [-] Given up\n- TODO Call\n- {{[[DONE]]}} Sweep", "Moved Given up Call Sweep"),
        ("Weight ($m = 3$) is small. $$\nx^2\n$$\n\nIt cost $5 or $6.", "Weight is small. It cost $5 or $6."),
        ("It rained^[says a diary] all day.", "It rained all day."),
        ("{% include top.html %}\n\nLamps{% cite lee %} are {{ page.mood }} on.", "Lamps are on."),
        ("{% comment %}\nprivate\n{% endcomment %}\nLamps are on.", "Lamps are on."),
        ("{% highlight sh %}\nrun it\n{% endhighlight %}\n\nLamps are on.", "Lamps are on."),
        ('{{< figure src="/a.jpg" caption="gate" >}}\n\n{{% tip %}}\nSit down.\n{{% /tip %}}', "Sit down."),
        ("A lead.\n{: .lead}\n\n- TOC\n{:toc}\n\nLamps are on.", "A lead. Lamps are on."),
        ("::: warning\nSit down.\n:::\n\n*[UK]: a place", "Sit down."),
        ("Some [small]{.smallcaps} words [@lee2020, p. 3] here{#here}.", "Some small words here."),
        ("{>>too long?<<}Keep {--old--}{++new++} and {~~one~>two~~}.", "Keep new and two."),
        ("[TOC]\n\nLamps `r nrow(x)` are on :lamp:.", "Lamps are on."),
        ("## Contents\n\n- [One](#one)\n- [Two](#two)\n\nLamps are on.", "Lamps are on."),
        ("[Other note](Notes%201a/Other.md)\n\nLamps are on.", "Lamps are on."),
        ("Created: 3 May\nTags: evening\n\nLamps are on.", "Lamps are on."),
        ('<div style="display: none">private</div>\n\nLamps are on.', "Lamps are on."),
        (
            "A sum: x<sup>2</sup>, 10<sup>-3</sup>, the 2<sup>nd</sup> wall<sup>2</sup>.",
            "A sum: x², 10⁻³, the 2nd wall.",
        ),
        ("```\n%% code {{ x }}\n```\n\nLamps are on.", "Lamps are on."),
        (
            "She said :: it is 5::30, a :b and {braces} [sic] ^ x.",
            "She said :: it is 5::30, a :b and {braces} [sic] ^ x.",
        ),
    ],
)
def test_what_is_beside_the_words_is_not_spoken(written: str, words: str) -> None:
    """Comments, embeds, aliases, properties, tags of templates, attributes, citations, formulas, contents."""
    assert " ".join(spoken(written)) == words


@pytest.mark.parametrize(
    "written",
    [
        "| up the hill\n| and down\n|\n| nobody came\n| nobody went",
        "```poem\nup the hill\nand down\n\nnobody came\nnobody went\n```",
        "    Up the hill,\n    and down,\n\n    nobody came,\n    nobody went.",
        "up the hill  \nand down\n\nnobody came  \nnobody went",
        "> up the hill\n> and down\n>\n> nobody came\n> nobody went",
    ],
    ids=["line block", "fence", "indented", "hard breaks", "quotation"],
)
def test_verse_keeps_its_lines_and_stanzas(written: str) -> None:
    """However a dialect writes it; each stanza is a block."""
    blocks = _read(f"# Dusk\n\n{written}").sections[0].blocks
    assert [len(block.lines) for block in blocks] == [2, 2]


@pytest.mark.parametrize(
    ("text", "title", "author"),
    [
        ("% Low Weir\n  at Dusk\n% A. Lee; B. Oak\n\nLamps.", "Low Weir at Dusk", "A. Lee, B. Oak"),
        ("Title: Low Weir\nAuthor: A. Lee\nCSS: a.css\n\nLamps.", "Low Weir", "A. Lee"),
        ("Title: an odd first line.\n\nLamps.", "", ""),
        ("% of the lamps\nare on.", "of the lamps", ""),
    ],
)
def test_title_blocks_of_pandoc_and_multimarkdown(text: str, title: str, author: str) -> None:
    """They stand at the head of a text, without fences."""
    values, _ = title_block(text)
    assert (values.get("title", ""), values.get("author", "")) == (title, author)


def test_what_is_left_out_is_listed_with_its_line() -> None:
    """Each piece with its kind, its words and where it stands."""
    left = _read("# Dusk\n\nLamps %%private%% are\non ![[a.png]].\n\n`r x`\n\nYes.").left_out
    assert [(item.kind, item.words, item.line) for item in left] == [
        ("comment", "%%private%%", 3),
        ("embed", "![[a.png]]", 4),
        ("code", "`r x`", 6),
    ]


@pytest.mark.parametrize("deep", [9, 15, 30, 60, 200])
@pytest.mark.parametrize("step", ["{}- w{}x\n", "{}> w{}x\n>\n"], ids=["list", "quotation"])
def test_no_word_is_lost_however_deep_it_stands(step: str, deep: int) -> None:
    """Lists and quotations inside one another, to any depth."""
    sign = "> " if ">" in step else "  "
    text = "".join(step.format(sign * level, level) for level in range(deep))
    words = " ".join(spoken(text)).split()
    assert [word for word in words if word.startswith("w")] == [f"w{level}x" for level in range(deep)]


@pytest.mark.parametrize(
    "piece",
    ["[a](", "%%a ", "{{<", "{% a", "[[a|", "$a$", "==a", "^[a", "{>>", "![[", "((", ":a:",
     "a ^b\n", "> [!a] b\n", "\\|", "| a\n", "{#"],
)  # fmt: skip
def test_time_is_linear_whatever_is_left_open(piece: str) -> None:
    """Half a megabyte of what begins something takes seconds at most."""
    begun = time.process_time()
    plain_markdown(piece * (500_000 // len(piece)), lambda _kind, _words, _line: None)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("flood", ["\n", " \n", "\t\n", "---\n\n", "\r\n"])
def test_a_flood_of_empty_lines_is_passed_over(flood: str) -> None:
    """Three hundred kilobytes of nothing before a word take a second or two."""
    begun = time.process_time()
    assert read(source_from_bytes((flood * (300_000 // len(flood)) + "Word.").encode(), "a.md"))
    assert time.process_time() - begun < 6
