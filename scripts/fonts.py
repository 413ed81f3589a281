"""Make the fonts of the covers: Noto's at the one weight that covers use, without hints for small screens.

Run after `pip install manimgx-fonts`, which has them as Noto publishes them; the results are committed, so that nobody
who installs audio-builder needs that package:

    .venv/bin/python scripts/fonts.py

It writes the fonts that `episode/cover/lettering.py` names, and says what they take. The licence beside them,
`OFL.txt`, is from the same package, with the names of their authors.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import uharfbuzz

from audio_builder.episode.cover.lettering import FONTS, TYPEFACES, WEIGHT

_SOURCE = "manimgx_fonts"


def main() -> None:
    """Write every font of Noto that isn't in a package of its own."""
    total = 0
    target = resources.files(FONTS)
    for typeface in TYPEFACES.values():
        if typeface.package == FONTS:
            name = Path(typeface.file).name
            content = _at_one_weight(resources.files(_SOURCE).joinpath(name.replace(".ttf", "[wght].ttf")).read_bytes())
            Path(str(target), typeface.file).write_bytes(content)
            total += len(content)
            print(f"{name}: {len(content):,} bytes")
    print(f"{total:,} bytes in all")


def _at_one_weight(content: bytes) -> bytes:
    """Return a font with all its glyphs and its rules, at one weight and its usual width, without hints."""
    face = uharfbuzz.Face(content)
    wanted = uharfbuzz.SubsetInput()
    wanted.keep_everything()
    wanted.flags |= uharfbuzz.SubsetFlags.NO_HINTING
    for axis in face.axis_infos:
        wanted.pin_axis_location(face, axis.tag, WEIGHT if axis.tag == "wght" else axis.default_value)
    return wanted.subset(face).blob.data


if __name__ == "__main__":
    main()
