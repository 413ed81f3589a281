"""Publishing: what is named is in place, what is known stays, and nothing is made twice."""

from __future__ import annotations

import datetime
import hashlib
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

import audio_builder
from audio_builder.episode.naming import Origin
from audio_builder.episode.record import read_record, record_path
from audio_builder.errors import OutputError, RecipeError
from audio_builder.podcast.ledger import read_ledger
from audio_builder.podcast.publisher import PublishOptions, publish
from audio_builder.podcast.show_settings import SHOW_FILE, Show, init_show, make_show, read_show, show_as_toml
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Tags
from tests.conftest import ROOT
from tests.support.show_helpers import SHOW, put_episode, put_show, record_of

NAMED = re.compile(rb'(?:url|href)="https://example.org/pages/([^"]+)"')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A show with one episode, whose sound needs no decoding."""
    monkeypatch.setattr("audio_builder.podcast.publisher.waveform_of", lambda *_: (50,) * 240)
    put_show(tmp_path)
    put_episode(tmp_path, "evening")
    return tmp_path


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _guids(folder: Path) -> list[str]:
    return re.findall(r"<guid[^>]*>([^<]+)", (folder / "feed.xml").read_text(encoding="utf-8"))


def _audio(folder: Path) -> str:
    (name,) = re.findall(r'enclosure url="https://example.org/pages/([^"]+)"', (folder / "feed.xml").read_text())
    return name


def test_everything_that_the_feed_names_is_there(folder: Path):
    """Each address of the feed is a file of the folder, and the MP3 is the built one, byte for byte."""
    report = publish(folder)
    names = [name.decode() for name in NAMED.findall((folder / "feed.xml").read_bytes())]
    assert len(names) == 8, "feed, cover, sound, four transcripts, chapters"
    assert [name for name in names if not (folder / name).is_file()] == []
    assert (folder / _audio(folder)).read_bytes() == b"sound"
    assert (report.episodes, report.made) == (1, ("evening",))


def test_publishing_again_changes_nothing(folder: Path):
    """The same folder gives the same bytes, and no file is even touched."""
    publish(folder)
    before, times = _contents(folder), {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert publish(folder).made == ()
    assert _contents(folder) == before
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == times


def test_a_regenerated_episode_keeps_its_guid_and_date_under_a_new_file_name(folder: Path):
    """Players see the same episode with another file; the old file stays until it is pruned."""
    undated = Tags(title="Evening", show="Evening Pages")
    put_episode(folder, "evening", b"first", record_of(b"first", undated))
    publish(folder)
    guid, first = _guids(folder), _audio(folder)
    put_episode(folder, "evening", b"second", record_of(b"second", undated, built="2027-01-01T00:00:00Z"))
    publish(folder)
    assert _guids(folder) == guid
    assert _audio(folder) != first
    assert "<pubDate>Fri, 20 Nov 2026 18:00:00 +0000</pubDate>" in (folder / "feed.xml").read_text()
    assert (folder / first).read_bytes() == b"first"
    report = publish(folder, PublishOptions(prune=True))
    assert not (folder / first).exists()
    assert first.removeprefix("episodes/") in report.pruned
    assert (folder / _audio(folder)).read_bytes() == b"second"


def test_as_new_gives_a_new_guid(folder: Path):
    """A regenerated episode that is asked to be new is one, and stays that one."""
    publish(folder)
    (first,) = _guids(folder)
    put_episode(folder, "evening", b"second")
    publish(folder, PublishOptions(as_new=("evening",)))
    (second,) = _guids(folder)
    publish(folder)
    assert first != second
    assert _guids(folder) == [second]


def test_as_new_of_no_episode_says_which_there_are(folder: Path):
    """A name that is none is refused before anything is written."""
    with pytest.raises(RecipeError, match="no episode 'morning'") as failed:
        publish(folder, PublishOptions(as_new=("morning",)))
    assert "evening" in failed.value.hint
    assert not (folder / "feed.xml").exists()


def test_only_what_changed_is_made(folder: Path):
    """Of forty episodes, one that changed is made again."""
    for number in range(39):
        put_episode(folder, f"evening-{number}", f"sound {number}".encode())
    assert len(publish(folder).made) == 40
    put_episode(folder, "evening-7", b"another")
    assert publish(folder).made == ("evening-7",)


def test_words_and_sound_of_different_builds_are_not_paired(folder: Path):
    """An MP3 of the same length with other bytes than its record names is not published."""
    (folder / "evening.mp3").write_bytes(b"SOUND")
    report = publish(folder)
    assert report.episodes == 0
    (damage,) = report.damaged
    assert damage.problem == f"{folder / 'evening.mp3'} is not the sound that its record is about"
    assert (damage.name, damage.published, "Build it again" in damage.hint) == ("evening", False, True)
    assert report.unrecorded == ()


def _break_record(folder: Path, stem: str) -> None:
    (folder / f"{stem}.episode.json").write_bytes(b'{"schema_version": 1, "sound": ')


def _remove_record(folder: Path, stem: str) -> None:
    (folder / f"{stem}.episode.json").unlink()


def _remove_sound(folder: Path, stem: str) -> None:
    (folder / f"{stem}.mp3").unlink()


def _other_build(folder: Path, stem: str) -> None:
    """As when a build was killed between its two files."""
    (folder / "new").write_bytes(b"another build")
    (folder / "new").replace(folder / f"{stem}.mp3")


@pytest.mark.parametrize("harm", [_break_record, _remove_record, _remove_sound, _other_build])
def test_a_damaged_episode_stays_in_the_feed_as_it_was(folder: Path, harm: Callable[[Path, str], None]):
    """What is new goes out all the same, and no listener loses an episode; built again, it is as any other."""
    for number in range(3):
        put_episode(folder, f"evening-{number}", f"sound {number}".encode())
    publish(folder)
    guids, item = _guids(folder), _item(folder, "evening-1")
    put_episode(folder, "morning", b"new")
    harm(folder, "evening-1")
    report = publish(folder)
    assert (report.episodes, report.made) == (5, ("morning",))
    assert [(damage.name, damage.published) for damage in report.damaged] == [("evening-1", True)]
    assert _item(folder, "evening-1") == item
    assert set(_guids(folder)) > set(guids)
    assert [
        name for name in NAMED.findall((folder / "feed.xml").read_bytes()) if not (folder / name.decode()).is_file()
    ] == []
    publish(folder, PublishOptions(prune=True))
    assert _item(folder, "evening-1") == item
    put_episode(folder, "evening-1", b"sound 1")
    assert publish(folder).damaged == ()
    assert _item(folder, "evening-1") == item


def _item(folder: Path, stem: str) -> str:
    (item,) = [item for item in (folder / "feed.xml").read_text().split("<item>") if f"{stem}.html" in item]
    return item.partition("</item>")[0]


def test_what_can_not_be_kept_is_not_lost_either(folder: Path):
    """Where the published copy is harmed too, the feed stays as it was, and all such episodes are named at once."""
    for stem in ("morning", "noon"):
        put_episode(folder, stem, stem.encode())
    publish(folder)
    before = _contents(folder)
    for stem in ("evening", "noon"):
        _break_record(folder, stem)
        next((folder / "episodes").glob(f"{stem}-*.mp3")).unlink()
    with pytest.raises(OutputError, match="2 of the published episodes would be lost") as failed:
        publish(folder)
    assert "evening: " in failed.value.message
    assert "noon: " in failed.value.message
    assert "Build each again" in failed.value.hint
    assert {name: content for name, content in _contents(folder).items() if name in ("feed.xml", "published.json")} == {
        name: before[name] for name in ("feed.xml", "published.json")
    }


def test_a_damaged_episode_is_not_lost_with_the_ledger(folder: Path):
    """Listeners know it by its guid in the feed, whatever the ledger remembers."""
    put_episode(folder, "morning", b"morning")
    publish(folder)
    feed = (folder / "feed.xml").read_bytes()
    (folder / "published.json").unlink()
    _break_record(folder, "evening")
    with pytest.raises(OutputError, match="1 of the published episodes would be lost"):
        publish(folder)
    assert (folder / "feed.xml").read_bytes() == feed


def test_an_episode_without_both_its_files_is_withdrawn(folder: Path):
    """That is how one is taken out of the feed; it is no damage."""
    put_episode(folder, "morning", b"morning")
    publish(folder)
    _remove_record(folder, "morning")
    _remove_sound(folder, "morning")
    report = publish(folder)
    assert (report.episodes, report.damaged) == (1, ())


def test_a_damaged_episode_can_not_be_published_as_new(folder: Path):
    """It would get a new guid for what nobody has read."""
    publish(folder)
    _break_record(folder, "evening")
    with pytest.raises(OutputError, match="not a record of an episode"):
        publish(folder, PublishOptions(as_new=("evening",)))


def test_a_stop_leaves_the_earlier_feed_and_all_that_it_names(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Wherever publishing stops, the feed is the old one, complete; the next run finishes."""
    publish(folder)
    feed = (folder / "feed.xml").read_bytes()
    put_episode(folder, "evening", b"second")
    left = [0]
    rename = Path.replace

    def stop_after(path: Path, target: Path) -> Path:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", stop_after)
    stops = 0
    for moves in range(30):
        left[0] = moves
        try:
            publish(folder)
        except KeyboardInterrupt:
            stops += 1
            assert (folder / "feed.xml").read_bytes() == feed
            assert all((folder / name.decode()).is_file() for name in NAMED.findall(feed))
        else:
            break
    assert stops > 3
    assert (folder / _audio(folder)).read_bytes() == b"second"


