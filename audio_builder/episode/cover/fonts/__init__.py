"""Fonts of Noto for the covers, under the SIL Open Font License 1.1 (`OFL.txt`); see `scripts/fonts.py`."""
