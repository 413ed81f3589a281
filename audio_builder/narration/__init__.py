"""From a `Script` to a `Narration`: one cached clip for each phrase."""
