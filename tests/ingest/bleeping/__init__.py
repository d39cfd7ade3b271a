"""Names out of the sound."""
