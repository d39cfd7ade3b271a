"""Tests that kill, cut off and fill up."""