def test_what_a_killed_publish_left_is_swept(folder: Path):
    """The folder may be put on the web as it is: a half written file isn't in it after the next run."""
    publish(folder)
    expected = _contents(folder)
    (folder / "episodes" / ".evening.vtt.0123456789ab.draft").write_text("half")
    publish(folder)
    assert _contents(folder) == expected


def test_mp3s_without_a_record_are_told(folder: Path):
    """A stranger's MP3 in the folder is not published, and not passed over in silence."""
    (folder / "stranger.mp3").write_bytes(b"music")
    assert publish(folder).unrecorded == ("stranger.mp3",)


def test_a_real_episode_is_published_with_its_picture_and_the_shape_of_its_sound(tmp_path: Path):
    """What `build` leaves is enough: cover from the tag, a waveform that is quiet before the first word."""
    from audio_builder.podcast.ledger import read_ledger

    put_show(tmp_path)
    source = ROOT / "examples" / "one-quiet-minute.md"
    audio_builder.build(source, make_recipe({"voice": "tone", "soundscape": {"background": "none"}}), tmp_path)
    publish(tmp_path)
    entry = read_ledger(tmp_path).episodes["one-quiet-minute"]
    large, small = [tmp_path / "episodes" / name for name in entry.files if name.endswith(".jpg")]
    with Image.open(large) as cover, Image.open(small) as thumbnail:
        assert (cover.size, thumbnail.size) == ((1400, 1400), (440, 440))
    assert small.stat().st_size < 40_000
    # The feed names the large one, the pages the small one.
    assert f"episodes/{large.name}" in (tmp_path / "feed.xml").read_text()
    assert small.name not in (tmp_path / "feed.xml").read_text()
    for page in (tmp_path / "index.html", tmp_path / "episodes" / "one-quiet-minute.html"):
        pictures = re.findall(r'<img[^>]* src="([^"]+)"', page.read_text(encoding="utf-8"))
        assert pictures
        assert all(picture.endswith(".small.jpg") and (page.parent / picture).is_file() for picture in pictures)
    small.unlink()
    assert publish(tmp_path).made == ("one-quiet-minute",)
    assert small.is_file()
    assert len(entry.waveform) == 240
    assert max(entry.waveform[:10]) == 0
    assert max(entry.waveform) > 40


