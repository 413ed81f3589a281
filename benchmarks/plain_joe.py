"""What a user would write without audio-builder: pydub and Piper, sentence after sentence. One to measure against.

Run as: python benchmarks/plain_joe.py ARTICLE.md EPISODE.mp3 VOICE.onnx LENGTH_SCALE
"""

import io
import re
import sys
import wave
from pathlib import Path

import imageio_ffmpeg
from piper import PiperVoice, SynthesisConfig
from pydub import AudioSegment
from pydub.generators import Sine

AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()

article, target, model, length_scale = sys.argv[1:]
voice = PiperVoice.load(model)
config = SynthesisConfig(length_scale=float(length_scale))

episode = AudioSegment.silent(6000)
for paragraph in Path(article).read_text(encoding="utf-8").split("\n\n"):
    for sentence in re.split(r"(?<=[.!?…]) +", paragraph.strip()):
        spoken = io.BytesIO()
        with wave.open(spoken, "wb") as file:
            voice.synthesize_wav(sentence.lstrip("# "), file, syn_config=config)
        spoken.seek(0)
        episode += AudioSegment.from_wav(spoken)
        episode += AudioSegment.silent(1000)
    episode += AudioSegment.silent(2200)
tone = Sine(110).to_audio_segment(len(episode), volume=-40)
episode = episode.overlay(tone).fade_out(8000)
episode.export(target, format="mp3", bitrate="128k")
