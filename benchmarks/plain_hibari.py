"""What a user would write without audio-builder: pydub and hibari, sentence after sentence. One to measure against.

Run as: python benchmarks/plain_hibari.py ARTICLE.md EPISODE.mp3 SPEED
"""

import re
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from hibari import Hibari
from pydub import AudioSegment
from pydub.generators import Sine

AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()

article, target, speed = sys.argv[1:]
tts = Hibari()

episode = AudioSegment.silent(6000)
for paragraph in Path(article).read_text(encoding="utf-8").split("\n\n"):
    for sentence in re.split(r"(?<=[.!?…]) +", paragraph.strip()):
        sound = tts(sentence.lstrip("# "), speed=float(speed))
        pcm = (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
        episode += AudioSegment(pcm, frame_rate=tts.sample_rate, sample_width=2, channels=1)
        episode += AudioSegment.silent(1000)
    episode += AudioSegment.silent(2200)
tone = Sine(110).to_audio_segment(len(episode), volume=-40)
episode = episode.overlay(tone).fade_out(8000)
episode.export(target, format="mp3", bitrate="128k")
