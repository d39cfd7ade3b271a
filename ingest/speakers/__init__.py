"""Who spoke when: speech and overlap found, voices told apart, turns laid over the words, all on the processor."""
