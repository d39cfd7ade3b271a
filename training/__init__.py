"""Scripts that make the data shipped with the rooms; run by hand, never at run time."""
