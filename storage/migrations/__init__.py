"""The shapes the databases have had, oldest first."""
