"""The backgrounds: one module each, and the file's name is the background's name. To add one, add its file here.

A module has a function `make(soundscape, bed_format)`, which returns a `sound.bed.Bed`: endless sound without a seam
at `REFERENCE_DBFS`. `pink` is the shortest example. Where a setting of the recipe can be wrong for it, the module also
has `check(soundscape, channels)`, which raises a `SoundError` before anything is spoken (see `drone`).
"""
