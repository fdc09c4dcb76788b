"""What a run can prove of itself: its inputs with their hashes, and its findings as a record."""