def test_an_episode_built_into_a_show_has_its_name_and_colour(folder: Path, tmp_path: Path):
    """The album in its tag and the colour of its cover are the show's, where the recipe says nothing else."""
    put_show(folder, msgspec.structs.replace(SHOW, cover_colour="#3f6f4a"))
    text = tmp_path / "noon.txt"
    text.write_text("Noon\n\nThe lamp is off.\n", encoding="utf-8")
    recipe = make_recipe({"voice": "tone", "pacing": {"preset": "reading"}})
    tags = read_record(record_path(Path(audio_builder.build(text, recipe, folder).path))).tags
    assert (tags.show, tags.cover_colour) == (SHOW.title, "#3f6f4a")
    own = make_recipe({"voice": "tone", "pacing": {"preset": "reading"}, "tags": {"show": "My Book"}})
    assert read_record(record_path(Path(audio_builder.build(text, own, folder).path))).tags.show == "My Book"


def test_the_cover_of_a_show_has_the_colour_that_is_asked_for(folder: Path):
    """`cover_colour` draws a blue one, under another name: players keep what they know by its address."""

    def cover() -> Path:
        publish(folder, PublishOptions(prune=True))
        (found,) = (folder / "episodes").glob("cover-????????.jpg")
        assert len(list((folder / "episodes").glob("cover-*"))) == 2, "the large and the small one"
        return found

    plain = cover()
    put_show(folder, msgspec.structs.replace(SHOW, cover_colour="#1a5fb4"))
    blue = cover()
    red, _, strongest = np.asarray(Image.open(blue)).reshape(-1, 3).mean(axis=0)
    assert strongest > red + 12
    assert blue.name != plain.name


