"""What the audio room promises, on sound made here and on the real recordings."""
