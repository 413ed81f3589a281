"""What the page asks for, asked without a browser: sounds, settings, particulars, guides, covers, the show."""

from __future__ import annotations

import io
import json
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from audio_builder.podcast.show_settings import read_show

from .conftest import RunningStudio, begin_gate, start_studio

pytestmark = pytest.mark.loopback


def _phrases(studio: RunningStudio, name: str) -> Any:
    cues = [cue for cue in studio.json("GET", f"/api/projects/{name}")["cues"] if cue["t"] == "say"]
    return studio.json("POST", f"/api/projects/{name}/phrases", {"cues": cues[:3]})


def _wav(content: bytes) -> tuple[int, int, int]:
    with wave.open(io.BytesIO(content)) as sound:
        return sound.getnchannels(), sound.getframerate(), sound.getnframes()


def test_a_phrase_is_a_wav_as_long_as_its_facts_say(studio: RunningStudio):
    """Frames, lead and tail are those of the clip; its address gives it at its level, and others are refused."""
    mix = _phrases(studio, begin_gate(studio))
    clip = mix["clips"][1]
    path = f"/sound/clip/{clip['key']}.wav?db={clip['gain_db']}&ceiling={mix['ceiling_dbtp']}"
    assert _wav(studio.ask("GET", path)[1]) == (1, 44100, clip["frames"])
    assert 0 < clip["lead"] + clip["tail"] < clip["frames"]
    in_room = _wav(studio.ask("GET", f"{path}&room=small")[1])
    assert in_room[0] == 2
    assert in_room[2] > clip["frames"]
    assert studio.ask("GET", path.replace("db=", "db=x"))[0] == 404


def test_backgrounds_bells_and_breaths_are_heard(studio: RunningStudio):
    """A stretch of the background, a stroke, a breath of its length; unknown names are refused."""
    name = begin_gate(studio)
    assert _wav(studio.ask("GET", f"/api/projects/{name}/bed.wav?name=rain")[1])[2] == 45 * 44100
    assert _wav(studio.ask("GET", "/sound/bell/chime.wav?rate=44100")[1]) == (2, 44100, 5 * 44100)
    assert _wav(studio.ask("GET", "/sound/breath-in.wav?s=4&rate=48000")[1]) == (2, 48000, 4 * 48000)
    assert studio.ask("GET", f"/api/projects/{name}/bed.wav?name=/etc/passwd")[0] == 404
    assert studio.ask("GET", "/sound/bell/gong.wav?rate=44100")[0] == 422


def test_particulars_are_written_into_the_script(studio: RunningStudio):
    """Title, author and date stand in its front matter; a date that is none is refused with what to do."""
    name = begin_gate(studio)
    base = studio.json("GET", f"/api/projects/{name}")["version"]
    said = {"base": base, "title": "A gate", "subtitle": "", "author": "A. Writer", "language": "en-GB", "date": ""}
    studio.json("PUT", f"/api/projects/{name}/particulars", said)
    text = (studio.projects / name / "script.md").read_text(encoding="utf-8")
    assert "title: A gate\nauthor: A. Writer\nlanguage: en-GB\n" in text
    assert "# The slow gate" in text
    status, content, _ = studio.ask("PUT", f"/api/projects/{name}/particulars", {**said, "date": "soon"})
    assert status == 422
    assert json.loads(content)["hint"]


def test_guides_come_before_and_after_the_words(studio: RunningStudio):
    """Settling before them, the way back after; the author's own words are all there."""
    name = begin_gate(studio)
    before = studio.json("GET", f"/api/projects/{name}")
    for guide in ("settle", "return"):
        base = studio.json("GET", f"/api/projects/{name}")["version"]
        studio.json("POST", f"/api/projects/{name}/guides", {"base": base, "guides": [guide]})
    after = studio.json("GET", f"/api/projects/{name}")["cues"]
    words = [cue["text"] for cue in before["cues"] if cue["t"] == "say"]
    said = [cue["text"] for cue in after if cue["t"] == "say"]
    start = said.index(words[0])
    assert start > 0
    assert said[start : start + len(words)] == words
    assert len(said) > start + len(words)
    body = {"base": before["version"], "guides": ["../../etc/passwd"]}
    assert studio.ask("POST", f"/api/projects/{name}/guides", body)[0] == 404


