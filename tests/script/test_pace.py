"""Pacing: the order of what happens, and how long each silence is."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec import structs

from audio_builder.article.model import Article, Block, BlockKind, Line, Section
from audio_builder.article.read import read
from audio_builder.article.source import SourceText, open_source
from audio_builder.errors import ScriptError, SourceTooLarge
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say
from audio_builder.script.estimate import estimate
from audio_builder.script.pace import pace
from audio_builder.script.pauses import seconds_for
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"


def _cues(text: str, **pauses: float) -> list[Cue]:
    source = SourceText(textwrap.dedent(text).strip("\n"), "a.md", "markdown")
    return list(pace(read(source), Pacing(**pauses)).cues)  # type: ignore[arg-type]


def _after(text: str, **pauses: float) -> list[tuple[str, float, str]]:
    """Return each phrase with the length and the reason of the rest after it."""
    cues = _cues(text, **pauses)
    return [
        (cue.text, following.seconds, following.reason.value)
        for cue, following in pairwise(cues)
        if isinstance(cue, Say) and isinstance(following, Rest)
    ]


def test_an_article_is_told_in_this_order() -> None:
    """Chapter, opening, title, subtitle, text; each section with its chapter, bell and heading; the closing."""
    assert _cues("# A\n\n*B.*\n\nCome. Dine.\n\n## E\n\nF.\n") == [
        ChapterStart("A"),
        Rest(6.0, Reason.OPENING),
        Say("A", Role.TITLE),
        Rest(2.5, Reason.TITLE),
        Say("B.", Role.SUBTITLE),
        Rest(4.0, Reason.SUBTITLE),
        Say("Come.", Role.PROSE),
        Rest(1.0, Reason.SENTENCE),
        Say("Dine.", Role.PROSE),
        Rest(5.0, Reason.BEFORE_HEADING),
        ChapterStart("E"),
        Bell(),
        Rest(3.0, Reason.BELL),
        Say("E", Role.HEADING),
        Rest(1.8, Reason.AFTER_HEADING),
        Say("F.", Role.PROSE),
        Rest(10.0, Reason.CLOSING),
    ]


def test_without_a_title_the_first_chapter_is_the_first_heading_or_the_files_name() -> None:
    """An article that begins with a heading has no bell before it; one without headings is a single chapter."""
    assert _cues("## E\n\nF.\n\n## G\n\nH.")[:3] == [
        ChapterStart("E"),
        Rest(6.0, Reason.OPENING),
        Say("E", Role.HEADING),
    ]
    plain = _cues("F.")
    assert plain == [
        ChapterStart("A"),
        Rest(6.0, Reason.OPENING),
        Say("F.", Role.PROSE),
        Rest(10.0, Reason.CLOSING),
    ]


def test_a_title_alone_is_an_episode() -> None:
    """It is said, and the closing follows."""
    assert _cues("# A")[2:] == [Say("A", Role.TITLE), Rest(10.0, Reason.CLOSING)]


def test_each_block_rests_by_its_kind() -> None:
    """Sentences, lines, stanzas, items, paragraphs; the last of a block by the block."""
    assert _after("One. Two.\n\na cup,\na coat\n\n- b\n- c\n\n> D.\n\nEnd.") == [
        ("One.", 1.0, "sentence"),
        ("Two.", 3.2, "paragraph"),
        ("a cup,", 1.6, "line"),
        ("a coat", 3.2, "stanza"),
        ("b", 1.6, "item"),
        ("c", 3.2, "paragraph"),
        ("D.", 3.2, "paragraph"),
        ("End.", 10.0, "closing"),
    ]


def test_a_paragraph_that_ends_in_a_colon_leads_to_what_follows() -> None:
    """It rests as a line of verse does, since the rest of the thought is still to come."""
    assert _after("Bring three things:\n\nA cup.\n\nGo: now.\n\nCome.")[:3] == [
        ("Bring three things:", 1.6, "line"), ("A cup.", 3.2, "paragraph"), ("Go: now.", 3.2, "paragraph")
    ]  # fmt: skip


def test_roles_follow_the_kinds_of_blocks() -> None:
    """Verse, quotations and items can be spoken unlike prose."""
    cues = _cues("One. Two.\n\na cup,\na coat\n\n- b\n\n> D.")
    assert [cue.role.value for cue in cues if isinstance(cue, Say)] == [
        "prose",
        "prose",
        "verse",
        "verse",
        "item",
        "quote",
    ]


@pytest.mark.parametrize(
    ("text", "rests"),
    [
        ("What is it?\nWhat was it?\nWhere?\n\nEnd.", ["line", "line", "question"]),
        ("What is it? Where?\n\nEnd.", ["line", "question"]),
        ("It is so. Is it?\n\nEnd.", ["sentence", "question"]),
        ("Is it so? It is.\n\nEnd.", ["sentence", "paragraph"]),
        ("She said: “Is it so?”\n\nEnd.", ["paragraph"]),
        ("> Is it so?\n\nEnd.", ["paragraph"]),
        ("- What is it?\n- Where?\n\nEnd.", ["item", "question"]),
        ("What… is it?\n\nEnd.", ["ellipsis", "question"]),
    ],
)
def test_a_question_waits_for_an_answer_only_where_the_text_gives_none(text: str, rests: list[str]) -> None:
    """The last question of a block waits; earlier ones as long as a line; answered and quoted ones not at all."""
    reasons = [reason for _, _, reason in _after(text)][:-1]
    assert reasons == rests


def test_words_that_trail_off_are_two_phrases_with_the_ellipsis_between_them() -> None:
    """Within a sentence as at its end, where the longer pause wins."""
    assert _after("He waited… and came... Then he left…\n\nEnd.") == [
        ("He waited…", 1.5, "ellipsis"),
        ("and came...", 1.5, "ellipsis"),
        ("Then he left…", 3.2, "paragraph"),
        ("End.", 10.0, "closing"),
    ]


@pytest.mark.parametrize("text", ["“And so…” Mary whispered.", "— И вот… — сказал он.", "「さあ……」彼は言った。"])
def test_a_speech_that_trails_off_is_not_parted_from_its_speaker(text: str) -> None:
    """The words that say whose it is follow at once."""
    assert _after(f"Well then.\n\n{text}\n\nEnd.")[1] == (text, 3.2, "paragraph")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("The lamp was on — and nobody was in a hurry.", ["The lamp was on —", "and nobody was in a hurry."]),
        ("The lamp was on—and nobody was in a hurry.", ["The lamp was on—", "and nobody was in a hurry."]),
        ("Das war der Weg – und keiner wusste das.", ["Das war der Weg –", "und keiner wusste das."]),
        ("The night was long -- and no one came back.", ["The night was long --", "and no one came back."]),
        ("It was late, I know - and so did all of us - for a Monday in June.",
         ["It was late, I know -", "and so did all of us -", "for a Monday in June."]),
        ("他说了很多很多的话——可是没有人听见他说的话。", ["他说了很多很多的话——", "可是没有人听见他说的话。"]),
    ],
)  # fmt: skip
def test_a_dash_between_clauses_is_a_small_rest(text: str, pieces: list[str]) -> None:
    """However it is typed: the words before it keep it, and `dash_s` stands between them."""
    after = _after(f"{text}\n\nEnd.")[:-1]
    assert [piece for piece, _, _ in after] == pieces
    assert {(seconds, reason) for _, seconds, reason in after[:-1]} == {(0.6, "dash")}


@pytest.mark.parametrize(
    "text",
    [
        "The years of 1914–18 and of 1939 – 45 were far from here and now.",
        "See p. 3–5 and then go on to the next of them.",
        "A well-known and never-ending half-read book of all our hours.",
        "— Vous cherchez quelque chose dans cette maison ?",
        "– And who would ever have thought that of him?",
        "The room — a small one — was cold in the morning and at night.",
        "We had everything that we needed there — almost.",
        "No — we never did find out who had been there.",
    ],
)
def test_other_dashes_divide_nothing(text: str) -> None:
    """Ranges, compounds, the opening of a speech, and dashes with fewer than four words on one side."""
    assert [piece for piece, _, _ in _after(f"Well then.\n\n{text}\n\nEnd.")] == ["Well then.", text, "End."]


def test_a_question_with_a_dash_is_one_question() -> None:
    """Its room is at its end."""
    assert _after("What would you do today — if nobody at all were waiting?\n\nEnd.")[:-1] == [
        ("What would you do today —", 0.6, "dash"),
        ("if nobody at all were waiting?", 5.0, "question"),
    ]


def test_pauses_that_crowd_are_thinned() -> None:
    """Three or more in a row, each longer than the words before it, shrink to the words, at most by half."""
    assert _after("Rest. Wait here. Stay. Be. Then go on with whatever you like.\n\nEnd.")[:-1] == [
        ("Rest.", 0.5, "sentence"),
        ("Wait here.", 1.0, "sentence"),
        ("Stay.", 0.5, "sentence"),
        ("Be.", 0.5, "sentence"),
        ("Then go on with whatever you like.", 3.2, "paragraph"),
    ]
    slowly = _after("And then… slowly… very slowly… the light… came.\n\nEnd.")
    assert [seconds for _, seconds, _ in slowly] == [1.0, 0.8, 1.0, 1.0, 3.2, 10.0]
    stairs = _after("down\nand down\nand farther down\nwe go\n\nEnd.")
    assert [(seconds, reason) for _, seconds, reason in stairs][:4] == [
        (0.8, "line"), (1.0, "line"), (1.5, "line"), (3.2, "stanza"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Rest. Wait. Then go on with whatever you like to do.",
        "Rest. Wait.\n\nStay. Be.",
        "Rest. [pause 2s] Wait. Stay. [pause 2s] Be. Go.",
        "steam on the window\na name written in it\nand the street, very small",
    ],
)
def test_two_short_phrases_or_ordinary_verse_keep_their_pauses(text: str) -> None:
    """A crowd is three in a row in one block; a person's own pause ends it; lines may be as long as their pause."""
    full = {"sentence": 1.0, "line": 1.6}
    assert all(seconds == full.get(reason, seconds) for _, seconds, reason in _after(text))


