"""`audio-builder voices`: the voices there are, whether each can speak here, and what can be done with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audio_builder.cli.console import Console, bar_for_each, printable, progress_bar
from audio_builder.cli.lazy import OrderedGroup
from audio_builder.cli.options import (
    force_option,
    json_output,
    named_as,
    recipe_from_options,
    recipe_options,
    verbosity,
)

if TYPE_CHECKING:
    from audio_builder.voices.status import VoiceDetails, VoiceStatus

_NOTABLE_PERCENT = 0.1


@click.group(
    "voices",
    cls=OrderedGroup,
    invoke_without_command=True,
    epilog="""\b
Examples:
  audio-builder voices
  audio-builder voices --json
  audio-builder voices show joe
""",
)
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the voices: those that are ready on this machine, then those that can be fetched, with their sizes.

    That is what `voices` alone does; each command below has its own help.

    Rates are in words per minute (wpm), measured inside phrases; in Japanese and Chinese in characters, of which two
    count as a word.
    """
    if ctx.invoked_subcommand is not None:
        return
    from audio_builder.voices.status import voice_statuses
    from audio_builder.voices.voice_choice import ENGLISH_VOICE

    console = ctx.ensure_object(Console)
    statuses = voice_statuses()
    if as_json:
        console.result_json({"schema_version": 1, "voices": statuses})
        return
    console.result("Ready on this machine")
    for status in (one for one in statuses if one.ready):
        marker = " (default for English)" if status.name == ENGLISH_VOICE else ""
        rates = _rates(status)
        rates += f" (not measured: those of {status.rates_of})" if status.rates_of else ""
        console.result(f"  {status.name}{marker}: {status.description}")
        console.result(f"      {status.language}, {rates}, engine {status.engine}, licence {status.licence}")
    fetchable = [one for one in statuses if one.fetchable]
    if fetchable:
        console.result("\nFetched once with audio-builder voices install NAME")
    for status in fetchable:
        size = f"{status.missing_mb:.1f} MB" if status.missing_mb else ""
        console.result(f"  {status.name:<12} {status.language:<5} {size:>7}  {status.description}")
    for status in statuses:
        if not (status.ready or status.fetchable):
            console.result(f"\n{status.name} can't be used: {status.problem}. {status.mend}")


@command.command(
    "show",
    short_help="Say everything about one voice.",
    epilog="""\b
Examples:
  audio-builder voices show joe
  audio-builder voices show joe --json
""",
)
@click.argument("name", metavar="NAME")
@json_output
@verbosity
@click.pass_context
def show_command(ctx: click.Context, name: str, as_json: bool) -> None:
    """Say everything about one voice: language, licence, measured rates (wpm), its files and where they come from."""
    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.status import voice_details

    console = ctx.ensure_object(Console)
    details = voice_details(find_voice(name))
    if as_json:
        console.result_json({"schema_version": 1, "voice": details})
        return
    for line in _details_in_lines(details):
        console.result(line)


def _rates(status: VoiceStatus) -> str:
    """Return a voice's slowest and fastest rate in the unit that fits its language."""
    from audio_builder.script.phrases import unit_of

    per_word, noun = unit_of(status.language)
    return f"{status.slowest_wpm * per_word:.0f} to {status.fastest_wpm * per_word:.0f} {noun}s per minute"


def _details_in_lines(details: VoiceDetails) -> list[str]:
    status = details.status
    rates = _rates(status)
    measured = f"measured at {len(details.calibration)} settings"
    if details.rates_of:
        measured = f"those of {details.rates_of}; measure its own: audio-builder voices calibrate {status.name}"
    lines = [
        f"{status.name}: {status.description}",
        f"    language   {status.language}",
        f"    engine     {status.engine}",
        f"    licence    {status.licence}" + (f" ({details.attribution})" if details.attribution else ""),
        f"    rates      {rates}, {measured}",
        f"    size       {details.size_bytes / 1e6:.0f} MB" if details.files else "    size       no files of its own",
    ]
    for file in details.files:
        lines.append(f"    file       {file.name}, {file.size_bytes:,} bytes, SHA-256 {file.sha256}")
        lines.append(f"               {file.path}" if file.path else "               not on this machine")
        lines += [f"               from {source}" for source in file.sources]
    lines.append("    ready" if status.ready else f"    not ready: {status.problem}. {status.mend}")
    return lines


