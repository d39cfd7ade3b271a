"""Finding and replacing names, on invented people."""
