"""A folder in the form of Piper's public hub, to be served on this machine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

KEY = "de_DE-thorsten-medium"
_CARD = """# Model card for thorsten (medium)

* Language: de_DE (German, Germany)
* Speakers: 1
* Quality: medium
* Samplerate: 22,050Hz

## Dataset

* URL: https://example.org/voice
* License: CC0

## Training

Trained from scratch.
"""
_CONFIG = {
    "audio": {"sample_rate": 22050, "quality": "medium"},
    "espeak": {"voice": "de"},
    "language": {"code": "de_DE"},
}


def put_hub(folder: Path, model: bytes, config: dict[str, object] | None = None) -> Path:
    """Write a hub with one German voice that can be fetched, and a French one that is only listed; return the folder.

    Args:
        folder: made if it isn't there.
        model: the bytes of the German voice's model.
        config: its configuration; None for one with only what has to be there.
    """
    base = f"de/de_DE/thorsten/medium/{KEY}.onnx"
    content = {
        base: model,
        f"{base}.json": json.dumps(config or _CONFIG).encode(),
        f"{base.rpartition('/')[0]}/MODEL_CARD": _CARD.encode(),
    }
    for path, data in content.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    files = {
        path: {"size_bytes": len(data), "md5_digest": hashlib.md5(data).hexdigest()}  # noqa: S324
        for path, data in content.items()
    }
    german = _entry(KEY, "thorsten", ("de", "DE", "Deutsch", "German", "Germany"), files)
    french = _entry("fr_FR-siwis-low", "siwis", ("fr", "FR", "Français", "French", "France"), files)
    (folder / "voices.json").write_text(json.dumps({KEY: german, french["key"]: french}), encoding="utf-8")
    return folder


def _entry(key: str, name: str, language: tuple[str, str, str, str, str], files: object) -> dict[str, object]:
    family, region, native, english, country = language
    return {
        "key": key,
        "name": name,
        "language": {
            "code": f"{family}_{region}",
            "family": family,
            "region": region,
            "name_native": native,
            "name_english": english,
            "country_english": country,
        },
        "quality": key.rpartition("-")[2],
        "num_speakers": 1,
        "speaker_id_map": {},
        "files": files,
        "aliases": [],
    }
