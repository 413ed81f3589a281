"""A script's pacing as a strip of speech and silence, before anything is spoken."""
