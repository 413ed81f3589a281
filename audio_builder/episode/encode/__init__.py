"""From 16-bit sound to an MP3, and from any audio file back to samples."""
