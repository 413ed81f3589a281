"""A picture of a person's own: all of its rows, and no more memory than a cover needs."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from audio_builder.episode.cover.draw import fit_cover
from audio_builder.errors import RecipeError


def _png(side: int, rows: int, *, interlaced: bool = False) -> bytes:
    """A PNG that says it is so large, with so many rows, and nothing broken in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, int(interlaced))
    body = zlib.compress((b"\0" + bytes(3 * side)) * rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("rows", "interlaced"), [(3, False), (1399, False), (3, True), (0, False)])
def test_a_png_without_all_its_rows_is_no_cover(tmp_path: Path, rows: int, *, interlaced: bool):
    """Pillow takes what is missing for black."""
    (tmp_path / "a.png").write_bytes(_png(1400, rows, interlaced=interlaced))
    with pytest.raises(RecipeError, match="not a JPEG or PNG"):
        fit_cover(tmp_path / "a.png")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_a_whole_png_of_any_kind_is_one(tmp_path: Path, mode: str):
    """Its rows are counted by its depth and colours; odd sides round up to bytes."""
    Image.new(mode, (701, 703)).save(tmp_path / "a.png")
    assert fit_cover(tmp_path / "a.png").startswith(b"\xff\xd8")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("side", "fits"), [(7700, False), (3990, True)])
def test_a_small_file_takes_no_gigabyte(tmp_path: Path, side: int, *, fits: bool):
    """170 KB that unfold to 59 million pixels are refused by their head; 16 million take less than 300 MB."""
    (tmp_path / "a.png").write_bytes(_png(side, side))
    program = (
        "import sys\nfrom pathlib import Path\nfrom audio_builder.episode.cover.draw import fit_cover\n"
        "from audio_builder.errors import RecipeError\n"
        "status = lambda: int(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])\n"
        "before = status()\n"
        "try: print('fits', fit_cover(Path(sys.argv[1]))[:0].decode(), end='')\n"
        "except RecipeError: print('refused', end='')\n"
        "print(status() - before)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.png")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.startswith("fits") == fits
    assert int("".join(filter(str.isdigit, said))) < (300_000 if fits else 20_000)