@pytest.mark.parametrize(
    "text",
    [
        "Breathe in. Hold. Breathe out. Stay.",
        "Breathe in… and out… and in… and out.",
        "In. Out. In. Out.",
        "Einatmen. Halten. Ausatmen. Ruhen.",
        "Inspirez. Encore. Expirez. Encore.",
        "Inhala. Espera. Exhala. Descansa.",
        "Вдох. Тихо. Выдох. Тихо.",
        "吸气。停。呼气。停。",
    ],
)
def test_words_to_breathe_by_keep_their_pauses(text: str) -> None:
    """A listener breathes in them, so they are never thinned."""
    full = {"sentence": 1.0, "ellipsis": 1.5}
    inside = [(seconds, reason) for _, seconds, reason in _after(f"{text}\n\nEnd.") if reason in full]
    assert len(inside) == 3
    assert all(seconds == full[reason] for seconds, reason in inside)


def test_a_break_between_scenes_rests_longer_than_a_paragraph() -> None:
    """At a line of signs; before a heading the heading's rest is there anyway."""
    assert _after("A b.\n\n* * *\n\nC d.\n\n***\n\n## E\n\nF.")[:2] == [
        ("A b.", 5.0, "scene"), ("C d.", 5.0, "before heading"),
    ]  # fmt: skip


