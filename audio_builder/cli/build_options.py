"""What a command line asks to be built: its options, and the defaults that hold where it says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_builder.cli.console import Console, progress_bar
from audio_builder.cli.options import RECIPE_OPTIONS, options_layer, pick, recipe_file_layer
from audio_builder.recipe.defaults import NamedLayer, checked, find_defaults, preset_layer, without_tags
from audio_builder.recipe.recipe_file import Layer, make_recipe
from audio_builder.recipe.settings import Recipe

if TYPE_CHECKING:
    from audio_builder.article.source import SourceText
    from audio_builder.batch.batch_plan import Settled
    from audio_builder.episode.identity import IfThere
    from audio_builder.episode.report import BuildReport
    from audio_builder.script.from_document import Document

DEFAULT_OUTPUT = "output"
_LONGEST_SHOW = 200
_LEAST_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one text.

    Attributes:
        layers: settings with what chose them; the later ones win.
        output: the folder for its episode, or the episode's file.
        output_from: what chose that.
    """

    layers: tuple[NamedLayer, ...]
    output: Path
    output_from: str

    def recipe(self) -> Recipe:
        """Return the recipe that the layers give.

        Raises:
            RecipeError: a setting is unknown, of the wrong type or out of range.
        """
        return make_recipe(*(layer.settings for layer in self.layers))


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """The options of commands that build. What a command doesn't have is as if nobody gave it.

    Attributes:
        chosen: the options that set the recipe (`RECIPE_OPTIONS`).
        recipe_file: None where none is given.
        preset: one of one's own; None where none is named.
        output: the folder for what is built, or the episode's file; None for that of the defaults.
        chapter: of a book, counted from 1; None for all of it.
        each_chapter: an episode is made of each chapter.
        fetch: the source may be an address on the web.
        guides: passages before and after the words.
        lengths: of the episode, and of the same beside it, in seconds; empty for the recipe's.
        voice_only: a twin with the voice alone is wanted, too.
        listen: each phrase is heard when it is spoken.
        if_there: what happens to what lies where an episode goes.
        private: nothing is kept but the episode.
        opens: the episode is played at the end.
        as_json: the report is printed as JSON.
    """

    chosen: Mapping[str, Any] = field(default_factory=dict)
    recipe_file: Path | None = None
    preset: str | None = None
    output: Path | None = None
    chapter: int | None = None
    each_chapter: bool = False
    fetch: bool = False
    guides: tuple[str, ...] = ()
    lengths: tuple[float, ...] = ()
    voice_only: bool = False
    listen: bool = False
    if_there: IfThere = "new version"
    private: bool = False
    opens: bool = False
    as_json: bool = False

    @classmethod
    def given(cls, values: Mapping[str, Any], unforced: IfThere = "new version") -> BuildOptions:
        """Return the options of a command line.

        Args:
            values: all that click gives.
            unforced: what happens to an earlier version without `--force`.
        """
        chosen = {name: values[name] for name in RECIPE_OPTIONS if name in values}
        return replace(pick(cls, values), chosen=chosen, if_there="replace" if values.get("force") else unforced)

    def settings(self, text: SourceText | None, document: Document | None, own: Layer | None = None) -> Settings:
        """Return what holds for a text.

        Who wins, in this order: options, what the text says of itself, the preset, the recipe file, a script's own
        pacing, the show, the defaults beside the text, those of the working folder, the user's.

        Args:
            text: as it was opened; None for standard settings.
            document: read from it.
            own: settings under those of the recipe file, such as the number of a chapter.

        Raises:
            RecipeError: a file of settings is wrong.
        """
        from audio_builder.podcast.show_settings import SHOW_FILE, show_recipe
        from audio_builder.script.from_document import own_settings

        files = find_defaults(Path(text.name) if text and text.place else None)
        output, output_from = next(
            ((file.output, str(file.path)) for file in reversed(files) if file.output),
            (Path(DEFAULT_OUTPUT), "built in"),
        )
        if self.output:
            output, output_from = self.output, "the command line"
        folder = _folder(output)
        layers = [NamedLayer(str(file.path), file.settings) for file in files]
        if shown := show_recipe(folder):
            name = str(folder / SHOW_FILE)
            layers.append(NamedLayer(name, checked(shown, f"{name}, [recipe]", folder)))
        layers.append(NamedLayer("the text", {**(own_settings(document) if document else {}), **(own or {})}))
        if self.recipe_file:
            layers.append(NamedLayer(str(self.recipe_file), recipe_file_layer(self.recipe_file)))
        if self.preset:
            layers.append(preset_layer(self.preset, files))
        said = tuple(_said_by(text, document)) if text and document else ()
        layers = [replace(layer, settings=without_tags(layer.settings, said)) for layer in layers]
        layers.append(NamedLayer("the command line", options_layer(self.chosen)))
        return Settings(tuple(layers), output, output_from)

    def settle(self, text: SourceText, document: Document, own: Layer | None = None) -> Settled:
        """Return what is to be built; where its language was recognised, a note says so.

        Args:
            text: as it was opened.
            document: read from it.
            own: settings under those of the recipe file and the options.

        Raises:
            RecipeError: a setting is unknown, of the wrong type or out of range.
        """
        from audio_builder.batch.batch_plan import Settled
        from audio_builder.script import from_document as documents

        settings = self.settings(text, document, own)
        recipe = settings.recipe()
        document, note = documents.settle_language(document, recipe)
        document = documents.add_guides(document, recipe, self.guides)
        said = (note.text,) if note.text else ()
        warnings, notes = (said, ()) if note.warns else ((), said)
        return Settled(document, recipe, settings.output, warnings, notes)

    def build(self, settled: Settled, console: Console) -> BuildReport:
        """Say what there is to say beforehand, build an episode under a progress bar, and return its report.

        Raises:
            AudioBuilderError: as `pipeline.build`.
        """
        from audio_builder import pipeline

        for warning in settled.warnings:
            console.warn(warning)
        for note in settled.notes:
            console.say(note)
        with progress_bar(console) as progress:
            return pipeline.build(
                settled.document,
                settled.recipe,
                settled.folder,
                voice_only=self.voice_only,
                lengths=self.lengths,
                if_there=self.if_there,
                listen=self.listen,
                progress=progress,
            )

    def show(self, report: BuildReport, console: Console) -> None:
        """Print where the episode is, or its report as JSON, and say what there is to say of it."""
        if self.as_json:
            console.result(report.as_json())
        self.say_built(report, console)

    def say_built(self, report: BuildReport, console: Console) -> None:
        """Say that an episode is made and where, what of it a person should know, and with `-v` what was measured."""
        console.done(Path(report.path), report.outcome(), with_path=not self.as_json)
        for warning in report.warnings():
            console.warn(warning)
        for line in report.answers():
            console.say(line)
        for line in report.details():
            console.detail(line)


def _folder(output: Path) -> Path:
    from audio_builder.episode.naming import named_file

    return output.parent if named_file(output) else output


def _said_by(text: SourceText, document: Document) -> Iterator[str]:
    """Yield the tags that a text has of its own; its title only where its front matter says it."""
    from audio_builder.article.frontmatter import read_front_matter

    front = text.front or read_front_matter(text.text, text.name)
    own = {
        "title": front.title,
        "subtitle": document.subtitle,
        "author": document.author,
        "language": document.language,
        "date": document.date,
        "track": document.details.episode,
        "cover": document.details.image,
    }
    yield from (key for key, value in own.items() if value)


def number_chapter(number: int, count: int, book: str) -> Layer:
    """Return what a chapter's recipe begins with: its number, and the book as the name of the show."""
    digits = max(_LEAST_DIGITS, len(str(count)))
    tags: dict[str, str | int] = {"track": number, "track_total": count, "track_digits": digits}
    return {"tags": tags | ({"show": book[:_LONGEST_SHOW]} if book else {})}
