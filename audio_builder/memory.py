"""What the C library keeps of memory that was freed."""

from __future__ import annotations

import contextlib
import sys


def give_back() -> None:
    """Give memory that was freed back to the system, where the C library can: worth it after work in large pieces."""
    if sys.platform == "linux":
        import ctypes

        # A C library other than glibc has no such function, and keeps less.
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)
