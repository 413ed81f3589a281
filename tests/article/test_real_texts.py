"""What people really have: notes, pastes, letters, scripts of assistants, pages, and what is heard of each."""

from __future__ import annotations

import pytest

from audio_builder.article.model import Article
from audio_builder.article.read import read
from audio_builder.article.source import source_from_bytes
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Bell, Breath, Reason, Rest, Role, Say
from audio_builder.script.pace import pace

_SIGNS = {
    Role.TITLE: "# ",
    Role.SUBTITLE: "### ",
    Role.HEADING: "## ",
    Role.VERSE: "| ",
    Role.QUOTE: "> ",
    Role.ITEM: "- ",
}


def _read(text: str, name: str = "a.txt") -> Article:
    return read(source_from_bytes(text.encode(), name))


def _heard(text: str, name: str = "a.txt") -> list[str]:
    """Return the phrases with the signs of scripts, the pauses that a person set, bells and breaths."""
    heard: list[str] = []
    for cue in pace(_read(text, name), Pacing()).cues:
        match cue:
            case Say():
                heard.append(_SIGNS.get(cue.role, "") + cue.text)
            case Rest() if cue.reason.by_person:
                heard.append(f"[{cue.seconds:g}]")
            case Bell():
                heard.append("[bell]")
            case Breath():
                heard.append(f"[breath x{cue.count}]")
    return heard


def _words(text: str, name: str = "a.txt") -> str:
    return " ".join(_heard(text, name))


def _left_out(text: str, name: str = "a.txt") -> list[str]:
    return [item.kind for item in _read(text, name).left_out]


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    ("block", "items"),
    [
        ("• rope\n• tar\n• rest", ["rope", "tar", "rest"]),
        ("✓ door shut\n☐ lamp lit", ["door shut", "lamp lit"]),
        ("→ rope\n→ tar", ["rope", "tar"]),
        ("[ ] call Ebba\n[x] mend the net", ["call Ebba", "mend the net"]),
        ("– rope\n– tar", ["rope", "tar"]),
        ("a) the rope\nb) the tar\n(i) black\n(ii) brown", ["the rope", "the tar", "black", "brown"]),
        ("(1) rope\n(2) tar", ["rope", "tar"]),
        ("A. The rope\nB. The tar", ["A. The rope", "B. The tar"]),
        ("\uf0b7\trope\n\uf0b7\ttar", ["rope", "tar"]),
        ("① rope\n② tar", ["rope", "tar"]),
    ],
)  # fmt: skip
def test_signs_numbers_and_letters_begin_items(name: str, block: str, items: list[str]) -> None:
    """As word processors, note apps and people at a keyboard write lists."""
    text = f"# Harbour\n\nIt rained. We stayed in.\n\n{block}\n\nIt stopped. We went out.\n"
    assert [line[2:] for line in _heard(text, name) if line.startswith("- ")] == items


@pytest.mark.parametrize(
    "block",
    [
        "— Are you in?\n— I am.\n— Then come.",
        "it was cold there\n— and colder at night\n— and nobody came",
        "a long way round by\nA. Berg and his brother",
        "of which there were\n(iv) at most",
    ],
)
def test_dashes_of_speech_and_letters_of_names_begin_none(block: str) -> None:
    """A list counts, or begins with signs that are nothing else."""
    assert not [line for line in _heard(f"Harbour\n\nIt rained. We sat.\n\n{block}\n") if line.startswith("- ")]


