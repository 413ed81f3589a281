"""The shows that projects publish into: their episodes, what players show of them, and publishing them."""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomlkit
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from audio_builder.episode.cover.draw import small_cover
from audio_builder.episode.record import RECORD_SUFFIX, read_record, record_path
from audio_builder.errors import AudioBuilderError, RecipeError
from audio_builder.files import write_bytes
from audio_builder.podcast.episode_scan import read_published
from audio_builder.podcast.ledger import is_day
from audio_builder.podcast.publisher import publish
from audio_builder.podcast.schedule import plan_show
from audio_builder.podcast.show_files import cover_of_show
from audio_builder.podcast.show_settings import (
    CATEGORIES,
    RECIPE_TABLE,
    SHOW_FILE,
    Show,
    init_show,
    make_show,
    read_show,
)
from audio_builder.recipe.defaults import anchored
from audio_builder.recipe.recipe_file import read_recipe_file
from audio_builder.studio.build_queue import EARLIER
from audio_builder.studio.exchange import SMALL, FindProject, NotThere, for_project, read_json, route
from audio_builder.studio.particulars import LARGEST_COVER_BYTES, keep_picture
from audio_builder.studio.project import RECIPE, SHOW, Project, new_folder, set_in, shows_in

_STEM = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_SET_HERE = (
    "title", "author", "description", "language", "category", "base_url", "explicit", "cover_colour", "cover_motif",
    "dates", "order", "hidden",
)  # fmt: skip

State = Literal["", "published", "next", "later", "hidden"]
"""In the feed; in it when the show is published now; later; never. Empty where it is no episode of the show."""


class EpisodeData(Struct, frozen=True, kw_only=True):
    """An episode, in plain words.

    Attributes:
        name: of its file, without suffix.
        title: of the episode.
        built: when, in ISO 8601.
        seconds: how long it is.
        chapters: title and start of each.
        ok: every check passed.
        checks: what was measured: a line each, and whether it passed.
        voice: who speaks.
        words: as they were spoken, in paragraphs.
        earlier: it is the version before of another one.
        problem: why it can't be read.
        state: where it stands in the show.
        when: it was published, or will be, in ISO 8601.
        in_turn: the show's order decides when it comes out.
    """

    name: str
    title: str
    built: str = ""
    seconds: float = 0.0
    chapters: list[tuple[str, float]] = []
    ok: bool = True
    checks: list[tuple[str, bool]] = []
    voice: str = ""
    words: str = ""
    earlier: bool = False
    problem: str = ""
    state: State = ""
    when: str = ""
    in_turn: bool = False


class ShowData(Struct, frozen=True, kw_only=True):
    """A show: its folder, whether it was set up, what it says, its episodes, and why it can't be published.

    Those that a project can choose are in `choices`: the title of each by its path, as seen from the projects' folder.
    """

    folder: str
    there: bool
    show: Show
    choices: dict[str, str]
    chosen: str
    episodes: list[EpisodeData]
    categories: dict[str, tuple[str, ...]]
    published: str = ""
    command: str = ""
    problem: str = ""


class ShowChanges(Struct, frozen=True):
    """Settings of the show by name."""

    changes: dict[str, str | bool | list[str]]


class ShowWanted(Struct, frozen=True):
    """A show for a project: one of the choices, or a new one by its title."""

    show: str = ""
    title: Annotated[str, Meta(max_length=300)] = ""


class ShowCard(Struct, frozen=True):
    """A show beside the projects: its title, how many episodes it has, and a project that publishes into it."""

    title: str
    episodes: int
    project: str


_writing = threading.Lock()
"""One at a time changes what a show says: several projects may publish into it."""


def desk_routes(find: FindProject) -> list[Route]:
    """Return the routes of the shows of projects.

    Args:
        find: gives a project by its name.
    """
    p = "/api/projects/{name}"
    return [
        route("GET", f"{p}/show", for_project(find, read)),
        route("GET", f"{p}/episodes", for_project(find, own_episodes)),
        route("PUT", f"{p}/show", for_project(find, choose), SMALL),
        route("PATCH", f"{p}/show", for_project(find, change), SMALL),
        route("POST", f"{p}/show/recipe", for_project(find, set_defaults), SMALL),
        route("GET", f"{p}/show/cover", for_project(find, cover)),
        route("PUT", f"{p}/show/cover", for_project(find, set_cover), LARGEST_COVER_BYTES),
        route("DELETE", f"{p}/show/cover", for_project(find, no_cover), SMALL),
        route("POST", f"{p}/publish", for_project(find, publish_show), SMALL),
        route("POST", f"{p}/check", for_project(find, check), SMALL),
        route("GET", f"{p}/qr.svg", for_project(find, qr)),
        route("GET", f"{p}/episodes/{{stem}}.mp3", for_project(find, sound_file)),
    ]


