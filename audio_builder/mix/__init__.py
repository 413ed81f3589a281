"""From clips to mastered blocks: the timeline, the mix, the loudness, the limiter."""