def test_a_line_of_a_note_to_oneself_leaves_the_paragraph_whole() -> None:
    """What follows it in the paragraph moves up; in code it is code."""
    text = "# Harbour\n\nThe rope was long\n// ask Ebba how long\nand it was wet,\nand it held.\n\n```\n// kept\n```\n"
    assert _words(text, "a.md") == "# Harbour | The rope was long | and it was wet, | and it held."
    assert _left_out(text, "a.md") == ["note", "code"]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("00:00 Sit as you are.\n\n00:40 Let it rain.\n\n01:20 - 02:00 Listen to it.",
         "Sit as you are. Let it rain. Listen to it."),
        ("**Arriving (0:00–0:50)**\n\nSit down. Be here.\n\n**Staying (0:50–2:10)**\n\nStay. Be here.",
         "[bell] ## Arriving Sit down. Be here. [bell] ## Staying Stay. Be here."),
        ("07:10 Woke early.\n\n07:45 Slept again.", "07:10 Woke early. 07:45 Slept again."),
    ],
)  # fmt: skip
def test_times_that_count_from_the_beginning_are_not_spoken(text: str, heard: str) -> None:
    """They are of the recording; those of a day are the text's own."""
    assert _words(f"Rain at Noon\n\nIt is noon. It rains.\n\n{text}") == f"# Rain at Noon It is noon. It rains. {heard}"


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Narrator: Sit down.\n\nNarrator: Look up.", "Sit down. Look up."),
        ("**Narrator:** Sit down.\n\n**Narrator (softly):** Look up.", "Sit down. Look up."),
        ("VO: Sit down. The rain is here.", "Sit down. The rain is here."),
        ("Host: Who is it?\n\nGuest: The rain.", "Host: Who is it? Guest: The rain."),
        ("The narrator: a man of sixty.", "The narrator: a man of sixty."),
    ],
)
def test_the_name_of_the_only_one_who_speaks_is_not_spoken(text: str, heard: str) -> None:
    """Where two speak, a listener needs the names."""
    assert _words(f"# Rain\n\nIt rains. It rained.\n\n{text}", "a.md") == f"# Rain It rains. It rained. {heard}"


def test_a_script_of_an_assistant() -> None:
    """Its greeting, its title's label, what it says of its length and tone, and its offer aren't part of it."""
    text = (
        "Sure! Here is a short script for you.\n\n---\n\n## Title: The Wet Quay\n\n"
        "*Duration: about 6 minutes*\n\n*Tone: slow and warm*\n\n**Arriving**\n\n"
        "Stand still. `[pause 6s]` Look down. (beat)\n\n"
        "[sound of distant gulls]\n\n**Leaving**\n\n*Speak softly here.*\n\n"
        "Turn round. [Pause 2-4 breaths] Go. [Allow a moment]\n\n"
        "Let me know if you would like it longer!\n"
    )
    assert _heard(text, "a.md") == [
        "# The Wet Quay", "[bell]", "## Arriving", "Stand still.", "[6]", "Look down.", "[4]",
        "[bell]", "## Leaving", "Turn round.", "[breath x3]", "Go.", "[4]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("[Pause 10 Sekunden] Weiter.", ["[10]", "Weiter."]),
        ("Now. [pause 3 breaths] On.", ["Now.", "[breath x3]", "On."]),
        ("Now. (hold) On.", ["Now.", "[4]", "On."]),
        ("(Ring the bell twice.)", ["[bell]", "[5]", "[bell]"]),
        ("[A bell is rung.]", ["[bell]"]),
        ("Pause (20 seconds)", ["[20]"]),
        ("The Latin word pausa (pause) is short.", ["The Latin word pausa (pause) is short."]),
        ("Press <pause> and wait here.", ["Press <pause> and wait here."]),
        ("See there (p. 207).", ["See there (p. 207)."]),
        ("He was at [Bell Labs] then.", ["He was at [Bell Labs] then."]),
    ],
)
def test_what_is_asked_for_in_other_words(text: str, heard: list[str]) -> None:
    """A length in any language, breaths for a pause; a gloss, a page and a name are words."""
    assert _heard(f"# Rain\n\nIt rains. It rained.\n\n{text}\n\nEnd of it. Rest.", "a.md")[3:-2] == heard


def test_a_length_under_the_title_is_no_pause() -> None:
    """“(5 minutes)” says how long the text takes."""
    assert _heard("Rain\n\n(5 minutes)\n\nIt rains. It rained.") == ["# Rain", "It rains.", "It rained."]


@pytest.mark.parametrize(
    ("heading", "heard"),
    [("## (Silence)", "## (Silence)"), ("## (Silence, 40 seconds)", "[40]"), ("### [Pause 9s]", "[9]")],
)
def test_a_heading_that_is_a_direction(heading: str, heard: str) -> None:
    """Without a length it is a name, with one it is what it asks for."""
    assert heard in _heard(f"# Rain\n\nIt rains. It rained.\n\n{heading}\n\nIt dripped. It stopped.\n", "a.md")