def read(project: Project, _request: Request, _body: bytes) -> ShowData:
    """Return the show of a project."""
    folder = project.show
    there = (folder / SHOW_FILE).is_file()
    feed = folder / "feed.xml"
    show, problem = read_show(folder) if there else Show(), ""
    episodes = [_episode(path) for path in folder.glob("[!.]*.mp3") if record_path(path).is_file()]
    try:
        episodes = _in_the_show(folder, show, episodes)
    except AudioBuilderError as error:
        problem = f"{error.message}. {error.hint}"
    return ShowData(
        folder=str(folder),
        there=there,
        show=show,
        choices={_name_of(one, project): _title_of(one) for one in _choices(project)},
        chosen=_name_of(folder, project),
        problem=problem,
        episodes=episodes,
        categories=CATEGORIES,
        published=_time_of(feed),
        command=f'audio-builder serve "{folder}" --lan',
    )


def own_episodes(project: Project, _request: Request, _body: bytes) -> list[EpisodeData]:
    """Return the episodes that were made of a project, the newest first, and the version before of each."""
    earlier = [path for path in (project.folder / EARLIER).glob("[!.]*.mp3") if record_path(path).is_file()]
    found = [*map(_episode, project.episodes()), *(_episode(path, earlier=True) for path in earlier)]
    return sorted(found, key=lambda one: one.built, reverse=True)


def change(project: Project, request: Request, body: bytes) -> ShowData:
    """Change what the show says, and nothing else in its file; the first time it is set up by that."""
    changes = read_json(body, ShowChanges).changes
    if not set(changes) <= set(_SET_HERE):
        raise NotThere("that setting isn't changed here", hint=f"Edit {project.show / SHOW_FILE}.")
    _set(project, changes)
    return read(project, request, body)


def _set(project: Project, changes: Mapping[str, object]) -> None:
    path = project.show / SHOW_FILE
    with _writing:
        if not path.is_file():
            _begin_show(project, changes)
            return
        there = read_show(project.show)
        make_show({**msgspec.structs.asdict(there), **changes})
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        for name, value in changes.items():
            document[name] = value
        write_bytes(path, tomlkit.dumps(document).encode("utf-8", "replace"))


def set_defaults(project: Project, _request: Request, _body: bytes) -> Any:
    """Give the show the settings of a project: what is begun from now on has them where its own recipe says nothing.

    What else the show's recipe says, and comments, stay: they hold for the project, too.
    """
    path = project.folder / RECIPE
    own = anchored(read_recipe_file(path), project.folder) if path.is_file() else {}
    _set(project, {})
    with _writing:
        path = project.show / SHOW_FILE
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        for name, value in own.items():
            if name in {"tags", "lexicon"}:
                continue
            inner = value.items() if isinstance(value, Mapping) else [("", value)]
            for key, one in inner:
                set_in(document, [RECIPE_TABLE, name, *filter(None, [key])], one)
        write_bytes(path, tomlkit.dumps(document).encode("utf-8", "replace"))
    return {}


def cover(project: Project, _request: Request, _body: bytes) -> Response:
    """Return the picture of the show, small: its own, or one drawn."""
    show = read_show(project.show) if (project.show / SHOW_FILE).is_file() else Show()
    picture = small_cover(cover_of_show(project.show, show))
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def set_cover(project: Project, _request: Request, body: bytes) -> Any:
    """Keep a picture as that of the show."""
    _set(project, {"cover": keep_picture(project.show, body)})
    return {}


def no_cover(project: Project, _request: Request, _body: bytes) -> Any:
    """Have the picture of the show drawn again; its own stays in the folder."""
    _set(project, {"cover": ""})
    return {}


def publish_show(project: Project, _request: Request, _body: bytes) -> Any:
    """Publish the show."""
    with _writing:
        if not (project.show / SHOW_FILE).is_file():
            _begin_show(project, {})
    return publish(project.show)


def choose(project: Project, request: Request, body: bytes) -> ShowData:
    """Have the next episodes of a project go to another show."""
    wanted = read_json(body, ShowWanted)
    if wanted.title:
        project.set_show(new_folder(project.folder.parent, wanted.title))
        with _writing:
            _begin_show(project, {"title": wanted.title})
    else:
        shows = {_name_of(one, project): one for one in _choices(project)}
        if wanted.show not in shows:
            raise NotThere("there is no such show")
        project.set_show(shows[wanted.show])
    return read(project, request, body)


