"""Tests of the sample interview."""
