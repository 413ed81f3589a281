"""From blocks to a finished file: encode, tag, verify, report."""
