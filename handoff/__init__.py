"""What leaves the house: one module per format, one that packs, one register of who got what."""
