"""SSML, W3C's markup for speech: read as a script, and written from one."""
