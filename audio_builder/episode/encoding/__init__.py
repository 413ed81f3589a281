"""Sound to MP3 and back: the encoder, the frames it writes, and the decoder."""
