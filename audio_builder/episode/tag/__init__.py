"""What an MP3 says of itself: text, cover, chapters, and what it can be made again from."""
