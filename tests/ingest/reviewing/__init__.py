"""What follows from decisions, without a vault."""