def show_cards(projects: Path, names: Mapping[str, Project]) -> list[ShowCard]:
    """Return the shows beside the projects in a folder that have an episode.

    Args:
        projects: the folder.
        names: the projects in it by their names.
    """
    users: dict[Path, str] = {}
    for name, project in names.items():
        with contextlib.suppress(RecipeError):  # the card of the project says it
            users.setdefault(project.show, name)
    found = [(show, len(list(show.glob(f"*{RECORD_SUFFIX}")))) for show in shows_in(projects) if show in users]
    return [ShowCard(_title_of(show), count, users[show]) for show, count in found if count]


def _choices(project: Project) -> list[Path]:
    """Return the shows that a project can publish into: those beside it, its own, and the one that it has."""
    own = project.folder / SHOW
    there = [own] if own.is_dir() else []
    return list(dict.fromkeys([*shows_in(project.folder.parent), *there, project.show]))


def _name_of(show: Path, project: Project) -> str:
    try:
        return Path(os.path.relpath(show, project.folder.parent)).as_posix()
    except ValueError:  # another drive of Windows
        return str(show)


def _title_of(show: Path) -> str:
    try:
        return read_show(show).title if (show / SHOW_FILE).is_file() else Show().title
    except RecipeError:
        return show.name


def _begin_show(project: Project, settings: Mapping[str, object]) -> None:
    """Set the show up with what the script says of its author and its language, unless settings say it."""
    script = project.opened().script
    own = {"author": script.author, "language": script.language or Show().language}
    init_show(project.show, make_show({**own, **settings}))


def check(project: Project, _request: Request, _body: bytes) -> Any:
    """Look at the show where it is on the web: the person has pressed the button for it."""
    from audio_builder.podcast.web_check import check_web  # slow to import, as it brings what asks the web

    return check_web(project.show)


def qr(project: Project, _request: Request, _body: bytes) -> Response:
    """Return a picture for a phone's camera with the address of the feed."""
    import segno

    drawn = io.BytesIO()
    segno.make(read_show(project.show).feed_url, micro=False).save(
        drawn, kind="svg", scale=4, border=2, dark="#1d2327", light="#ffffff"
    )
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def sound_file(project: Project, request: Request, _body: bytes) -> Response:
    """Return an episode."""
    stem = request.path_params["stem"]
    folder = project.folder / EARLIER if "earlier" in request.query_params else project.show
    path = folder / f"{stem}.mp3"
    if not _STEM.fullmatch(stem.removesuffix(".voice")) or path.is_symlink() or not path.is_file():
        raise NotThere("there is no such episode")
    return FileResponse(path, media_type="audio/mpeg", headers={"Cache-Control": "no-cache"})


def _in_the_show(folder: Path, show: Show, episodes: list[EpisodeData]) -> list[EpisodeData]:
    """Return episodes with where they stand in the show.

    Raises:
        RecipeError: the show hides an episode that there isn't.
        OutputError: what was published can't be read.
    """
    before = read_published(folder, show)
    planned = plan_show(folder, before, (), datetime.datetime.now(datetime.UTC))
    stands: dict[str, tuple[State, str]] = dict.fromkeys(planned.hidden, ("hidden", ""))
    for held in planned.held_back:
        stands[held.stem] = "later", held.until if is_day(held.until) else held.time.isoformat()
    for due in planned.due:
        is_out = due.stem in before.ledger.episodes
        stands[due.stem] = "published" if is_out else "next", due.published.isoformat()
    return [_standing(one, *stands.get(one.name, ("", "")), in_turn=one.name in planned.in_turn) for one in episodes]


def _standing(episode: EpisodeData, state: State, when: str, *, in_turn: bool) -> EpisodeData:
    return msgspec.structs.replace(episode, state=state, when=when, in_turn=in_turn)


def _episode(path: Path, *, earlier: bool = False) -> EpisodeData:
    try:
        record = read_record(record_path(path))
    except AudioBuilderError as error:
        return EpisodeData(name=path.stem, title=path.stem, problem=error.message)
    report = record.report
    return EpisodeData(
        name=path.stem,
        title=report.title,
        built=record.built,
        seconds=report.duration_s,
        chapters=[(chapter.title, chapter.start_s) for chapter in report.chapters],
        ok=report.findings.ok,
        checks=[(str(line), line.ok) for line in report.findings.lines],
        voice=report.voice.name,
        words=record.words,
        earlier=earlier,
    )


def _time_of(path: Path) -> str:
    try:
        return datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC).isoformat(timespec="seconds")
    except OSError:
        return ""
