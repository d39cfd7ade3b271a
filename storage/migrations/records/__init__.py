"""The records database, oldest shape first."""