def test_a_cover_is_a_picture(studio: RunningStudio):
    """A JPEG becomes the cover of the episodes; what is no picture, and what is one by name alone, is refused."""
    name = begin_gate(studio)
    picture = io.BytesIO()
    Image.new("RGB", (1500, 1500), "#2a4d5c").save(picture, "JPEG")
    studio.json("PUT", f"/api/projects/{name}/cover", picture.getvalue())
    assert 'cover = "cover.jpg"' in (studio.projects / name / "recipe.toml").read_text(encoding="utf-8")
    shown = studio.ask("GET", f"/api/projects/{name}/cover")[1]
    assert studio.ask("PUT", f"/api/projects/{name}/cover", b"<svg onload=alert(1)>")[0] == 422
    assert studio.ask("PUT", f"/api/projects/{name}/cover", b"\xff\xd8\xff" + bytes(100))[0] == 422
    assert studio.ask("GET", f"/api/projects/{name}/cover")[1] == shown
    with Image.open(io.BytesIO(shown)) as opened:
        assert np.asarray(opened).reshape(-1, 3).mean(axis=0) == pytest.approx((0x2A, 0x4D, 0x5C), abs=2)
    studio.json("DELETE", f"/api/projects/{name}/cover")
    drawn = studio.ask("GET", f"/api/projects/{name}/cover")[1]
    studio.json("PATCH", f"/api/projects/{name}/recipe", {"changes": {"tags.cover_motif": "hills"}})
    assert len({shown, drawn, studio.ask("GET", f"/api/projects/{name}/cover")[1]}) == 3


def test_a_show_has_a_picture_of_its_own(studio: RunningStudio):
    """A JPEG becomes its cover and stays in its folder when one is drawn again, or another one takes its place."""
    name = begin_gate(studio)
    path = f"/api/projects/{name}/show/cover"
    studio.json("PUT", f"/api/projects/{name}/show", {"title": "Own picture"})
    drawn = studio.ask("GET", path)[1]
    picture = io.BytesIO()
    Image.new("RGB", (1500, 1500), "#2a4d5c").save(picture, "JPEG")
    studio.json("PUT", path, picture.getvalue())
    assert read_show(studio.projects / "own-picture").cover == "cover.jpg"
    assert studio.ask("GET", path)[1] != drawn
    studio.json("DELETE", path)
    assert studio.ask("GET", path)[1] == drawn
    other = io.BytesIO()
    Image.new("RGB", (1500, 1500), "#7a3d2c").save(other, "JPEG")
    for _ in range(2):
        studio.json("PUT", path, other.getvalue())
    assert read_show(studio.projects / "own-picture").cover == "cover-2.jpg"
    kept = {file.name: file.read_bytes() for file in (studio.projects / "own-picture").glob("cover*.jpg")}
    assert kept == {"cover.jpg": picture.getvalue(), "cover-2.jpg": other.getvalue()}


def test_the_show_is_set_up_by_its_first_setting(studio: RunningStudio):
    """Its name is in show.toml, which keeps its id when another setting is changed; a wrong one is refused."""
    name = begin_gate(studio)
    path = f"/api/projects/{name}/show"
    assert studio.json("PATCH", path, {"changes": {"title": "Evening Gates"}})["there"]
    first = studio.json("GET", path)["show"]
    second = studio.json("PATCH", path, {"changes": {"author": "A. Writer"}})["show"]
    assert (second["title"], second["author"], second["id"]) == ("Evening Gates", "A. Writer", first["id"])
    assert studio.ask("PATCH", path, {"changes": {"base_url": "no address"}})[0] == 422
    assert studio.ask("PATCH", path, {"changes": {"id": "mine"}})[0] == 404
    assert studio.json("GET", path)["show"] == second
    file = studio.projects / "show" / "show.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\n# Mine.\n[recipe]\nquote_voice = "tone"\n', encoding="utf-8")
    studio.json("PATCH", path, {"changes": {"explicit": True, "description": "Gates."}})
    assert '# Mine.\n[recipe]\nquote_voice = "tone"\n' in file.read_text(encoding="utf-8")
    assert studio.json("GET", f"/api/projects/{name}")["recipe"]["quote_voice"] == "tone"


