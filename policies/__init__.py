"""Rules as data a steward can read, and the few modules that decide by them."""
