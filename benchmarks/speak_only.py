"""The article's clips spoken and nothing else: what synthesis itself costs.

Run as: python benchmarks/speak_only.py ARTICLE.md VOICE   (with AUDIO_BUILDER_CACHE naming an empty folder)
"""

import sys

from audio_builder.document import make_script, read_document
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.recipe import Recipe
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.prepare import prepare_voice

recipe = Recipe(voice=sys.argv[2])
voice = prepare_voice(find_voice(recipe.voice), recipe.pacing.wpm).voice
script = make_script(read_document(sys.argv[1]), recipe)
narrate(script, voice, cache=ClipCache(), rate_hz=recipe.mastering.sample_rate_hz)
