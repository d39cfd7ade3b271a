"""Recordings in: sandboxed decoding to PCM, the listening copy."""
