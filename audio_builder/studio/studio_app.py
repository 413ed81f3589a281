"""The studio's server: projects, their sound and their episodes, for one browser on this machine."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from audio_builder.article.source import LARGEST_BYTES
from audio_builder.errors import AudioBuilderError
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.recipe.settings import BACKGROUNDS, Recipe
from audio_builder.script.cues import Say
from audio_builder.script.estimate import clock
from audio_builder.script.strip import strip_of
from audio_builder.script.strip_svg import strip_as_svg
from audio_builder.studio import page_sounds, project
from audio_builder.studio.build_queue import BuildJob, BuildQueue
from audio_builder.studio.choices import ExpectedLengths, Fetching, VoiceFetcher, choices, lengths, voice_sample
from audio_builder.studio.cue_data import CueData, Cues, as_data, cues_from
from audio_builder.studio.exchange import SMALL, NotThere, Problem, number_in, project_of, read_json, route, sound
from audio_builder.studio.particulars import particulars_routes
from audio_builder.studio.project import Opened, Project
from audio_builder.studio.rehearsal import KeptPool, Rehearsal
from audio_builder.studio.saying import saying_routes
from audio_builder.studio.show_desk import desk_routes, show_cards
from audio_builder.studio.takes import renew_voice, takes_of, takes_routes
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.languages import mismatch

_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".json": "application/json"}
_PAGE_FILE = re.compile(r"[a-z][a-z_-]{0,40}\.(js|css)|words/[a-z]{2}\.json")
_KEY = re.compile(r"[0-9a-f]{64}")
_MOST_PHRASES = 200


class Card(Struct, frozen=True, kw_only=True):
    """A project among the others."""

    name: str
    title: str
    language: str
    length: str
    words: int
    voice: str
    fit: str = ""
    notes: list[str] = []
    problem: str = ""


class ProjectData(Struct, frozen=True, kw_only=True):
    """All that the page has to know of a project to show it."""

    name: str
    folder: str
    version: str
    title: str
    subtitle: str
    author: str
    language: str
    date: str
    cues: list[CueData]
    recipe: Recipe
    lengths: ExpectedLengths


class StateData(Struct, frozen=True, kw_only=True):
    """What may have changed since the page last asked."""

    version: str
    recipe: str
    mix: int
    planned: str
    speaking: list[float] | None
    problem: Problem | None
    jobs: list[BuildJob]
    fetching: dict[str, Fetching]


class Saving(Struct, frozen=True, forbid_unknown_fields=True):
    """A script as the page has it, and the version that it began from."""

    base: str
    cues: Cues


class PhrasesWanted(Struct, frozen=True):
    """Phrases that the page is about to play."""

    cues: Cues


class Pacings(Struct, frozen=True):
    """A preset for a version of the script."""

    preset: str
    base: str


class RecipeChanges(Struct, frozen=True):
    """Settings by their dotted paths; None takes one out."""

    changes: dict[str, str | float | bool | None]


class Studio:
    """Everything behind the page. One for a run of the command."""

    def __init__(self, projects: Path) -> None:
        """Open the studio.

        Args:
            projects: the folder in which projects are.
        """
        self.projects = projects
        self.cache = ClipCache()
        self.fetcher = VoiceFetcher()
        self._elsewhere: dict[str, Project] = {}
        self._known: dict[str, Project] = {}
        self._rehearsals: dict[str, Rehearsal] = {}
        self._pools = (KeptPool(1), KeptPool(None))
        self._lock = threading.Lock()
        self.builds = BuildQueue(projects, self.find, self._text_factors)

    def close(self) -> None:
        """End whatever runs."""
        self.builds.close()
        for rehearsal in self._rehearsals.values():
            rehearsal.close()
        for pool in self._pools:
            pool.close()

    def admit(self, folder: Path) -> str:
        """Let the page open a project that lies elsewhere, and return its name."""
        folder = folder.resolve()
        if folder.parent == self.projects.resolve():
            return folder.name
        name = f"{folder.name}-{hashlib.sha256(str(folder).encode()).hexdigest()[:6]}"
        self._elsewhere[name] = Project(folder)
        return name

    def find(self, name: str) -> Project | None:
        """Return a project by its name; None where there is none."""
        if name in self._elsewhere:
            return self._elsewhere[name]
        folder = self.projects / name
        if not re.fullmatch(r"[a-zA-Z0-9][\w-]{0,99}", name) or folder.is_symlink() or not project.is_project(folder):
            return None
        with self._lock:
            return self._known.setdefault(name, Project(folder))

    def rehearsal(self, name: str, one: Project) -> Rehearsal:
        """Return what speaks a project; the first time it begins with the whole script."""
        with self._lock:
            if name not in self._rehearsals:
                for other in self._rehearsals.values():
                    other.forget_beds()
                self._rehearsals[name] = Rehearsal(one, self.cache, *self._pools)
                self._rehearsals[name].want()
            return self._rehearsals[name]

    def said_otherwise(self, one: Project, name: str) -> None:
        """Have a project spoken with another lexicon; its takes are found by words as they are said."""
        if takes := takes_of(one):
            renew_voice(one, takes)
        self.spoken_anew(one, name)

    def spoken_anew(self, one: Project, name: str) -> None:
        """Have a project planned anew, soon."""
        self.rehearsal(name, one).want()

    def _text_factors(self, name: str) -> dict[str, float]:
        rehearsal = self._rehearsals.get(name)
        return dict(rehearsal.factors) if rehearsal else {}

    # --- projects ---

    def home(self, _request: Request, _body: bytes) -> Any:
        """Return the projects there are."""
        here = {folder.name: Project(folder) for folder in project.project_folders(self.projects)[:200]}
        cards = [self._card(name, one) for name, one in {**here, **self._elsewhere}.items()]
        return {"projects": cards, "folder": str(self.projects), "shows": show_cards(self.projects, here)}

    def jobs(self, _request: Request, _body: bytes) -> list[BuildJob]:
        """Return the episodes in the making, the oldest first."""
        return self.builds.jobs()

    def begin(self, request: Request, body: bytes) -> Card:
        """Make a project of a text that was dropped or pasted."""
        name = Path(request.query_params.get("name", "")[:200].replace("\\", "/")).name or "text.md"
        guides = tuple(filter(None, request.query_params.get("guides", "").split(",")))
        begun = project.begin(self.projects, name, body, guides)
        return self._card(begun.project.folder.name, begun.project, begun.notes)

    def _card(self, name: str, one: Project, notes: tuple[str, ...] = ()) -> Card:
        try:
            script, recipe = one.opened().script, one.recipe()
            long = lengths(script, recipe)
            fit = mismatch(find_voice(recipe.voice), script.language)
        except AudioBuilderError as error:
            return Card(name=name, title=name, language="", length="", words=0, voice="", problem=error.message)
        return Card(
            name=name,
            title=script.title or name,
            language=script.language,
            length=clock(long.seconds),
            words=long.words,
            voice=recipe.voice,
            fit=fit,
            notes=list(notes),
        )

    def picture(self, request: Request, _body: bytes) -> Response:
        """Return the pacing of a project as an SVG."""
        one = self._asked(request)
        script, recipe = one.opened().script, one.recipe()
        summary = clock(lengths(script, recipe).seconds)
        svg = strip_as_svg(strip_of(script, recipe.pacing), script.title, summary)
        return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

    def read(self, request: Request, _body: bytes) -> ProjectData:
        """Return a project."""
        one = self._asked(request)
        self.rehearsal(request.path_params["name"], one)
        return self._data(request.path_params["name"], one, one.opened())

    def _data(self, name: str, one: Project, opened: Opened) -> ProjectData:
        script, recipe = opened.script, one.recipe()
        return ProjectData(
            name=name,
            folder=str(one.folder),
            version=opened.version,
            title=script.title,
            subtitle=script.subtitle,
            author=script.author,
            language=script.language,
            date=script.date,
            cues=[as_data(cue) for cue in script.cues],
            recipe=recipe,
            lengths=lengths(script, recipe),
        )

    def save(self, request: Request, body: bytes) -> Any:
        """Write a script, and have it spoken."""
        one, saving = self._asked(request), read_json(body, Saving)
        script = replace(one.opened().script, cues=cues_from(saving.cues))
        if not any(isinstance(cue, Say) for cue in script.cues):
            raise NotThere("there would be no word left in it", hint="Undo the last change.")
        version = one.save(script, saving.base)
        self.rehearsal(request.path_params["name"], one).want()
        return {"version": version, "lengths": lengths(script, one.recipe())}

    def keep_beside(self, request: Request, _body: bytes) -> Any:
        """Put what is on the disk beside, so that the page's own may take its place; return the version on the disk."""
        one = self._asked(request)
        with one.lock:
            return {"kept": one.keep_beside().name, "version": one.version()}

    def set_recipe(self, request: Request, body: bytes) -> Any:
        """Change settings of a project."""
        one = self._asked(request)
        recipe = one.set_recipe(read_json(body, RecipeChanges).changes)
        self.rehearsal(request.path_params["name"], one).want()
        return {"recipe": recipe, "lengths": lengths(one.opened().script, recipe)}

    def set_pacing(self, request: Request, body: bytes) -> ProjectData:
        """Give a script the pauses of a preset, and return it."""
        one, wanted = self._asked(request), read_json(body, Pacings)
        one.set_pacing(wanted.preset, wanted.base)
        self.rehearsal(request.path_params["name"], one).want()
        return self._data(request.path_params["name"], one, one.opened())

    def state(self, request: Request, _body: bytes) -> StateData:
        """Return what may have changed: the page asks every other second."""
        name, one = request.path_params["name"], self._asked(request)
        rehearsal = self.rehearsal(name, one)
        step, problem, whole = rehearsal.progress, rehearsal.problem, rehearsal.whole
        return StateData(
            version=one.version(),
            recipe=one.recipe_mark(),
            mix=whole.number if whole else 0,
            planned=whole.version if whole and whole.recipe == one.recipe_mark() else "",
            speaking=[step.done, step.total] if step else None,
            problem=Problem(problem.message, problem.hint) if problem else None,
            jobs=[job for job in self.builds.jobs() if job.project == name],
            fetching=self.fetcher.state(),
        )

    # --- sound ---

    def mix(self, request: Request, _body: bytes) -> Any:
        """Return the mix of the whole script as it was last planned, with the phrases that it is of."""
        whole = self.rehearsal(request.path_params["name"], self._asked(request)).whole
        if whole is None:
            raise NotThere("the script isn't planned yet")
        return whole

    def phrases(self, request: Request, body: bytes) -> Any:
        """Return some phrases with their places and gains, spoken now where they never were."""
        one = self._asked(request)
        wanted = [cue for cue in cues_from(read_json(body, PhrasesWanted).cues) if isinstance(cue, Say)]
        if not 0 < len(wanted) <= _MOST_PHRASES:
            raise NotThere(f"from 1 to {_MOST_PHRASES} phrases can be asked for at a time")
        rehearsal = self.rehearsal(request.path_params["name"], one)
        return rehearsal.phrases(one.opened().script, one.recipe(), wanted)

    def clip(self, request: Request, _body: bytes) -> Response:
        """Return the sound of a phrase."""
        key = request.path_params["key"]
        if not _KEY.fullmatch(key):
            raise NotThere("there is no such phrase")
        gain_db, ceiling_dbtp = number_in(request, "db", -120, 60), number_in(request, "ceiling", -20, 0)
        room = request.query_params.get("room") == "small"
        return sound(page_sounds.clip_wav(self.cache, key, gain_db, ceiling_dbtp, room=room))

    def bed(self, request: Request, _body: bytes) -> Response:
        """Return a stretch of a background."""
        one, name = self._asked(request), request.query_params.get("name", "")
        script, recipe = one.opened().script, one.recipe()
        if name not in {"", *BACKGROUNDS}:
            raise NotThere(f"there is no background {name}")
        bed = self.rehearsal(request.path_params["name"], one).bed(script, recipe, name)
        return sound(page_sounds.bed_wav(bed, recipe.mastering.sample_rate_hz))

    def bell(self, request: Request, _body: bytes) -> Response:
        """Return a stroke of a bell."""
        rate_hz = int(number_in(request, "rate", 44100, 48000))
        return sound(page_sounds.bell_wav(request.path_params["bell"], rate_hz))

    def breath(self, request: Request, _body: bytes) -> Response:
        """Return the tone of a breath."""
        seconds, rate_hz = number_in(request, "s", 0.05, 60), int(number_in(request, "rate", 44100, 48000))
        return sound(page_sounds.breath_wav(seconds, rate_hz, inward=request.path_params["way"] == "in"))

    # --- choices ---

    def choices(self, _request: Request, _body: bytes) -> Any:
        """Return what there is to choose."""
        return choices()

    def sample(self, request: Request, _body: bytes) -> Response:
        """Return a voice's first words of a project."""
        one = self.find(request.query_params.get("project", ""))
        script, recipe = (one.opened().script, one.recipe()) if one else (None, Recipe())
        return sound(voice_sample(request.path_params["voice"], script, recipe.pacing.wpm))

    def fetch_voice(self, request: Request, _body: bytes) -> Any:
        """Begin to fetch a voice: the person has pressed “get it”."""
        self.fetcher.begin(request.path_params["voice"])
        return {}

    # --- episodes ---

    def build(self, request: Request, _body: bytes) -> Any:
        """Have an episode made."""
        self._asked(request)
        self.builds.add(request.path_params["name"])
        return self.builds.jobs()

    def stop_build(self, request: Request, _body: bytes) -> Any:
        """Make an episode no further."""
        self._asked(request)
        self.builds.stop(request.path_params["name"])
        return self.builds.jobs()

    def _asked(self, request: Request) -> Project:
        return project_of(self.find, request)