def test_a_question_that_the_next_speaker_answers_rests_as_a_paragraph() -> None:
    """In an interview, whose answer follows at once."""
    talk = "Anna: Why a wall?\n\nBo: It was there.\n\n**What else?**\n\nNothing.\n\nEnd."
    assert _after(talk)[:4] == [
        ("Anna: Why a wall?", 3.2, "paragraph"), ("Bo: It was there.", 3.2, "paragraph"),
        ("What else?", 3.2, "paragraph"), ("Nothing.", 3.2, "paragraph"),
    ]  # fmt: skip


def test_thinning_can_be_left_out() -> None:
    """With `thinning` 1 every pause keeps its length; a slow preset thins by its own rate and pauses."""
    text = "Rest. Wait. Stay. Be here now.\n\nEnd."
    assert {seconds for _, seconds, reason in _after(text, thinning=1.0) if reason == "sentence"} == {1.0}
    assert {seconds for _, seconds, reason in _after(text, sentence_s=3.0) if reason == "sentence"} == {1.5}


def test_pauses_of_rules_never_add_up_the_longer_one_wins() -> None:
    """A question at the end of a section waits as long as the longer of the two."""
    assert _after("Why?\n\n## A\n\nEnd.", question_s=9.0)[0] == ("Why?", 9.0, "question")
    assert _after("Why?\n\n## A\n\nEnd.", question_s=4.0)[0] == ("Why?", 5.0, "before heading")


