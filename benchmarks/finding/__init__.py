"""How well names are found: the texts, the measures, the rows of the table and what they need."""