@command.command(
    "search",
    short_help="Search Piper's catalogue of voices.",
    epilog="""\b
Examples:
  audio-builder voices search de
  audio-builder voices search german high
  audio-builder voices search --refresh
""",
)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--refresh", is_flag=True, help="Fetch the catalogue anew.")
@json_output
@verbosity
@click.pass_context
def search_command(ctx: click.Context, words: tuple[str, ...], refresh: bool, as_json: bool) -> None:
    """List the voices of Piper's public catalogue that fit all WORDs: a language, a name, a quality.

    The catalogue is fetched the first time (about 0.3 MB) and kept. `audio-builder voices install NAME` fetches a voice
    of it, and shows its licence first. Sizes are in MB. None of these voices was measured here.
    """
    from audio_builder.voices.install.piper_voices import read_catalogue, search_catalogue

    console = ctx.ensure_object(Console)
    with progress_bar(console) as progress:
        voices = read_catalogue(progress, refresh=refresh)
    found = search_catalogue(voices, words)
    if as_json:
        listed = [{"name": voice.key, "language": voice.language.code, "size_mb": voice.size_mb} for voice in found]
        console.result_json({"schema_version": 1, "voices": listed})
        return
    for voice in found:
        console.result(printable(f"{voice.key}: {voice}"))
    if not found:
        console.say(f"None of {len(voices)} voices fits {' '.join(words)}.")


@command.command(
    "install",
    short_help="Fetch what voices need.",
    epilog="""\b
Examples:
  audio-builder voices install joe
  audio-builder voices install emma michael
  audio-builder voices install de_DE-thorsten-medium
""",
)
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Agree to the licence of a voice of Piper's catalogue without being asked.")
@verbosity
@click.pass_context
def install_command(ctx: click.Context, names: tuple[str, ...], yes: bool) -> None:
    """Fetch what voices need: their files, and the Python packages of their engines where those are missing.

    What will be fetched is listed first, with its size in MB and its licence. Files go into your data folder; each
    comes from the first of its sources that works (`audio-builder voices show NAME` lists them). Packages are
    installed by pip into this Python, in the versions that were checked. Every file's SHA-256 is compared with the
    one that is pinned. Nothing else is ever downloaded.

    A NAME may also be one of Piper's catalogue (`audio-builder voices search`): its size and MD5 are compared with the
    catalogue's, and its licence is shown before it is fetched.
    """
    from audio_builder.voices.catalogue import find_voice, is_voice
    from audio_builder.voices.install.piper_voices import looks_like_piper
    from audio_builder.voices.install.voice_install import install_voice, needed_downloads

    console = ctx.ensure_object(Console)
    ours = [name for name in names if is_voice(name) or not looks_like_piper(name)]
    for name in names:
        if name not in ours:
            install_piper_voice(name, console, yes=yes)
    for profile in [find_voice(name) for name in ours]:
        needed = needed_downloads(profile)
        if not str(needed):
            console.result(f"{profile.name}: ready, nothing to fetch")
            continue
        console.say(f"{profile.name} needs {needed}.")
        with progress_bar(console) as progress:
            fetched = install_voice(needed, progress)
        for path, source in fetched:
            console.detail(f"{path} from {source}")
        console.result(f"{profile.name}: fetched and checked, ready for --voice {profile.name}")


