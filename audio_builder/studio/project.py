"""A project: a folder with an article, its script, a recipe and the name of its show. The files are all there is of it.

The command line goes on with them at any moment: `audio-builder build script.md --recipe recipe.toml`, in the folder of
the project. `output` in its `audio-builder.toml` names the show: that of all projects, or another one.
"""

from __future__ import annotations

import difflib
import itertools
import os
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError

from audio_builder.article.source import SourceText, open_source, source_from_bytes
from audio_builder.episode.identity import episodes_of
from audio_builder.episode.naming import file_stem
from audio_builder.episode.record import record_path
from audio_builder.errors import AudioBuilderError, OutputError, RecipeError, SourceError, VoiceError
from audio_builder.files import output_error, sha256_of, write_bytes
from audio_builder.podcast.show_settings import SHOW_FILE, show_recipe
from audio_builder.recipe.defaults import DEFAULTS_FILE, anchored, checked, find_defaults
from audio_builder.recipe.recipe_file import Layer, make_recipe, read_recipe_file
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Script
from audio_builder.script.from_document import add_guides, make_script, own_settings, read_document, settle_language
from audio_builder.script.notation import NOTE, format_script, parse_script
from audio_builder.script.pace import repace
from audio_builder.voices.catalogue import find_voice, is_voice
from audio_builder.voices.languages import mismatch
from audio_builder.voices.voice_choice import AUTO, SYSTEM_VOICE, choose_voice

SCRIPT = "script.md"
RECIPE = "recipe.toml"
LEXICON = "lexicon.toml"
SHOW = "show"
"""Folder of a show: beside the projects that publish into it; in a project, of one that has its own."""

TAKES = "takes"
TAKEN = "words.json"
"""In the folder of takes: which file has which phrase, as it is written."""

LARGEST_SCRIPT_BYTES = 20 * 1024 * 1024

_LANGUAGE = re.compile(r"^language:[ ]*\"?([A-Za-z0-9-]+)", re.MULTILINE)
_FENCE = re.compile(r"\A\ufeff?\s*---\n.*?\n---\n", re.DOTALL)


class ChangedElsewhere(AudioBuilderError):
    """The script isn't what the page had read: somebody has changed it meanwhile."""

    exit_code = 7