def _question_rests(text: str, name: str) -> int:
    cues = pace(_read(text, name), Pacing()).cues
    return sum(isinstance(cue, Rest) and cue.reason is Reason.QUESTION for cue in cues)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "# Nets\n\n**Who made them?**\n\nMy aunt.\n\n**Did you help?**\n\nI held the twine.\n"),
        ("a.md", "# Nets\n\n*You were six. Who made them?*\n\nMy aunt.\n\n*Did you help?*\n\nI held the twine.\n"),
        ("a.html", ("<html><body><h1>Nets</h1><p><b>Who made them?</b></p><p>My aunt.</p><p><b>Did you help?</b></p>"
                    "<p>I held the twine.</p></body></html>")),
    ],
)  # fmt: skip
def test_questions_of_an_interview_without_names_are_answered(name: str, text: str) -> None:
    """They are set in bold or italics, and no subtitle; a question of the writer's own still waits."""
    assert _question_rests(text, name) == 0
    assert _words(text, name).startswith(("# Nets Who", "# Nets You"))
    own = text.replace(
        "</body>", "<p>Where are they?</p><p>In.</p></body>"
    ) + "\n\nWhere are they?\n\nIn the shed.\n" * (name == "a.md")
    assert _question_rests(own, name) == 1


@pytest.mark.parametrize(
    ("text", "title", "subtitle", "author"),
    [
        ("Seven Nets\nNotes From a Quay\n\nIt rained. We sat.", "Seven Nets", "Notes From a Quay", ""),
        (
            "SEVEN NETS\nNotes From a Quay\nby Ebba Berg\n\nIt rained. We sat.",
            "SEVEN NETS",
            "Notes From a Quay",
            "Ebba Berg",
        ),
        ("Seven Nets\nBy Still Waters\n\nIt rained. We sat.", "Seven Nets", "By Still Waters", ""),
        ("Seven Nets\nby Ebba Berg\n\nIt rained. We sat.", "Seven Nets", "", "Ebba Berg"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_title_subtitle_and_author_in_one_block(name: str, text: str, title: str, subtitle: str, author: str) -> None:
    """In title case, one under the other; what no person is called is no author."""
    article = _read(f"{text}\n\nIt stopped. We went.\n", name)
    assert (article.title, article.subtitle, article.author) == (title, subtitle, author)


def test_a_text_with_its_data_at_its_head() -> None:
    """As MultiMarkdown has it, in a plain text too."""
    article = _read("Title: Seven Nets\nAuthor: Ebba Berg\n\nIt rained. We sat.")
    assert (article.title, article.author) == ("Seven Nets", "Ebba Berg")


def test_a_message_is_read_without_its_head_and_its_signature() -> None:
    """Its subject is its title."""
    head = "From: Ebba <e@example.org>\nTo: Ola\nDate: Tue, 3 Mar 2026\nSubject: Re: The nets\n\n"
    text = f"{head}Dear Ola,\n\nThey dried. Come.\n\n-- \nEbba\n01 23\n"
    assert _words(text) == "# The nets Dear Ola, They dried. Come."


def test_of_a_message_only_its_words_are_read() -> None:
    """Whatever stands in its head, and without the message that it answers, what mailers add, and its lists."""
    head = "Message-ID: <1@example.org>\nTo: Ola\n  Lind\nSubject: The nets\nX-Spam: no\n\n"
    below = "Sent from my telephone\n\nOn Tue, 3 Mar 2026 Ola wrote:\n> Are they dry?\n>\n> Ola\n"
    assert _words(f"{head}Dear Ola,\n\nThey dried. Come.\n\n{below}") == "# The nets Dear Ola, They dried. Come."
    leave = "_______________\nUnsubscribe: https://example.org/u\n"
    assert _words(f"Subject: The nets\n\nThey dried. Come.\n\n{leave}") == "# The nets They dried. Come."


def test_an_assistants_frame_without_a_rule() -> None:
    """Its greeting ends in a colon; what it says of the voice is no part of the script."""
    text = "Here is your meditation script:\n\nTitle: The Nets\nVoice: low, warm\n\nThey dry. Sit down.\n\n"
    assert _words(f"{text}I hope this helps! Shall I go on?") == "# The Nets They dry. Sit down."


def test_lines_that_begin_with_slashes_are_notes() -> None:
    """With a space or without; three are a rule."""
    assert (
        _words("Nets\n\n//ask Ola\nThey dry. Sit down.\n\n///\n\nThey hang.") == "# Nets They dry. Sit down. They hang."
    )


def test_the_date_of_a_journal_is_a_heading_in_any_text() -> None:
    """Its weather, its place and its device are left out, also where the entry has a heading of its own."""
    entry = "\tDate:\t{} March 2026 at 07:10:00 GMT\n\tWeather:\t4°C\n\tDevice:\tTelephone\n\nIt rained. We sat.\n\n"
    text = entry.format(3) + "# Nets\n\nThey dried. Yes.\n\n" + entry.format(4)
    assert "Weather" not in _words(text)
    assert "## 4 March 2026" in _heard(text)


def test_signs_of_other_notations_in_a_plain_text() -> None:
    """Code, emphasis between slashes, struck-out words."""
    text = "Nets\n\nThey `dry`, /really/ so, ~~not wet~~ and =yes= in a/b and 1+1=2. We sat."
    assert _words(text) == "# Nets They dry, really so, and yes in a/b and 1+1=2. We sat."


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("The nets dried.¹ They were old.\n\n¹ Of hemp.", "The nets dried. They were old."),
        ("The nets dried.[1] They were old.\n\n[1] Of hemp, and\ntarred.", "The nets dried. They were old."),
        ("The nets dried.4 They were old.\n\n4 Of hemp.", "The nets dried. They were old."),
        ("The quay† is old. It has 40 m² of stone.\n\n† Not the new one.", "The quay is old. It has 40 m² of stone."),
        ("So they say [1, 3] and [2–4]. We sat.", "So they say and. We sat."),
    ],
)
def test_footnotes_of_texts_without_markup(text: str, heard: str) -> None:
    """A raised number, a dagger, a number in brackets, or one that lost its form: with the note it belongs to."""
    assert _words(f"Seven Nets\n\nIt was noon. It was hot.\n\n{text}").endswith(heard)


@pytest.mark.parametrize(
    "contents", ["Contents\n\nThe Long Net\nThe Wet Quay", "CONTENTS\n\nThe Long Net .. 3\nThe Wet Quay .. 9"]
)
def test_a_table_of_contents_is_not_read(contents: str) -> None:
    """Its lines end in a page, or stand below again."""
    text = "The Long Net\n\nIt dried. We sat.\n\nThe Wet Quay\n\nIt shone. We sat."
    heard = "# Seven Nets [bell] ## The Long Net It dried. We sat. [bell] ## The Wet Quay It shone. We sat."
    assert _words(f"Seven Nets\n\n{contents}\n\n{text}") == heard


@pytest.mark.parametrize(
    ("table", "items"),
    [
        ("| Net | Quay |\n|-----|------|\n| dry | wet |", ["Net", "Quay", "dry", "wet"]),
        ("Day       Net       Hours\nMonday    dried     ten", ["Day, Net, Hours", "Monday, dried, ten"]),
    ],
)
def test_tables_of_plain_texts(table: str, items: list[str]) -> None:
    """Cell by cell between bars, row by row in columns."""
    heard = _heard(f"Seven Nets\n\nIt rained. We sat.\n\n{table}\n")
    assert [line[2:] for line in heard if line.startswith("- ")] == items


def test_lines_that_lead_elsewhere_tags_and_rights_are_left_out() -> None:
    """Arrows with words of navigation, tags behind a sentence; a tag in a sentence is a word."""
    text = "# Nets\n\nThe #nets dried. #net #quay\n\n← Previous | Next →\n\n© 2026 Ebba Berg. All rights reserved.\n\n"
    text += "We sat → and rested.\n"
    assert _words(text, "a.md") == "# Nets The nets dried. We sat → and rested."
    assert _left_out(text, "a.md") == ["small print", "tag", "link to another page", "link to another page"]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("of\ufb01ce and \ufb02ow and sno\u200bw", "office and flow and snow"),
        ("http://example.org/a and www.example.org, and so on.", "so on."),
        ("Look at <https://example.org>.", "Look at."),
    ],
)
def test_signs_that_are_no_words(text: str, heard: str) -> None:
    """Joined letters are letters, a space without a width is nothing, and no bracket is left of an address."""
    assert _words(f"Seven Nets\n\nIt rained. We sat.\n\n{text}").endswith(heard)


