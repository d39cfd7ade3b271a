"""The life of an interview, from the recorder up to a released transcript."""
