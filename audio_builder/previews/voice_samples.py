"""A sample of each voice, and a page to compare them."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import jinja2
import msgspec
from markupsafe import Markup
from msgspec import Struct

from audio_builder.article.source import source_from_bytes
from audio_builder.episode.naming import file_stem
from audio_builder.errors import AudioBuilderError
from audio_builder.files import check_named, write_named
from audio_builder.pipeline import build
from audio_builder.progress import Progress, silent
from audio_builder.recipe.settings import Recipe, Tags
from audio_builder.script.estimate import clock
from audio_builder.voices.catalogue import find_voice, scan_voices
from audio_builder.voices.profile import VoiceProfile
from audio_builder.voices.status import voice_status


class PageEntry(Struct, frozen=True, kw_only=True):
    """One thing on the page.

    Attributes:
        name: what the user types.
        about: one line.
        audio: the sample's file name, in the page's folder; empty where there is none.
        facts: what is known of it, each a label and a value.
        use: the option that chooses it, such as `--voice lark`; empty where no option does.
        problem: why there is no sample; empty where there is one.
        mend: what to do about that.
    """

    name: str
    about: str
    audio: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    use: str = ""
    problem: str = ""
    mend: str = ""


class PageSection(Struct, frozen=True, kw_only=True):
    """A heading and what stands under it; a section without a heading is the page's only one."""

    heading: str = ""
    entries: tuple[PageEntry, ...]


def sample_page(title: str, intro: str, sections: Sequence[PageSection], nothing: str) -> bytes:
    """Return the page, UTF-8: the samples that were made, then what has none.

    Args:
        title: of the page.
        intro: one paragraph under it.
        sections: in the order in which they are shown.
        nothing: what is said where there is no sample at all.
    """
    style = _source("page.css")
    made = [
        PageSection(heading=section.heading, entries=tuple(entry for entry in section.entries if entry.audio))
        for section in sections
    ]
    page = _environment().get_template("page.html").render(
        title=title,
        intro=intro,
        sections=[section for section in made if section.entries],
        missing=[entry for section in sections for entry in section.entries if not entry.audio],
        nothing=nothing,
        # Our own file, the only text on the page that isn't escaped; the policy admits it by its hash.
        style=Markup(style),  # noqa: S704
        style_hash=f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}",
    )  # fmt: skip
    return page.encode("utf-8", "replace")


@functools.cache
def _source(name: str) -> str:
    return (resources.files("audio_builder.previews") / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_source), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip


PAGE = "voices.html"
_TITLE = "Voices side by side"
_INTRO = "The same words over the same background, each as loud as an episode is. All of these voices are synthetic."
_NO_WORDS = "und"


class Sample(Struct, frozen=True, kw_only=True):
    """A voice on the page.

    Attributes:
        name: what the user types.
        description: one line.
        engine: name of its engine.
        licence: SPDX identifier.
        attribution: whom to credit.
        language: BCP 47 tag of the voice.
        slowest_wpm: slowest measured rate inside phrases.
        fastest_wpm: fastest measured rate inside phrases.
        problem: why there is no sample; empty where there is one.
        mend: what to do about that.
        audio: the sample's file name, in the page's folder; empty where there is none.
        duration_s: of the sample.
        wpm: words per minute inside phrases, measured on the sample.
    """

    name: str
    description: str
    engine: str
    licence: str
    attribution: str
    language: str
    slowest_wpm: float
    fastest_wpm: float
    problem: str = ""
    mend: str = ""
    audio: str = ""
    duration_s: float = 0.0
    wpm: float = 0.0


@dataclass(frozen=True, slots=True)
class Preview:
    """What was made."""

    page: Path
    samples: tuple[Sample, ...]


def make_preview(
    names: Sequence[str],
    folder: Path,
    begin: Callable[[str], Progress] = lambda _name: silent,
    *,
    force: bool = False,
) -> Preview:
    """Build a short episode with each voice, and the page to compare them.

    A voice that isn't ready, or that fails, is on the page with what to do about it; the others are made.

    Args:
        names: voices or blends; none for all that speak words.
        folder: where they go; made if it isn't there.
        begin: told of each voice that is begun; what it returns is told of the steps of its build.
        force: whether they may replace what is there.

    Raises:
        UnknownVoice: there is none of a name.
        VoiceError: a profile is malformed.
        OutputError: the folder can't be written.
    """
    wanted = {name: find_voice(name) for name in names} or {
        name: found
        for name, found in scan_voices().items()
        if isinstance(found, VoiceProfile) and found.language != _NO_WORDS
    }
    page = folder / PAGE
    check_named(page, force=force)
    samples = tuple(_sample(name, profile, folder, begin, force=force) for name, profile in wanted.items())
    folder.mkdir(parents=True, exist_ok=True)
    write_named(page, preview_page(samples), force=force)
    return Preview(page, samples)


def _sample(name: str, profile: VoiceProfile, folder: Path, begin: Callable[[str], Progress], *, force: bool) -> Sample:
    words, language = sample_text(profile.language)
    status = voice_status(profile)
    sample = Sample(
        name=name,
        description=profile.description,
        engine=profile.engine,
        licence=profile.licence,
        attribution=profile.attribution,
        language=profile.language,
        slowest_wpm=status.slowest_wpm,
        fastest_wpm=status.fastest_wpm,
        problem=status.problem,
        mend=status.mend,
    )
    if not status.ready:
        return sample
    recipe = Recipe(
        voice=name, tags=Tags(title=f"The voice {name}", show="Voices", language=language, carry_source=False)
    )
    try:
        # Its id says that a later sample of the voice is a new version of this one, whatever its words are then.
        text = f"---\nid: the voice {file_stem(name)}\n---\n{words}"
        source = source_from_bytes(text.encode(), f"{profile.name}.txt")
        report = build(source, recipe, folder, if_there="replace" if force else "new version", progress=begin(name))
    except AudioBuilderError as error:
        return msgspec.structs.replace(sample, problem=error.message, mend=error.hint)
    return msgspec.structs.replace(
        sample,
        audio=Path(report.path).name,
        duration_s=report.duration_s,
        wpm=report.voice.wpm_measured,
    )