@command.command(
    "remove",
    short_help="Remove what was installed for voices.",
    epilog="""\b
Examples:
  audio-builder voices remove nicole
  audio-builder voices remove heart emma
""",
)
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@verbosity
@click.pass_context
def remove_command(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Remove what was installed or added for voices; what another installed voice needs stays.

    Files that came with a Python package stay too: pip removes those.
    """
    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.install.voice_install import remove_voice

    console = ctx.ensure_object(Console)
    for profile in [find_voice(name) for name in names]:
        done = remove_voice(profile)
        for path in done.removed:
            console.result(f"{profile.name}: removed {path}")
        for path in done.shared:
            console.result(f"{profile.name}: kept {path}, which another voice needs")
        if not done.removed and not done.shared:
            console.result(f"{profile.name}: nothing of it was installed here")


@command.command(
    "add",
    short_help="Make a voice of any Piper model.",
    epilog="""\b
Examples:
  audio-builder voices add de_DE-thorsten-medium.onnx
  audio-builder voices add my-voice.onnx --name ada --licence CC-BY-4.0
""",
)
@click.argument("model", metavar="FILE.onnx", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", default="", help="What to call it.  [default: made from the file's name]")
@click.option("--licence", metavar="SPDX", default="", help="The voice's licence, such as CC0-1.0.")
@verbosity
@click.pass_context
def add_command(ctx: click.Context, model: Path, name: str, licence: str) -> None:
    """Make a voice of a Piper model: FILE.onnx, with FILE.onnx.json beside it.

    Both are copied into your data folder. The rates (wpm) of another Piper voice stand in until you measure
    its own with `audio-builder voices calibrate`.
    """
    from audio_builder.voices.install.piper_voices import add_piper_voice

    profile = add_piper_voice(model, name, licence)
    console = ctx.ensure_object(Console)
    console.result(f"{profile.name}: {profile.language}, ready for --voice {profile.name}")


@command.command(
    "calibrate",
    short_help="Measure how fast voices speak, and store it with them.",
    epilog="""\b
Examples:
  audio-builder voices calibrate system
  audio-builder voices calibrate thorsten-medium heart
""",
)
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@verbosity
@click.pass_context
def calibrate_command(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Measure how many words per minute voices speak at the settings in their profiles, and store it there.

    A passage of 390 words is spoken at each setting: one to ten minutes for a voice. Stop it when you like; the
    same command goes on where it stopped.
    """
    from audio_builder.errors import VoiceError
    from audio_builder.narration.calibration import calibrate, store_calibration
    from audio_builder.narration.clip_cache import ClipCache
    from audio_builder.voices.blend import is_blend
    from audio_builder.voices.catalogue import find_voice

    console = ctx.ensure_object(Console)
    if blends := [name for name in names if is_blend(name)]:
        raise VoiceError(
            f"a blend has no profile to store rates in: “{blends[0]}”",
            hint="Measure the voices that it is made of; its rates follow from theirs.",
        )
    for profile in [find_voice(name) for name in names]:
        with progress_bar(console) as progress:
            measured = calibrate(profile, ClipCache(), progress)
        path = store_calibration(profile.name, measured)
        console.result(f"{profile.name}: measured at {len(measured)} settings, kept in {path}")
        for old, new in zip(profile.calibration, measured, strict=True):
            off = 100 * (old.wpm / new.wpm - 1)
            told = f"the profile said {old.wpm:.1f}, {off:+.1f} %" if abs(off) >= _NOTABLE_PERCENT else "as before"
            console.result(f"    {new.wpm:.1f} words per minute at {new.setting:g} ({told})")


@command.command(
    "preview",
    short_help="Make a sample of each voice, and a page to compare them.",
    epilog="""\b
Examples:
  audio-builder voices preview
  audio-builder voices preview joe heart heart:0.7+michael:0.3 -o samples
""",
)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="voice-preview",
    show_default=True,
    metavar="FOLDER",
    help="Where the samples and the page go.",
)
@force_option
@verbosity
@click.pass_context
def preview_command(ctx: click.Context, names: tuple[str, ...], output: Path, force: bool) -> None:
    """Make a short episode with each voice that is ready, and a page to compare them; print the page's path.

    Each sample lasts about a minute (60 s) and is mixed and mastered as an episode is. Voices that aren't ready are
    on the page with the command that makes them ready.
    """
    from audio_builder.previews.sample_episodes import preview_voices

    console = ctx.ensure_object(Console)
    with bar_for_each(console) as begin:
        made = preview_voices(names, output, begin, force=force)
    for sample in made.entries:
        if sample.problem:
            console.say(f"{sample.name}: no sample. {sample.problem}. {sample.mend}")
    console.result_path(made.page)


