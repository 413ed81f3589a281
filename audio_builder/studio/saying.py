"""How words are said in a project: its lexicon, and a phrase said with a respelling that is only tried."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import tomlkit
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audio_builder.files import write_bytes
from audio_builder.narration.narrate import say_as_wav
from audio_builder.studio.choices import lengths
from audio_builder.studio.exchange import SMALL, FindProject, for_project, read_json, route
from audio_builder.studio.project import LEXICON, Project
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.languages import in_language
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.spoken.lexicon import Lexicon, read_lexicon

_Word = Annotated[str, Meta(min_length=1, max_length=200)]
_Way = Annotated[str, Meta(max_length=200)]


class Trial(Struct, frozen=True):
    """A phrase, and how a word in it is to be said; an empty way is as it is said anyway."""

    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    word: _Word
    way: _Way


class Saying(Struct, frozen=True):
    """A word, and how it is said from now on; an empty way takes it out of the lexicon."""

    word: _Word
    way: _Way


def saying_routes(find: FindProject, on_change: Callable[[Project, str], None]) -> list[Route]:
    """Return the routes of how words are said.

    Args:
        find: gives a project by its name.
        on_change: called with a project and its name when its lexicon is another one.
    """

    def known(project: Project, _request: Request, _body: bytes) -> Any:
        return lexicon_of(project)

    def keep(project: Project, request: Request, body: bytes) -> Any:
        answer = keep_saying(project, body)
        on_change(project, request.path_params["name"])
        return answer

    p = "/api/projects/{name}"
    return [
        route("GET", f"{p}/lexicon", for_project(find, known)),
        route("PUT", f"{p}/lexicon", for_project(find, keep), SMALL),
        route("POST", f"{p}/say", for_project(find, say_trial), SMALL),
    ]


def lexicon_of(project: Project) -> Lexicon:
    """Return the pronunciations of a project; none where it has no lexicon.

    Raises:
        RecipeError: the file is malformed.
    """
    named = project.recipe().lexicon
    return read_lexicon(Path(named)) if named else {}


def say_trial(project: Project, _request: Request, body: bytes) -> Response:
    """Return a phrase said with a respelling, as WAV; nothing is kept but its clip."""
    trial = read_json(body, Trial)
    recipe, lexicon = project.recipe(), lexicon_of(project)
    if trial.way:
        lexicon = {**lexicon, trial.word: trial.way}
    profile = in_language(find_voice(recipe.voice), project.opened().script.language)
    voice = prepare_voice(profile, recipe.pacing.wpm, lexicon)
    return Response(say_as_wav(trial.text, voice.voice), media_type="audio/wav", headers={"Cache-Control": "no-store"})


def keep_saying(project: Project, body: bytes) -> Any:
    """Put a word into the lexicon of a project, or take it out; other lines and comments stay.

    Raises:
        RecipeError: the way can't be said, or the file is malformed: then nothing is written.
    """
    saying = read_json(body, Saying)
    with project.lock:
        lexicon_of(project)
        path = Path(project.recipe().lexicon or project.folder / LEXICON)
        before = path.read_bytes() if path.is_file() else b""
        document = tomlkit.parse(before.decode())
        if saying.way:
            document[saying.word] = saying.way
        else:
            document.pop(saying.word, None)
        write_bytes(path, tomlkit.dumps(document).encode())
        try:
            read_lexicon(path)
        except BaseException:
            write_bytes(path, before)
            raise
        recipe = project.recipe() if project.recipe().lexicon else project.set_recipe({"lexicon": LEXICON})
    return {"recipe": recipe, "lengths": lengths(project.opened().script, recipe)}
