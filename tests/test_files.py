"""Writing so that nothing is ever half there."""

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from audio_builder import files
from audio_builder.errors import DiskFull, OutputError
from audio_builder.narration.workers.pool import Pool


def test_a_committed_draft_replaces_the_old_file_and_leaves_no_litter(tmp_path: Path):
    """After `write_bytes` the folder holds the file with its new bytes, and nothing else."""
    target = tmp_path / "episode.mp3"
    target.write_bytes(b"old")
    files.write_bytes(target, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("episode.mp3", b"new")]


def test_a_failure_inside_the_block_leaves_the_old_file_and_no_litter(tmp_path: Path):
    """An error before `commit` changes nothing."""
    target = tmp_path / "episode.mp3"
    target.write_bytes(b"old")

    def fail_half_way() -> None:
        with files.draft_beside(target) as draft:
            draft.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("episode.mp3", b"old")]


def test_the_folder_is_made_when_it_is_not_there(tmp_path: Path):
    """A target may lie in a folder that does not exist yet."""
    files.write_bytes(tmp_path / "a" / "b" / "c.txt", b"x")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == b"x"


def test_a_file_where_the_folder_should_be_is_an_output_error(tmp_path: Path):
    """The message names the path that can't be written."""
    (tmp_path / "output").write_text("I am a file")
    with pytest.raises(OutputError, match=r"episode\.mp3") as caught:
        files.write_bytes(tmp_path / "output" / "episode.mp3", b"x")
    assert "a folder you may write to" in caught.value.hint


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_has_an_error_of_its_own(tmp_path: Path, code: int):
    """No space and no quota are both `DiskFull`."""
    error = files.output_error(OSError(code, os.strerror(code)), tmp_path / "episode.mp3")
    assert isinstance(error, DiskFull)
    assert "episode.mp3" in error.message


def test_a_name_too_long_is_answered_with_a_shorter_one(tmp_path: Path):
    """No other permission would help where the file system takes no such name."""
    with pytest.raises(OutputError, match=r"can't write .*too long") as caught:
        files.write_bytes(tmp_path / ("a" * 300), b"x")
    assert "a shorter name" in caught.value.hint


def test_an_error_tells_the_final_name_of_a_draft(tmp_path: Path):
    """Nobody knows what a draft is called, so its errors speak of the file that it was to become."""
    with files.draft_beside(tmp_path / "episode.mp3") as draft:
        error = files.output_error(OSError(errno.ENOSPC, "full"), draft)
    assert error.message == f"no space is left to write {tmp_path / 'episode.mp3'}"


def test_probing_a_folder_leaves_nothing_and_names_the_folder(tmp_path: Path):
    """A folder that can be written is made and left empty; the error of one that can't names it."""
    files.write_probe(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OutputError, match=r"can't write .*file/inside"):
        files.write_probe(tmp_path / "file" / "inside")


def test_taking_a_folder_sweeps_what_a_killed_build_left(tmp_path: Path):
    """Drafts go when the folder is locked; every other file stays, a hidden draft of a person's too."""
    for name in (".a.mp3.0123456789ab.draft", "c.mp3", ".poem.draft"):
        (tmp_path / name).write_bytes(b"x")
    with files.folder_locked(tmp_path, pytest.fail):
        assert {path.name for path in tmp_path.iterdir()} == {"c.mp3", ".poem.draft"}


