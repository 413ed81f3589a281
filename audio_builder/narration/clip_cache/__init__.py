"""Spoken clips on disk, by content."""
