"""What leaves the house: one module per format, one that packs, one register of who got what."""

from typing import Final

SCAN: Final = "handoff.scan"
"""Under this name the command line keeps, in click's `meta`, what looks for real names in what leaves.

It stands on the same floor as this room, so it is handed in from above; without it nothing is handed off.
"""
