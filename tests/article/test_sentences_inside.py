"""Sentences inside quotation marks, speech and its tag, and abbreviations that are ordinary words."""

from __future__ import annotations

import pytest

from audio_builder.article.sentences import own_questions, sentences


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He told us, “Sit. | Stay a while. | Nothing is late.”"),
        ("en", "‘Sit. | Stay a while. | Go on,’ he told us."),
        ("en", "Then: \"Sit. | 'Stay,' she told me. | 'Go.' | So I went.\""),
        ("en", "“‘Lie down. | Rest,’ he told me. | ‘Sleep.’ | Then he left.” | So it was."),
        ("en", "(Nobody came. | It was late.) | Then the rain came."),
        ("en", "[He stood up. | He left.] | It rained."),
        ("de", "„Setz dich. | Bleib hier. | Lass los“, sagte er."),
        ("de", "»Setz dich. | Bleib hier.« | Er ging."),
        ("fr", "« Assieds-toi. | Reste ici. | Laisse », dit-il."),
        ("es", "«Siéntate. | Quédate. | Suelta», dijo."),
        ("ru", "«Сядь. | Останься. | Отпусти», — сказал он."),
        ("zh", "“坐吧。 | 别着急。 | 慢慢来。”他说。 | 天黑了。 | “好。” | 我坐下了。"),
        ("zh", "「坐吧。 | 『不用怕。 | 他在。』 | 慢慢來。」媽媽說。"),
        ("ja", "「座って。 | 急がないで。」と母は言った。 | 日が暮れた。"),
        ("hi", "“बैठो। | रुको। | छोड़ दो।” उसने कहा।"),
        ("ar", "«اجلس. | تنفس. | اترك.» قال الشيخ."),
    ],
)
def test_each_sentence_inside_quotation_marks_or_brackets_is_one(language: str, text: str) -> None:
    """In every script and kind of quotation marks, and nested; the tag stays with the last of them."""
    assert _cut(text, language) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "“Is it you?” I asked. | “Who else?” Anna said. | “Wait!” the old man called."),
        ("en", "“Come!” Old Peter Lind shouted. | “And then…” Mary whispered. | “Oh!” cried he."),
        ("en", "“Come!” | I looked up. | “Come.” | Mary said nothing."),
        ("en", "Why now? she thought. | Who is there? I asked myself. | Ah! how it rained."),
        ("en", "What is it? | what was it? | Then it was gone."),
        ("en", "is it late? | yes. | “who is it?” she asked. | no."),
        ("es", "—¿Vienes? —preguntó ella. | —Sí. | Ya voy —dijo él."),
        ("fr", "— Tu viens ? demanda-t-elle. | — Oui, dit-il. | « Viens ! » dit Marie."),
        ("ru", "— Ты идёшь? — спросила она. | — Да. | Иду."),
        ("hu", "– Jössz? – kérdezte Anna. | – Igen."),
        ("ja", "「誰？」彼女は聞いた。 | 何だろう？と彼は思った。 | 雨だった。"),
        ("hi", "“कौन है?” उसने पूछा। | बारिश थी।"),
        ("he", "“מי שם?” שאלתי. | ירד גשם."),
        ("ar", "«من هناك؟» سألت. | كان الليل."),
        ("ko", "“누구세요?” 그가 물었다. | 비가 왔다."),
        ("ka", "„ვინ არის?“ იკითხა მან. | წვიმდა."),
        ("tr", "“Kim o?” diye sordu. | “Gel!” Ali dedi."),
    ],
)
def test_the_words_that_say_who_spoke_stay_with_the_speech(language: str, text: str) -> None:
    """With capitals or without, before a dash or after a quotation mark, and after a thought without either."""
    assert _cut(text, language) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He saw me. | I saw him. | It was no. | Sit. | She fell ill. | Rest came. | It was May. | Snow."),
        ("en", "Salt, oil, etc. | Then we ate. | A ripe fig. | I ate it. | Yes, miss. | Sit. | In the sun."),
        ("en", "It is art. | Breathe. | Tell Ed. | I did. | In the pen. | So it is. | Take a sec. | Go."),
        ("en", "See no. 4, fig. 2, art. 3 and op. 27. | Then vol. II, ch. IV and Vol. I. | It ended."),
        ("en", "On Mar. 3 and Dec. 24 he came. | Lind, ed. J. Brown, has it."),
        ("en", "The Ven. Sumana and Bro. Paul met Lt. Col. Hill at Mt. Blue. | Prof. A. Lind spoke."),
        ("en", "We took Plan B. | Then we left. | So do I. | At 5 p.m. | He left. | He serves in the U.S. Navy."),
        ("en", "Read Acts ii. 4, 1 Cor. xii. 3 and Ps. cxxx. 5. | After that, 2 Chron. vi. 7. | Dhp. 183."),
        ("en", "It lasted ten min. | Then it rained. | He took 5 lbs. | Then he left. | Hmm. | Nobody spoke."),
        ("de", "Er kam am 4. Juni mit Hr. Lind, d. h. Paul. | Nr. 4. | Es ist die Art. | Komm. | Lies 1. Kor. 13."),
        ("fr", "M. Roux et Mme. Lind. | C'est de l'art. | Respire. | Voir p. 12."),
        ("es", "El Sr. Ruiz dijo que no. | Ella rió. | Es arte. | Respira. | Pág. 3."),
        ("it", "Il sig. Rossi disse no. | Lei rise. | P. es. Roma."),
        ("nl", "Dhr. De Wit zei nee. | Zij lachte. | Blz. 12."),
        ("ru", "А. С. Лунин жил на ул. Мира. | Гл. 3. | Это был я. | Потом снег."),
        ("ru", "См. Деян. 4:30 и Рим. 8:28. | Преп. Павел пришёл."),
        ("de", "Es war im 3. Jh. v. Chr. | Der Ehrw. Sumana kam. | Siehe Apg. 4,30."),
        ("es", "Vino de EE. UU. ayer. | Hch. iv. 30. | Sto. Tomás lo dijo."),
        ("cs", "Byl to krk. | Potom prst. | Sv. Jan."),
    ],
)  # fmt: skip
def test_an_abbreviation_needs_what_it_stands_before(language: str, text: str) -> None:
    """A number, a name or an initial: everything else is an ordinary word, and its stop ends the sentence."""
    assert _cut(text, language) == text


@pytest.mark.parametrize("text", ["1. First Light.", "3. Mai 2026", "IV. The Gate", "A. The first of it."])
def test_what_counts_a_line_is_no_sentence(text: str) -> None:
    """The number stays with what it counts."""
    assert sentences(text, "de") == (text,)


def test_a_source_after_a_dash_is_said_after_its_quotation() -> None:
    """Though no space parts them."""
    assert sentences('"Be still."--Ps. xlvi. 10.', "en") == ('"Be still."', "--Ps. xlvi. 10.")


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("“Who is it? Where? Tell me.” Why?", [False, False, False, True]),
        ("“Who is it? Where?", [False, False]),
        ('"Who is it? Where?" What now?', [False, False, True]),
        ("„Wer? Wo?“ Was nun?", [False, False, True]),
        ("«Qui ? Où ?", [False, False]),
    ],
)
def test_a_question_in_a_long_quotation_is_not_the_writers(text: str, own: list[bool]) -> None:
    """Whatever its quotation marks, and where another paragraph closes them."""
    assert own_questions(sentences(text, "en")) == own


def _cut(text: str, language: str) -> str:
    """Return a text written with `|` between its sentences as it is found to be."""
    written = text.replace(" | ", "" if language in ("zh", "ja") else " ")
    return " | ".join(sentences(written, language))
