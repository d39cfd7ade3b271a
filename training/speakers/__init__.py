"""Makes the graphs that ingest/speakers ships; run by hand, never at run time."""
