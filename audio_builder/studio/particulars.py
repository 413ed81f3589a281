"""What an episode says of itself, its picture, and the guides around its words."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audio_builder.episode.cover.draw import fit_cover, small_cover
from audio_builder.episode.naming import resolved_tags
from audio_builder.errors import RecipeError
from audio_builder.files import draft_beside, write_bytes, write_draft
from audio_builder.preflight import cover_of, recipe_of_show
from audio_builder.recipe.values import WrongValue, iso_date, language_tag
from audio_builder.script.cues import Script
from audio_builder.script.from_document import add_guides
from audio_builder.studio.exchange import SMALL, FindProject, NotThere, for_project, read_json, route
from audio_builder.studio.project import Project

LARGEST_COVER_BYTES = 20_000_000
_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}

_Line = Annotated[str, Meta(max_length=1000)]


class Particulars(Struct, frozen=True, forbid_unknown_fields=True):
    """What players show of an episode, for a version of the script."""

    base: str
    title: _Line
    subtitle: _Line
    author: _Line
    language: Annotated[str, Meta(max_length=35)]
    date: Annotated[str, Meta(max_length=40)]


class GuidesWanted(Struct, frozen=True):
    """Passages before and after the words, for a version of the script."""

    base: str
    guides: list[str]


def particulars_routes(find: FindProject) -> list[Route]:
    """Return the routes of what an episode says of itself.

    Args:
        find: gives a project by its name.
    """
    p = "/api/projects/{name}"
    return [
        route("PUT", f"{p}/particulars", for_project(find, set_particulars), SMALL),
        route("POST", f"{p}/guides", for_project(find, put_guides), SMALL),
        route("PUT", f"{p}/cover", for_project(find, set_cover), LARGEST_COVER_BYTES),
        route("DELETE", f"{p}/cover", for_project(find, no_cover), SMALL),
        route("GET", f"{p}/cover", for_project(find, cover)),
    ]


def set_particulars(project: Project, _request: Request, body: bytes) -> Any:
    """Write what an episode says of itself into the script's front matter, and return the new version.

    Raises:
        ChangedElsewhere: the script is another version by now.
        RecipeError: the language or the date isn't written as it must be.
    """
    wanted = read_json(body, Particulars)
    try:
        language, date = language_tag(wanted.language), iso_date(wanted.date)
    except WrongValue as error:
        raise RecipeError(f"that {error.complaint}", hint=error.hint) from error
    with project.lock:
        script = replace(
            project.opened().script,
            title=" ".join(wanted.title.split()),
            subtitle=" ".join(wanted.subtitle.split()),
            author=" ".join(wanted.author.split()),
            language=language,
            date=date,
        )
        return {"version": project.save(script, wanted.base)}


def put_guides(project: Project, _request: Request, body: bytes) -> Any:
    """Put guides before and after the words of a script, and return the new version.

    Raises:
        ChangedElsewhere: the script is another version by now.
        RecipeError: there is no such guide, or none in the language of the words.
    """
    wanted = read_json(body, GuidesWanted)
    if not all(name.isascii() and name.replace("-", "").isalnum() for name in wanted.guides):
        raise NotThere("a guide is chosen by its name")
    with project.lock:
        script = project.opened().script
        guided = add_guides(script, project.recipe(), wanted.guides)
        cues = guided.cues if isinstance(guided, Script) else script.cues
        return {"version": project.save(replace(script, cues=cues), wanted.base)}


def set_cover(project: Project, _request: Request, body: bytes) -> Any:
    """Keep a picture as the cover of the project's episodes.

    Raises:
        RecipeError: it is no JPEG or PNG that can be a cover.
    """
    with project.lock:
        return {"recipe": project.set_recipe({"tags.cover": keep_picture(project.folder, body)})}


def keep_picture(folder: Path, content: bytes) -> str:
    """Keep a picture in a folder as its cover, and return the name of its file; another picture there stays.

    Raises:
        RecipeError: it is no JPEG or PNG that can be a cover.
        OutputError: it can't be written.
    """
    suffix = next((suffix for magic, suffix in _SUFFIXES.items() if content.startswith(magic)), None)
    if suffix is None:
        raise RecipeError("that is no JPEG and no PNG", hint="Choose a square picture of 1400 pixels or more.")
    numbered = (folder / f"cover-{number}{suffix}" for number in itertools.count(2))
    places = itertools.chain([folder / f"cover{suffix}"], numbered)
    path = next(place for place in places if not place.exists() or place.read_bytes() == content)
    with draft_beside(path) as draft:
        write_draft(draft, content)
        fit_cover(draft)
    write_bytes(path, content)
    return path.name


def no_cover(project: Project, _request: Request, _body: bytes) -> Any:
    """Have the cover drawn again; the picture stays in the project's folder."""
    return {"recipe": project.set_recipe({"tags.cover": None})}


def cover(project: Project, _request: Request, _body: bytes) -> Response:
    """Return the picture that the episode gets, small: the project's own, or one drawn."""
    script, recipe = project.opened().script, recipe_of_show(project.recipe(), project.show)
    picture = cover_of(resolved_tags(recipe.tags, script))()
    return Response(small_cover(picture), media_type="image/jpeg", headers={"Cache-Control": "no-store"})
