"""What people decide about a recording: decisions, how they point into its text, and what follows from all of them."""
