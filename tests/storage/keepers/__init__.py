"""Tests of where roots are kept and held."""
