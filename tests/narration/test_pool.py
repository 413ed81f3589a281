"""Worker processes that crash, hang, print and lie; and Ctrl-C."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from audio_builder.errors import AudioBuilderError, ClipRejected, EngineFailed, EngineTimedOut
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.workers import process
from audio_builder.narration.workers.pool import Pool
from audio_builder.narration.workers.process import Deadlines, Job, Spoken, processor_s
from tests.conftest import ROOT, hear_ctrl_c
from tests.voice_helpers import install_engine, script_of, voice_of

SHORT = Deadlines(start_s=2.5, base_s=0.5, per_character_s=0.0)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """After each test there is no thread and no child process that wasn't there before."""
    threads, children = threading.active_count(), children_of(os.getpid())
    yield
    assert threading.active_count() == threads
    assert children_of(os.getpid()) == children


def children_of(pid: int) -> set[str]:
    """The child processes of all threads of a process; those of a pool belong to its threads."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return {child for children in lists for child in children.read_text().split()}


def install_minuting_engine(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str) -> Path:
    """Install an engine that writes a line for each phrase into the file returned: its process, the rate, the words."""
    said = folder / "said"
    body = f"""
    with open({str(said)!r}, "a") as file:
        print(os.getpid(), int(voice.rate), text, file=file)
    return good(text, voice)
    """
    install_engine(monkeypatch, folder, name, body)
    return said


def spoken(engine: str, *texts: str, deadlines: Deadlines | None = None, workers: int = 1) -> dict[str, Spoken]:
    """Run a pool on these texts, and return what was stored."""
    stored: dict[str, Spoken] = {}

    def store(job: Job, clip: Spoken) -> None:
        stored[job.text] = clip

    voice = voice_of(engine)
    try:
        with Pool(workers=workers, deadlines=deadlines) as pool:
            pool.run([Job(text, text, voice, 44100) for text in texts], store)
    except AudioBuilderError as error:
        error.stored = stored  # type: ignore[attr-defined]
        raise
    return stored


def test_a_worker_that_crashes_once_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clip is tried again in a new process, and nobody notices."""
    once = tmp_path / "once"
    install_engine(
        monkeypatch,
        tmp_path,
        "fragile",
        f"""
        if "break" in text and not Path({str(once)!r}).exists():
            Path({str(once)!r}).touch()
            os.kill(os.getpid(), signal.SIGSEGV)
        return good(text, voice)
        """,
    )
    assert set(spoken("fragile", "One.", "Then break.", "Three.")) == {"One.", "Then break.", "Three."}


@pytest.mark.parametrize(
    "mishap",
    [
        "time.sleep(60)",
        "raise ValueError('out of tune')",
        "return AudioSegment(bytes(88200), frame_rate=22050, sample_width=2, channels=1)",
        "return good(text * 9, voice)",
    ],
)
def test_a_clip_that_fails_once_is_tried_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mishap: str
) -> None:
    """Whether its worker hangs, its engine fails, or its sound is silent or far too long."""
    once = tmp_path / "once"
    install_engine(
        monkeypatch,
        tmp_path,
        "moody",
        f"""
        if "five" in text and not Path({str(once)!r}).exists():
            Path({str(once)!r}).touch()
            {mishap}
        return good(text, voice)
        """,
    )
    # A worker that has spoken before counts as hung soon, and its successor has all the time it needs to start.
    deadlines = Deadlines(start_s=60, base_s=3, per_character_s=0)
    clips = spoken(
        "moody", "It begins with something a little longer.", "One two three four five.", deadlines=deadlines
    )
    assert once.exists()
    assert len(clips["One two three four five."].pcm) > 2 * 44100


def test_a_worker_that_crashes_twice_is_an_error_that_names_the_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what the process last said; finished clips are kept."""
    install_engine(
        monkeypatch,
        tmp_path,
        "broken",
        """
        if "break" in text:
            print("out of paper", file=sys.stderr, flush=True)
            os._exit(41)
        return good(text, voice)
        """,
    )
    with pytest.raises(EngineFailed) as caught:
        spoken("broken", "A long first sentence, spoken before.", "Then break.")
    assert "“Then break.”" in caught.value.message
    assert "exit code 41; it last said: out of paper" in caught.value.message
    assert "finished sentences are kept" in caught.value.hint
    assert set(caught.value.stored) == {"A long first sentence, spoken before."}  # type: ignore[attr-defined]


def test_a_worker_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice, and then the error names the sentence and the limit."""
    pids = tmp_path / "pids"
    install_engine(
        monkeypatch,
        tmp_path,
        "stuck",
        f"""
        import subprocess
        grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        with open({str(pids)!r}, "a") as file:
            file.write(f"{{os.getpid()}} {{grandchild.pid}} ")
        time.sleep(60)
        """,
    )
    with pytest.raises(EngineTimedOut, match=r"did not finish “Wait\.” within 3\.0 s"):
        spoken("stuck", "Wait.", deadlines=SHORT)
    gone = pids.read_text().split()
    assert len(gone) == 4
    # A grandchild was killed, but dies and is reaped by whoever inherits orphans here, which may take its time.
    until = time.monotonic() + 10
    while any(map(_runs, gone)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(_runs, gone))