def make_studio(studio: Studio) -> Starlette:
    """Return the studio as an ASGI application, to be put behind a `Gate`."""
    p = "/api/projects/{name}"
    return Starlette(
        routes=[
            route("GET", "/", _page),
            route("GET", "/page/{path:path}", _page_file),
            route("GET", "/api/home", studio.home),
            route("GET", "/api/jobs", studio.jobs),
            route("GET", "/api/choices", studio.choices),
            route("POST", "/api/projects", studio.begin, LARGEST_BYTES),
            route("GET", p, studio.read),
            route("PUT", f"{p}/script", studio.save, project.LARGEST_SCRIPT_BYTES),
            route("POST", f"{p}/keep-beside", studio.keep_beside, SMALL),
            route("PATCH", f"{p}/recipe", studio.set_recipe, SMALL),
            route("PUT", f"{p}/pacing", studio.set_pacing, SMALL),
            route("GET", f"{p}/state", studio.state),
            route("GET", f"{p}/mix", studio.mix),
            route("POST", f"{p}/phrases", studio.phrases, SMALL),
            route("GET", f"{p}/picture.svg", studio.picture),
            route("GET", f"{p}/bed.wav", studio.bed),
            route("POST", f"{p}/build", studio.build, SMALL),
            route("DELETE", f"{p}/build", studio.stop_build, SMALL),
            *particulars_routes(studio.find),
            *saying_routes(studio.find, studio.said_otherwise),
            *takes_routes(studio.find, studio.spoken_anew),
            *desk_routes(studio.find),
            route("GET", "/sound/clip/{key}.wav", studio.clip),
            route("GET", "/sound/bell/{bell}.wav", studio.bell),
            route("GET", "/sound/breath-{way}.wav", studio.breath),
            route("GET", "/sound/voice/{voice}.wav", studio.sample),
            route("POST", "/api/voices/{voice}", studio.fetch_voice, SMALL),
        ]
    )


def _page(_request: Request, _body: bytes) -> Response:
    return _served("index.html")


def _page_file(request: Request, _body: bytes) -> Response:
    path = request.path_params["path"]
    if not _PAGE_FILE.fullmatch(path):
        raise NotThere("there is no such file")
    return _served(path)


def _served(path: str) -> Response:
    file = resources.files("audio_builder.studio") / "page" / path
    try:
        content = file.read_bytes()
    except OSError as error:
        raise NotThere("there is no such file") from error
    media_type = _TYPES[Path(path).suffix]
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})
