"""Real servers: started for a test, on loopback, and ended with it."""
