"""A person's TOML is read within bounds, whatever it holds."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from audio_builder.errors import RecipeError
from audio_builder.podcast.show_settings import read_show
from audio_builder.recipe.recipe_file import read_recipe_file
from audio_builder.toml_files import parse_toml
from audio_builder.voices.catalogue import read_profile
from audio_builder.voices.spoken.lexicon import read_lexicon

DOTS = "a" + ".a" * 100_000 + " = 1"
REFUSED = {
    "a number of 5,000 digits": "n = " + "9" * 5000,
    "a hexadecimal number beyond 64 bits": "n = 0x" + "f" * 500,
    "arrays in arrays": "n = " + "[" * 100_000,
    "tables in tables": "n = " + "{a = " * 100_000,
    "a dotted key": DOTS,
    "a dotted key in a table": f"n = {{{DOTS}}}",
    "a dotted table": f"[{'a.' * 100_000}a]",
    "strings that never end": "a = " + '"\\' * 400_000,
    "quotes without end": "a = " + "'\"" * 400_000,
    "not UTF-8": b"n = '\xff'",
    "no TOML": "n",
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_no_person_writes_is_refused_at_every_door_and_at_once(content: str | bytes, tmp_path: Path):
    """Recipe, lexicon, show and voice profile answer with an error of ours, in CPU time below a second."""
    data = content if isinstance(content, bytes) else content.encode()
    began = time.process_time()
    for name, read in (("a.toml", read_recipe_file), ("b.toml", read_lexicon), ("c.toml", read_profile)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Exception, match=name) as caught:
            read(tmp_path / name)
        assert type(caught.value).__module__ == "audio_builder.errors"
    (tmp_path / "show.toml").write_bytes(data)
    with pytest.raises(RecipeError):
        read_show(tmp_path)
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('a = "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18"', {"a": "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18"}),
        (f"a = '{'[' * 40}'", {"a": "[" * 40}),
        ('a = """\n[[[[[[[[[[[[[[[[[[[["""', {"a": "[" * 20}),
        (f"# {'[' * 40}\na = 1", {"a": 1}),
        ("\ufeffa.b.c = [[1], [2.5]]", {"a": {"b": {"c": [[1], [2.5]]}}}),
        (f"a = {2**63 - 1}", {"a": 2**63 - 1}),
    ],
)
def test_what_a_person_writes_is_read(text: str, found: object):
    """Brackets and dots in strings and comments are words; a mark at the head of the file is none."""
    assert parse_toml(text.encode()) == found


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such pipes")
def test_a_pipe_that_nobody_writes_to_is_no_file(tmp_path: Path):
    """Each door refuses it, where reading would wait for ever."""
    from audio_builder.article.source import open_source
    from audio_builder.episode.cover.draw import fit_cover
    from audio_builder.episode.encode.audio_file import sniff
    from audio_builder.sound.music import music_format

    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    for read in (read_recipe_file, read_lexicon, read_profile, open_source, fit_cover, sniff, music_format):
        with pytest.raises(Exception, match=r"not a file|not a JPEG") as caught:
            read(pipe)
        assert type(caught.value).__module__ == "audio_builder.errors", read
