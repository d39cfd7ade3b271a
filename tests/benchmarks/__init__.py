"""What the measurements count on."""
