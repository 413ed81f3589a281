"""The article's clips spoken and nothing else: what synthesis itself costs.

Run as: python benchmarks/speak_only.py ARTICLE.md FOLDER   (AUDIO_BUILDER_CACHE names the cache that a build left)

At which rate they are spoken is found in what that build spoke; then they are spoken again, into another folder.
"""

import shutil
import sys
from pathlib import Path

from audio_builder.asked_rate import at_asked_rate
from audio_builder.narration.clip import Narration
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.stand import stand_of_cache
from audio_builder.preflight import Plan, prepare
from audio_builder.recipe.settings import Recipe
from audio_builder.script.from_document import make_script, read_document

article, folder = sys.argv[1], Path(sys.argv[2])
recipe = Recipe()
rate_hz = recipe.mastering.sample_rate_hz
tried: list[Plan] = []


def narrated(plan: Plan, cache: ClipCache) -> Narration:
    tried.append(plan)
    return narrate(plan.script, plan.voice.voice, cache=cache, rate_hz=rate_hz)


at_asked_rate(
    prepare(make_script(read_document(article), recipe), recipe, folder),
    lambda plan: narrated(plan, ClipCache()),
    lambda plan: stand_of_cache(plan.script, plan.voice.voice, {}, ClipCache(), rate_hz),
)
shutil.rmtree(folder)
narrated(tried[-1], ClipCache(folder))