def preview_page(samples: Sequence[Sample]) -> bytes:
    """Return the page, UTF-8: the samples that were made, then the voices without one.

    Args:
        samples: in the order in which they are shown.
    """
    entries = tuple(_entry(sample) for sample in samples)
    return sample_page(_TITLE, _INTRO, [PageSection(entries=entries)], "None of these voices is ready yet.")


def _entry(sample: Sample) -> PageEntry:
    rates = f"{sample.slowest_wpm:.0f} to {sample.fastest_wpm:.0f}"
    facts = (
        ("Length", clock(sample.duration_s)),
        ("Rate", f"{sample.wpm:.0f} words per minute here; it can speak at {rates}"),
        ("Language", sample.language),
        ("Engine", sample.engine),
        ("Licence", f"{sample.licence}. {sample.attribution}" if sample.attribution else sample.licence),
    )
    return PageEntry(
        name=sample.name,
        about=sample.description,
        audio=sample.audio,
        facts=facts,
        use=f"--voice {sample.name}",
        problem=sample.problem,
        mend=sample.mend,
    )


_SAMPLES = {
    "en": """Sit for a moment wherever you are.

The window is open a little, and somewhere below a gate falls shut. Nothing needs an answer before this breath is over.

What would be enough for today?

A cup, still warm,
two hands around it,
the light on the table.

Stay with that for as long as you like.""",
    "de": """Setz dich für einen Augenblick hin, wo du gerade bist.

Das Fenster steht ein wenig offen, und unten fällt irgendwo ein Tor ins Schloss. Nichts braucht eine Antwort, bevor \
dieser Atemzug vorbei ist.

Was wäre heute genug?

Eine Tasse, noch warm,
zwei Hände darum,
das Licht auf dem Tisch.

Bleib dabei, so lange du magst.""",
    "es": """Siéntate un momento, dondequiera que estés.

La ventana está un poco abierta, y abajo, en algún lugar, se cierra una puerta. Nada necesita respuesta antes de que \
termine esta respiración.

¿Qué sería suficiente para hoy?

Una taza, todavía tibia,
dos manos que la rodean,
la luz sobre la mesa.

Quédate ahí todo el tiempo que quieras.""",
    "fr": """Asseyez-vous un instant, là où vous êtes.

La fenêtre est entrouverte, et quelque part en bas une grille se referme. Rien n'attend de réponse avant la fin de ce \
souffle.

Qu'est-ce qui suffirait pour aujourd'hui ?

Une tasse, encore tiède,
deux mains autour d'elle,
la lumière sur la table.

Restez là aussi longtemps que vous voulez.""",
    "it": """Siediti un momento, ovunque tu sia.

La finestra è un po' aperta, e da qualche parte, in basso, si chiude un cancello. Nulla ha bisogno di una risposta \
prima che finisca questo respiro.

Che cosa basterebbe per oggi?

Una tazza, ancora tiepida,
due mani intorno,
la luce sul tavolo.

Resta lì quanto vuoi.""",
    "pt": """Sente-se um momento, onde quer que você esteja.

A janela está um pouco aberta, e em algum lugar lá embaixo um portão se fecha. Nada precisa de resposta antes que \
esta respiração termine.

O que seria suficiente para hoje?

Uma xícara, ainda morna,
duas mãos em volta dela,
a luz sobre a mesa.

Fique com isso pelo tempo que quiser.""",
    "hi": """जहाँ भी हो, एक पल बैठ जाओ।

खिड़की थोड़ी खुली है, और नीचे कहीं एक दरवाज़ा बंद होता है। इस साँस के पूरा होने से पहले किसी बात को जवाब नहीं चाहिए।

आज के लिए क्या काफी होगा?

एक प्याला, अभी भी गरम,
उसके चारों ओर दो हाथ,
मेज़ पर रोशनी।

जितनी देर चाहो, इसी के साथ रहो।""",
    "ja": """どこにいても、少しのあいだ座ってください。

窓は少し開いていて、下のどこかで門が閉まります。この呼吸が終わるまで、何にも答えなくていいのです。

今日は何があれば十分でしょうか。

まだ温かいカップ、
それを包む両手、
テーブルの上の光。

好きなだけ、そこにいてください。""",
    "zh": """不管你在哪里，先坐一会儿。

窗户开着一点，楼下什么地方有一扇门关上了。在这次呼吸结束之前，没有什么需要回答。

今天有什么就够了？

一个还温着的杯子，
捧着它的双手，
桌上的光。

想待多久，就待多久。""",
}


def sample_text(language: str) -> tuple[str, str]:
    """Return the words for a voice, and the language that they are in; English where there are none in its own.

    Args:
        language: the voice's BCP 47 tag.
    """
    tag = language.partition("-")[0].lower()
    spoken = tag if tag in _SAMPLES else "en"
    return _SAMPLES[spoken].replace("\\\n", ""), spoken
