"""What every later room needs of sound: samples, filters, loudness, true peak, speech level, ffmpeg."""