def test_a_show_can_be_written_and_read(tmp_path: Path):
    """`show.toml` holds what was given, quotes, lines and emoji included, each with a comment."""
    show = Show(title='He said "no" \\ 🌙', description="One.\nTwo.\t\x7f", explicit=True)
    init_show(tmp_path / "new", show)
    written = read_show(tmp_path / "new")
    assert msgspec.structs.replace(written, id="") == show
    assert uuid.UUID(written.id).version == 5
    assert "# name of the show\n" in show_as_toml(show)


def test_a_show_is_never_overwritten(tmp_path: Path):
    """`show.toml` is somebody's work; as it was written it is replaced, and the show's id stays in any case."""
    put_show(tmp_path)
    with pytest.raises(OutputError, match="is there already") as caught:
        init_show(tmp_path, Show(title="Another"))
    assert "--force" in caught.value.hint
    init_show(tmp_path, SHOW, force=True)
    first = read_show(tmp_path).id
    init_show(tmp_path, msgspec.structs.replace(SHOW, title="Another"))
    assert (read_show(tmp_path).id, read_show(tmp_path).title) == (first, "Another")


@pytest.mark.parametrize(
    ("settings", "complaint", "hint"),
    [
        ({"titel": "x"}, "no setting 'titel'", "Did you mean title?"),
        ({"title": " "}, "the title is empty", ""),
        ({"title": 3}, "title must be a text in quotation marks, not a number", ""),
        ({"category": [1]}, "category[0] must be a text in quotation marks, not a number", ""),
        ({"category": "Sleep"}, "none of Apple's categories", ""),
        ({"base_url": "example.org"}, "not a web address", "https://"),
        ({"base_url": "javascript:alert(1)"}, "not a web address", "https://"),
        ({"base_url": "https://me:secret@example.org/a/"}, "a user name or a password", "https://example.org/a/"),
        ({"link": "https://me@example.org/"}, "a user name or a password", "https://example.org/"),
        ({"base_url": "https://example.org/a/feed.xml"}, "a file", "Write https://example.org/a/"),
        ({"language": "german"}, "language is 'german'", "Did you mean de?"),
        ({"language": ""}, "language is empty", "en"),
        ({"id": "mine"}, "id is 'mine', which is no UUID", "show init"),
        ({"base_url": "https://example.org:99999/"}, "not a web address", "https://"),
        ({"new_feed_url": "elsewhere"}, "not a web address", "https://"),
        ({"link": "https://a/?q"}, "not a web address", "without ?"),
        ({"title": "\x00\u200b"}, "the title is empty", "by its title"),
        ({"language": "in English"}, "language is 'in English', which is not a language tag", ""),
        ({"email": "a writer"}, "email is 'a writer', which is not an e-mail address", "me@example.org"),
        ({"medium": "film"}, "medium is 'film'; it must be one of audiobook, blog, music, newsletter, podcast", ""),
        ({"type": "series"}, "type is 'series'; it must be one of episodic, serial", ""),
        ({"update_frequency": "Often <FREQ=OFTEN>"}, "no rule of RFC 5545", "<FREQ=WEEKLY>"),
        ({"base_url": "https://@example.org/"}, "a user name or a password", "https://example.org/"),
        ({"base_url": "https://example.org/a/index.php"}, "a file", "Write https://example.org/a/"),
        ({"cover_colour": "blue"}, "cover_colour is 'blue', which is no colour", "#2a4d5c"),
    ],
)
def test_a_wrong_show_says_what_is_wrong(settings: dict[str, object], complaint: str, hint: str):
    """The message names the file's setting, the hint what to do."""
    with pytest.raises(RecipeError, match=re.escape(complaint)) as failed:
        make_show(settings)
    assert SHOW_FILE in failed.value.message
    assert hint in failed.value.hint


