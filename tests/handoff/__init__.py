"""What leaves the house, read back as its recipients will."""
