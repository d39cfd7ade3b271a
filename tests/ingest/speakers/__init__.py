"""Tests of who spoke when."""
