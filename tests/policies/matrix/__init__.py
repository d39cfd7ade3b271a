"""Every question the door can be asked, against a table of the answers that was written without the rules."""