def test_no_rule_rests_longer_than_the_longest() -> None:
    """A person still may."""
    rests = [cue for cue in _cues("One. [pause 40s] Two.\n\n## A\n\nB.", longest_s=4.0) if isinstance(cue, Rest)]
    assert max(rest.seconds for rest in rests if rest.reason is not Reason.MARK) == 4.0
    assert Rest(40.0, Reason.MARK) in rests


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("One. [pause 7s] Two.", 7.0),
        ("One.\n\n[pause 7s]\n\nTwo.", 7.0),
        ("One. [pause 7s]\n\nTwo.", 7.0),
        ("One.\n\n[pause 5s]\n\n[pause 2s]\n\nTwo.", 7.0),
        ("One\n[pause 0.5]\nTwo.", 0.5),
    ],
)
def test_a_persons_pause_replaces_the_rules(text: str, rest: float) -> None:
    """Shorter or longer, in a line or alone; two of them add up."""
    cues = _cues(text)
    one = next(place for place, cue in enumerate(cues) if isinstance(cue, Say))
    assert cues[one + 1] == Rest(rest, Reason.MARK)
    assert isinstance(cues[one + 2], Say)


def test_a_pause_of_nothing_takes_the_rest_away() -> None:
    """`[pause 0]` joins two sentences."""
    assert _cues("One. [pause 0] Two.")[2:4] == [Say("One.", Role.PROSE), Say("Two.", Role.PROSE)]


def test_bells_breaths_and_chapters_stand_where_they_were_written() -> None:
    """The rule's rest comes before them; a bell and a breath have a rest after them."""
    assert _cues("One.\n\n[bell]\n\n[breath x2]\n\n[chapter B]\n\nTwo.", breath_in_s=3, breath_out_s=5)[2:] == [
        Say("One.", Role.PROSE),
        Rest(3.2, Reason.PARAGRAPH),
        Bell(),
        Rest(3.0, Reason.BELL),
        Breath(3.0, 5.0, 2),
        Rest(3.2, Reason.PARAGRAPH),
        ChapterStart("B"),
        Say("Two.", Role.PROSE),
        Rest(10.0, Reason.CLOSING),
    ]


def test_a_chapter_mark_before_a_heading_names_its_chapter() -> None:
    """No chapter is empty: one name replaces the other, and the person's stays."""
    chapters = [
        cue.title
        for cue in _cues("[chapter X]\n\nOne.\n\n[chapter Y]\n\n## Z\n\nTwo.")
        if isinstance(cue, ChapterStart)
    ]
    assert chapters == ["X", "Y"]


def test_what_can_not_be_spoken_makes_no_phrase() -> None:
    """Emoji and signs are passed over, and their rests don't add to others."""
    assert [text for text, _, _ in _after("One. 🌙\n\n✨\n\nTwo.")] == ["One.", "Two."]


def test_every_reason_has_its_pause_in_the_pacing_and_every_pause_its_reason() -> None:
    """The names are kept in step: `before heading` is `before_heading_s`."""
    fields = {name for name in Pacing.__struct_fields__ if name.endswith("_s")}
    others = {"breath_in_s", "breath_out_s", "longest_s", "duration_s"}
    rules = [reason for reason in Reason if not reason.by_person]
    assert {f"{reason.value.replace(' ', '_')}_s" for reason in rules} == fields - others
    for place, reason in enumerate(rules):
        field = f"{reason.value.replace(' ', '_')}_s"
        assert seconds_for(reason, structs.replace(Pacing(longest_s=60), **{field: 20.0 + place})) == 20.0 + place


