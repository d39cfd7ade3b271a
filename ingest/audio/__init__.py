"""Recordings in: sandboxed decoding to PCM, the listening copy, levels and what they say."""