def test_numbers_of_lines_and_brackets_of_proofreaders_are_left_out() -> None:
    """Every fifth line of an edition has one."""
    lines = [
        f"the {word} is wet and the day is long,"
        for word in ("net", "quay", "rope", "boat", "oar", "sail", "mast", "deck", "hull", "keel")
    ]
    numbered = [f"{line} {place}" if place % 5 == 0 else line for place, line in enumerate(lines, start=1)]
    text = "Nets\n\n[Illustration: a net]\n\n" + "\n".join(numbered) + "\n\n[Footnote 1: Of hemp.]"
    assert [line[2:] for line in _heard(text)[1:]] == lines


GUTENBERG = (
    "<html><head><title>Nets | Project Gutenberg</title></head><body><p>The Project Gutenberg EBook of Nets</p><pre>\n"
    "*** START OF THIS PROJECT GUTENBERG EBOOK NETS ***\n</pre><div class=tnotes>Note: kept.</div><h1>NETS</h1>"
    "<p>BY<br>EBBA BERG</p><h2>CONTENTS</h2><table><tr><td>I.</td><td><a href='#a'>The Quay</a></td><td>1</td></tr>"
    "<tr><td>II.</td><td><a href='#b'>The Rope</a></td><td>9</td></tr></table><h2 id=a>CHAPTER I<br>THE QUAY</h2>"
    "<p>It was wet. It shone.</p><h2 id=b>CHAPTER II<br>THE ROPE</h2><p>It held. It broke.</p>"
    "<p>*** END OF THIS PROJECT GUTENBERG EBOOK NETS ***</p><p>Updated editions</p></body></html>"
)