@dataclass(frozen=True, slots=True)
class Opened:
    """A script as it is on the disk."""

    script: Script
    version: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A new project.

    Attributes:
        project: its folder.
        notes: what a person should know of the reading, a line each.
    """

    project: Project
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder, and the lock under which this process writes to it."""

    folder: Path
    lock: threading.RLock = field(default_factory=threading.RLock, compare=False, repr=False)

    @property
    def script_path(self) -> Path:
        """The script file."""
        return self.folder / SCRIPT

    @property
    def show(self) -> Path:
        """The folder of the episodes.

        Raises:
            RecipeError: the file that names it is malformed.
        """
        own = Path(os.path.realpath(self.folder)) / DEFAULTS_FILE
        chosen = next((file.output for file in find_defaults(self.script_path) if file.path == own), None)
        return Path(os.path.normpath(chosen)) if chosen else self.folder / SHOW

    def episodes(self) -> list[Path]:
        """Return the episodes in the show that were made of this project.

        Raises:
            RecipeError: the file that names the show is malformed.
            SourceError: the script can't be read.
        """
        show = self.show
        if show == self.folder / SHOW:
            return [path for path in show.glob("[!.]*.mp3") if record_path(path).is_file()]
        found = episodes_of(show, self.opened().script.id, self.script_path)
        return [path for path in found if path.is_file()]

    def set_show(self, show: Path) -> None:
        """Have the next episodes go to another show; those that were made stay where they are.

        Raises:
            RecipeError: the file that names the show is malformed.
            OutputError: it can't be written.
        """
        with self.lock:
            path = self.folder / DEFAULTS_FILE
            document = _read_document(path, "the defaults")
            document["output"] = Path(os.path.relpath(show, self.folder)).as_posix()
            write_bytes(path, tomlkit.dumps(document).encode())

    def version(self) -> str:
        """Return the version of the script on the disk.

        Raises:
            SourceError: it can't be read.
        """
        return sha256_of(self._bytes())

    def opened(self) -> Opened:
        """Return the script as it is now.

        Raises:
            SourceError: it can't be read, or isn't a script.
        """
        content = self._bytes()
        source = source_from_bytes(content, str(self.script_path))
        document = read_document(replace(source, place=os.path.realpath(self.script_path)), is_voice=is_voice)
        if not isinstance(document, Script):
            raise SourceError(f"{self.script_path} is no script", hint="Its first lines have been lost: undo that.")
        return Opened(document, sha256_of(content))

    def save(self, script: Script, base: str) -> str:
        """Write the script where it is still the version that was read, and return the new version.

        What a person wrote beside the words (its front matter, notes) stays where it was.

        Raises:
            ChangedElsewhere: it is another version by now.
            OutputError: it can't be written.
            SourceError: it can't be read, or the new one wouldn't be a script.
        """
        with self.lock:
            old = self._bytes()
            if sha256_of(old) != base:
                raise ChangedElsewhere(f"{self.script_path} was changed by another program or in another window")
            text = rewritten(old.decode("utf-8", "replace"), script)
            parse_script(text, str(self.script_path))
            content = text.encode("utf-8", "replace")
            if content != old:
                write_bytes(self.script_path, content)
            return sha256_of(content)

    def keep_beside(self) -> Path:
        """Put a copy of the script on the disk beside it under a free name, and return its path.

        Raises:
            OutputError: it can't be written.
        """
        with self.lock:
            path = next(
                path
                for number in range(1, 10_000)
                if not os.path.lexists(path := self.folder / f"script.other-{number}.md")
            )
            write_bytes(path, self._bytes())
            return path

    def recipe(self) -> Recipe:
        """Return the recipe by which the command line builds here; paths in it are absolute.

        Raises:
            RecipeError: a file of settings is malformed.
        """
        path = self.folder / RECIPE
        own = anchored(read_recipe_file(path), self.folder) if path.is_file() else {}
        recipe = make_recipe(*self._layers_below(), own)
        return msgspec.structs.replace(recipe, voice=voice_for(self._language())) if recipe.voice == AUTO else recipe

    def _language(self) -> str:
        """Return the language that the script's front matter says."""
        try:
            found = _LANGUAGE.search((self.folder / SCRIPT).read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return ""
        return found[1] if found else ""

    def recipe_mark(self) -> str:
        """Return what is another text when the recipe, the lexicon, the defaults or a take was changed."""
        marks = []
        for name in (RECIPE, LEXICON, DEFAULTS_FILE, f"{TAKES}/{TAKEN}"):
            try:
                facts = (self.folder / name).stat()
                marks.append(f"{facts.st_mtime_ns}-{facts.st_size}")
            except OSError:
                marks.append("")
        return " ".join(marks)

    def set_recipe(self, changes: Mapping[str, Any]) -> Recipe:
        """Change settings, by their dotted paths; None takes one out again. Comments in the file stay.

        Raises:
            RecipeError: a setting is unknown, of the wrong type or out of range: then nothing is written.
            OutputError: the file can't be written.
        """
        with self.lock:
            path = self.folder / RECIPE
            document = _read_document(path, "the recipe")
            for key, value in changes.items():
                set_in(document, key.split("."), value)
            make_recipe(*self._layers_below(), anchored(document.unwrap(), self.folder))
            write_bytes(path, tomlkit.dumps(document).encode())
            return self.recipe()

    def set_pacing(self, preset: str, base: str) -> str:
        """Give the script the pauses of a preset; a person's own stay. Return the new version.

        Raises:
            ChangedElsewhere: as `save`.
            RecipeError: there is no such preset.
        """
        with self.lock:
            opened = self.opened()
            recipe = self.set_recipe({"pacing": None, "pacing.preset": preset})
            return self.save(repace(opened.script, recipe.pacing), base)

    def _layers_below(self) -> Iterator[Layer]:
        """Yield the settings that the recipe file wins over: one's own defaults, the show's, the script's pacing."""
        for file in find_defaults(self.script_path):
            yield file.settings
        if shown := show_recipe(self.show):
            yield checked(shown, f"{self.show / SHOW_FILE}, [recipe]", self.show)
        yield own_settings(self.opened().script)

    def _bytes(self) -> bytes:
        try:
            with self.script_path.open("rb") as stream:
                return stream.read(LARGEST_SCRIPT_BYTES + 1)
        except OSError as error:
            raise SourceError(f"can't read {self.script_path}: {error.strerror}") from error


def is_project(folder: Path) -> bool:
    """Return whether a folder is a project: it has a script."""
    return (folder / SCRIPT).is_file()


def begin(projects: Path, name: str, content: bytes, guides: tuple[str, ...] = ()) -> Begun:
    """Make a project of an article or a script.

    Args:
        projects: the folder in which projects are.
        name: of its file; its suffix says the format.
        content: of its file.
        guides: names of passages before and after the words.

    Raises:
        SourceError: it can't be read, or has no words.
        OutputError: the folder can't be written.
    """
    notes: list[str] = []
    source = source_from_bytes(content, name)
    document = read_document(source, on_warning=notes.append, is_voice=is_voice)
    usual = show_recipe(shared_show(projects))
    recipe = make_recipe(usual, own_settings(document))
    document, language_note = settle_language(document, recipe)
    script = make_script(add_guides(document, recipe, guides), recipe)
    folder = new_folder(projects, script.title or Path(name).stem)
    write_bytes(folder / f"article{_suffix(name, source)}", content)
    write_bytes(folder / RECIPE, _first_recipe(usual, recipe, script.language).encode())
    project = Project(folder)
    project.set_show(shared_show(projects))
    # Two projects of one text are two episodes, and another title leaves each the one it is.
    script = replace(script, place="", id=script.id or folder.name)
    write_bytes(project.script_path, format_script(script).encode("utf-8", "replace"))
    return Begun(project, (*notes, *([] if script.language else [language_note.text])))


def _first_recipe(usual: Layer, recipe: Recipe, language: str) -> str:
    """Return the recipe of a new project: what the show doesn't say, and a voice of the language."""
    fits = "voice" in usual and not mismatch(find_voice(recipe.voice), language)
    voice = "" if fits else f'voice = "{voice_for(language)}"\n'
    pacing = "" if "pacing" in usual else f'[pacing]\npreset = "{recipe.pacing.preset}"\n'
    return "\n".join(filter(None, (voice, pacing)))


def begin_from_file(projects: Path, path: Path) -> Project:
    """Return the project of a file that is on this machine: the one that was made of the same bytes, or a new one.

    Raises:
        SourceError: it can't be read, or has no words.
        OutputError: the folder can't be written.
    """
    open_source(path)  # refuses what isn't a text, by its own path
    content = path.read_bytes()
    for folder in project_folders(projects):
        if any(one.stat().st_size == len(content) and one.read_bytes() == content for one in folder.glob("article.*")):
            return Project(folder)
    return begin(projects, path.name, content).project


def project_folders(projects: Path) -> list[Path]:
    """Return the projects in a folder, that which was changed last first."""
    try:
        found = [folder for folder in projects.iterdir() if is_project(folder) and not folder.is_symlink()]
    except OSError:
        return []
    return sorted(found, key=lambda folder: -(folder / SCRIPT).stat().st_mtime)


def shared_show(projects: Path) -> Path:
    """Return the folder of the show that all projects in a folder publish into, unless another one is chosen."""
    names = itertools.chain([SHOW], (f"{SHOW}-{number}" for number in itertools.count(2)))
    return next(folder for name in names if not is_project(folder := projects / name))


def shows_in(projects: Path) -> list[Path]:
    """Return the shows beside the projects in a folder, that of all projects first, whether it is there or not."""
    try:
        found = sorted(folder for folder in projects.iterdir() if (folder / SHOW_FILE).is_file())
    except OSError:
        found = []
    shared = shared_show(projects)
    return [shared, *(folder for folder in found if not is_project(folder) and folder != shared)]


def voice_for(language: str) -> str:
    """Return the voice that reads a language where none is chosen; the system's where no voice here speaks it."""
    try:
        return choose_voice(language).name
    except VoiceError:
        return SYSTEM_VOICE


def rewritten(old: str, script: Script) -> str:
    """Return the text of a script file with other cues in it; its front matter and its notes stay as they are.

    A note stands before the line that it stood before, or before the next one that is left.
    """
    new = format_script(script)
    fence = _FENCE.match(old)
    new_fence = _FENCE.match(new)
    if fence and new_fence and _same_head(old, script):
        new = fence.group() + new[new_fence.end() :]
    lines = old[fence.end() :].split("\n") if fence else old.split("\n")
    if not any(NOTE.match(line) for line in lines):
        return new
    start = (_FENCE.match(new) or re.match("", new)).end()  # type: ignore[union-attr]
    return new[:start] + "\n".join(_with_notes(lines, new[start:].split("\n")))


def _with_notes(old: list[str], new: list[str]) -> Iterator[str]:
    """Yield new lines, with the notes of the old ones before the lines that they belong to."""
    said: list[str] = []
    notes: dict[int, list[str]] = {}
    for line in old:
        if NOTE.match(line):
            notes.setdefault(len(said), []).append(line)
        else:
            said.append(line)
    bare = [_words(line) for line in new]
    matcher = difflib.SequenceMatcher(None, [_words(line) for line in said], bare, autojunk=False)
    placed: dict[int, list[str]] = {}
    for tag, first, end, start, _ in matcher.get_opcodes():
        for at in range(first, end):
            if at in notes:
                placed.setdefault(start + (at - first if tag == "equal" else 0), []).extend(notes[at])
    placed.setdefault(len(new), []).extend(notes.get(len(said), []))
    for number, line in enumerate(new):
        yield from placed.get(number, [])
        yield line
    yield from placed.get(len(new), [])


def _words(line: str) -> str:
    """Return a line without its marks: a pause of another length leaves it the same line."""
    return re.sub(r"\[[^\]]*\]", "", line).strip()


def _same_head(old: str, script: Script) -> bool:
    try:
        there = parse_script(old, SCRIPT)
    except AudioBuilderError:
        return False
    return replace(there, cues=()) == replace(script, cues=(), place="")


def _read_document(path: Path, name: str) -> tomlkit.TOMLDocument:
    """Return a TOML file to be changed, its comments included; an empty one where it is missing.

    Raises:
        RecipeError: it can't be read, or is no TOML.
    """
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8")) if path.is_file() else tomlkit.document()
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise RecipeError(f"{name} {path} is no TOML: {error}") from error
    except OSError as error:
        raise RecipeError(f"can't read {name} {path}: {error.strerror}") from error


def set_in(document: Any, keys: list[str], value: Any) -> None:
    """Set a value in a TOML document and keep what else is in its tables, comments included; None removes it.

    Args:
        document: is changed.
        keys: of the tables, made where they are missing, and of the value.
        value: None for none.
    """
    *tables, last = keys
    for table in tables:
        if table not in document:
            document[table] = tomlkit.table()
        document = document[table]
    if value is None:
        document.pop(last, None)
    else:
        document[last] = value


def _suffix(name: str, source: SourceText) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ".md" if source.kind == "script" else ".txt"


def new_folder(projects: Path, title: str) -> Path:
    """Make a folder for a project or a show under a name that is free, and not that of the show of all.

    Raises:
        OutputError: it can't be made.
    """
    stem = file_stem(title)
    for number in range(2 if stem == SHOW else 1, 10_000):
        folder = projects / (stem if number == 1 else f"{stem}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise output_error(error, folder) from error
        return folder
    raise OutputError(f"there are too many folders called {stem} in {projects}", hint="Give it another title.")