def _runs(pid: str) -> bool:
    """Return whether a process is there and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_an_engine_may_print_and_read_without_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """stdout and stdin are ours alone, at the level of the operating system too."""
    install_engine(
        monkeypatch,
        tmp_path,
        "chatty",
        """
        print("garbage " * 1000)
        os.write(1, bytes(range(256)) * 500)
        os.system("echo more garbage")
        assert sys.stdin.read() == ""
        return good(text, voice)
        """,
    )
    assert set(spoken("chatty", "One.", "Two.")) == {"One.", "Two."}


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        ("AudioSegment(bytes(88200), frame_rate=22050, sample_width=2, channels=1)", "silent"),
        ("AudioSegment(b'', frame_rate=22050, sample_width=2, channels=1)", "silent"),
        ("good(text * 9, voice)", "it lasts"),
    ],
)
def test_a_wrong_sound_is_tried_twice_and_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound: str, told: str
) -> None:
    """The error names the sentence and the numbers."""
    tries = tmp_path / "tries"
    install_engine(monkeypatch, tmp_path, "wrong", f"open({str(tries)!r}, 'a').write('x')\nreturn {sound}")
    with pytest.raises(ClipRejected, match=told) as caught:
        spoken("wrong", "One two three four five. ")
    assert "“One two three four five" in caught.value.message
    assert tries.read_text() == "xx"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ZeroDivisionError('seven')", "the engine raised ZeroDivisionError: seven"),
        ("return 'no sound'", "gave no mono 16-bit sound"),
        ("return good(text, voice).set_channels(2)", "gave no mono 16-bit sound"),
        ("sys.exit(3)", "exit code"),
    ],
)
def test_whatever_an_engine_does_wrong_is_an_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, told: str
) -> None:
    """With the sentence it was about."""
    install_engine(monkeypatch, tmp_path, "odd", body)
    with pytest.raises(EngineFailed, match=told) as caught:
        spoken("odd", "One.")
    assert "“One.”" in caught.value.message


def test_an_engines_own_error_keeps_its_class_and_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing extra found by the worker is one for the user too."""
    body = "from audio_builder.errors import MissingExtra\nraise MissingExtra('no ears', hint='pip install ears')"
    install_engine(monkeypatch, tmp_path, "earless", body)
    with pytest.raises(AudioBuilderError) as caught:
        spoken("earless", "One.")
    assert (type(caught.value).__name__, caught.value.hint, caught.value.exit_code) == (
        "MissingExtra",
        "pip install ears",
        4,
    )


def test_the_longest_phrases_are_spoken_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no worker is left with a long one at the end."""
    begun: list[str] = []

    def on_event(job: Job, finished: bool) -> None:
        if not finished:
            begun.append(job.text)

    texts = ["Two words.", "One.", "Four words, or five."]
    with Pool(workers=1) as pool:
        pool.run([Job(text, text, voice_of("tone"), 44100) for text in texts], lambda _job, _clip: None, on_event)
    assert begun == ["Four words, or five.", "Two words.", "One."]


def test_several_voices_are_spoken_by_the_same_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one order, the longest first: no core waits at the end of one voice for the next to begin."""
    said = install_minuting_engine(monkeypatch, tmp_path, "duet")
    low, high = voice_of("duet"), msgspec.structs.replace(voice_of("duet"), rate=150.0)
    texts = {"Four words, or five.": low, "One.": low, "Three words here.": high, "Go.": high}
    lengths: dict[str, int] = {}

    def store(job: Job, clip: Spoken) -> None:
        lengths[job.text] = len(clip.pcm)

    with Pool(workers=1) as pool:
        pool.run([Job(text, text, voice, 44100) for text, voice in texts.items()], store)
    lines = [line.split(maxsplit=2) for line in said.read_text().splitlines()]
    assert len({pid for pid, _, _ in lines}) == 1
    assert [(rate, text) for _, rate, text in lines] == [
        ("125", "Four words, or five."),
        ("150", "Three words here."),
        ("125", "One."),
        ("150", "Go."),
    ]
    assert lengths["Go."] < lengths["One."]