def test_a_page_of_project_gutenberg() -> None:
    """Between its markers, without its contents, with its author, its chapters named in one breath."""
    assert _heard(GUTENBERG, "a.html") == [
        "# NETS", "[bell]", "## CHAPTER I: THE QUAY", "It was wet.", "It shone.",
        "[bell]", "## CHAPTER II: THE ROPE", "It held.", "It broke.",
    ]  # fmt: skip
    assert _read(GUTENBERG, "a.html").author == "EBBA BERG"


def test_a_bold_line_above_its_text_is_a_heading() -> None:
    """In the same paragraph, as it is often typed."""
    text = "**Seven Nets**\n\n**1. The Quay**\nIt was wet. It shone.\n\n**2. The Rope**\nIt held. It broke.\n"
    for name in ("a.txt", "a.md"):
        assert _words(text, name) == (
            "# Seven Nets [bell] ## 1. The Quay It was wet. It shone. [bell] ## 2. The Rope It held. It broke."
        )


def test_links_of_pages_go_to_the_notes() -> None:
    """Of the article alone, with the words that they have there."""
    menu, link = "<nav><a href='https://example.org/m'>Menu</a></nav>", "<a href='https://example.org/n'>the nets</a>"
    page = f"<html><body>{menu}<article><h1>Nets</h1><p>See {link}.</p></article></body></html>"
    assert _read(page, "a.html").details.links == ("the nets <https://example.org/n>",)


@pytest.mark.parametrize(
    ("lines", "author"),
    [
        ("author:\n  - name: Ebba Berg\n    role: none\n  - name: Ola Lind", "Ebba Berg, Ola Lind"),
        ("authors: [Ebba Berg]", "Ebba Berg"),
        ("Author: Ebba Berg <e@example.org>", "Ebba Berg"),
    ],
)
def test_authors_in_the_front_matter_of_other_programs(lines: str, author: str) -> None:
    """Mappings with names, another key, capitals; an image that is no path of a file is noted."""
    article = _read(f"---\ntitle: Nets\n{lines}\nimage:\n  path: /a.jpg\n---\nIt rained.", "a.md")
    assert article.author == author
    assert article.notes == ("a.md: `image` in the front matter is no path of a file and is passed over",)


def test_lines_kept_by_a_style_are_verse() -> None:
    """As pages of poems and posts have them."""
    verse = "the net is wet\nthe quay is wet\nthe day is long"
    page = f"<html><body><h1>Nets</h1><p style='white-space: pre-line'>{verse}</p></body></html>"
    assert _heard(page, "a.html") == ["# Nets", "| the net is wet", "| the quay is wet", "| the day is long"]
