"""The run record and everything that is drawn from it."""