def test_a_project_chooses_its_show(studio: RunningStudio):
    """Another show can be begun and left again; only what is offered can be chosen, and home lists no empty one."""
    name = begin_gate(studio)
    path = f"/api/projects/{name}/show"
    begun = studio.json("PUT", path, {"title": "Walks"})
    assert (begun["chosen"], begun["choices"]["walks"], begun["show"]["title"]) == ("walks", "Walks", "Walks")
    assert (studio.projects / name / "audio-builder.toml").read_text(encoding="utf-8") == 'output = "../walks"\n'
    for wanted in ({"show": "../elsewhere"}, {"show": f"{name}"}, {}):
        assert studio.ask("PUT", path, wanted)[0] == 404
    assert studio.json("PUT", path, {"show": "show"})["chosen"] == "show"
    assert studio.json("GET", f"/api/projects/{name}/episodes") == []
    assert "walks" not in [card["title"] for card in studio.json("GET", "/api/home")["shows"]]


def test_new_projects_begin_as_the_show_says(studio: RunningStudio):
    """A project's settings become the show's; a new English text has them, a German one a voice of its language.

    What a person wrote into the show's recipe stays.
    """
    name = begin_gate(studio)
    studio.json("PATCH", f"/api/projects/{name}/show", {"changes": {"title": "Lanes"}})
    file = studio.projects / "show" / "show.toml"
    own = "\n[recipe.pacing]\n# Rooms to breathe.\nsentence_s = 1.5\n"
    file.write_text(file.read_text(encoding="utf-8") + own, encoding="utf-8")
    studio.json(
        "PATCH", f"/api/projects/{name}/recipe", {"changes": {"tags.genre": "Calm", "soundscape.background": "rain"}}
    )
    studio.json("POST", f"/api/projects/{name}/show/recipe", {})
    new, german = (
        studio.json("POST", "/api/projects?name=new.md", text.encode())["name"]
        for text in ("The lane is long. Walk it twice.", "---\nlanguage: de\n---\n\nDer Weg ist lang. Geh ihn zweimal.")
    )
    recipe, other = (studio.json("GET", f"/api/projects/{one}")["recipe"] for one in (new, german))
    assert (recipe["voice"], recipe["pacing"]["wpm"], recipe["soundscape"]["background"]) == ("tone", 150, "rain")
    assert (recipe["tags"]["genre"], recipe["pacing"]["sentence_s"]) == ("Podcast", 1.5)
    assert "# Rooms to breathe.\nsentence_s = 1.5\n" in file.read_text(encoding="utf-8")
    assert (other["voice"] != "lark", other["soundscape"]["background"]) == (True, "rain")


def test_another_recipe_is_another_mix(studio: RunningStudio):
    """What was planned by an earlier recipe is not what the page is given as the mix of now."""
    name = begin_gate(studio)
    state: dict[str, Any] = {}
    for _ in range(120):
        state = studio.json("GET", f"/api/projects/{name}/state")
        if state["planned"]:
            break
        time.sleep(0.25)
    assert state["planned"] == state["version"]
    studio.json("PATCH", f"/api/projects/{name}/recipe", {"changes": {"soundscape.bed_below_speech_db": 30}})
    changed = studio.json("GET", f"/api/projects/{name}/state")
    assert changed["recipe"] != state["recipe"]
    assert changed["mix"] > state["mix"] or changed["planned"] == ""


def test_an_episode_that_was_being_made_is_made_at_the_next_start(tmp_path: Path):
    """Ctrl-C while it is built: the next studio goes on with it unasked, and nothing half made is left."""
    projects, clips = tmp_path / "projects", tmp_path / "clips"
    running = start_studio(projects, clips)
    running.enter()
    name = begin_gate(running)
    running.json("POST", f"/api/projects/{name}/build")
    running.stop()
    assert running.process.returncode == 0
    assert not (projects / "show" / f"{name}.mp3").exists()
    again = start_studio(projects, clips)
    again.enter()
    for _ in range(400):
        jobs = again.json("GET", f"/api/projects/{name}/state")["jobs"]
        if jobs and jobs[-1]["state"] == "done":
            break
        time.sleep(0.25)
    again.stop()
    assert (projects / "show" / f"{name}.mp3").is_file()
    assert not list((projects / name).rglob("*.draft"))
