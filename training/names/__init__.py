"""Makes what the tagger of names learns from; run by hand, never at run time."""
