"""Fuzz the readers and the script parser, guided by coverage (run with .venv/bin/python scripts/fuzz.py).

    .venv/bin/pip install atheris
    nice .venv/bin/python scripts/fuzz.py --minutes 10            # every target, one after the other
    nice .venv/bin/python scripts/fuzz.py html --minutes 2

It needs Linux or macOS. What it finds is written to `.fuzz/TARGET/`; a finding becomes a line among the kept
cases of tests/article/test_fuzz_targets.py and is mended.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_SLOWEST_INPUT_S = 20
_MOST_MEMORY_MB = 1500


def main() -> int:
    """Run a process for each target and return 0 if none found anything."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("targets", nargs="*", help="names of targets in tests/support/fuzz_targets.py; else all")
    options.add_argument("--minutes", type=float, default=10.0, help="for all of them together")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    sys.path.insert(0, str(ROOT))
    if chosen.inside:
        _fuzz(chosen.targets[0], chosen.minutes)
    from tests.support.fuzz_targets import TARGETS

    names = chosen.targets or list(TARGETS)
    minutes = str(chosen.minutes / len(names))
    command = [sys.executable, str(Path(__file__)), "--inside", "--minutes", minutes]
    found = [name for name in names if subprocess.run([*command, name], check=False).returncode]
    print(f"found something: {', '.join(found)}; see .fuzz/" if found else "found nothing")
    return 1 if found else 0


def _fuzz(name: str, minutes: float) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["audio_builder"]):
        # Readers are imported when the first text is opened: now is the time to instrument them.
        from audio_builder.article.readers import docx, epub, html, markdown  # noqa: F401
        from tests.support.fuzz_targets import TARGETS
    folder = ROOT / ".fuzz" / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(_seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    options = [
        f"-max_total_time={round(minutes * 60)}",
        f"-timeout={_SLOWEST_INPUT_S}",
        f"-rss_limit_mb={_MOST_MEMORY_MB}",
        f"-artifact_prefix={folder}/found-",
        "-max_len=20000" if name == "raw" else "-max_len=160",
        "-print_final_stats=1",
    ]
    print(f"== {name}", flush=True)
    atheris.Setup([sys.argv[0], *options, str(folder)], TARGETS[name])
    atheris.Fuzz()


def _seeds() -> list[bytes]:
    """Return real files of each kind, each after a byte that the target `raw` chooses a name by."""
    from tests.support import documents

    files = (documents.PLAIN.encode(), documents.MARKDOWN.encode(), documents.PAGE.encode(), documents.docx(),
             documents.epub())  # fmt: skip
    return [bytes([number]) + file for number, file in enumerate(files)]


if __name__ == "__main__":
    sys.exit(main())
