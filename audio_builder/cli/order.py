"""What a command line asks to be built, whether of one text or of each chapter of a book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_builder.cli.console import Console
from audio_builder.cli.options import recipe_from_options
from audio_builder.cli.progress_bar import progress_bar
from audio_builder.recipe.recipe_file import Layer
from audio_builder.recipe.settings import Recipe

if TYPE_CHECKING:
    from audio_builder.episode.identity import IfThere
    from audio_builder.episode.report import BuildReport
    from audio_builder.script.from_document import Document


@dataclass(frozen=True, slots=True)
class Order:
    """The options of `build`.

    Attributes:
        output: the folder for what is built, or the episode's file.
        recipe_file: None where none is given.
        chosen: the options that set the recipe.
        guides: passages before and after the words.
        voice_only: a twin with the voice alone is wanted, too.
        lengths: of the episode, and of the same beside it, in seconds; empty for the recipe's.
        force: what is there is replaced, whoever made it.
    """

    output: Path
    recipe_file: Path | None
    chosen: Mapping[str, Any]
    guides: tuple[str, ...]
    voice_only: bool
    force: bool = False
    lengths: tuple[float, ...] = ()

    @property
    def if_there(self) -> IfThere:
        """What happens to what lies where an episode goes."""
        return "replace" if self.force else "new version"

    def settled(self, document: Document, own: Layer | None = None) -> tuple[Document, Recipe, str]:
        """Return what is to be built, by which recipe, and a line on its language where that was only recognised.

        Args:
            document: as it was read.
            own: settings under those of the recipe file and the options.

        Raises:
            RecipeError: a setting is unknown, of the wrong type or out of range.
        """
        from audio_builder.script import from_document as documents

        recipe = recipe_from_options(own or documents.own_settings(document), self.recipe_file, self.chosen)
        document, language_note = documents.settle_language(document, recipe)
        return documents.add_guides(document, recipe, self.guides), recipe, language_note

    def built(self, document: Document, recipe: Recipe, console: Console) -> BuildReport:
        """Build an episode under a progress bar, and return its report.

        Raises:
            AudioBuilderError: as `pipeline.build`.
        """
        from audio_builder import pipeline

        with progress_bar(console) as progress:
            return pipeline.build(
                document,
                recipe,
                self.output,
                voice_only=self.voice_only,
                lengths=self.lengths,
                if_there=self.if_there,
                progress=progress,
            )
