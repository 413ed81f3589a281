"""Tests of the finished episode: its file, tag, measurements and record."""
