"""Reading a sound file that an engine wrote on this machine."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

from audio_builder.audio.samples import AudioSegment, ffmpeg_program
from audio_builder.errors import EngineFailed

_MAC_RATE_HZ = 44100


def read_sound_file(path: Path) -> AudioSegment:
    """Return a WAV file, mono and 16 bit, at the rate its header says; other formats go through ffmpeg.

    Raises:
        EngineFailed: it is missing, empty, cut short, or not mono 16 bit.
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
        if magic != b"RIFF":
            return _decoded(path)
        with wave.open(str(path), "rb") as file:
            parameters = file.getparams()
            pcm = file.readframes(parameters.nframes)
    except (OSError, EOFError, wave.Error) as error:
        raise EngineFailed(f"the engine left no readable sound: {error}") from error
    if (parameters.nchannels, parameters.sampwidth) != (1, 2):
        raise EngineFailed(f"the engine wrote {parameters.nchannels} channels of {8 * parameters.sampwidth} bit")
    if not pcm or len(pcm) != 2 * parameters.nframes:
        raise EngineFailed(f"the engine's file holds {len(pcm) // 2} frames where its header says {parameters.nframes}")
    return AudioSegment(pcm, frame_rate=parameters.framerate, sample_width=2, channels=1)


def _decoded(path: Path) -> AudioSegment:
    """Return an AIFF file (a Mac's voices write it whatever the name says) through ffmpeg, at 44.1 kHz."""
    command = [ffmpeg_program(), "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe", "-f", "aiff"]
    command += ["-i", f"file:{path}", "-f", "s16le", "-ac", "1", "-ar", str(_MAC_RATE_HZ), "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        raise EngineFailed(f"the engine left no readable sound: {done.stderr.decode(errors='replace')[-300:].strip()}")
    return AudioSegment(done.stdout, frame_rate=_MAC_RATE_HZ, sample_width=2, channels=1)
