"""What is kept, and how: sealed bytes, the key tree, records, the ledger."""