def test_two_engines_never_share_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries of one may crash those of the other; each has a process of its own, and keeps it."""
    said = tmp_path / "said"
    for name in ("flute", "drum"):
        body = f"""
        with open({str(said)!r}, "a") as file:
            print(os.getpid(), {name!r}, file=file)
        return good(text, voice)
        """
        install_engine(monkeypatch, tmp_path / name, name, body)
    voices = (voice_of("flute"), voice_of("drum"))
    texts = ["A b c d.", "A b c.", "A b.", "A."]
    jobs = [Job(text, text, voices[number % 2], 44100) for number, text in enumerate(texts)]
    with Pool(workers=1) as pool:
        pool.run(jobs, lambda _job, _clip: None)
    lines = [line.split() for line in said.read_text().splitlines()]
    assert [name for _, name in lines] == ["flute", "drum"] * 2
    assert len({pid for pid, _ in lines}) == 2
    assert lines[0] == lines[2]


def test_a_clip_that_cant_be_stored_ends_the_narration(tmp_path: Path) -> None:
    """An error in the threads that store reaches the caller."""

    def refuse(_job: Job, _clip: Spoken) -> None:
        raise EngineFailed("no room")

    with Pool(workers=2) as pool, pytest.raises(EngineFailed, match="no room"):
        pool.run([Job("a", "A.", voice_of("tone"), 44100)], refuse)


def test_ctrl_c_stops_within_a_second_and_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback of a worker, no process left; the next run speaks only the rest."""
    site, cache = tmp_path / "site", tmp_path / "cache"
    install_engine(monkeypatch, site, "slow", "time.sleep(0.1 if len(text) > 40 else 60)\nreturn good(text, voice)")
    texts = [f"A long sentence number {number}, which is spoken at once." for number in range(4)] + ["Stay.", "Stop."]
    script = tmp_path / "user_script.py"
    # No guard against being imported again: a user's script needs none.
    script.write_text(
        f"import sys\nsys.path[:0] = [{str(site)!r}, {str(ROOT)!r}]\n"
        "from pathlib import Path\n"
        "from audio_builder.narration.clip_cache import ClipCache\n"
        "from audio_builder.narration.narrate import narrate\n"
        "from audio_builder.narration.workers.pool import Pool\n"
        "from tests.voice_helpers import script_of, voice_of\n"
        "def tell(step): print(step.done, step.detail, flush=True)\n"
        "with Pool(workers=2) as pool:\n"
        f"    narrate(script_of(*{texts!r}), voice_of('slow'), cache=ClipCache(Path({str(cache)!r})), rate_hz=44100,\n"
        "            progress=tell, pool=pool)\n"
    )
    command = [sys.executable, str(script)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - no threads are running yet
    )
    assert process.stdout is not None
    seen: list[list[str]] = []
    for line in process.stdout:
        seen.append(line.split(maxsplit=1))
        if seen[-1][0] == "4" and {"Stay.\n", "Stop.\n"} <= {text for _, *rest in seen for text in rest}:
            break
    workers = children_of(process.pid)
    before = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert time.monotonic() - before < 5, "far less than the phrases that were being spoken would take"
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert len(workers) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
    kept = narrate(script_of(*texts[:4]), voice_of("slow"), cache=ClipCache(cache), rate_hz=44100)
    assert kept.cached == 4


def test_a_deadline_grows_with_the_text_and_with_starting() -> None:
    """20 s, half a second for each character, and a minute for a process that has to load its model."""
    assert Deadlines().limit_s("a" * 100, fresh=False) == 70
    assert Deadlines().limit_s("a" * 100, fresh=True) == 130


def test_workers_wait_for_the_next_round_with_their_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample spoken at one rate and the text at another: one process, which is told of the other voice."""
    said = install_minuting_engine(monkeypatch, tmp_path, "patient")
    slow = voice_of("patient")
    quick = msgspec.structs.replace(slow, rate=150.0)
    others = children_of(os.getpid())
    with Pool(workers=1) as pool:
        for voice, text in ((slow, "A sample."), (quick, "The whole.")):
            pool.run([Job(text, text, voice, 44100)], lambda _job, _clip: None)
        assert len(children_of(os.getpid()) - others) == 1
    lines = [line.split(maxsplit=2) for line in said.read_text().splitlines()]
    assert [(rate, text) for _, rate, text in lines] == [("125", "A sample."), ("150", "The whole.")]
    assert len({pid for pid, _, _ in lines}) == 1


def test_a_deadline_counts_what_a_worker_computes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy computer it may wait: as long as it gets on, however slowly, it isn't killed."""
    install_engine(monkeypatch, tmp_path, "slow", "time.sleep(3)\nreturn good(text, voice)")
    computed = itertools.count()
    monkeypatch.setattr(process, "processor_s", lambda _pid: 0.05 * next(computed))
    assert spoken("slow", "Wait.", deadlines=Deadlines(start_s=0, base_s=1.5, per_character_s=0))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the clock decides")
def test_a_worker_that_computes_for_ever_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own time, which grows as long as it computes."""
    install_engine(monkeypatch, tmp_path, "busy", "while True:\n    pass")
    with pytest.raises(EngineTimedOut, match="did not finish"):
        spoken("busy", "Wait.", deadlines=Deadlines(start_s=0.5, base_s=0.5, per_character_s=0))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the clock decides")
def test_the_time_of_a_process_is_its_own() -> None:
    """Ours is about what Python says; a process that is gone has none."""
    own = processor_s(os.getpid())
    assert own == pytest.approx(time.process_time(), abs=0.5)
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert processor_s(child.pid) is None
