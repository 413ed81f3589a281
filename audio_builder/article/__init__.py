"""From a file to an `Article`: structure, never a sound."""
