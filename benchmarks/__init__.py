"""Whole builds, timed against a script that its users would write."""