def test_a_folder_without_a_show_says_how_to_make_one(tmp_path: Path):
    """The hint is the command."""
    with pytest.raises(RecipeError, match="no show") as failed:
        publish(tmp_path)
    assert "audio-builder show init" in failed.value.hint


def test_guids_follow_from_show_and_source_not_from_address_and_title(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two shows' “welcome” have guids of their own, which neither a new address nor a lost ledger and feed changes."""
    monkeypatch.setattr("audio_builder.podcast.publisher.waveform_of", lambda *_: (50,) * 240)
    guids = []
    for name in ("one", "other"):
        folder = tmp_path / name
        init_show(folder, Show(title="A show"))
        put_episode(folder, "welcome", record=record_of(origin=Origin(identity="0123456789abcdef")))
        publish(folder)
        guids += _guids(folder)
        toml = (folder / "show.toml").read_text(encoding="utf-8")
        moved = toml.replace('base_url = ""', 'base_url = "https://example.org/new/"')
        (folder / "show.toml").write_text(moved, encoding="utf-8")
        (folder / "published.json").unlink()
        (folder / "feed.xml").unlink()
        publish(folder)
        assert _guids(folder) == guids[-1:]
        feed = (folder / "feed.xml").read_text(encoding="utf-8")
        assert f"<podcast:guid>{read_show(folder).id}</podcast:guid>" in feed
        assert "new-feed-url" not in feed, "it never was anywhere else"
    assert len(set(guids)) == 2


def test_a_renamed_pair_is_the_same_episode_and_a_copied_one_another(folder: Path):
    """By what its record says of where it came from; another source under an old name is a new episode."""
    put_episode(folder, "evening", record=record_of(origin=Origin(identity="a" * 16)))
    publish(folder)
    (guid,) = _guids(folder)
    put_episode(folder, "dusk", record=record_of(origin=Origin(identity="a" * 16)))
    publish(folder)
    assert len(set(_guids(folder))) == 2
    assert guid in _guids(folder)
    (folder / "dusk.mp3").unlink()
    (folder / "dusk.episode.json").unlink()
    publish(folder)
    for suffix in (".mp3", ".episode.json"):
        (folder / f"evening{suffix}").rename(folder / f"dawn{suffix}")
    publish(folder)
    assert _guids(folder) == [guid]
    put_episode(folder, "dawn", b"other", record_of(b"other", origin=Origin(identity="b" * 16)))
    publish(folder)
    assert guid not in _guids(folder)


def test_as_new_takes_a_new_date_and_keeps_it(folder: Path):
    """Players list it on top, and it stays there when it is built again."""
    publish(folder)
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=2)
    publish(folder, PublishOptions(as_new=("evening",)))
    put_episode(folder, "evening", b"another")
    publish(folder)
    entry = read_ledger(folder).episodes["evening"]
    assert before <= datetime.datetime.fromisoformat(entry.published) <= datetime.datetime.now(datetime.UTC)


def test_a_chapter_that_is_built_again_keeps_its_place(folder: Path):
    """Undated, it has the date of its first version, even without the ledger."""
    undated = Tags(title="Evening", show="Evening Pages")
    put_episode(folder, "evening", record=record_of(tags=undated, origin=Origin(first_built="2026-11-01T08:00:00Z")))
    publish(folder)
    (folder / "published.json").unlink()
    publish(folder)
    assert "<pubDate>Sun, 01 Nov 2026 08:00:00 +0000</pubDate>" in (folder / "feed.xml").read_text()


@pytest.mark.parametrize("name", ["index.html", "feed.xml", "show.opml"])
def test_a_page_that_somebody_else_made_stays(name: str, folder: Path):
    """Before the first publishing, and after somebody edited it."""
    (folder / name).write_text("my own")
    with pytest.raises(OutputError, match="made by somebody else") as caught:
        publish(folder)
    assert "--force" in caught.value.hint
    assert (folder / name).read_text() == "my own"
    publish(folder, PublishOptions(force=True))
    (folder / name).write_text((folder / name).read_text() + "<!-- mine -->")
    with pytest.raises(OutputError, match="changed since"):
        publish(folder)


