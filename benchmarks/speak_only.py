"""The article's clips spoken and nothing else: what synthesis itself costs.

Run as: python benchmarks/speak_only.py ARTICLE.md FOLDER   (AUDIO_BUILDER_CACHE names the cache that a build left)

At which rate they are spoken is found in what that build spoke; then they are spoken again, into another folder.
"""

import functools
import shutil
import sys
from pathlib import Path

from audio_builder.narration.cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.rate_control import narrate_at_rate
from audio_builder.preflight import check_everything
from audio_builder.recipe.settings import Recipe
from audio_builder.script.from_document import make_script, read_document

article, folder = sys.argv[1], Path(sys.argv[2])
recipe = Recipe()
plan = check_everything(make_script(read_document(article), recipe), recipe, folder)
speak = functools.partial(narrate, cache=ClipCache(), rate_hz=recipe.mastering.sample_rate_hz)
factor = narrate_at_rate(plan.script, plan.voice, plan.others, speak).text_factors[plan.voice.name]
shutil.rmtree(folder)
voice = plan.voice.for_text(factor).voice
narrate(plan.script, voice, cache=ClipCache(folder), rate_hz=recipe.mastering.sample_rate_hz)
