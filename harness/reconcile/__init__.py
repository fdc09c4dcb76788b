"""Expected against actual, both ways: what differs, by how much, and what the differences have in common."""
