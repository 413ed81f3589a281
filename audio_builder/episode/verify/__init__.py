"""The finished file, decoded, measured and judged by the standard."""
