"""Install this checkout into the environment of the Python that runs this, so that edits count at once.

    .venv/bin/python scripts/link_checkout.py

A wheel is an archive of a few small files. This one has a path file that names the checkout, and the entry points of
pyproject.toml, from which pip makes the command: what a build back-end does for `pip install -e`, without one.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_WHEEL = "Wheel-Version: 1.0\nGenerator: scripts/link_checkout.py\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def main() -> int:
    """Build the wheel, give it to pip, and return pip's exit code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = project["name"].replace("-", "_")
    found = re.search(
        r'^__version__ = "([^"]+)"', (ROOT / package / "__init__.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    version = found[1] if found else "0"
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    entries = "".join(
        f"[{group}]\n{''.join(f'{name} = {where}{chr(10)}' for name, where in points.items())}\n"
        for group, points in groups.items()
    )
    needs = "".join(f"Requires-Dist: {need}\n" for need in project["dependencies"])
    info = f"{package}-{version}.dist-info"
    files = {
        f"_{package}_checkout.pth": f"{ROOT}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.3\nName: {project['name']}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": _WHEEL,
        f"{info}/entry_points.txt": entries,
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / f"{package}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
        options = ["--no-deps", "--no-index", "--force-reinstall"]
        return subprocess.run([*pip, *options, str(wheel)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