@pytest.mark.parametrize("name", ["evening.html", "evening-{sound}.vtt", "evening-{sound}.notes.txt"])
def test_a_published_file_that_somebody_edited_stays(name: str, folder: Path):
    """It is named in the report; `force` replaces it; and the others are made anew all the same."""
    publish(folder)
    path = folder / "episodes" / name.format(sound=hashlib.sha256(b"sound").hexdigest()[:8])
    path.write_text("my own", encoding="utf-8")
    assert publish(folder).kept == (), "nothing was to be made"
    put_show(folder, msgspec.structs.replace(SHOW, description="Other readings.", author="B. Writer"))
    for _ in range(2):
        report = publish(folder)
        assert path.read_text(encoding="utf-8") == "my own"
        put_show(folder, msgspec.structs.replace(SHOW, description="Still others.", author="C. Writer"))
        assert report.kept == (path.name,)
    publish(folder)
    assert publish(folder, PublishOptions(force=True)).kept == ()
    assert path.read_text(encoding="utf-8") != "my own"
    assert publish(folder).made == ()


def test_a_page_of_somebody_elses_under_an_episodes_name_stays(folder: Path):
    """Even before that episode was ever published."""
    (folder / "episodes").mkdir()
    (folder / "episodes" / "evening.html").write_text("my own", encoding="utf-8")
    assert publish(folder).kept == ("evening.html",)
    assert publish(folder, PublishOptions(prune=True)).pruned == ()
    assert (folder / "episodes" / "evening.html").read_text(encoding="utf-8") == "my own"


def test_pruning_takes_what_was_made_and_nothing_else(folder: Path):
    """Of two withdrawn episodes the page that was edited stays, and so does a page that never was an episode's."""
    put_episode(folder, "morning", b"other")
    put_episode(folder, "noon", b"third")
    publish(folder)
    for name in ("about.html", "noon.html"):
        (folder / "episodes" / name).write_text("my own", encoding="utf-8")
    for stem in ("morning", "noon"):
        (folder / f"{stem}.mp3").unlink()
        (folder / f"{stem}.episode.json").unlink()
    publish(folder)
    report = publish(folder, PublishOptions(prune=True))
    assert "morning.html" in report.pruned
    assert sorted(report.kept) == ["about.html", "noon.html"]
    left = {path.name for path in (folder / "episodes").glob("*.html") if not path.name.endswith(".notes.html")}
    assert left == {"about.html", "evening.html", "evening.embed.html", "noon.html"}


def test_a_page_of_ours_is_known_after_a_stop_and_other_settings(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """A publish that ended before its ledger was kept wrote pages that no ledger knows."""
    publish(folder)
    put_show(folder, msgspec.structs.replace(SHOW, title="Night Pages"))
    with monkeypatch.context() as stopped:
        stopped.setattr("audio_builder.podcast.show_files.opml", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publish(folder)
    put_show(folder, msgspec.structs.replace(SHOW, title="Noon Pages"))
    assert publish(folder).kept == ()
    assert "Noon Pages" in (folder / "episodes" / "evening.html").read_text(encoding="utf-8")


def test_a_page_is_made_anew_after_a_rename(folder: Path):
    """Of the title: the same page says the new one. Of the files: the page has the new name, the guid stays."""
    put_episode(folder, "evening", record=record_of(origin=Origin(identity="a" * 16)))
    publish(folder)
    guid = _guids(folder)
    tags = msgspec.structs.replace(record_of().tags, title="A late evening")
    put_episode(folder, "evening", record=record_of(tags=tags, origin=Origin(identity="a" * 16)))
    assert publish(folder).made == ("evening",)
    assert "A late evening" in (folder / "episodes" / "evening.html").read_text(encoding="utf-8")
    for suffix in (".mp3", ".episode.json"):
        (folder / f"evening{suffix}").rename(folder / f"late{suffix}")
    assert publish(folder, PublishOptions(prune=True)).made == ("late",)
    assert _guids(folder) == guid
    assert "A late evening" in (folder / "episodes" / "late.html").read_text(encoding="utf-8")
    assert not (folder / "episodes" / "evening.html").exists()


def test_a_feed_can_be_unlocked(folder: Path):
    """`podcast:locked` says whether other hosts may import it."""
    put_show(folder, msgspec.structs.replace(SHOW, locked=False))
    publish(folder)
    assert '<podcast:locked owner="writer@example.org">no</podcast:locked>' in (folder / "feed.xml").read_text()
