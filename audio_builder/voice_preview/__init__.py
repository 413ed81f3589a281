"""Hearing what voices sound like: a short episode of each, and a page to compare them."""