@command.command(
    "say",
    short_help="Speak a few words into a file, to try how they sound.",
    epilog="""\b
Examples:
  audio-builder voices say "Thich Nhat Hanh was born in 1926."
  audio-builder voices say "The tao is here." --lexicon words.toml -o tao.wav
""",
)
@click.argument("text", metavar="TEXT")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=named_as(".wav", "the sound is a WAV"),
    default="said.wav",
    show_default=True,
    metavar="FILE.wav",
    help="Where the sound goes.",
)
@force_option
@recipe_options("voice", "lexicon", "wpm", "language")
@verbosity
@click.pass_context
def say_command(
    ctx: click.Context,
    /,
    text: str,
    output: Path,
    force: bool,
    recipe_file: Path | None,
    **chosen: str | float | None,
) -> None:
    """Speak TEXT into a WAV file, to try how a voice says a word, and print its path.

    A pronunciation of your own goes into a lexicon. Rates are in words per minute (wpm).
    """
    from audio_builder.article.language import language_of
    from audio_builder.files import check_named, write_named
    from audio_builder.narration.narrate import say_as_wav
    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.languages import in_language
    from audio_builder.voices.prepare import prepare_voice
    from audio_builder.voices.spoken.lexicon import read_lexicon
    from audio_builder.voices.voice_choice import AUTO, VoiceChoice, choose_voice

    console = ctx.ensure_object(Console)
    check_named(output, force=force)
    recipe = recipe_from_options({}, recipe_file, chosen)
    lexicon = read_lexicon(Path(recipe.lexicon)) if recipe.lexicon else {}
    language = recipe.tags.language or language_of(text)
    choice = choose_voice(language) if recipe.voice == AUTO else VoiceChoice(recipe.voice)
    profile = in_language(find_voice(choice.name), language)
    prepared = replace(prepare_voice(profile, recipe.pacing.wpm, lexicon), language_note=choice.note)
    with progress_bar(console) as progress:
        sound = say_as_wav(text, prepared.voice, progress)
    write_named(output, sound, force=force)
    console.result_path(output)
    if prepared.note:
        console.warn(prepared.note)


def install_piper_voice(key: str, console: Console, *, yes: bool) -> None:
    """Fetch a voice of the catalogue, after its licence was shown and agreed to.

    Raises:
        Abort: the answer is no.
        VoiceError: as `piper_voices` does.
    """
    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.install.engine_packages import install_packages, missing_packages
    from audio_builder.voices.install.piper_voices import (
        find_in_catalogue,
        install_from_catalogue,
        read_card,
        read_catalogue,
    )

    with progress_bar(console) as progress:
        voice = find_in_catalogue(read_catalogue(progress), key)
        card = read_card(voice, progress)
    packages = missing_packages(find_voice("joe"))
    console.say(printable(f"{voice.key}: {voice}."))
    console.say(printable(f"Its licence, by its card: {card.licence or 'not stated'}."))
    for found in packages:
        console.say(f"It needs the Python packages {', '.join(found.names)} ({found.contents}).")
    console.detail(printable(card.text))
    if not yes:
        click.confirm("Fetch it?", abort=True, err=True)
    with progress_bar(console) as progress:
        for found in packages:
            install_packages(found)
        profile = install_from_catalogue(voice, card.licence, progress)
    console.result(f"{profile.name}: fetched and checked, ready for --voice {profile.name}")
    console.say(f"Its rates aren't measured yet: audio-builder voices calibrate {profile.name}")
