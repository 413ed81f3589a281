"""Hearing what there is before choosing: a sample of each voice, background and bell, and a page for them."""
