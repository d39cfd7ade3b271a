"""Scripts a person runs; not part of the wheel."""
