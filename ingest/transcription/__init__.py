"""Speech to text, and which weights do it."""
