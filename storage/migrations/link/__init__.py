"""The link-key database, oldest shape first."""
