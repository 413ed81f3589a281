"""The finished file, measured against the standard."""