def test_of_more_than_255_chapters_the_smallest_join_the_one_before() -> None:
    """An MP3 file's table of contents counts them in one byte; every heading is still read, after its bell."""
    text = "# T\n\n" + "\n\n".join(f"## H{n}\n\n{'A.' if n == 7 else 'A b.'}" for n in range(255))
    cues = _cues(text)
    chapters = [cue.title for cue in cues if isinstance(cue, ChapterStart)]
    assert (len(chapters), "H7" in chapters, Say("H7", Role.HEADING) in cues) == (255, False, True)
    with pytest.raises(SourceTooLarge, match="256 chapters; an MP3 file can list 255"):
        _cues("\n\n".join(f"[chapter {n}]\n\nA." for n in range(256)))


def test_headings_with_nothing_between_them_begin_one_chapter() -> None:
    """A part and its first chapter are read one after the other, after a single bell."""
    cues = _cues("# T\n\nA.\n\n## Two\n\n### Lanes\n\nB.\n\n## Three\n\nC.")
    assert [cue.title for cue in cues if isinstance(cue, ChapterStart)] == ["T", "Two: Lanes", "Three"]
    assert sum(isinstance(cue, Bell) for cue in cues) == 2


def test_a_bad_mark_in_an_article_made_by_hand_names_the_line() -> None:
    """Such an article never went through `read`."""
    block = Block(BlockKind.PARAGRAPH, (Line("One. [paus 3s]", 12),))
    article = Article("", "", "", "", "", (Section(None, (block,)),))
    with pytest.raises(ScriptError, match=r"the article:12:6: \[paus 3s\]"):
        pace(article, Pacing())


@pytest.mark.parametrize(
    ("name", "words", "chapters"), [("the-hour-before-the-house-wakes", 600, 5), ("one-quiet-minute", 80, 2)]
)
def test_the_examples_are_as_long_as_they_say_and_rich_in_kinds(name: str, words: int, chapters: int) -> None:
    """About 600 words with verse, questions and a quotation, and about 80 for quick tests."""
    script = pace(read(open_source(Path(EXAMPLES / f"{name}.md"))), Pacing())
    assert estimate(script, 125).words == pytest.approx(words, rel=0.05)
    assert sum(isinstance(cue, ChapterStart) for cue in script.cues) == chapters
    reasons = {cue.reason for cue in script.cues if isinstance(cue, Rest)}
    assert {Reason.SENTENCE, Reason.LINE, Reason.STANZA, Reason.ELLIPSIS} <= reasons
    share = estimate(script, 125).silence_s / estimate(script, 125).total_s
    assert 0.35 < share < 0.60


def test_a_mark_gives_the_words_after_it_another_voice() -> None:
    """Until `[voice]`, over paragraphs and headings; in the middle of a sentence no pause is made for it."""
    cues = _cues("He said, [voice Emma] “Come in.”\n\nShe sat. [voice] He stood.")
    says = [cue for cue in cues if isinstance(cue, Say)]
    assert [(say.text, say.voice) for say in says] == [
        ("He said,", ""),
        ("“Come in.”", "emma"),
        ("She sat.", "emma"),
        ("He stood.", ""),
    ]
    first = cues.index(says[0])
    assert cues[first + 1] == says[1]
    assert cues[cues.index(says[2]) + 1] == Rest(1.0, Reason.SENTENCE)


@pytest.mark.parametrize("bracket", ["[voices off]", "[vice versa]", "[Voices]"])
def test_words_like_voice_stay_words(bracket: str) -> None:
    """A stage direction isn't a mistyped mark."""
    assert any(isinstance(cue, Say) and bracket in cue.text for cue in _cues(f"Well {bracket} then."))


def test_a_voice_that_cant_be_a_name_is_told_with_its_place() -> None:
    """Line and column, and what is allowed."""
    with pytest.raises(ScriptError, match=r"1:6: \[voice trailing off\] can't be understood. A voice needs its name"):
        _cues("Well [voice trailing off] then.")