def test_a_second_build_waits_for_the_first(tmp_path: Path):
    """Whoever finds the folder held is told so, and goes on when it is free."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    told: list[str] = []

    def on_wait() -> None:
        told.append("waiting")
        holder.communicate("")  # ends the holder, and with it its lock

    with files.folder_locked(tmp_path, on_wait):
        assert told == ["waiting"]


def test_a_failure_under_the_lock_is_told_as_it_is(tmp_path: Path):
    """An error of the block is not taken for an error of the lock."""
    with pytest.raises(OSError, match="my own"), files.folder_locked(tmp_path, pytest.fail):
        raise OSError("my own")


def test_a_folder_that_is_not_there_cannot_be_held(tmp_path: Path):
    """The message names the folder."""
    with pytest.raises(OutputError, match="absent"), files.folder_locked(tmp_path / "absent", pytest.fail):
        pass


_HOLD = """
import sys
import tempfile
from pathlib import Path
from audio_builder import files
with files.folder_locked(Path(sys.argv[1]), lambda: None):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace (Debian: apt install strace)")
@pytest.mark.parametrize(
    ("inject", "expected"),
    [
        ("write:error=ENOSPC", "DiskFull"),
        ("fsync:error=EIO", "OutputError"),
        ("rename:error=EACCES", "OutputError"),
    ],
)
def test_injected_faults_leave_the_old_file(tmp_path: Path, inject: str, expected: str):
    """Whatever call fails while an episode is put in place, the old one is intact and nothing is left over."""
    target = tmp_path / "episode.mp3"
    target.write_bytes(b"old")
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from audio_builder import files
        from audio_builder.errors import OutputError
        try:
            files.write_bytes(Path(sys.argv[1]), b"new")
        except OutputError as error:
            sys.exit(type(error).__name__)
        """
    )
    # -P limits the fault to calls on paths in this folder; a rename is matched by its arguments too.
    command = ["strace", "-f", "-o", str(tmp_path.parent / "trace"), "-P", str(tmp_path), "-e", f"inject={inject}"]
    run = subprocess.run(
        [*_with_drafts(command, inject), sys.executable, "-c", program, str(target)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert run.stderr.strip().splitlines()[-1:] == [expected], run.stderr
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("episode.mp3", b"old")]


def _with_drafts(command: list[str], inject: str) -> list[str]:
    """A draft's name is random, so faults on it can't be chosen by path: they strike every call of their kind."""
    if inject.startswith("write"):
        # Python itself writes nothing before the draft; its later message on stderr is a write as well: strike once.
        command[-1] += ":when=1"
    at = command.index("-P")
    return command[:at] + command[at + 2 :]


@pytest.mark.skipif(os.name == "nt", reason="Windows can't open folders")
@pytest.mark.parametrize("files_too", [False, True])
@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTTY, errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_folder_that_can_not_be_synced_or_locked_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, code: int, files_too: bool
):  # fmt: skip
    """On SMB and some FUSE and NFS the file is there, and each limit is said once, not at every file."""
    import fcntl

    fsync = os.fsync

    def refuse(descriptor: int, *_: int) -> None:
        if files_too or stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, os.strerror(code))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    monkeypatch.setattr(fcntl, "flock", refuse)
    files._say_unsupported.cache_clear()
    for name in ("one", "two"):
        with files.folder_locked(tmp_path, lambda: None):
            files.write_bytes(tmp_path / name, b"words")
        assert (tmp_path / name).read_bytes() == b"words"
    assert len(caplog.messages) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows can't open folders")
def test_what_fails_after_the_rename_is_said_to_be_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The file is in place, and the message doesn't deny it."""

    def fail(_folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(files, "sync_folder", fail)
    with pytest.raises(OutputError, match="is written and in place"):
        files.write_bytes(tmp_path / "a", b"words")
    assert (tmp_path / "a").read_bytes() == b"words"


@pytest.mark.skipif(os.name == "nt", reason="it locks no folders")
def test_scratch_folders_of_killed_processes_are_swept_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One that is in use, by this process or another, stays; so does what isn't ours."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    killed = "from audio_builder.files import scratch_folder as s; import os; f = s(); f.__enter__(); os._exit(9)"
    subprocess.run([sys.executable, "-c", killed], check=False, env=os.environ | {"TMPDIR": str(tmp_path)})
    assert len(list(tmp_path.iterdir())) == 1
    (tmp_path / "audio-builder-file").write_text("not a folder")
    killed_at_once = subprocess.Popen([sys.executable, "-c", ""])
    killed_at_once.wait()
    (tmp_path / f".audio-builder-{killed_at_once.pid}-abc").mkdir()
    (tmp_path / f".audio-builder-{os.getpid()}-abc").mkdir()
    with files.scratch_folder() as first, files.scratch_folder() as second:
        begun = tmp_path / f".audio-builder-{os.getpid()}-abc"
        left = {path.name for path in tmp_path.iterdir()}
        assert left == {"audio-builder-file", begun.name, first.name, second.name}
    begun.rmdir()
    assert [path.name for path in tmp_path.iterdir()] == ["audio-builder-file"]
    subprocess.run([sys.executable, "-c", killed], check=False, env=os.environ | {"TMPDIR": str(tmp_path)})
    with Pool():
        assert [path.name for path in tmp_path.iterdir()] == ["audio-builder-file"], "where nothing is spoken"
