"""Tests of commands that have no room of their own."""
