"""Proposes a mapping from a sample of a target's export, says what speaks for it, and what it couldn't decide."""
