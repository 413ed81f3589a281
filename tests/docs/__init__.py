"""Tests of the pages that are written by hand."""
