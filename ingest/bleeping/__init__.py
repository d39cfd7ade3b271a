"""Names out of the sound: which stretches hold them, what covers these, and whether a name can still be heard."""
