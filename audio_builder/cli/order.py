"""What a command line asks to be built: its options, and the defaults that hold where it says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_builder.cli.console import Console
from audio_builder.cli.options import options_layer, recipe_file_layer
from audio_builder.cli.progress_bar import progress_bar
from audio_builder.recipe.defaults import NamedLayer, checked, find_defaults, preset_layer, without_tags
from audio_builder.recipe.recipe_file import Layer, make_recipe
from audio_builder.recipe.settings import Recipe

if TYPE_CHECKING:
    from audio_builder.article.source import SourceText
    from audio_builder.episode.identity import IfThere
    from audio_builder.episode.report import BuildReport
    from audio_builder.script.from_document import Document

DEFAULT_OUTPUT = "output"


def show_built(report: BuildReport, console: Console, *, with_path: bool) -> None:
    """Say that an episode is made and where, what of it a person should know, and with `-v` what was measured.

    Args:
        report: on the build.
        console: says it.
        with_path: whether stdout is for the path of the episode.
    """
    console.done(Path(report.path), report.outcome(), with_path=with_path)
    for warning in report.warnings():
        console.warn(warning)
    for line in report.answers():
        console.say(line)
    for line in report.details():
        console.detail(line)


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


@dataclass(frozen=True, slots=True)
class Order:
    """The options of `build`.

    Attributes:
        output: the folder for what is built, or the episode's file; None for that of the defaults.
        recipe_file: None where none is given.
        chosen: the options that set the recipe.
        guides: passages before and after the words.
        voice_only: a twin with the voice alone is wanted, too.
        force: what is there is replaced, whoever made it.
        preset: one of one's own; None where none is named.
        listen: each phrase is heard when it is spoken.
        lengths: of the episode, and of the same beside it, in seconds; empty for the recipe's.
    """

    output: Path | None
    recipe_file: Path | None
    chosen: Mapping[str, Any] = field(default_factory=dict)
    guides: tuple[str, ...] = ()
    voice_only: bool = False
    force: bool = False
    preset: str | None = None
    listen: bool = False
    lengths: tuple[float, ...] = ()

    @property
    def if_there(self) -> IfThere:
        """What happens to what lies where an episode goes."""
        return "replace" if self.force else "new version"

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

    def settled(
        self, text: SourceText, document: Document, own: Layer | None = None
    ) -> tuple[Document, Recipe, Path, str]:
        """Return what is to be built, by which recipe, where, and a line on its language where that was recognised.

        Args:
            text: as it was opened.
            document: read from it.
            own: settings under those of the recipe file and the options.

        Raises:
            RecipeError: a setting is unknown, of the wrong type or out of range.
        """
        from audio_builder.script import from_document as documents

        settings = self.settings(text, document, own)
        recipe = settings.recipe()
        document, language_note = documents.settle_language(document, recipe)
        return documents.add_guides(document, recipe, self.guides), recipe, settings.output, language_note

    def built(self, document: Document, recipe: Recipe, output: Path, console: Console) -> BuildReport:
        """Build an episode under a progress bar, and return its report.

        Raises:
            AudioBuilderError: as `pipeline.build`.
        """
        from audio_builder import pipeline

        with progress_bar(console) as progress:
            return pipeline.build(
                document,
                recipe,
                output,
                voice_only=self.voice_only,
                lengths=self.lengths,
                if_there=self.if_there,
                listen=self.listen,
                progress=progress,
            )


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
