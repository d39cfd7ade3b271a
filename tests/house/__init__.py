"""Tests that look at the house as a whole: its floors, its wheel, its docs."""
